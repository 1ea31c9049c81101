#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A packed memory dump beside `gzip -dc >/dev/null` of the same file.

usage: bench_gzip.py BUGTRIAGE RUN [MIB [ROUNDS]]

Makes complete dumps of MIB (256; the goal is stated for 2048) whose pages that matter are the last
ones, so that all of it has to be unpacked, packs them, and unpacks and triages them in turn, ROUNDS
(3) times. The best time of each counts. Two kinds of memory: nothing but zeros elsewhere, and a
mixture of zero pages, code, and what cannot be packed.

Goal: at most 1.3 times the time of gzip."""
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

from bench_memory import HERE, PAGE, Dump, build, run  # noqa: F401

GOAL = 1.3
PIECE = 2048  # pages of the mixture, which is repeated
LATE = 0x1000  # the last pages, which are the machine


def mixture(program):
    """Pages as memory has them: a third zero, half code, the rest noise."""
    noise = random.Random(7)
    with open(program, "rb") as f:
        code = f.read()
    pages = []
    for n in range(PIECE):
        kind = noise.random()
        if kind < 0.35:
            pages.append(bytes(PAGE))
        elif kind < 0.85:
            at = noise.randrange(max(1, len(code) - PAGE))
            pages.append(code[at:at + PAGE].ljust(PAGE, b"\0"))
        else:
            pages.append(noise.randbytes(PAGE))
    return b"".join(pages)


def pack(data, last):
    """A piece of a deflate stream that may follow any other."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)


def write_packed(path, pages, piece):
    m = build("x64", 7601, "x64", 1, "d1", runs=((pages - LATE, LATE),), more_images=150)
    dump = Dump(m, 1, context=m.crash_context)
    dump.described = lambda: ((0, pages),)
    header = dump.header().ljust(dump.size, b"\0")
    packed_piece, crc, size = pack(piece, False), zlib.crc32(header), len(header)
    end = b"".join(m.frames.pages.get(n, bytes(PAGE)) for n in range(pages - LATE, pages))
    with open(path, "wb") as f:
        f.write(b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + pack(header, False))
        for _ in range((pages - LATE) // PIECE):
            f.write(packed_piece)
            crc, size = zlib.crc32(piece, crc), size + len(piece)
        rest = bytes((pages - LATE) % PIECE * PAGE) + end
        f.write(pack(rest, True))
        f.write(struct.pack("<II", zlib.crc32(rest, crc), size + len(rest) & 0xffffffff))


def main():
    program, runner = (os.path.abspath(p) for p in sys.argv[1:3])
    mib = int(sys.argv[3]) if len(sys.argv) > 3 else 256
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    missed = False
    print(f"{mib} MiB{'packed':>20}{'gzip -dc':>13}{'bugtriage':>13}{'ratio':>7}{'memory':>11}")
    with tempfile.TemporaryDirectory(prefix="bugtriage-bench-") as folder:
        for name, piece in (("zeros", bytes(PIECE * PAGE)), ("mixture", mixture(program))):
            path = os.path.join(folder, name + ".gz")
            write_packed(path, (mib << 20) // PAGE, piece)
            done = subprocess.run([program, "--modules", path], capture_output=True, text=True,
                                  check=True)
            if "extra149.sys" not in done.stdout:
                sys.exit("the modules were not found")
            best, peak = [float("inf")] * 2, 0
            for _ in range(rounds):
                unpacked, _ = run_command([runner, "/dev/null", "gzip", "-dc", path])
                triaged, most = run_command([runner, "/dev/null", program, path])
                best = [min(best[0], unpacked), min(best[1], triaged)]
                peak = max(peak, most)
            ratio = best[1] / best[0]
            missed = missed or ratio > GOAL
            print(f"{name:10}{os.path.getsize(path) / 2**20:12.1f} MiB{best[0]:10.0f} ms"
                  f"{best[1]:10.0f} ms{ratio:7.2f}{peak / 2**20:7.1f} MiB"
                  f"{'  MISSED' if ratio > GOAL else ''}")
    print(f"goal: {GOAL} times the time of gzip: {'MISSED' if missed else 'holds'}")
    return 1 if missed else 0


def run_command(command):
    """Milliseconds by the clock, and the most memory."""
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    wall, _, peak = done.stdout.split()
    return float(wall), int(peak) << 10


if __name__ == "__main__":
    sys.exit(main())
