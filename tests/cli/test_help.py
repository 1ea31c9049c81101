#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual page and the completion know the options that the program knows, and no others.

usage: test_help.py program manual-page completion
"""
import re
import subprocess
import sys

HELPS = (["--help"], ["--help-batch"], ["explain", "--help"], ["group", "--help"],
         ["kb", "--help"])
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
FORMAT = re.compile(r"--format\) words=\"([^\"]*)\"")


def options_of(text):
    return set(OPTION.findall(text))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main(program, manual, completion):
    told = set()
    for arguments in HELPS:
        told |= options_of(subprocess.run([program, *arguments], check=True, timeout=60,
                                          capture_output=True, text=True).stdout)
    failed = False
    for path, text in ((manual, read(manual).replace("\\-", "-")),
                       (completion, read(completion))):
        for what, options in (("lacks", told - options_of(text)),
                              ("has, and the program has not,", options_of(text) - told)):
            if options:
                print(f"{path} {what} {' '.join(sorted(options))}")
                failed = True
    for name in FORMAT.search(read(completion)).group(1).split():
        run = subprocess.run([program, "--format", name, "/dev/null"], timeout=60,
                             capture_output=True, check=False)
        if run.returncode == 2:
            print(f"{completion}: {name} is no format")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
