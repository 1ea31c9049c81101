#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How much of what articles say does `kb import` find?

    import_figures.py PROGRAM ARCHIVE FACTS [--misses]

ARCHIVE is a folder of article texts: Qnnnnnn.TXT anywhere below it (the public archive of 1994 to
2002 has them under txt/). FACTS is a file with one JSON object for each line: what somebody found
in the text of each article by another way ("id", "codes", "patterns", "drivers", "files"). Both
are named by BUGTRIAGE_ARTICLE_ARCHIVE and BUGTRIAGE_ARTICLE_FACTS where the arguments are left
out; without them there is nothing to measure, which is said, and the exit status is 77.

Texts that are not in the archive are not counted. Drafts are read as text, so that nothing but
Python is needed. Prints the figures beside their goals; fails where one is missed.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

GOALS = {"stop codes": 98.0, "parameters": 95.0, "drivers": 95.0, "file rows": 95.0}
SKIPPED = 77


def number(text):
    try:
        return int(text, 16)
    except (TypeError, ValueError):
        return None


def read_draft(path):
    """What a draft holds: codes, lists of parameters, files that it names, rows of files."""
    codes, lists, names, rows = set(), [], set(), []
    if not path.exists():
        return codes, lists, names, rows
    stated = {}
    in_names = False
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if match := re.match(r"  - code: (?:\[([^]]*)\]|(0x[0-9A-Fa-f]+))", line):
            listed = match.group(1) or match.group(2)
            codes.update(number(c) for c in re.split(r"[ ,]+", listed) if c)
            stated = {}
            lists.append(stated)
        elif match := re.match(r"    p([1-4]): (0x[0-9A-Fa-f]+)", line):
            stated[int(match.group(1))] = number(match.group(2))
        for values in re.findall(r"\[((?:0x[0-9A-Fa-f]+|any)(?:, (?:0x[0-9A-Fa-f]+|any))*)\]",
                                 line.split("#")[0]):
            if "sample" in line or line.startswith("      -"):
                lists.append({i + 1: number(v) for i, v in enumerate(values.split(", "))})
        if match := re.match(r"    - \{name: ([^,}]+)(.*)\}", line):
            size = re.search(r"size: (\d+)", match.group(2))
            version = re.search(r"version: ([\d.]+)", match.group(2))
            rows.append((match.group(1).lower(), int(size.group(1)) if size else None,
                         version.group(1) if version else None))
            names.add(match.group(1).lower())
        if line.startswith("# files that the text names"):
            in_names = True
        elif in_names and (match := re.match(r"#   (\S+)", line)):
            names.add(match.group(1).lower())
        elif in_names:
            in_names = False
    return codes, lists, names, rows


def expected_lists(fact):
    """Printed parameters: lists with at least two literal values."""
    for pattern in fact.get("patterns", []):
        values = {i + 1: number(p.get("v")) for i, p in enumerate(pattern["params"])
                  if number(p.get("v")) is not None}
        if len(values) >= 2:
            yield values


def has_list(lists, wanted):
    return any(all(found.get(p) == v for p, v in wanted.items()) for found in lists)


def expected_rows(fact):
    for row in fact.get("files", []):
        if row.get("name"):
            size = row.get("size")
            size = int(size.replace(",", "")) if size and size.replace(",", "").isdigit() else None
            version = row.get("version")
            yield row["name"].lower(), size, version if version and version[0].isdigit() else None


def has_row(rows, wanted):
    name, size, version = wanted
    return any(row[0] == name and (size is None or row[1] == size) and
               (version is None or row[2] == version) for row in rows)


class Tally:
    def __init__(self):
        self.found, self.all, self.misses = 0, 0, []

    def add(self, found, what):
        self.all += 1
        self.found += found
        if not found:
            self.misses.append(what)


def compare(fact, draft, tallies):
    codes, lists, names, rows = read_draft(draft)
    name = fact["id"]
    for code in fact.get("codes", []):
        tallies["stop codes"].add(number(code) in codes, f"{name} {code}")
    for values in expected_lists(fact):
        shown = ", ".join(f"p{p}={v:#x}" for p, v in values.items())
        tallies["parameters"].add(has_list(lists, values), f"{name} {shown}")
    for driver in fact.get("drivers", []):
        tallies["drivers"].add(driver.lower() in names, f"{name} {driver}")
    for row in expected_rows(fact):
        tallies["file rows"].add(has_row(rows, row), f"{name} {row}")


def import_texts(program, texts, folder):
    result = subprocess.run([program, "kb", "import", "-o", folder, *map(str, texts)],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            check=False)
    print(result.stderr.strip().splitlines()[-1])


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    archive = arguments[1] if len(arguments) > 1 else os.environ.get("BUGTRIAGE_ARTICLE_ARCHIVE")
    facts = arguments[2] if len(arguments) > 2 else os.environ.get("BUGTRIAGE_ARTICLE_FACTS")
    if not archive or not facts or not Path(archive).is_dir() or not Path(facts).is_file():
        print("skipped: BUGTRIAGE_ARTICLE_ARCHIVE and BUGTRIAGE_ARTICLE_FACTS name no archive "
              "of articles and no facts on them")
        return SKIPPED
    paths = {p.stem.upper(): p for p in Path(archive).rglob("*") if p.suffix.upper() == ".TXT"}
    known = [json.loads(line) for line in open(facts, encoding="utf-8")]
    known = [f for f in known if f["id"] in paths and f.get("relevance") == "primary"
             and not f.get("partial")]
    if not known:
        print("skipped: the archive has none of the articles")
        return SKIPPED
    tallies = {name: Tally() for name in GOALS}
    with tempfile.TemporaryDirectory(prefix="bugtriage-import-") as folder:
        import_texts(arguments[0], sorted({paths[f["id"]] for f in known}), folder)
        for fact in {f["id"]: f for f in known}.values():
            compare(fact, Path(folder) / f"{fact['id']}.yaml", tallies)
    print(f"{len({f['id'] for f in known})} articles on stops")
    good = True
    for name, tally in tallies.items():
        percent = 100.0 * tally.found / tally.all if tally.all else 100.0
        good &= percent >= GOALS[name]
        print(f"{name:11} {tally.found:5} of {tally.all:5}  {percent:5.1f} %  (goal: "
              f"{GOALS[name]:.0f} %)  {'holds' if percent >= GOALS[name] else 'DOES NOT HOLD'}")
        if "--misses" in sys.argv:
            for miss in tally.misses:
                print(f"    {miss}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
