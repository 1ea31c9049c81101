#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check the stacks of dumps whose programs are known, line by line of their sources.

usage: made_dumps.py DUMP_STACK

The environment variable BUGTRIAGE_MADE_DUMPS names a folder of dumps that Wine wrote and, in
img64 and img32, the images they came from. Exits with 77 where it names none.
"""
import os
import subprocess
import sys

# dump: frames from the innermost out (name, file, line, inlined); None where it is not told.
TINY = [("finish", "tiny.c", 4, False), ("run_job", "tiny.c", 5, False),
        ("start", "tiny.c", 6, False)]
RUNTIME = [("main", "crash.c", 40, False), ("__tmainCRTStartup", "crtexe.c", 321, False)]
EXPECTED = {
    "tiny-x86-nt40-normal.dmp": TINY,
    "tiny-x86-win2k-normal.dmp": TINY,
    "tiny-x86-winxp-normal.dmp": TINY,
    "tiny-x86-win2003-normal.dmp": TINY,
    "tiny-x86-win10-normal.dmp": TINY,
    "tiny-x86-fullmem.dmp.gz": TINY,
    "tiny-x64-normal.dmp": TINY,
    "tiny-x64-win2003-normal.dmp": TINY,
    "tiny-x64-fullmem.dmp.gz": TINY,
    "crash-x64-av-normal.dmp": [("null_write", "crash.c", 19, False),
                                ("level2", "crash.c", 24, False),
                                ("level1", "crash.c", 32, False), *RUNTIME],
    "crash-x64-av-datasegs.dmp": [("null_write", "crash.c", 19, False)],
    "crash-x64-div0.dmp": [("div_zero", "crash.c", 20, False), ("level2", "crash.c", 25, False),
                           ("level1", "crash.c", 32, False), *RUNTIME],
    "crash-x64-illegal.dmp": [("level2", "crash.c", 27, False),
                              ("level1", "crash.c", 32, False), *RUNTIME],
    "crash-x64-breakpoint.dmp": [("__debugbreak", "_mingw.h", 590, True),
                                 ("level2", "crash.c", 28, False),
                                 ("level1", "crash.c", 32, False), *RUNTIME],
    "crash-x64-stackoverflow.dmp.gz": [("___chkstk_ms", None, None, False),
                                       ("recurse", "crash.c", 21, False),
                                       ("recurse", "crash.c", 21, False)],
    # The helper has no frame and no frame tables: its caller is found behind the call.
    "crash-x86-stackoverflow.dmp.gz": [("__chkstk_ms", None, None, False),
                                       ("recurse", "crash.c", 21, False),
                                       ("recurse", "crash.c", 21, False)],
    "crash-x86-av-normal.dmp": [("null_write", "crash.c", 19, False),
                                ("level2", "crash.c", 24, False),
                                ("level1", "crash.c", 32, False), *RUNTIME],
    "crash-x86-div0.dmp": [("div_zero", "crash.c", 20, False), ("level2", "crash.c", 25, False),
                           ("level1", "crash.c", 32, False), *RUNTIME],
    "plug-x64-rebased-dll.dmp": [("touch", "plug.c", 4, False), ("plugB", "plug.c", 8, False),
                                 ("main", "host.c", 6, False)],
}


def parse(line):
    _, _, _, function, file, number, inlined = line.split("|")
    known = file != "?"
    return (function.rsplit("+", 1)[0], os.path.basename(file) if known else None,
            int(number) if known else None, bool(inlined))


def main():
    program, folder = sys.argv[1], os.environ.get("BUGTRIAGE_MADE_DUMPS", "")
    images = [os.path.join(folder, name) for name in ("img64", "img32")]
    if not os.path.isdir(folder):
        print("skipped: BUGTRIAGE_MADE_DUMPS names no folder")
        sys.exit(77)
    bad = 0
    for dump, expected in EXPECTED.items():
        run = subprocess.run([program, os.path.join(folder, dump), *images],
                             capture_output=True, text=True)
        got = [parse(line) for line in run.stdout.splitlines()[:len(expected)]]
        if run.returncode != 0 or run.stderr or got != expected:
            bad += 1
            print(f"{dump}: {run.stderr}\n  {got}\n  expected {expected}")
    print(f"{len(EXPECTED) - bad} of {len(EXPECTED)} stacks are as they must be")
    sys.exit(bad != 0)


main()
