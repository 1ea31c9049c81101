#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does every article of kbdata/ hold what is known about its text?

    article_facts.py SOURCE_FOLDER [FACTS]

FACTS is a folder with articles.jsonl, one JSON object for each line: what somebody found in the
text of an article ("id", "codes", "patterns", "drivers", "files", "fixed_in", "applies_to", ...),
and top150.tsv, the articles that have to be there. BUGTRIAGE_FACTS names it where the argument is
left out; without it there is nothing to compare, which is said, and the exit status is 77.

Compared are stop codes, stated and printed parameters, drivers, file rows, the fixing service
pack, the number of processors, systems with their service packs, and sections of the text. What a
list claims and an article rightly leaves out stands in LEFT_OUT, with the reason.
"""
import glob
import json
import os
import re
import sys
from collections import Counter

try:
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SKIPPED = 77

# Codes that stop nothing, or that a list took from somewhere else.
NO_STOP = {
    0x21: "0x21A, cut off where the title ends",
    0xC0000034: "a first parameter of 0x6B",
}

# (article, what) -> why the article is right without it.
LEFT_OUT = {
    ("Q172229", "code"): "0xC0000263 stands in the title of another article",
    ("Q172511", "code"): "0x1E stands in the title of another article",
    ("Q176989", "code"): "0x1E stands in the title of another article",
    ("SA-stop-error-or-blue-screen-error-troubleshooting", "code"):
        "advice that holds for every such stop, and stands with the stop code",
    ("Q180622", "code"): "the others stand in titles of other articles",
    ("Q275678", "code"): "a guide to 0x1E, which only mentions 0xA",
    ("Q275678", "stated"): "placeholders: 0xAAAAAAAA and so on",
    ("Q275678", "sample"): "an example of how to read the screen, with no bug behind it",
    ("Q275678", "driver"): "placeholders: module1.sys and module2.sys",
    ("Q185300", "stated"): "the text says that it is usually so",
    ("Q319123", "stated"): "one of three screens; it is 0 there, which is in no module",
    ("Q172762", "sample"): "the text says that it varies",
    ("Q244239", "sample"): "the text lost the first of four values",
    ("Q254993", "sample"): "the text repeats the code as its first value",
    ("Q252935", "sample"): "a misprint; the line of the module beside it has the right value",
    ("KB977153", "driver"): "marked as inferred in the list itself",
    ("Q134326", "applies"): "3.5 is where the service pack belongs, 3.51 stops",
    ("Q139010", "driver"): "a placeholder: display_driver.sys",
    ("Q146054", "driver"): "only named as a former name",
    ("KB4576784", "fixed-in"): "how to use Driver Verifier, and no fix",
    ("Q174228", "cpus"): "support for several processors had been lost",
    ("Q138703", "cpus"): "stops in setup, where no dump is written: a question",
    ("Q145950", "cpus"): "stops in setup, where no dump is written: the text of the symptoms",
    ("Q147911", "cpus"): "on one or on two",
    ("Q162804", "cpus"): "the wrong kernel counts one processor on a machine with more: a question",
    ("Q180648", "cpus"): "of one processor only in a remark on the fix, which the fix repeats",
    ("Q317133", "cpus"): "only in the name of another article",
    ("Q223415", "fixed-in"): "a service pack of SNA Server",
    ("Q245188", "fixed-in"): "the file comes from the service pack that is there already",
    ("Q111995", "fixed-in"): "a service pack without a number",
    ("Q124284", "fixed-in"): "a service pack without a number",
    ("Q125173", "fixed-in"): "a service pack without a number",
}

SERVICE_PACKS = ["RTM", "SP1", "SP2", "SP3", "SP4", "SP5", "SP6"]  # 6a counts as 6

# File names of one kernel.
KERNEL = {"ntoskrnl.exe", "ntkrnlmp.exe"}


class Loader(yaml.SafeLoader):
    """Every scalar is a text, as the compiler reads them."""


Loader.yaml_implicit_resolvers = {}


def number(text):
    try:
        return int(str(text).replace(",", ""), 0)
    except ValueError:
        return None


def listed(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def article_id(text):
    return text.replace("SA:", "SA-")


def read_articles(root):
    articles = {}
    for path in glob.glob(os.path.join(root, "kbdata", "articles", "**", "*.yaml"),
                          recursive=True):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        article = yaml.load(text, Loader)
        article["text"] = text.lower()
        articles[article["id"]] = article
    return articles


def read_facts(path):
    """One fact for each article: of two that have the same id the last, which is the fuller."""
    facts = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            fact = json.loads(line)
            if fact.get("shape") != "seed-classic" or article_id(fact["id"]) not in facts:
                facts[article_id(fact["id"])] = fact
    return facts


def clauses_of(article, code):
    for clause in listed(article.get("stop")):
        if code in map(number, listed(clause["code"])):
            yield clause


def codes_of(article):
    return {number(c) for clause in listed(article.get("stop")) for c in listed(clause["code"])}


def is_stated(clause, key):
    return clause.get(key) not in (None, "any")


def holds_value(clause, index, value):
    """Whether a clause prints or states a value for its parameter `index`."""
    samples = listed(clause.get("sample"))
    rows = samples if samples and isinstance(samples[0], list) else [samples]
    if any(index < len(row) and number(row[index]) == value for row in rows):
        return True
    return is_stated(clause, f"p{index + 1}")


def compare_codes(fact, article):
    for code in map(number, fact["codes"]):
        if code not in codes_of(article) and code not in NO_STOP:
            yield "code", f"{code:#x}"


def compare_parameters(fact, article):
    for pattern in fact.get("patterns", []):
        clauses = list(clauses_of(article, number(pattern["code"])))
        for i, parameter in enumerate(pattern["params"]):
            what = f"{pattern['code']} p{i + 1} {parameter}"
            stated = any(is_stated(clause, f"p{i + 1}") for clause in clauses)
            if parameter["m"] not in ("any", "sample") and not stated:
                yield "stated", what
            value = number(parameter.get("v"))
            if value is not None and not any(holds_value(c, i, value) for c in clauses):
                yield "sample", what


def compare_files(fact, article):
    for driver in fact.get("drivers", []):
        names = KERNEL if driver.lower() in KERNEL else {driver.lower()}
        if not any(name in article["text"] for name in names):
            yield "driver", driver
    rows = listed((article.get("fix") or {}).get("files"))
    for wanted in fact.get("files", []):
        if wanted.get("name") and not any(is_row(row, wanted) for row in rows):
            yield "file", json.dumps(wanted)


def is_row(row, wanted):
    size = number((wanted.get("size") or "").replace(" bytes", ""))
    version = wanted.get("version") or ""
    return (row["name"].lower() == wanted["name"].lower()
            and (size is None or number(row.get("size")) == size)
            and (not version[:1].isdigit() or row.get("version") == version))


def compare_fix(fact, article):
    fix = article.get("fix") or {}
    for fixed in fact.get("fixed_in", []):
        update = re.fullmatch(r"KB ?(\d+)", fixed)
        if update and update.group(1) not in article["text"]:
            yield "fixed-in", fixed
        elif not update and "fixed-in" not in fix:
            yield "fixed-in", fixed
    if "hotfix" in fact["type"] and not fix:
        yield "fix", "a hotfix"


def compare_system(fact, article):
    if (fact.get("mp") or fact.get("up")) and "cpus" not in article["text"]:
        yield "cpus", f"several: {fact.get('mp')}, one: {fact.get('up')}"
    covered = covered_packs(article)
    for product in fact.get("applies_to") or []:
        for line, pack in products_of(product):
            if covered and not any(c_line == line and (pack is None or pack in packs)
                                   for c_line, packs in covered):
                yield "applies", f"{line} {pack or ''} ({product})"


def covered_packs(article):
    """(line, service packs) of each system of `applies`, `requires` and `fixed-in`."""
    fix = article.get("fix") or {}
    covered = []
    for text in listed(article.get("applies")) + listed(fix.get("requires")) + \
            listed(fix.get("fixed-in")):
        line = re.match(r"(?:latest )?(NT [\d.]+|\d+ R2|[\d.]+|XP|Vista)", text)
        if line is None:
            continue
        words = text.split(" except ")[0].upper()
        packs = re.search(r"\b(RTM|SP\d)A?(?:-(SP\d)A?|(\+))?", words)
        first = SERVICE_PACKS.index(packs.group(1)) if packs else 0
        last = len(SERVICE_PACKS) - 1
        if packs and not packs.group(3):
            last = SERVICE_PACKS.index(packs.group(2)) if packs.group(2) else first
        covered.append((line.group(1), set(SERVICE_PACKS[first:last + 1])))
    return covered


def products_of(product):
    """(line, service pack or None) of an entry such as "Windows NT Server versions 3.51, 4.0"."""
    if "SNA" in product or "operating system" in product:
        return
    if match := re.search(r"Windows (?:Server )?(2000|XP|2003|Vista|2008 R2|2008)\b", product):
        pack = re.search(r"\bSP\d\b", product)
        yield match.group(1), pack.group(0) if pack else None
    elif "NT" in product:
        for version, pack in re.findall(r"\b([34]\.\d+)(?: (SP\d|RTM))?", product):
            line = f"NT {version if version != '3.50' else '3.5'}"
            yield line, pack or None


def compare_prose(fact, article):
    sections = {section[0].upper() for section in fact.get("sections", [])}
    cures = {"RESOLUTION", "WORKAROUND"} & sections
    for section in ("SYMPTOMS", "CAUSE"):
        if section in sections and section.lower() not in article:
            yield "prose", section
    # Texts call a way around a resolution, and the other way round.
    if cures and not {"resolution", "workaround"} & article.keys():
        yield "prose", "RESOLUTION"
    if len(cures) == 2 and "workaround" not in article and "resolution" not in article:
        yield "prose", "WORKAROUND"


COMPARISONS = [compare_codes, compare_parameters, compare_files, compare_fix, compare_system,
               compare_prose]


def compare_articles(facts, articles, used):
    for name, article in sorted(articles.items()):
        fact = facts.get(name)
        for comparison in COMPARISONS if fact else []:
            for kind, what in comparison(fact, article):
                if (name, kind) in LEFT_OUT:
                    used.add((name, kind))
                else:
                    yield f"{name}: {kind}: {what}"


def compare_coverage(facts, articles):
    """Every stop code that any text names has an article."""
    known = set().union(*map(codes_of, articles.values()))
    for name, fact in sorted(facts.items()):
        if fact["relevance"] == "primary":
            for code in sorted(set(map(number, fact["codes"])) - known - NO_STOP.keys()):
                yield f"{name}: no article is about {code:#x}"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    folder = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("BUGTRIAGE_FACTS", "")
    lists = [os.path.join(folder, name) for name in ("articles.jsonl", "top150.tsv")]
    if not folder or not all(map(os.path.isfile, lists)):
        print("skipped: BUGTRIAGE_FACTS names no folder with articles.jsonl and top150.tsv")
        return SKIPPED
    articles, facts = read_articles(root), read_facts(lists[0])
    with open(lists[1], encoding="utf-8") as f:
        wanted = [article_id(line.split("\t")[2]) for line in f][1:]
    problems = [f"{name}: no such article" for name in wanted if name not in articles]
    used = set()
    problems += compare_coverage(facts, articles)
    problems += compare_articles(facts, articles, used)
    problems += [f"{name}: {kind}: needs no exception" for name, kind in LEFT_OUT.keys() - used]
    for problem in problems:
        print(problem)
    compared = Counter(name in facts for name in articles)
    print(f"{len(wanted)} articles wanted; {compared[True]} of {len(articles)} compared with "
          f"facts, {len(used)} exceptions, {len(problems)} problem(s)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
