#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast many dumps are read, beside a program that only reads the same bytes.

usage: bench_scan.py BUGTRIAGE MKDUMP RUN FLOOR READ_LOG ASKED [COUNT [ROUNDS]]

Makes COUNT (10,000) triage dumps in memory (/dev/shm) or below TMPDIR, writes down what one scan
reads of them, and then runs the floor, `-j 1` and `-j 2` in turn, ROUNDS (5) times: whatever
else the machine does meets all of them. By the clock, and in processor time, which a busy machine
changes less. The best of the rounds counts: noise only ever adds.

The floor is taken twice. "floor" reads each range that the readers ask for, one after the other:
that is what looking at these places costs. "in bulk" makes the calls that the program makes, which
takes several ranges with each: harder to keep up with, because whatever the program saves in calls
it takes from this floor too. The goals are for the first; the second is printed beside it.

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


def measure(program, runner, floor_program, logs, dumps, folder, rounds):
    """The best of each, and what each floor reads: files, reads, bytes."""
    bests = {name: Best() for name in [*logs, "-j 1", "-j 2"]}
    counts = {}
    for _ in range(rounds):
        for name, log in logs.items():
            done = subprocess.run([floor_program, log], stdout=subprocess.PIPE, check=True)
            wall, cpu, *counts[name] = (float(x) for x in done.stdout.split())
            bests[name].add(wall / 1e3, cpu / 1e3, 0)
        for jobs in "12":
            bests[f"-j {jobs}"].add(*run(runner, [program, "-q", "-j", jobs, "--format", "ndjson",
                                                  dumps],
                                         os.path.join(folder, jobs + ".ndjson")))
    return bests, counts


def write_asked(asked, dumps, log):
    """The ranges that the readers ask for, in the order of a scan."""
    paths = sorted(os.path.join(where, name) for where, _, names in os.walk(dumps)
                   for name in names)
    subprocess.run([asked, log], input="".join(p + "\n" for p in paths).encode(), check=True)


def main():
    if len(sys.argv) < 7:
        sys.exit(__doc__)
    program, mkdump, runner, floor_program, read_log, asked = sys.argv[1:7]
    count = int(sys.argv[7]) if len(sys.argv) > 7 else 10000
    rounds = int(sys.argv[8]) if len(sys.argv) > 8 else 5
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
        logs = {"floor": os.path.join(folder, "asked"), "in bulk": log}
        write_asked(asked, dumps, logs["floor"])
        bests, counts = measure(program, runner, floor_program, logs, dumps, folder, rounds)
        same = digest(os.path.join(folder, "1.ndjson")) == digest(os.path.join(folder, "2.ndjson"))
        with open(os.path.join(folder, "1.ndjson"), "rb") as f:
            records = sum(1 for _ in f)
    finally:
        shutil.rmtree(folder)
    floor, one, two = bests["floor"], bests["-j 1"], bests["-j 2"]
    print(f"{count} dumps, best of {rounds}, load {os.getloadavg()[0]:.1f}")
    for name, (files, reads, size) in counts.items():
        print(f"  {name:<8}{bests[name].wall * 1e3:8.0f} ms  {bests[name].cpu * 1e3:8.0f} ms cpu  "
              f"{files:.0f} opened, {reads:.0f} reads of {size / 2**20:.0f} MiB")
    show("-j 1", one, count, floor)
    show("-j 2", two, count, floor)
    scale, flat = one.wall / two.wall, one.peak < few[2] * 1.5 + 1024
    best = min(one.wall, two.wall) / floor.wall
    bulk = bests["in bulk"].wall
    print(f"  of the floor in bulk, -j 1 is {one.wall / bulk:.2f} times and -j 2 "
          f"{two.wall / bulk:.2f} times")
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
