#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast many dumps are read, beside a program that only reads the same bytes.

usage: bench_scan.py BUGTRIAGE MKDUMP RUN FLOOR READ_LOG [COUNT [ROUNDS]]

Makes COUNT (10,000) triage dumps in memory (/dev/shm) or below TMPDIR, writes down what one scan
reads of them, and then runs the floor, `-j 1` and `-j 2` in turn, ROUNDS (5) times: whatever
else the machine does meets all three. By the clock, and in processor time, which a busy machine
changes less. The best of the rounds counts: noise only ever adds.

Goals: at most 3 times the floor, -j 2 at least 1.8 times as fast as -j 1, the same bytes, memory
that does not grow with the number of dumps.
"""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MAKE_FLEET = os.path.join(HERE, "..", "fleet", "make_fleet.py")
FLOOR_GOAL, SCALE_GOAL = 3.0, 1.8
LOG_SIZE = 64 << 20


def choose_folder():
    """Files in memory are warm for sure."""
    shared = "/dev/shm"
    if os.path.isdir(shared) and shutil.disk_usage(shared).free > 4 << 30:
        return tempfile.mkdtemp(prefix="bugtriage-bench-", dir=shared)
    return tempfile.mkdtemp(prefix="bugtriage-bench-")


def run(runner, command, output, **env):
    """Seconds by the clock, seconds of processors, KiB of the largest process."""
    done = subprocess.run([runner, output, *command], stdout=subprocess.PIPE, check=True,
                          env={**os.environ, **env})
    wall, cpu, peak = done.stdout.split()
    return float(wall) / 1e3, float(cpu) / 1e3, int(peak)


def digest(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


class Best:
    """The best of several runs, each of its figures by itself."""

    def __init__(self):
        self.wall = self.cpu = float("inf")
        self.peak = 0

    def add(self, wall, cpu, peak):
        self.wall, self.cpu = min(self.wall, wall), min(self.cpu, cpu)
        self.peak = max(self.peak, peak)


def show(name, best, count, floor):
    print(f"  {name:<8}{best.wall * 1e3:8.0f} ms  {best.cpu * 1e3:8.0f} ms cpu  "
          f"{count / best.wall:9,.0f} dumps/s  {best.wall / floor.wall:5.2f} x floor "
          f"({best.cpu / floor.cpu:.2f} in cpu time)  peak {best.peak / 1024:.1f} MiB")


def measure(program, runner, floor_program, log, dumps, folder, rounds):
    bests = {"floor": Best(), "-j 1": Best(), "-j 2": Best()}
    for _ in range(rounds):
        done = subprocess.run([floor_program, log], stdout=subprocess.PIPE, check=True)
        wall, cpu = (float(x) / 1e3 for x in done.stdout.split()[:2])
        bests["floor"].add(wall, cpu, 0)
        for jobs in "12":
            bests[f"-j {jobs}"].add(*run(runner, [program, "-q", "-j", jobs, "--format", "ndjson",
                                                  dumps],
                                         os.path.join(folder, jobs + ".ndjson")))
    return bests, done.stdout.split()[2:]


def main():
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    program, mkdump, runner, floor_program, read_log = sys.argv[1:6]
    count = int(sys.argv[6]) if len(sys.argv) > 6 else 10000
    rounds = int(sys.argv[7]) if len(sys.argv) > 7 else 5
    folder = choose_folder()
    try:
        dumps = os.path.join(folder, "dumps")
        subprocess.run([sys.executable, MAKE_FLEET, mkdump, dumps, str(count)], check=True)
        some = os.path.join(folder, "some")
        subprocess.run([sys.executable, MAKE_FLEET, mkdump, some, str(count // 10)], check=True)
        log = os.path.join(folder, "log")
        with open(log, "wb") as f:
            f.truncate(LOG_SIZE)
        scan = [program, "-q", "-j", "1", "--format", "ndjson"]
        run(runner, scan + [dumps], os.devnull, LD_PRELOAD=read_log, BENCH_READ_LOG=log)
        few = run(runner, scan + [some], os.devnull)
        bests, (files, reads, size) = measure(program, runner, floor_program, log, dumps, folder,
                                              rounds)
        same = digest(os.path.join(folder, "1.ndjson")) == digest(os.path.join(folder, "2.ndjson"))
        with open(os.path.join(folder, "1.ndjson"), "rb") as f:
            records = sum(1 for _ in f)
    finally:
        shutil.rmtree(folder)
    floor, one, two = bests["floor"], bests["-j 1"], bests["-j 2"]
    print(f"{count} dumps, {int(files)} opened, {int(reads)} reads of {int(size) >> 20} MiB, "
          f"best of {rounds}")
    print(f"  {'floor':<8}{floor.wall * 1e3:8.0f} ms  {floor.cpu * 1e3:8.0f} ms cpu")
    show("-j 1", one, count, floor)
    show("-j 2", two, count, floor)
    scale, flat = one.wall / two.wall, one.peak < few[2] * 1.5 + 1024
    best = min(one.wall, two.wall) / floor.wall
    holds = {f"-j 1 at most {FLOOR_GOAL:.0f} x floor": one.wall <= FLOOR_GOAL * floor.wall,
             f"the faster of both ({best:.2f}) at most {FLOOR_GOAL:.0f} x floor":
             best <= FLOOR_GOAL,
             f"-j 2 is {scale:.2f} times as fast as -j 1, at least {SCALE_GOAL}":
             scale >= SCALE_GOAL,
             "the same bytes": same, "a record for each dump": records == count,
             f"memory flat: {few[2] / 1024:.1f} MiB for a tenth": flat}
    for what, good in holds.items():
        print(f"  {'holds ' if good else 'MISSED'}  {what}")
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
