#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the sources leave alone what has gone wrong too often elsewhere, and that the
project speaks only of itself.

usage: banned.py [SOURCE_FOLDER]
"""
import os
import re
import sys

# Functions that write without knowing a size, or read numbers without noticing errors.
FUNCTIONS = {
    "strcpy": "bt_buf or memcpy with a checked size",
    "stpcpy": "bt_buf or memcpy with a checked size",
    "strncpy": "memcpy with a checked size: it may leave out the NUL",
    "strcat": "bt_buf",
    "strncat": "bt_buf",
    "sprintf": "snprintf or bt_buf_printf",
    "vsprintf": "vsnprintf",
    "gets": "a bounded read",
    "scanf": "base/text.h",
    "sscanf": "base/text.h",
    "fscanf": "base/text.h",
    "atoi": "bt_parse_u64",
    "atol": "bt_parse_u64",
    "atoll": "bt_parse_u64",
    "atof": "base/text.h",
    "strtok": "bt_cursor or strcspn",
    "alloca": "the arena",
    "setjmp": "enum bt_status",
    "longjmp": "enum bt_status",
    "isalpha": "base/text.h: ctype.h fails for negative char",
    "isdigit": "base/text.h: ctype.h fails for negative char",
    "isxdigit": "base/text.h: ctype.h fails for negative char",
    "isspace": "base/text.h: ctype.h fails for negative char",
    "isprint": "base/text.h: ctype.h fails for negative char",
    "tolower": "base/text.h: ctype.h fails for negative char",
    "toupper": "base/text.h: ctype.h fails for negative char",
}
ALLOCATORS = {name: "the arena" for name in ("malloc", "calloc", "realloc", "strdup", "strndup")}

# Rooms where everything that is read lives in the arena of the dump: nothing there comes from
# the heap, and nothing has to be freed.
ARENA_ROOMS = ("crash", "memory", "cpu", "image", "dump", "windows", "stack", "rules", "verdict",
               "report")

# Words that belong to how somebody worked, not to the project. Written so that this file does
# not contain them.
OUTSIDE = [re.compile(p, re.I) for p in (
    r"/wor[k]/", r"\.\./share[d]\b", r"\b(chat-?gp[t]|claud[e]|anthropi[c]|opena[i])\b",
    r"\bsub-?agen[t]s?\b", r"\b(language mode[l]|LL[M])s?\b", r"\bwor[k]tree\b",
)]
TEXTS = (".c", ".h", ".S", ".py", ".sh", ".md", ".txt", ".cmake", ".json", ".yaml", ".yml", ".mk",
         ".tsv", ".dict")
CALL = re.compile(r"(?<![\w.>])(" + "|".join({**FUNCTIONS, **ALLOCATORS}) + r")\s*\(")
COMMENT = re.compile(r"//.*|/\*.*?\*/|\"(?:\\.|[^\"\\])*\"")


def files_below(root, folder):
    for top, folders, names in os.walk(os.path.join(root, folder)):
        folders[:] = sorted(f for f in folders
                            if f != ".git" and not f.startswith(("build", "__pycache__")))
        for name in sorted(names):
            if name == ".git":  # of a second checkout
                continue
            path = os.path.join(top, name)
            yield path, os.path.relpath(path, root).replace(os.sep, "/")


def heap_is_allowed(relative):
    return not relative.startswith(tuple(f"src/{room}/" for room in ARENA_ROOMS))


def check_calls(root):
    for folder in ("src", "include", "tests"):
        for path, relative in files_below(root, folder):
            if not relative.endswith((".c", ".h")):
                continue
            with open(path, encoding="utf-8") as f:
                for number, line in enumerate(f, 1):
                    for name in CALL.findall(COMMENT.sub("", line)):
                        if name in ALLOCATORS and heap_is_allowed(relative):
                            continue
                        instead = FUNCTIONS.get(name) or ALLOCATORS[name]
                        yield f"{relative}:{number}: {name}: use {instead}"


def check_words(root):
    for path, relative in files_below(root, "."):
        name = os.path.basename(path)
        if not name.endswith(TEXTS) and "." in name and not name.startswith("."):
            continue
        try:
            with open(path, encoding="utf-8") as f:
                lines = f.readlines()
        except (UnicodeDecodeError, OSError):
            continue
        for number, line in enumerate(lines, 1):
            for pattern in OUTSIDE:
                found = pattern.search(line)
                if found:
                    yield f"{relative}:{number}: '{found.group(0)}' is not of this project"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    problems = [*check_calls(root), *check_words(root)]
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem(s)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
