#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Cut a file while its debug information is read: that may end the reader, and nothing else.

usage: cut_file.py LOOKUP

Exits with 77 where gcc is not installed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = "volatile int sink;\nint first_one(int a) { sink += a; return a * 3; }\n"
ASKED = 400  # answers of more than any buffer before the first cut


def build(folder):
    if not shutil.which("gcc") or not shutil.which("nm"):
        print("skipped: gcc is not installed")
        sys.exit(77)
    with open(os.path.join(folder, "one.c"), "w") as file:
        file.write(SOURCE)
    subprocess.run(["gcc", "-g", "-O1", "-shared", "-fPIC", "-nostdlib", "-Wl,--build-id", "-o",
                    "program.so", "one.c"], cwd=folder, check=True)
    names = subprocess.run(["nm", "program.so"], cwd=folder, check=True, capture_output=True,
                           text=True).stdout
    return os.path.join(folder, "program.so"), re.search(r"(\w+) T first_one", names).group(1)


def main():
    lookup = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        program, address = build(folder)
        with subprocess.Popen([lookup, program, folder], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdin.write(f"{address}\n".encode() * ASKED)
            process.stdin.flush()
            before = process.stdout.read1(64)
            # As a full disk or a build in progress does: the same file, shorter.
            os.truncate(program, 0)
            after, problems = process.communicate(f"{address}\n".encode())
            status = process.returncode
    if not before.startswith(b"first_one+0|") or b"|2|function" not in before + after:
        sys.exit(f"no answer from the whole file: {before + after[:100]}")
    print(f"status {status}, said: {problems.decode().strip()}")
    if status not in (0, 1):
        sys.exit("the program itself was ended")
    # Where the library keeps its own copy of what it needs, it goes on.
    if problems and b"crashed the library that reads it" not in problems:
        sys.exit("the reader's end is not told")


main()
