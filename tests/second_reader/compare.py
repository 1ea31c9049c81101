#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Has a second, independent reader say what is in memory dumps, and compares.

usage: compare.py --mkdump PROGRAM --ours PROGRAM [--parser FOLDER]

The other reader is kdmp-parser (github.com/0vercl0k/kdmp-parser, MIT), which reads x64 dumps of
the types 1, 5, 6, 8, 9 and 10. FOLDER, or the environment variable KDMP_PARSER, names a copy of
its sources; exit status 77 where there is none, or no C++ compiler.

Every page that mkdump, or the writer in tests/second, put into a dump is read through the page
tables by both. What one reader has and the other has not is a difference too, except for pages
that are not valid in the tables: transition and prototype pages are in a dump, and only ours
follows them. The writer in tests/second also tells what each page has to be."""
import argparse
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "second"))
from scenarios import build  # noqa: E402
from writers import Dump  # noqa: E402

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


def hash_page(page):
    value = 0xcbf29ce484222325
    for byte in page:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return f"{value:016x}"


def compare_second(arguments, other, number, kind, large, folder):
    """A dump of the second writer: pages of every kind, against both readers and the truth."""
    ways = {"lists": "transition", "names": "prototype", "resources": "missing",
            "headers": "flipped", "process": "paged-out"}
    runs = ((1, 0x9e), (0x200, 0x200), (0x100000, 0x400), (0x240000, 0x800))
    m = build("x64", number, "x64", kind, "d1", ways=ways, runs=runs, large_kernel=large)
    dump = os.path.join(folder, f"second-{number}-{kind}.dmp")
    Dump(m, kind, context=m.crash_context, spare_bits=-(max(m.frames.pages) + 1) % 8).write(dump)
    truth = {}
    for va, pa in m.space.where.items():
        pfn = pa // 4096
        page = m.frames.pages[pfn]
        truth[va] = "absent" if pfn in m.frames.absent else hash_page(page)
    beyond = m.drivers + 0x6000000  # nothing is there
    truth.update(dict.fromkeys(range(beyond, beyond + 0x8000, 0x1000), "absent"))
    addresses = sorted(truth)
    ours, theirs = (read_pages(p, dump, addresses) for p in (arguments.ours, other))
    wrong = [a for a in addresses if ours[f"{a:x}"] != truth[a]]
    differ = [a for a in addresses if theirs[f"{a:x}"] not in (truth[a], "absent")]
    valid = [a for a in addresses if m.space.is_valid(a)]
    lost = [a for a in valid if theirs[f"{a:x}"] != truth[a]]
    print(f"build {number} as type {kind}: {len(addresses)} pages, {len(valid)} valid in the tables; "
          f"{len(wrong)} read wrong here, {len(differ)} there, {len(lost)} not found there")
    return not wrong and not differ and not lost and len(valid) > 50


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
        results += [compare_second(arguments, other, number, kind, large, folder)
                    for kind, number, large in ((1, 7601, None), (1, 9600, 0x240000), (5, 9600, 0x200),
                                                (6, 19041, None), (8, 14393, 0x240000),
                                                (9, 17763, None), (10, 26100, 0x200))]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
