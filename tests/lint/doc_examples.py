#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every example of a document that names its test must be what the test expects.

usage: doc_examples.py PROJECT

A comment `<!-- tests/golden/CASE -->` in docs/*.md belongs to the indented block behind it: each
line of the block must stand in CASE/expect.txt, in the same order. A line of dots skips.
"""
import pathlib
import re
import sys

MARK = re.compile(r"<!-- (tests/golden/[a-z0-9-]+) -->")


def blocks(text):
    lines = text.splitlines()
    for number, line in enumerate(lines):
        mark = MARK.fullmatch(line.strip())
        if not mark:
            continue
        block = []
        for at in range(number + 1, len(lines)):
            if lines[at].startswith("    "):
                block.append((at + 1, lines[at][4:].rstrip()))
            elif lines[at].strip() or block:
                break
        yield mark.group(1), number + 1, block


def complaints_about(project, document):
    for case, number, block in blocks(document.read_text(encoding="utf-8")):
        where = f"{document.relative_to(project)}:{number}"
        path = project / case / "expect.txt"
        if not path.exists() or not block:
            yield f"{where}: no example, or no {case}/expect.txt"
            continue
        expected = [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()]
        at = 0
        for line_number, line in block:
            if line == "...":
                continue
            if line not in expected[at:]:
                yield f"{document.relative_to(project)}:{line_number}: not in {case}: {line}"
                continue
            at += expected[at:].index(line) + 1


def main():
    project = pathlib.Path(sys.argv[1]).resolve()
    complaints, examples = [], 0
    for document in sorted((project / "docs").glob("*.md")):
        examples += len(list(blocks(document.read_text(encoding="utf-8"))))
        complaints += complaints_about(project, document)
    for line in complaints:
        print(line)
    print(f"{examples} example(s), {len(complaints)} complaint(s)")
    return 1 if complaints or examples == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
