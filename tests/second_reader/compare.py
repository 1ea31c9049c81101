#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Has a second, independent reader say what is in memory dumps, and compares.

usage: compare.py --mkdump PROGRAM --ours PROGRAM [--parser FOLDER]

The other reader is kdmp-parser (github.com/0vercl0k/kdmp-parser, MIT), which reads x64 dumps of
the types 1, 5, 6, 8, 9 and 10. FOLDER, or the environment variable KDMP_PARSER, names a copy of
its sources; exit status 77 where there is none, or no C++ compiler.

Every page that mkdump put into a dump is read through the page tables by both. What one reader
has and the other has not is a difference too, except for pages that are not valid in the
tables: transition and prototype pages are in a dump, and only ours follows them."""
import argparse
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(os.path.dirname(HERE), "golden")
SKIPPED = 77
# Case, the dump types that have its form, and addresses that only our reader can follow.
CASES = (("memory-w7-x64", (1,), (0xfffffa8001000000,)),
         ("memory-2012-x64-scrambled", (5, 6), ()),
         ("memory-w10-x64-ranges", (8, 9, 10), ()))
DUMP_TYPE, BITMAP_LENGTH = 0xf98, 0x2030


def run(command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def build_other(parser, folder):
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    library = os.path.join(parser, "src", "lib") if parser else ""
    if not os.path.exists(os.path.join(library, "kdmp-parser.h")) or not compiler:
        return None
    # The library's build makes this header out of its version.
    with open(os.path.join(library, "kdmp-parser-version.h.in"), encoding="utf-8") as f:
        version = re.sub(r"@\w+@", "0", f.read())
    with open(os.path.join(folder, "kdmp-parser-version.h"), "w", encoding="utf-8") as f:
        f.write(version)
    program = os.path.join(folder, "other")
    run([compiler, "-std=c++20", "-O1", "-I", library, "-I", folder, "-o", program,
         os.path.join(HERE, "other_reader.cc")])
    return program


def addresses_of(mkdump, description):
    """The pages of everything that the map says is in the target's memory."""
    pages = set()
    for line in run([mkdump, "--map", description]).splitlines():
        found = re.match(r"\s*memory 0x([0-9a-f]+) bytes: .* at 0x([0-9a-f]+)$", line)
        if found:
            size, at = (int(x, 16) for x in found.groups())
            pages.update(range(at & ~0xfff, at + size, 0x1000))
    return sorted(pages)


def read_pages(program, dump, addresses):
    text = "".join(f"{a:x}\n" for a in addresses)
    answers = run([program, dump], input=text)  # among what a library prints of its own
    return dict(re.findall(r"^([0-9a-f]+) ([0-9a-f]{16}|absent)$", answers, re.M))


def round_up_bitmap(f):
    """The other reader loses the pages of a bitmap's last byte where the byte is not full."""
    f.seek(BITMAP_LENGTH)
    bits, = struct.unpack("<Q", f.read(8))
    f.seek(BITMAP_LENGTH)
    f.write(struct.pack("<Q", bits + 7 & ~7))


def compare(arguments, other, case, kind, unequal, folder):
    description = os.path.join(GOLDEN, case, "in.mk")
    dump = os.path.join(folder, f"{case}-{kind}.dmp")
    run([arguments.mkdump, description, dump])
    with open(dump, "r+b") as f:
        f.seek(DUMP_TYPE)
        f.write(struct.pack("<I", kind))
        if kind in (5, 6):
            round_up_bitmap(f)
    addresses = addresses_of(arguments.mkdump, description)
    ours, theirs = (read_pages(p, dump, addresses) for p in (arguments.ours, other))
    wrong = [a for a in addresses if ours[f"{a:x}"] != theirs[f"{a:x}"] and a not in unequal]
    present = sum(value != "absent" for value in theirs.values())
    print(f"{case} as type {kind}: {len(addresses)} pages, the other reader has {present}, "
          f"{len(wrong)} differ")
    for a in wrong:
        print(f"  {a:x}: {ours[f'{a:x}']} here, {theirs[f'{a:x}']} there")
    return not wrong and present > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mkdump", required=True)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--parser", default=os.environ.get("KDMP_PARSER"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        other = build_other(arguments.parser, folder)
        if other is None:
            print("skipped: no second reader (KDMP_PARSER names its sources), or no C++ compiler")
            return SKIPPED
        results = [compare(arguments, other, case, kind, unequal, folder)
                   for case, kinds, unequal in CASES for kind in kinds]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
