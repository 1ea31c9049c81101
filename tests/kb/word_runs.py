#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is a sentence of somebody else's in kbdata/?

    word_runs.py KBDATA FOLDER... [--words N]

Looks in every text below the FOLDERs (.txt, .md, .htm, .html) for runs of N words (8 unless told
otherwise) that stand in a text of KBDATA too, in the same order, and prints each with both
places. Facts are meant to be shared, sentences are not: a run of which half or more is names and
numbers (codes, files, products, versions) does not count, nor do parameter lists.
BUGTRIAGE_ARTICLE_TEXTS names the folders, separated by colons, where none is given; without any
there is nothing to compare with, which is said, and the exit status is 77.
"""
import os
import re
import sys
from pathlib import Path

SKIPPED = 77
# Words of names: what remains of a run without them is what somebody wrote.
NAMES = set("""
windows nt server servers workstation terminal edition service pack sp microsoft stop error message
messages system systems kernel memory file files driver drivers sys dll exe x86 x64 ia64 arm64
vista xp enterprise datacenter standard professional advanced version versions bit hotfix update
bug check code codes parameter parameters registry hkey local machine currentcontrolset control
services level irql virtual address object device process thread stack pool irp dpc pnp usb acpi
pci scsi tcp ip ntfs fat hal cpu alpha mips intel amd hp ibm compaq dell symantec mcafee vmware
norton double take status access violation first second third fourth
""".split())
WORD = re.compile(r"[a-z0-9_]+")


def words_of(text):
    return WORD.findall(text.lower())


def is_name(word):
    return word in NAMES or any(c.isdigit() or c == "_" for c in word) or len(word) == 1


def says_something(run):
    return sum(not is_name(w) for w in run) * 2 > len(run)


def own_texts(root):
    """Prose of the knowledge: YAML texts without their keys and tests, columns of tables."""
    for path in sorted(root.rglob("*")):
        if path.suffix in (".yaml", ".yml"):
            text = path.read_text(encoding="utf-8")
            text = re.split(r"^tests:", text, flags=re.M)[0]
            text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
            yield path, re.sub(r"^(\s*-?\s*)[a-z0-9-]+:(\s)", r"\1. \2", text, flags=re.M)
        elif path.suffix == ".tsv" and path.name != "modules.tsv":  # vendors and products
            for line in path.read_text(encoding="utf-8").splitlines():
                if not line.startswith("#"):
                    for cell in line.split("\t"):
                        yield path, cell


def collect(root, length):
    """Every run of our texts, and where it stands."""
    runs = {}
    for path, text in own_texts(root):
        # A new key, list item or cell begins a new text: no run goes across.
        for piece in re.split(r"\n\s*-?\s*\. |\n\s*- |\n\n", "\n" + text):
            words = words_of(piece)
            for i in range(len(words) - length + 1):
                run = tuple(words[i:i + length])
                if says_something(run):
                    runs.setdefault(run, path)
    return runs


def search(folder, runs, length):
    starts = {run[:2] for run in runs}
    suffixes = {".txt", ".md", ".htm", ".html"}
    for path in sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in suffixes):
        words = words_of(path.read_text(encoding="utf-8", errors="replace"))
        for i in range(len(words) - length + 1):
            if (words[i], words[i + 1]) in starts:
                run = tuple(words[i:i + length])
                if run in runs:
                    yield run, path


def main():
    arguments = sys.argv[1:]
    length = 8
    if "--words" in arguments:
        at = arguments.index("--words")
        length = int(arguments[at + 1])
        del arguments[at:at + 2]
    root = Path(arguments[0])
    folders = arguments[1:] or os.environ.get("BUGTRIAGE_ARTICLE_TEXTS", "").split(":")
    folders = [f for f in folders if f and Path(f).is_dir()]
    if not folders:
        print("skipped: BUGTRIAGE_ARTICLE_TEXTS names no folder of texts to compare with")
        return SKIPPED
    runs = collect(root, length)
    found = {}
    for folder in folders:
        for run, path in search(folder, runs, length):
            found.setdefault((runs[run], path), []).append(" ".join(run))
    for (own, other), texts in sorted(found.items()):
        print(f"{own.relative_to(root)}: {other}: {texts[0]}" +
              (f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""))
    print(f"{len(runs)} runs of {length} words compared, {len(found)} pairs of texts share some")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
