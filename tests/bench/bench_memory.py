#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the size of a memory dump costs: 64 GiB beside 256 KiB.

usage: bench_memory.py BUGTRIAGE MKDUMP RUN [ROUNDS]

Makes complete, kernel, bitmap and range dumps of 64 GiB (sparse files; tests/second), all of
whose pages are said to be there and whose lists lie in the last pages, and triages them in turn
with a small dump of 256 KiB, ROUNDS (20) times. The best time of each counts.

Goals: at most 4 times the time of the small one, under 16 MiB read, under 64 MiB of memory."""
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "second"))
from frames import PAGE  # noqa: E402
from scenarios import build  # noqa: E402
from writers import Dump  # noqa: E402

PAGES = 1 << 24  # 64 GiB
SMALL = os.path.join(ROOT, "tests", "golden", "layout-w81-x64", "in.mk")
TIME_GOAL, READ_GOAL, MEMORY_GOAL = 4, 16 << 20, 64 << 20
LAST = PAGES - 0x1000
KINDS = (("complete", 1, 7601), ("kernel summary", 2, 7601), ("full bitmap", 5, 19041),
         ("kernel bitmap", 6, 19041), ("ranges", 10, 20348))


def write_large(path, kind, number):
    """A machine whose few pages that matter are the last ones, in a file that has them all."""
    m = build("x64", number, "x64", kind, "d1", runs=((LAST, 0x1000),), more_images=150)
    dump = Dump(m, kind, context=m.crash_context)
    dump.described = lambda: ((0, PAGES),)
    bits = b"\xff" * (PAGES // 8)
    if kind == 1:
        meta = b""
    elif kind == 10:
        first = dump.size + 0x40
        meta = struct.pack("<I4s4sIQQQQQQ", 0x40, b"RDMP", b"DUMP", 0, first - 0x2020, first, 1,
                           PAGES, 0, PAGES)
    elif kind == 2:
        first = dump.size + 0x28 + len(bits) + PAGE - 1 & ~(PAGE - 1)
        meta = struct.pack("<4s4sIIIII12x", b"SDMP", b"DUMP", 1, first, PAGES, PAGES, len(bits))
        meta += bits
    else:
        first = dump.size + 0x38 + len(bits) + PAGE - 1 & ~(PAGE - 1)
        meta = struct.pack("<4s4s24xQQQ", b"FDMP" if kind == 5 else b"SDMP", b"DUMP", first, PAGES,
                           PAGES) + bits
    start = dump.size if kind == 1 else first
    with open(path, "wb") as f:
        f.write(dump.header() + meta)
        for pfn, page in m.frames.pages.items():
            f.seek(start + pfn * PAGE)
            f.write(page)
        f.truncate(start + PAGES * PAGE)


def run(runner, program, dump):
    """Seconds by the clock, and the most memory."""
    done = subprocess.run([runner, "/dev/null", program, dump], stdout=subprocess.PIPE, check=True)
    wall, _, peak = done.stdout.split()
    return float(wall), int(peak) << 10


def bytes_read(program, dump):
    """By the system's own count, which stands until the process is waited for."""
    child = os.posix_spawn(program, [program, dump], dict(os.environ), file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    with open(f"/proc/{child}/io", encoding="ascii") as f:
        count = int(f.readline().split()[1])
    os.waitpid(child, 0)
    return count


def found_all(program, dump):
    done = subprocess.run([program, "--modules", dump], capture_output=True, text=True, check=True)
    return "fabdisk.sys 3.7.11.2048" in done.stdout and "extra149.sys" in done.stdout


def main():
    program, mkdump, runner = (os.path.abspath(p) for p in sys.argv[1:4])
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 20
    with tempfile.TemporaryDirectory(prefix="bugtriage-bench-") as folder:
        small = os.path.join(folder, "small.dmp")
        subprocess.run([mkdump, SMALL, small], check=True)
        with open(small, "r+b") as f:
            f.truncate(max(os.path.getsize(small), 256 << 10))
        dumps = {"small": small}
        for name, kind, number in KINDS:
            dumps[name] = os.path.join(folder, f"{kind}.dmp")
            write_large(dumps[name], kind, number)
        best, peak = dict.fromkeys(dumps, float("inf")), dict.fromkeys(dumps, 0)
        for _ in range(rounds):
            for name, path in dumps.items():
                wall, most = run(runner, program, path)
                best[name], peak[name] = min(best[name], wall), max(peak[name], most)
        print(f"{'':16}{'size':>12}{'time':>10}{'ratio':>7}{'read':>11}{'memory':>10}")
        missed = False
        for name, path in dumps.items():
            read, ratio = bytes_read(program, path), best[name] / best["small"]
            holds = ratio <= TIME_GOAL and read < READ_GOAL and peak[name] < MEMORY_GOAL
            holds = holds and (name == "small" or found_all(program, path))
            missed = missed or not holds
            print(f"{name:16}{os.path.getsize(path) / 2**20:8.2f} MiB{best[name]:7.2f} ms"
                  f"{ratio:7.2f}{read / 2**20:7.2f} MiB{peak[name] / 2**20:6.1f} MiB"
                  f"{'' if holds else '  MISSED'}")
    print(f"goal: {TIME_GOAL} times the time, {READ_GOAL >> 20} MiB read, "
          f"{MEMORY_GOAL >> 20} MiB of memory: {'MISSED' if missed else 'holds'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
