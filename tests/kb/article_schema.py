#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that docs/schema/article-1.json, which editors use, accepts every article and refuses
common mistakes: what `kb check` refuses of tests/kb/bad, as far as a schema can know it, and
nothing that it accepts.

usage: article_schema.py [SOURCE_FOLDER]
Exits with 77 (skipped) where PyYAML or jsonschema is missing.
"""
import glob
import json
import os
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: dates, yes and no stay texts."""


LEFT_OUT = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool"}
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in LEFT_OUT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}

# Each of these is one slip in an otherwise good article.
MISTAKES = [
    "{id: T1, stop: [{code: 0x7F}]}",
    "{id: T1, title: t}",
    "{id: T1, title: t, stops: [{code: 0x7F}]}",
    "{id: T1, title: t, stop: [{p1: 0x8}]}",
    "{id: T1, title: t, stop: [{code: 0x7F}], class: H}",
    "{id: T1, title: t, exception: [{module: a.dll}]}",
    "{id: T1, title: t, exception: [{code: 0xC0000005, access: reed}]}",
    "{id: T1, title: t, exception: [{code: 0xC0000005, module: a}]}",
    "{id: T1, title: t, exception: [{code: 0xC0000005, module: a.dll, version: less than 2}]}",
    "{id: T1, title: t, stop: [{code: 0x7F}], applies: Windows 95}",
    "{id: T1, title: t, stop: [{code: 0x7F}], fix: {kind: patch}}",
    "{id: T1, title: t, stop: [{code: 0x7F}], fix: {kind: hotfix, files: [{name: tcpip}]}}",
    "{id: T1, title: t, stop: [{code: 0x7F}], tests: [{name: n, facts: {}, verdict: maybe}]}",
]


# What `kb check` says and no schema can know: conditions are text to it, it does not compare one
# fact with another, has no list of statuses and builds, and sees no bytes.
BEYOND = re.compile("|".join((
    "can never (?:hold|match)", "unknown (?:function|fact)", "no word of this fact", '"&":',
    "quote", "comparison", "parenthesis", "condition", "version takes", "is compared",
    "can only be compared", "means many", "needs a name", "has no effect", "in the wrong branch",
    "range .*is empty", "needs one", "codes of several", "no exception of Windows",
    "cannot make a match", "neither an article", "longer than", "UTF-16", "is written ==",
    "anchors and tags", "merge keys", "stands here twice", "control char",
    '"tcpip" has no extension', "write the base code", "STATUS_NO_SUCH", "STATUS_ACESS",
    "in hexadecimal", '"22-10-2005"', 'leave "linked-after"', "is not understood",
    "no service pack", "last service pack", '"latest" is', "one thing can be", "nothing is stated")))
# Lists of which each item is a mistake, or none, of its own.
LISTS = (("stop",), ("exception",), ("fix", "files"), ("tests",), ("applies",))


def mistakes_of(path):
    """Lines and messages that `kb check` gives for this file."""
    found = []
    with open(path[:-5] + ".err", encoding="utf-8") as f:
        for line in f:
            if match := re.match(r"[^:]+(?::(\d+):(\d+))?: error: (.*)", line):
                found.append((int(match.group(1) or 0), match.group(3)))
    return found


def compose(path):
    with open(path, "rb") as f:
        return yaml.compose(f.read(), Loader)


def node_at(node, keys):
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node


def with_item(article, keys, item):
    """The article with one item in that list and nothing else that could be wrong."""
    good = {"id": "T1", "title": "t", "stop": [{"code": 0x7F}]}
    if keys[0] == "exception":
        del good["stop"]
    inner = good
    for key in keys[:-1]:
        inner = inner.setdefault(key, {"kind": "hotfix"})
    inner[keys[-1]] = [item]
    return good


def check_items(path, validator):
    """Problems of the lists of one file: items refused that are good, and the other way."""
    tree = compose(path)
    with open(path, "rb") as f:
        article = yaml.load(f, Loader)
    for keys in LISTS:
        nodes = node_at(tree, keys)
        items = article
        for key in keys:
            items = items.get(key) if isinstance(items, dict) else None
        if not isinstance(items, list):
            continue
        one_line = nodes.start_mark.line == nodes.end_mark.line
        for node, item in zip(nodes.value, items):
            # A block ends where the next one begins, everything else on its own last line.
            block = isinstance(node, yaml.CollectionNode) and not node.flow_style
            first = node.start_mark.line + 1
            last = max(node.end_mark.line + (not block), first)
            said = [m for line, m in mistakes_of(path) if first <= line <= last]
            refused = not validator.is_valid(with_item(article, keys, item))
            if refused and not said and not one_line:
                yield f"{path}:{first}: refused, and good: {item}"
            if not refused and any(not BEYOND.search(m) for m in said) and not one_line:
                yield f"{path}:{first}: accepted: {said[0]}"


def check_bad(root, validator):
    """Problems of tests/kb/bad, and how many files were compared."""
    problems, compared = [], 0
    for path in sorted(glob.glob(os.path.join(root, "tests", "kb", "bad", "*.yaml"))):
        try:
            with open(path, "rb") as f:
                article = yaml.load(f, Loader)
        except (yaml.YAMLError, UnicodeError):
            continue  # an editor says that itself
        if not isinstance(article, dict) or "id" not in article:
            continue  # no article
        compared += 1
        rule = node_at(compose(path), ("rule",))  # conditions, in a language of their own
        lines = range(rule.start_mark.line, rule.end_mark.line + 1) if rule else ()
        known = [m for line, m in mistakes_of(path)
                 if line - 1 not in lines and not BEYOND.search(m)]
        if known and validator.is_valid(article):
            problems.append(f"{path}: accepted: {known[0]}")
        problems += check_items(path, validator)
    return problems, compared


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    with open(os.path.join(root, "docs", "schema", "article-1.json"), encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    problems = []
    articles = sorted(glob.glob(os.path.join(root, "kbdata", "articles", "**", "*.yaml"),
                                recursive=True))
    for path in articles:
        with open(path, encoding="utf-8") as f:
            for error in validator.iter_errors(yaml.load(f, Loader)):
                where = "/".join(map(str, error.absolute_path))
                problems.append(f"{os.path.relpath(path, root)}: {where}: {error.message[:160]}")
    for text in MISTAKES:
        if validator.is_valid(yaml.load(text, Loader)):
            problems.append(f"accepted: {text}")
    found, compared = check_bad(root, validator)
    problems += found
    for problem in problems:
        print(problem)
    print(f"{len(articles)} articles, {len(MISTAKES)} mistakes, {compared} bad files, "
          f"{len(problems)} problem(s)")
    return 1 if problems or not articles else 0


if __name__ == "__main__":
    sys.exit(main())
