#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Spark: rdd.pipe() with the command of docs/fleet.md. Spark itself is not here: a few lines do
# what its PipedRDD does with a command (a process for each partition, an element on each line of
# its standard input, a line of its standard output for each result, its status checked).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
start 120

python3 - <<'PYTHON'
import glob, json, shlex, subprocess, threading

COMMAND = "bugtriage -q -j 1 --exit-zero --format ndjson --files-from -"


def pipe(partition, command, check_code=True):
    child = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)

    def write():
        for element in partition:
            child.stdin.write(str(element).encode() + b"\n")
        child.stdin.close()

    threading.Thread(target=write, daemon=True).start()
    for line in child.stdout:
        yield line.rstrip(b"\n").decode()
    status = child.wait()
    if check_code and status != 0:
        raise RuntimeError(f"Pipe function `{command}' exited with error code {status}")


paths = sorted(glob.glob("dumps/*/*"))
records = []
for n in range(4):
    partition = paths[n::4]
    found = [json.loads(line) for line in pipe(partition, COMMAND)]
    assert [r["input"]["path"] for r in found] == partition, "one record for each element, in order"
    records += found
assert len(records) == len(paths)
assert list(pipe([], COMMAND)) == [], "an empty partition"
try:  # without --exit-zero an unreadable dump fails the task
    list(pipe(["absent.dmp"], COMMAND.replace(" --exit-zero", "")))
    raise SystemExit("an error was not noticed")
except RuntimeError:
    pass
print(f"spark: {len(records)} records from 4 partitions")
PYTHON
