#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The worked example of docs/writing-articles.md, as a support engineer would use it: an article
for a program of one's own, compiled, laid over the built-in knowledge, and found for a dump and
for a pasted event.

usage: BUGTRIAGE=program MKDUMP=program own_article.py
"""
import json
import os
import re
import subprocess
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PROGRAM = os.environ.get("BUGTRIAGE", "bugtriage")
MKDUMP = os.environ.get("MKDUMP", "mkdump")
TIMEOUT = 60

EVENT = """Faulting application name: shop.exe, version: {app}, time stamp: 0x4aeac5b0
Faulting module name: prices.dll, version: {lib}, time stamp: 0x4a828b28
Exception code: 0xc0000005
Fault offset: 0x{offset:016x}
"""


def example():
    """The article of the documentation."""
    with open(os.path.join(ROOT, "docs", "writing-articles.md"), encoding="utf-8") as f:
        blocks = re.findall(r"```yaml\n(.*?)```", f.read(), re.S)
    return next(b for b in blocks if b.startswith("id: SHOP-42"))


class OwnArticle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="bugtriage-own-")
        cls.source = os.path.join(cls.folder.name, "SHOP-42.yaml")
        cls.kb = os.path.join(cls.folder.name, "shop.kb")
        with open(cls.source, "w", encoding="utf-8") as f:
            f.write(example())
        subprocess.run([PROGRAM, "kb", "build", "-o", cls.kb, cls.source], check=True,
                       timeout=TIMEOUT)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_json(self, *arguments, text=None):
        done = subprocess.run([PROGRAM, *arguments, "--kb", self.kb, "--format", "json"],
                              input=text, stdout=subprocess.PIPE, check=True, timeout=TIMEOUT,
                              encoding="utf-8")
        return json.loads(done.stdout)

    def dump(self, case, *edits):
        """Makes a dump of a golden case, with some words of its script replaced."""
        path = os.path.join(ROOT, "tests", "golden", case, "in.mk")
        out = os.path.join(self.folder.name, "made.dmp")
        with open(path, encoding="utf-8") as f:
            script = f.read()
        common = os.path.join(ROOT, "tests", "golden", "common")
        if edits:
            with open(os.path.join(common, "shop-x64.mk"), encoding="utf-8") as f:
                script = script.replace("include ../common/shop-x64.mk", f.read())
            for old, new in edits:
                self.assertIn(old, script)
                script = script.replace(old, new)
            path = os.path.join(self.folder.name, "in.mk")
            with open(path, "w", encoding="utf-8") as f:
                f.write(script)
        subprocess.run([MKDUMP, path, out], check=True, timeout=TIMEOUT)
        return out

    @staticmethod
    def matches(record):
        return {m["article"]: (m["verdict"], m["fix"]["status"]) for m in record["matches"]
                if m["article"] == "SHOP-42"}

    def test_its_tests_hold(self):
        done = subprocess.run([PROGRAM, "kb", "test", self.source], stderr=subprocess.PIPE,
                              timeout=TIMEOUT)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"5 tests, 0 failed", done.stderr)

    def test_it_is_shown_and_listed(self):
        shown = subprocess.run([PROGRAM, "kb", "show", "--kb", self.kb, "SHOP-42"],
                               stdout=subprocess.PIPE, timeout=TIMEOUT, encoding="utf-8").stdout
        self.assertIn('fault_in("prices.dll")', shown)
        for code in ("0xC0000005", "STATUS_ACCESS_VIOLATION"):
            listed = subprocess.run([PROGRAM, "kb", "list", "--kb", self.kb, code],
                                    stdout=subprocess.PIPE, timeout=TIMEOUT, encoding="utf-8")
            self.assertIn("SHOP-42", listed.stdout)

    def test_a_dump_finds_it(self):
        record = self.run_json(self.dump("user-windows-x64"))
        self.assertEqual(self.matches(record), {"SHOP-42": ("strong", "needed")})

    def test_near_misses_do_not(self):
        fixed = self.dump("user-windows-x64", ("FileVersionMS = 0x10005\nFileVersionLS = 0x0",
                                               "FileVersionMS = 0x10005\nFileVersionLS = 0x20000"))
        self.assertEqual(self.matches(self.run_json(fixed)), {"SHOP-42": ("fixed", "installed")})
        for edit in (("Information0 = 1", "Information0 = 0"),
                     ("Information1 = 0x10", "Information1 = 0x1000"),
                     ("Rip = prices.dll + 0x1a34", "Rip = prices.dll + 0x1b34"),
                     ("FileVersionMS = 0x20001", "FileVersionMS = 0x20002"),
                     ("Code = 0xc0000005", "Code = 0xc0000006")):
            edits = [edit]
            if edit[0].startswith("Rip"):
                edits.append(("Address = prices.dll + 0x1a34", "Address = prices.dll + 0x1b34"))
            record = self.run_json(self.dump("user-windows-x64", *edits))
            self.assertIn(self.matches(record).get("SHOP-42", ("none", ""))[0], ("none",), edit)

    def test_a_dump_of_the_kernel_does_not(self):
        record = self.run_json(self.dump("kb977153-unfixed"))
        self.assertEqual(self.matches(record), {})

    def test_a_pasted_event_finds_it(self):
        event = EVENT.format(app="2.1.3.4", lib="1.5.0.0", offset=0x1a34)
        record = self.run_json("explain", "-", text=event)
        self.assertEqual(self.matches(record), {"SHOP-42": ("possible", "needed")})
        self.assertEqual(record["crash"]["exception"]["module"], "prices.dll")
        self.assertEqual(record["crash"]["exception"]["offset"], "0x1a34")
        self.assertIsNone(record["crash"]["exception"]["address"])

    def test_events_of_other_crashes_do_not(self):
        for app, lib, offset in (("2.2.0.0", "1.5.0.0", 0x1a34), ("2.1.3.4", "1.5.0.0", 0x1b34)):
            record = self.run_json("explain", "-", text=EVENT.format(app=app, lib=lib, offset=offset))
            self.assertIn(self.matches(record).get("SHOP-42", ("none", ""))[0], ("none",))


if __name__ == "__main__":
    unittest.main()
