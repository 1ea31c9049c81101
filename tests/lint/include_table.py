#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the architecture against the sources.

Every room src/<room> says in its CMakeLists.txt which rooms it USES. This compares those lists
with the #include lines, checks that the table has no cycle, that no two source files share a
name, and that every source file starts with its licence line.

usage: include_table.py [SOURCE_FOLDER]
"""
import collections
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
ROOM = re.compile(r"bt_room\(\s*(\w+)(.*?)\)", re.S)
KEYWORDS = {"SOURCES", "USES", "LIBRARIES"}
SOURCES = (".c", ".h", ".S", ".py", ".sh")


def files_below(folder, endings):
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "build", "__pycache__")))
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.join(top, name)


def read_table(root):
    """room -> set of rooms in its USES lists."""
    table = {}
    for path in files_below(os.path.join(root, "src"), ("CMakeLists.txt",)):
        with open(path, encoding="utf-8") as f:
            for name, rest in ROOM.findall(f.read()):
                used, keyword = table.setdefault(name, set()), None
                for word in rest.split():
                    if word in KEYWORDS:
                        keyword = word
                    elif keyword == "USES":
                        used.add(word)
    return table


def find_cycle(table):
    """A list of rooms that use each other in a circle, or None."""
    done = set()

    def visit(room, path):
        if room in path:
            return path[path.index(room):] + [room]
        if room in done:
            return None
        for used in sorted(table.get(room, ())):
            cycle = visit(used, path + [room])
            if cycle:
                return cycle
        done.add(room)
        return None

    for room in sorted(table):
        cycle = visit(room, [])
        if cycle:
            return cycle
    return None


def check_includes(root, table):
    source = os.path.join(root, "src")
    for path in files_below(source, (".c", ".h", ".S")):
        relative = os.path.relpath(path, source).replace(os.sep, "/")
        room = relative.split("/")[0]
        if room not in table:
            if relative.endswith(".c"):
                yield f"src/{relative}: room '{room}' has no bt_room(...) with its USES"
            continue
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                found = INCLUDE.match(line)
                if not found:
                    continue
                target = found.group(1)
                used = target.split("/")[0]
                where = f"src/{relative}:{number}"
                if "/" not in target:
                    yield f'{where}: "{target}": write "room/header.h"'
                elif used != room and used not in table[room]:
                    yield f"{where}: room '{room}' may not include '{used}' (not in its USES)"
                elif not os.path.exists(os.path.join(source, target)):
                    yield f'{where}: "{target}" does not exist'


def check_names(root):
    """File names are unique, so that a name in a message says which file it is. The installed
    headers are named after the modules that they open and do not count."""
    places = collections.defaultdict(list)
    for folder in ("src", "tests"):
        for path in files_below(os.path.join(root, folder), (".c", ".h", ".S")):
            places[os.path.basename(path)].append(os.path.relpath(path, root))
    for name, paths in sorted(places.items()):
        if len(paths) > 1:
            yield f"{name}: more than one file has this name: {', '.join(paths)}"


def check_licence(root):
    for folder in ("src", "include", "tests", "scripts"):
        for path in files_below(os.path.join(root, folder), SOURCES):
            with open(path, encoding="utf-8") as f:
                head = [f.readline(), f.readline()]
            line = head[1] if head[0].startswith("#!") else head[0]
            if "SPDX-License-Identifier: MIT" not in line:
                yield f"{os.path.relpath(path, root)}: the first line is no SPDX licence line"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    table = read_table(root)
    problems = [f"room '{room}' uses '{used}', which is no room"
                for room in sorted(table) for used in sorted(table[room] - set(table))]
    cycle = find_cycle(table)
    if cycle:
        problems.append("rooms use each other in a circle: " + " -> ".join(cycle))
    problems += check_includes(root, table)
    problems += check_names(root)
    problems += check_licence(root)
    for problem in problems:
        print(problem)
    print(f"{len(table)} rooms, {len(problems)} problem(s)")
    return 1 if problems or not table else 0


if __name__ == "__main__":
    sys.exit(main())
