#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that docs/schema/article-1.json, which editors use, accepts every article and refuses
common mistakes.

usage: article_schema.py [SOURCE_FOLDER]
Exits with 77 (skipped) where PyYAML or jsonschema is missing.
"""
import glob
import json
import os
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
    for problem in problems:
        print(problem)
    print(f"{len(articles)} articles, {len(MISTAKES)} mistakes, {len(problems)} problem(s)")
    return 1 if problems or not articles else 0


if __name__ == "__main__":
    sys.exit(main())
