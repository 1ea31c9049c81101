#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast records are grouped, beside jq and DuckDB on the same file.

usage: bench_group.py BUGTRIAGE MKDUMP RUN [COUNT [ROUNDS]]

Makes COUNT (200,000) records from a scan of 10,000 dumps, each as of another site, and takes the
best of ROUNDS (3). jq reads one field of the first tenth, and its time is multiplied: it is slow.
DuckDB comes from npm (@duckdb/node-api) into a temporary folder, or from the folder that
DUCKDB_FOLDER names; without it that comparison is left out. The same file five times over shows
that memory grows with the number of problems and not of records.
"""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FLEET = os.path.join(HERE, "..", "fleet")
sys.path.insert(0, HERE)
from bench_scan import Best, choose_folder, run  # noqa: E402

DUMPS = 10000
JQ_GOAL, DUCKDB_GOAL, PEAK_GOAL = 10.0, 2.0, 256 * 1024
QUERY = ("SELECT signature.\"group\", count(*) FROM read_json('{}', "
         "format='newline_delimited') GROUP BY 1")


def make_records(program, mkdump, folder, count):
    dumps = os.path.join(folder, "dumps")
    subprocess.run([sys.executable, os.path.join(FLEET, "make_fleet.py"), mkdump, dumps,
                    str(DUMPS)], check=True)
    scan = os.path.join(folder, "scan.ndjson")
    subprocess.run([program, "-q", "--format", "ndjson", "-o", scan, dumps], check=True)
    shutil.rmtree(dumps)
    with open(scan, "rb") as f:
        lines = f.readlines()
    path = os.path.join(folder, "records.ndjson")
    old = f'"path":"{dumps}/'.encode()
    with open(path, "wb") as f:
        for n in range(count):
            site = b'"path":"site%03d-' % (n // DUMPS)
            f.write(lines[n % DUMPS].replace(old, site, 1))
    tenth = os.path.join(folder, "tenth.ndjson")
    with open(path, "rb") as f, open(tenth, "wb") as to:
        for _ in range(count // 10):
            to.write(f.readline())
    return path, tenth


def find_duckdb(folder):
    there = os.environ.get("DUCKDB_FOLDER")
    if there:
        return there
    if not shutil.which("npm"):
        return None
    done = subprocess.run(["npm", "install", "--prefix", folder, "--no-fund", "--no-audit",
                           "@duckdb/node-api"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    return folder if done.returncode == 0 else None


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    program, mkdump, runner = sys.argv[1:4]
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 200000
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 3
    folder = choose_folder()
    try:
        path, tenth = make_records(program, mkdump, folder, count)
        size = os.path.getsize(path)
        out = os.path.join(folder, "out")
        group = [program, "group", "-q", "--machine-folder", "1", "--format", "json"]
        duckdb = find_duckdb(tempfile.mkdtemp(dir=folder))
        bests = {"group": Best(), "jq": Best(), "DuckDB": Best()}
        for _ in range(rounds):
            bests["group"].add(*run(runner, group + [path], out))
            if shutil.which("jq"):
                wall, cpu, peak = run(runner, ["jq", "-r", ".signature.group", tenth], out)
                bests["jq"].add(wall * 10, cpu * 10, peak)
            if duckdb:
                bests["DuckDB"].add(*run(runner, ["node", os.path.join(FLEET, "query.mjs"),
                                                  duckdb, QUERY.format(path)], out))
        many = run(runner, group + [path] * 5, out)
    finally:
        shutil.rmtree(folder)
    mine = bests["group"]
    print(f"{count} records, {size >> 20} MiB, best of {rounds}")
    for name, best in bests.items():
        if best.peak:
            print(f"  {name:<8}{best.wall * 1e3:8.0f} ms  {best.cpu * 1e3:8.0f} ms cpu  "
                  f"{count / best.wall:11,.0f} records/s  peak {best.peak / 1024:.1f} MiB")
    holds = {f"under {PEAK_GOAL >> 10} MiB": mine.peak < PEAK_GOAL,
             f"{5 * count} records: {many[0] * 1e3:.0f} ms, peak {many[2] / 1024:.1f} MiB":
             many[2] < mine.peak * 1.25 + 1024}
    if bests["jq"].peak:
        ratio = bests["jq"].wall / mine.wall
        holds[f"{ratio:.1f} times as fast as jq, at least {JQ_GOAL:.0f}"] = ratio >= JQ_GOAL
    if bests["DuckDB"].peak:
        ratio = mine.wall / bests["DuckDB"].wall
        holds[f"{ratio:.2f} times the time of DuckDB, at most {DUCKDB_GOAL:.0f}"] = \
            ratio <= DUCKDB_GOAL
    for what, good in holds.items():
        print(f"  {'holds ' if good else 'MISSED'}  {what}")
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
