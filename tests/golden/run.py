#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Golden tests: a dump made from text, the program's options, and what it must print.

usage: run.py test   [options] [CASE...]     compares; exit status 1 where anything differs
       run.py rebase [options] [CASE...]     shows the differences and writes them down

A case is a folder beside this file:
    in.mk         description of the dump in.dmp (tests/mk/README.md); other in.* files are copied
    args          words after the program's name, as in a shell; "in.dmp" where there is no file.
                  "in.dmp.gz" is the dump packed; "< FILE" feeds standard input
    expect.txt    standard output        expect.err   standard error (no file: empty)
    expect.exit   exit status (no file: 0)
    expect.json   the record of a second run with --format json, pretty-printed and checked
                  against the schema; what depends on the release stands as "*"
Without a program only the descriptions are tried.
"""
import argparse
import difflib
import gzip
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 60
ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C", "COLUMNS": "100", "NO_COLOR": "1",
               "PATH": os.environ.get("PATH", "")}


class Failure(Exception):
    """The case cannot be run at all."""


def read_text(path, default=""):
    try:
        with open(path, encoding="utf-8", newline="") as f:
            return f.read()
    except FileNotFoundError:
        return default


def list_cases():
    return sorted(name for name in os.listdir(HERE)
                  if any(os.path.exists(os.path.join(HERE, name, f)) for f in ("in.mk", "args")))


def tighten(schema):
    """The schema as it holds for this release: all keys, no others, and the words it lists."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["required"] = list(schema["properties"])
            schema["additionalProperties"] = False
        if "examples" in schema:
            schema["enum"] = schema["examples"] + [None] * ("null" in schema["type"])
    for part in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(part, (dict, list)):
            tighten(part)
    return schema


def load_validator(path):
    """A function that yields complaints about a record; None without schema or library."""
    try:
        import jsonschema
    except ImportError:
        return None
    if not path or not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as f:
        validator = jsonschema.Draft202012Validator(tighten(json.load(f)))

    def complaints(record):
        for error in validator.iter_errors(record):
            yield f"schema: {'/'.join(map(str, error.absolute_path))}: {error.message}"
    return complaints


def hide_release(record):
    """What changes with every release, and with every article that is added."""
    tool = record.get("tool")
    if isinstance(tool, dict):
        if "version" in tool:
            tool["version"] = "*"
        if isinstance(tool.get("kb"), dict):
            tool["kb"] = {key: "*" for key in tool["kb"]}
    return record


class Case:
    def __init__(self, name, options, work):
        self.name, self.options, self.work = name, options, work
        self.folder = os.path.join(HERE, name)
        words = shlex.split(read_text(os.path.join(self.folder, "args"), "in.dmp"))
        self.input = None
        if "<" in words:
            at = words.index("<")
            self.input = words[at + 1]
            del words[at:at + 2]
        self.words = words

    def path(self, name):
        return os.path.join(self.folder, name)

    def prepare(self):
        """Puts the inputs into the work folder."""
        for name in os.listdir(self.folder):
            if name.startswith("in.") and name != "in.mk":
                shutil.copy(self.path(name), self.work)
        if not os.path.exists(self.path("in.mk")):
            return
        dump = os.path.join(self.work, "in.dmp")
        description = os.path.relpath(self.path("in.mk"), HERE)
        made = subprocess.run([self.options.mkdump, description, dump], cwd=HERE, text=True,
                              capture_output=True, timeout=TIMEOUT)
        if made.returncode != 0:
            raise Failure(made.stderr.strip())
        if any("in.dmp.gz" in word for word in [*self.words, self.input or ""]):
            with open(dump, "rb") as f, open(dump + ".gz", "wb") as to:
                to.write(gzip.compress(f.read(), mtime=0))

    def run(self, *more):
        source = subprocess.DEVNULL
        if self.input:
            source = open(os.path.join(self.work, self.input), "rb")
        try:
            done = subprocess.run([self.options.bugtriage, *self.words, *more], cwd=self.work,
                                  stdin=source, capture_output=True, timeout=TIMEOUT,
                                  env={**ENVIRONMENT, **self.sanitizer_options()})
        except subprocess.TimeoutExpired:
            raise Failure(f"no answer in {TIMEOUT} s") from None
        finally:
            if source is not subprocess.DEVNULL:
                source.close()
        return done.returncode, decode(done.stdout), decode(done.stderr)

    @staticmethod
    def sanitizer_options():
        return {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}

    def wants_json(self):
        # A command line that already chose a format, and one without a dump, has one run.
        return not any(word.startswith("--format") for word in self.words)

    def actual(self):
        """file name -> content, as the program behaves now; and complaints of the schema."""
        status, out, err = self.run()
        files = {"expect.txt": out, "expect.err": err,
                 "expect.exit": f"{status}\n" if status else ""}
        complaints = []
        if self.wants_json() and (self.options.verb == "rebase"
                                  or os.path.exists(self.path("expect.json"))):
            files["expect.json"], complaints = self.record(status)
        return files, complaints

    def record(self, text_status):
        status, out, _ = self.run("--format", "json")
        if not out.strip() and status != 0:
            return "", []
        try:
            record = json.loads(out)
        except ValueError as problem:
            raise Failure(f"--format json printed no JSON: {problem}: {out[:200]!r}") from None
        records = record if isinstance(record, list) else [record]
        complaints = []
        if status != text_status:
            complaints.append(f"exit status {status} with --format json, {text_status} without")
        if self.options.validator:
            for one in records:
                complaints += self.options.validator(one)
        for one in records:
            hide_release(one)
        return json.dumps(record, indent=1, ensure_ascii=False) + "\n", complaints


def decode(data):
    return data.decode("utf-8", errors="backslashreplace")


def show_difference(name, file, expected, actual):
    sys.stdout.writelines(
        line if line.endswith("\n") else line + "\n"
        for line in difflib.unified_diff(
            expected.splitlines(True), actual.splitlines(True),
            f"{name}/{file} expected", f"{name}/{file} actual"))


def write_down(path, content):
    if content:
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(content)
    elif os.path.exists(path):
        os.remove(path)


def run_case(name, options):
    """Returns whether everything was as expected (or was written down)."""
    with tempfile.TemporaryDirectory(prefix="bugtriage-golden-") as work:
        case = Case(name, options, work)
        try:
            case.prepare()
            if not options.bugtriage:
                return True
            files, complaints = case.actual()
        except Failure as problem:
            print(f"{name}: {problem}")
            return False
        same = True
        for file, content in files.items():
            expected = read_text(case.path(file))
            if expected == content:
                continue
            same = False
            show_difference(name, file, expected, content)
            if options.verb == "rebase":
                write_down(case.path(file), content)
        for complaint in complaints:
            print(f"{name}: {complaint}")
        return (same or options.verb == "rebase") and not complaints


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ", 1)[1].split("\n\n")[0])
    parser.add_argument("verb", choices=["test", "rebase"])
    parser.add_argument("case", nargs="*")
    parser.add_argument("--mkdump", required=True)
    parser.add_argument("--bugtriage")
    parser.add_argument("--schema")
    options = parser.parse_intermixed_args()
    options.mkdump = os.path.abspath(options.mkdump)
    if options.bugtriage:
        options.bugtriage = os.path.abspath(options.bugtriage)
    if options.verb == "rebase" and os.environ.get("CI", "") not in ("", "false", "0"):
        sys.exit("rebase: expected output is written by people who look at it, not by CI")
    if options.verb == "rebase" and not options.bugtriage:
        sys.exit("rebase: --bugtriage PROGRAM is needed")
    options.validator = load_validator(options.schema)
    names = options.case or list_cases()
    failed = [name for name in names if not run_case(name, options)]
    if len(names) > 1 or failed:
        print(f"{len(names)} case(s), {len(failed)} failed" + "".join(f"\n  {n}" for n in failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
