#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Memory dumps by a second writer, and what the program reads in them.

usage: check.py PROGRAM [--full] [--only WORD] [--without WORD] [--keep FOLDER] [--jobs N]

The writer in this folder was made from public descriptions of the formats, apart from src/ and
tests/mk. Each dump comes with the truth about it, and the program's record is compared with it:
what is in the dump must be found, and what is not must be unknown, never wrong. --full tries
every combination (some minutes) instead of a choice; --keep leaves the dumps and their truth."""
import argparse
import json
import multiprocessing
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from matrix import all_of_them, few  # noqa: E402

SECONDS = 10  # of the processor, for one dump
chosen = []  # what a child process gets with its memory


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def is_one_of(found, wanted):
    return found in wanted if isinstance(wanted, tuple) else found == wanted


class Comparison:
    def __init__(self):
        self.wrong = []

    def same(self, what, found, wanted):
        if not is_one_of(found, wanted):
            self.wrong.append(f"{what}: {found!r}, should be {wanted!r}")

    def members(self, what, found, wanted):
        for key, value in wanted.items():
            self.same(f"{what}.{key}", (found or {}).get(key), value)

    def items(self, what, found, wanted, whole=True):
        if isinstance(wanted, tuple):
            wanted = wanted[0] if found else wanted[1]
        if whole:
            self.same(f"number of {what}", len(found), len(wanted))
        for n, (f, w) in enumerate(zip(found, wanted)):
            self.members(f"{what}[{n}]", f, w)
        if not whole and len(found) < len(wanted):
            self.wrong.append(f"{what}: {len(found)}, should be {len(wanted)} or more")


def compare(record, t):
    c = Comparison()
    crash = record.get("crash") or {}
    stop = crash.get("stop") or {}
    for key in ("format", "architecture"):
        if key in t:
            c.same(key, record["input"].get(key), t[key])
    if "status" in t:
        c.same("status", record["status"], t["status"])
    if "problem" in t:
        c.same("problem", (record.get("problem") or {}).get("code"), t["problem"])
    if "stop" in t:
        c.same("stop", stop.get("raw"), t["stop"]["raw"])
        c.same("parameters", [p["value"] for p in stop.get("parameters", [])],
               t["stop"]["parameters"])
    for key, at in (("live", "live"), ("processor", "processor"), ("time", "time"),
                    ("uptime", "uptime_seconds")):
        if key in t:
            c.same(key, crash.get(at), t[key])
    if "thread" in t:
        c.same("thread", (crash.get("thread") or {}).get("id"), t["thread"])
    c.members("process", crash.get("process"), t.get("process", {}))
    c.members("system", record.get("system"), t.get("system", {}))
    if "culprit" in t:
        c.same("culprit", (record["verdict"].get("culprit") or {}).get("module"), t["culprit"])
    if "modules" in t:
        c.items("modules", record["modules"], t["modules"], not t.get("more_modules"))
    if "unloaded" in t:
        c.items("unloaded", record["unloaded_modules"], t["unloaded"])
    if "stack" in t:
        c.items("stack", record["stack"], t["stack"], whole=False)
    if "most_modules" in t and len(record["modules"]) > t["most_modules"]:
        c.wrong.append(f"modules: {len(record['modules'])}, at most {t['most_modules']} make sense")
    for name, (status, verdict, note) in t.get("articles", {}).items():
        match = next((m for m in record["matches"] if m["article"] == name), {})
        fix = match.get("fix") or {}
        c.same(f"{name}.fix", fix.get("status"), status)
        c.same(f"{name}.note", fix.get("note"), note)
        if verdict:
            c.same(f"{name}.verdict", match.get("verdict"), verdict)
    for name, states in t.get("files", {}).items():
        match = next((m for m in record["matches"] if m["article"] == name), {})
        files = (match.get("fix") or {}).get("files", [])
        c.same(f"{name}.files", [f["state"] for f in files][:len(states)], list(states))
    text = " ".join(w["code"] + ": " + w["message"] for w in record["warnings"])
    if "missing" in t:
        words = re.search(r"(\d+) of (\d+) pages", text)
        c.same("missing pages", list(map(int, words.groups())) if words else None,
               list(t["missing"]))
    for word in t.get("warned", ()):
        if word not in text:
            c.wrong.append(f"no warning of {word!r} in {text!r}")
    return c.wrong


def triage(program, path, options):
    return subprocess.run([program, "--format", "json", *options, path], capture_output=True,
                          check=False, timeout=60, preexec_fn=limit)


def knowledge_of(program, path, source):
    """An image of a source beside this file, as options."""
    image = path + ".kb"
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), source)
    subprocess.run([program, "kb", "build", "-o", image, source], check=True, capture_output=True)
    return ["--all", "--kb", image]


def try_one(program, folder, index, keep):
    name, make = chosen[index]
    path = os.path.join(folder, name + ".dmp")
    size, t = make(path)
    try:
        options = list(t.get("options", ()))
        if "knowledge" in t:
            options += knowledge_of(program, path, t["knowledge"])
        done = triage(program, path, options)
        try:
            record = json.loads(done.stdout)
        except ValueError:
            return [f"no record; status {done.returncode}: {done.stderr.decode()[-300:]}"]
        wrong = compare(record, t)
        if done.returncode not in (0, 1):
            wrong.append(f"exit status {done.returncode}")
        return wrong
    finally:
        if keep:
            with open(path[:-4] + ".json", "w", encoding="utf-8") as f:
                json.dump({"size": size, **t}, f, indent=1)
        else:
            os.unlink(path)
            if "knowledge" in t:
                os.unlink(path + ".kb")
            shutil.rmtree(path + ".images", ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--without")
    parser.add_argument("--keep")
    parser.add_argument("--jobs", type=int, default=2)
    a = parser.parse_args()
    chosen.extend((n, m) for n, m in (all_of_them() if a.full else few())
                  if a.only in n and not (a.without and a.without in n))
    failed = 0
    children = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as temporary, children.Pool(a.jobs) as pool:
        folder = a.keep or temporary
        os.makedirs(folder, exist_ok=True)
        results = pool.starmap(try_one, ((a.program, folder, n, a.keep) for n in range(len(chosen))),
                               chunksize=1)
        for (name, _), wrong in zip(chosen, results):
            if wrong:
                failed += 1
                print(f"{name}: " + "\n    ".join(["", *wrong[:8]]))
    print(f"{len(chosen)} dumps, {failed} read wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
