#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare bugtriage with Breakpad's minidump_stackwalk on user minidumps.

usage: side_by_side.py BUGTRIAGE MINIDUMP_STACKWALK FOLDER... [--symbols PLACE]... [--all]

Both read every .dmp and .mdmp file of the folders with the same symbol files. Compared are the
reason of the crash, its address, the modules (place, size, name, version), and of the crashing
thread every frame: address, function, file and line, and how it was found. Prints a table in
Markdown with a row for each dump that differs (--all: for each dump), then times: of a process
for each dump, the best of three runs, with all threads walked by both; and of bugtriage when it
gets the folders at once. Exits with 77 where a program or the dumps are missing,
with 0 otherwise: a difference is to be explained, not to be forbidden (docs/side-by-side.md).
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time

# "EXCEPTION_X" of Breakpad and the name of the status, where more than the first word differs.
REASONS = {
    "EXCEPTION_INT_DIVIDE_BY_ZERO": "STATUS_INTEGER_DIVIDE_BY_ZERO",
    "EXCEPTION_INT_OVERFLOW": "STATUS_INTEGER_OVERFLOW",
    "EXCEPTION_FLT_DIVIDE_BY_ZERO": "STATUS_FLOAT_DIVIDE_BY_ZERO",
    "EXCEPTION_PRIV_INSTRUCTION": "STATUS_PRIVILEGED_INSTRUCTION",
    "EXCEPTION_STACK_OVERFLOW": "STATUS_STACK_OVERFLOW",
    "Uncaught NSException": "NSException",
}
TRUST = {
    "given as instruction pointer in context": "context",
    "call frame info": "cfi",
    "previous frame's frame pointer": "frame_pointer",
    "stack scanning": "scan",
    "call frame info with scanning": "cfi",
    "simulating a return from leaf function": "scan",
    "inline function in context": "inlined",
}


def run(*command):
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace"), time.perf_counter() - started


def read_frame(line):
    """(name or None, file or None, line, offset in the module or None)"""
    text = line.split(None, 1)[1]
    place = re.search(r" \[(.*) : (\d+)(?: \+ 0x[0-9a-f]+)?\]$", text)
    name = re.sub(r" \[.* : \d+.*\]$| \+ 0x[0-9a-f]+$", "", text)
    function = name.split("!", 1)[1] if "!" in name else None
    offset = re.search(r" \+ 0x([0-9a-f]+)$", text)
    return {"function": function, "file": place.group(1) if place else None,
            "line": int(place.group(2)) if place else None,
            "offset": int(offset.group(1), 16) if offset and not function else None}


def read_breakpad(text):
    record = {"reason": None, "address": None, "frames": [], "modules": {}}
    match = re.search(r"^Crash reason:  (.*)\nCrash address: (.*)$", text, re.M)
    if match:
        record["reason"], record["address"] = match.group(1).strip(), int(match.group(2), 16)
    crashed = re.search(r"^Thread \d+ \((?:crashed|requested dump).*?\).*\n((?:.+\n)*)", text, re.M)
    for block in re.split(r"^(?=[ \d]\d  )", crashed.group(1) if crashed else "", flags=re.M):
        lines = block.splitlines()
        if not lines or not re.match(r"[ \d]\d  ", lines[0]):
            continue
        frame = read_frame(lines[0])
        found = re.search(r"Found by: (.*)", block)
        frame["trust"] = TRUST.get(found.group(1), found.group(1)) if found else "?"
        ip = re.search(r"\b(?:eip|rip|pc) = 0x([0-9a-f]+)", block)
        frame["address"] = int(ip.group(1), 16) if ip else None
        record["frames"].append(frame)
    modules = text[text.find("\nLoaded modules:"):].split("\n\n")[0]
    for match in re.finditer(r"^0x([0-9a-f]+) - 0x([0-9a-f]+)  (.*?)  (\S*)", modules, re.M):
        base, last, name, version = match.groups()
        record["modules"][int(base, 16)] = (int(last, 16) + 1 - int(base, 16), name,
                                            None if version in ("", "???", "0.0.0.0") else version)
    return record


def number(text):
    return int(text, 16) if text else None


def read_bugtriage(text):
    data = json.loads(text)
    crash = data["crash"] or {}
    exception = crash.get("exception")
    record = {"reason": None, "address": None, "frames": [], "modules": {}}
    if exception:
        record["reason"] = exception["name"] or exception["code"]
        record["access"], record["meaning"] = exception["access"], exception["meaning"] or ""
        record["code"], record["target"] = exception["code"], number(exception["target"])
        record["address"] = number(exception["target"] if exception["access"]
                                   else exception["address"])
    for frame in data["stack"]:
        record["frames"].append({
            "function": frame["function"], "file": frame["file"], "line": frame["line"],
            "offset": number(frame["offset"]), "address": number(frame["address"]),
            "trust": "inlined" if frame["inlined"] else frame["trust"]})
    for module in data["modules"]:
        if module["base"]:
            record["modules"][number(module["base"])] = (module["size"], module["name"],
                                                         module["version"])
    return record


def same_reason(theirs, ours):
    if theirs["reason"] is None or ours["reason"] is None:
        return theirs["reason"] == ours["reason"]
    reason, own = theirs["reason"], ours["reason"]
    match = re.fullmatch(r"EXCEPTION_(ACCESS_VIOLATION)_(READ|WRITE|EXEC)", reason)
    if match:
        return own == "STATUS_ACCESS_VIOLATION" and \
            ours["access"] == {"EXEC": "execute"}.get(match.group(2), match.group(2).lower())
    if reason in REASONS:
        return own == REASONS[reason]
    if reason.startswith("EXCEPTION_"):
        return own in (REASONS.get(reason), reason.replace("EXCEPTION", "STATUS", 1))
    if reason.startswith("FAST_FAIL"):
        return reason in ours["meaning"]
    return reason.split(" / ")[0].split(" /")[0].lower() in (own.lower(), ours["code"],
                                                             own.split(" / ")[0].lower())


def base_name(path):
    return re.split(r"[/\\]", path)[-1] if path else None


def same_frame(theirs, ours):
    # Of code without fixed length, Breakpad counts a return address back to its instruction.
    near = theirs["address"] is None or (ours["address"] or 0) - theirs["address"] in (0, 4)
    return near and theirs["function"] == ours["function"] and \
        base_name(theirs["file"]) == base_name(ours["file"]) and theirs["line"] == ours["line"]


def describe(frame):
    if frame is None:
        return "nothing"
    name = frame["function"] or (f"{frame['address']:#x}" if frame["address"] else "?")
    place = f" {base_name(frame['file'])}:{frame['line']}" if frame["file"] else ""
    return f"{name}{place} ({frame['trust']})"


def compare(theirs, ours):
    notes = []
    if not same_reason(theirs, ours):
        notes.append(f"reason {theirs['reason']} / {ours['reason']}")
    if theirs["address"] not in (ours["address"], ours.get("target")):
        notes.append(f"address {theirs['address']:#x} / {ours['address'] or 0:#x}")
    if theirs["modules"].keys() != ours["modules"].keys():
        notes.append(f"modules {len(theirs['modules'])} / {len(ours['modules'])}")
    for base in sorted(theirs["modules"].keys() & ours["modules"].keys()):
        for what, t, o in zip(("size", "name", "version"), theirs["modules"][base],
                              ours["modules"][base]):
            if t != o:
                notes.append(f"module {theirs['modules'][base][1]}: {what} {t} / {o}")
                break
    t, o = theirs["frames"], ours["frames"]
    count, trusts = max(len(t), len(o)), 0
    for i in range(count):
        a, b = t[i] if i < len(t) else None, o[i] if i < len(o) else None
        if a is None or b is None or not same_frame(a, b):
            scanned = (a is None or a["trust"] == "scan") and (b is None or b["trust"] == "scan")
            notes.append(f"{'scan' if scanned else 'frame'} {i}: {describe(a)} / {describe(b)}, "
                         f"{len(t)} / {len(o)} frames")
            break
        trusts += a["trust"] != b["trust"] and b["trust"] or 0
        if a["trust"] != b["trust"]:
            notes.append(f"trust of {i}: {a['trust']} / {b['trust']}")
    return notes, i if count and notes and notes[-1].split()[0] in ("scan", "frame") else count


def dumps_of(folders):
    for folder in folders:
        for name in sorted(os.listdir(folder)):
            if name.endswith((".dmp", ".mdmp")):
                yield os.path.join(folder, name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bugtriage")
    parser.add_argument("stackwalk")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--symbols", action="append", default=[])
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    for path in (arguments.bugtriage, arguments.stackwalk, *arguments.folders):
        if not os.path.exists(path):
            print(f"skipped: {path} is not there")
            sys.exit(77)
    places = [word for place in arguments.symbols for word in ("--symbols", place)]
    times, rows, read = [0.0, 0.0], 0, 0
    print("| dump | frames that agree | differences (Breakpad / bugtriage) |\n|---|---|---|")
    for path in dumps_of(arguments.folders):
        best = [1e9, 1e9]
        for _ in range(3):
            theirs, seconds = run(arguments.stackwalk, path, *arguments.symbols)
            best[0] = min(best[0], seconds)
            ours, seconds = run(arguments.bugtriage, "--format", "json", "--quiet", "--threads",
                                *places, path)
            best[1] = min(best[1], seconds)
        if "\nLoaded modules:" not in theirs:
            print(f"| {os.path.basename(path)} | | Breakpad does not read it |")
            continue
        times = [a + b for a, b in zip(times, best)]
        theirs, ours = read_breakpad(theirs), read_bugtriage(ours)
        notes, agree = compare(theirs, ours)
        read += 1
        if notes or arguments.all:
            rows += bool(notes)
            print(f"| {os.path.basename(path)} | {agree} | {'; '.join(notes) or 'none'} |")
    if not read:
        print("skipped: no dump that both read")
        sys.exit(77)
    at_once = min(run(arguments.bugtriage, "--format", "ndjson", "--quiet", "--threads", *places,
                      *arguments.folders)[1] for _ in range(3))
    print(f"\n{read} dumps, {rows} with differences. minidump_stackwalk {times[0] * 1000:.0f} ms, "
          f"bugtriage {times[1] * 1000:.0f} ms: {times[0] / times[1]:.1f} times as fast; "
          f"in one run {at_once * 1000:.0f} ms: {times[0] / at_once:.1f} times.")


main()
