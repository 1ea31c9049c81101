#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does `kb import` give back exactly the facts of texts that were made up for it?

    import_made.py PROGRAM [--count N] [--first N] [--keep FOLDER]

Makes N texts (400 unless told otherwise) in all eight shapes (made_texts.py), imports them in one
run, and compares every draft with what its text was made from: nothing may be missing, and nothing
may be there that the text does not say. Prints the figures, and the time and memory of the import.
"""
import argparse
import os
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

try:
    import made_texts
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SHOWN = 12  # differences that are told of
ROW = re.compile(r"    - \{name: ([^,}]+), version: ([^,}]+)(?:, platform: ([^,}]+))?"
                 r"(?:, size: (\d+))?(?:, date: ([^,}]+))?\}")


def listed(text):
    return tuple(None if v == "any" else int(v, 16) for v in text.split(", "))


def read_draft(path):
    facts = {"id": None, "title": "", "applies": [], "stops": [], "drivers": set(), "rows": [],
             "restart": None, "replaces": None}
    in_names = False
    for line in path.read_text(encoding="utf-8").split("\n"):
        in_names = in_names and line.startswith("#   ")
        if in_names:
            facts["drivers"].add(line.split()[1].lower())
        elif line.startswith("# files that the text names"):
            in_names = True
        elif line.startswith("id: "):
            facts["id"] = line[4:]
        elif line.startswith("title: ") and "# the text's: " in line:
            facts["title"] = line.partition("# the text's: ")[2]
        elif match := re.match(r"applies: \[(.*?)\]", line):
            facts["applies"] = [a for a in match.group(1).split(", ") if a]
        elif match := re.match(r"  - code: (0x[0-9A-F]+)", line):
            facts["stops"].append((int(match.group(1), 16), None))
        elif match := re.match(r"    sample: \[(.*?)\]", line):
            facts["stops"][-1] = (facts["stops"][-1][0], listed(match.group(1)))
        elif match := ROW.match(line):
            name, version, platform, size, date = match.groups()
            facts["rows"].append((name, None if version == "unknown" else version, platform,
                                  int(size) if size else None, date))
        elif match := re.match(r"  (restart|replaces): (\S+)", line):
            facts[match.group(1)] = match.group(2)
    return {"id": facts["id"], "title": facts["title"], "applies": sorted(facts["applies"]),
            "stops": sorted(set(facts["stops"]), key=repr), "drivers": sorted(facts["drivers"]),
            "rows": sorted(set(facts["rows"]), key=repr), "restart": facts["restart"],
            "replaces": facts["replaces"]}


def run_import(program, texts, drafts):
    """The exit status, the last message, seconds of processor time, KiB of memory at most."""
    errors = drafts.parent / "messages.txt"
    with open(errors, "wb") as out:
        pid = os.posix_spawn(program, [program, "kb", "import", "-o", str(drafts), str(texts)],
                             os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 2)])
        _, status, usage = os.wait4(pid, 0)
    messages = errors.read_text(encoding="utf-8", errors="replace").splitlines()
    return (os.waitstatus_to_exitcode(status), messages[-1] if messages else "",
            usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def file_of(folder, seed):
    # A thousand a folder, as archives have them.
    return folder / f"{seed // 1000:03}" / f"{100000 + seed}.txt"


def write_texts(folder, seeds, codes):
    for seed in seeds:
        path = file_of(folder, seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made_texts.Article(seed, codes).text)


def compare(seeds, codes, drafts):
    """Facts found and made by kind, and what differs."""
    found, made, differences = Counter(), Counter(), []
    for seed in seeds:
        article = made_texts.Article(seed, codes)
        expected = article.facts()
        name = expected["id"] if expected["id"] != "TODO" else str(article.number)
        path = drafts / f"{name}.yaml"
        if not path.exists():
            made["drafts"] += 1
            differences.append((seed, article.shape, "draft", name, "none"))
            continue
        draft = read_draft(path)
        for kind, value in expected.items():
            made[kind] += 1
            found[kind] += draft[kind] == value
            if draft[kind] != value:
                differences.append((seed, article.shape, kind, value, draft[kind]))
    return found, made, differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", help="folder for the texts and drafts")
    options = parser.parse_args()
    root = Path(__file__).resolve().parents[2]
    codes = made_texts.Codes(root / "kbdata" / "stops")
    seeds = range(options.first, options.first + options.count)
    with tempfile.TemporaryDirectory(prefix="bugtriage-made-") as temporary:
        folder = Path(options.keep or temporary)
        texts, drafts = folder / "texts", folder / "drafts"
        drafts.mkdir(parents=True, exist_ok=True)
        write_texts(texts, seeds, codes)
        status, message, seconds, memory = run_import(options.program, texts, drafts)
        print(message)
        found, made, differences = compare(seeds, codes, drafts)
    for kind in made:
        print(f"{kind:9} {found[kind]:6} of {made[kind]:6} texts as made")
    for seed, shape, kind, expected, got in differences[:SHOWN]:
        print(f"text {seed} ({shape}), {kind}:\n    made  {expected}\n    draft {got}")
    print(f"{options.count} texts, {len(differences)} differences; {seconds:.1f} s, "
          f"{memory / 1024:.1f} MiB")
    return 1 if differences or status != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
