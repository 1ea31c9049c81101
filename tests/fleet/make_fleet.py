#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the dumps of a fleet: many machines, a year of crashes, the same few problems.

usage: make_fleet.py [--mixed] MKDUMP FOLDER COUNT

FOLDER/pc-NNN/MMDDYY-NNNNN-01.dmp are copies of a few dumps that mkdump makes from tests/golden,
each with a time, an uptime and, where it is not an instruction, a first parameter of its own.
--mixed adds what a share holds beside triage dumps: user dumps, damaged and empty files, texts.
The same COUNT gives the same bytes.
"""
import argparse
import datetime
import os
import random
import struct
import subprocess
import sys
import tempfile

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")

# Case, and how often it happens.
TRIAGE = [("kb977153-unfixed", 30), ("kb977153-other-driver", 6), ("kb977153-vista", 4),
          ("kb2792165-unfixed", 18), ("kb2792165-sp1", 5), ("layout-w81-x64", 14),
          ("layout-w10-x64", 12), ("kb909665-unfixed", 8), ("kb909665-newer-file", 4),
          ("q243852-0x24", 6), ("q243852-0x50", 4), ("layout-xp-x86", 5), ("kb909665-x64", 5),
          ("layout-w11-arm64", 3)]
OTHERS = [("user-windows-x64", 4), ("none-empty", 2), ("none-all-zero", 3), ("cut-in-stack", 2),
          ("bad-driver-count", 1), ("none-text", 2)]
# Cases whose first parameter may be anything: it is an address of data.
FREE_PARAMETER = ("kb977153", "q243852-0x50")

FILETIME_1970 = 116444736000000000
SPAN = 360 * 86400
FIRST = datetime.datetime(2024, 1, 3, 6, 0, tzinfo=datetime.timezone.utc)


def make_base(mkdump, case):
    """The bytes of a golden case's dump."""
    with tempfile.NamedTemporaryFile() as f:
        subprocess.run([mkdump, os.path.join(GOLDEN, case, "in.mk"), f.name], check=True)
        return f.read()


def vary(case, data, when, uptime, rng):
    """A copy with its own time, in the header of either width."""
    wide, narrow = data[:8] == b"PAGEDU64", data[:8] == b"PAGEDUMP"
    if not wide and not narrow:
        return data
    copy = bytearray(data)
    filetime = FILETIME_1970 + int(when.timestamp()) * 10_000_000
    time_at, uptime_at, p1_at = (0xfa8, 0x1030, 0x40) if wide else (0xfc0, 0xfb8, 0x2c)
    struct.pack_into("<Q", copy, time_at, filetime)
    struct.pack_into("<Q", copy, uptime_at, uptime * 10_000_000)
    if case.startswith(FREE_PARAMETER):
        at, = struct.unpack_from("<I", copy, p1_at)
        struct.pack_into("<I", copy, p1_at, (at ^ rng.randrange(1 << 12) << 12) & 0xffffffff)
    return copy


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("mkdump")
    parser.add_argument("folder")
    parser.add_argument("count", type=int)
    args = parser.parse_args()
    cases = TRIAGE + (OTHERS if args.mixed else [])
    bases = {case: make_base(args.mkdump, case) for case, _ in cases}
    rng = random.Random(20240103)
    machines = max(5, args.count // 25)
    chosen = rng.choices([c for c, _ in cases], [w for _, w in cases], k=args.count)
    for number, case in enumerate(chosen):
        when = FIRST + datetime.timedelta(seconds=int(SPAN * rng.random() ** 0.7))
        uptime = int(rng.expovariate(1 / 90000)) + 30
        machine = min(int(rng.expovariate(6 / machines)), machines - 1)
        folder = os.path.join(args.folder, f"pc-{machine:03}")
        os.makedirs(folder, exist_ok=True)
        name = f"{when:%m%d%y}-{number:05}-01.dmp"
        with open(os.path.join(folder, name), "wb") as f:
            f.write(vary(case, bases[case], when, uptime, rng))
    return 0


if __name__ == "__main__":
    sys.exit(main())
