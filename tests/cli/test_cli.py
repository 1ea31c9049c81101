#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The command line from outside: streams, files of every kind, exit status.

usage: BUGTRIAGE=program MKDUMP=program test_cli.py [CLASS[.test]...]
"""
import bz2
import gzip
import io
import json
import lzma
import os
import pty
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "..", "golden")
PROGRAM = os.environ.get("BUGTRIAGE", "bugtriage")
MKDUMP = os.environ.get("MKDUMP", "mkdump")
TIMEOUT = 60
NOBODY = 65534

OK, INPUT, USAGE, KB, OUTPUT = 0, 1, 2, 3, 4


class Zeros:
    """A file of zeros without an end."""

    @staticmethod
    def read(size):
        return bytes(size)


class CommandLine(unittest.TestCase):
    """A folder of its own for each test, with a good dump in it."""

    @classmethod
    def setUpClass(cls):
        cls.template = tempfile.mkdtemp(prefix="bugtriage-cli-")
        cls.good = os.path.join(cls.template, "good.dmp")
        subprocess.run([MKDUMP, os.path.join(GOLDEN, "kb977153-unfixed", "in.mk"), cls.good],
                       check=True, timeout=TIMEOUT)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.template)

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="bugtriage-cli-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.dump = self.make("good.dmp")

    def make(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return shutil.copy(self.good, path)

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def run_program(self, *args, **more):
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", subprocess.PIPE)
        env = {**os.environ, "TZ": "UTC", "LC_ALL": "C", "COLUMNS": "100"}
        return subprocess.run([PROGRAM, *args], cwd=self.folder, env=env, timeout=TIMEOUT,
                              stderr=subprocess.PIPE, **more)

    def expect(self, done, status, err=b""):
        self.assertEqual(done.returncode, status, done.stderr)
        if err == b"":
            self.assertEqual(done.stderr, b"")
        else:
            self.assertIn(err, done.stderr)

    def record(self, *args, status=OK, **more):
        done = self.run_program("--format", "json", *args, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        return json.loads(done.stdout)


class Beside(CommandLine):
    """What lies beside a dump: the report of Windows Error Reporting."""

    def report(self, name, code="d6", first=None):
        parameters = [p["value"][2:] for p in self.record(self.dump)["crash"]["stop"]["parameters"]]
        if first is not None:
            parameters[0] = first
        lines = ["Version=1", "EventType=BlueScreen", "Sig[0].Value=" + code]
        lines += [f"Sig[{n}].Value={p}" for n, p in enumerate(parameters, 1)]
        lines += ["Response.BucketId=AV_mountmgr!SomeFunction"]
        return self.write(name, ("\ufeff" + "\r\n".join(lines)).encode("utf-16-le"))

    def test_report_in_the_folder_of_the_dump_is_joined(self):
        self.report("Report.wer")
        signature = self.record(self.dump)["signature"]
        self.assertEqual(signature["vendor_bucket"], "AV_mountmgr!SomeFunction")
        self.assertRegex(signature["vendor_hash"], "^[0-9a-f]{8}-")

    def test_report_of_another_crash_is_not(self):
        path = self.report("Report.wer", first="1234")
        self.assertIsNone(self.record(self.dump)["signature"]["vendor_bucket"])
        record = self.record("--error-report", path, self.dump)
        self.assertEqual([w["code"] for w in record["warnings"]], ["other-error-report"])

    def test_report_that_is_none_is_said_where_it_was_given(self):
        path = self.write("other.wer", b"hello")
        record = self.record("--error-report", path, self.dump)
        self.assertEqual([w["code"] for w in record["warnings"]], ["no-error-report"])


class Machine(CommandLine):
    """Lists of installed updates, and event logs, that tell of the machine of a dump."""

    LIST = ("Host Name:     SRV1\r\nOS Name:       Microsoft Windows\r\n"
            "OS Version:    6.0.{} Service Pack 2 Build {}\r\nSystem Type:   x64-based PC\r\n"
            "Hotfix(s):     2 Hotfix(s) Installed.\r\n"
            "               [01]: KB2079403\r\n               [02]: {}\r\n")
    EVENT = (b"The computer has rebooted from a bugcheck.  The bugcheck was: 0x000000d6 "
             b"(0xfffff98004c8f000, 0x0000000000000000, %s, 0x0000000000000000). A dump was saved "
             b"in: C:\\Windows\\MEMORY.DMP. Report Id: 110209-1234-01.\r\n")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Without the link date of the file, so that only the list can tell.
        subprocess.run([MKDUMP, os.path.join(GOLDEN, "bad-offsets", "in.mk"),
                        cls.template + "/few.dmp"], check=True, timeout=TIMEOUT)

    def setUp(self):
        super().setUp()
        self.few = shutil.copy(self.template + "/few.dmp", self.folder)

    def list(self, name="SystemInfo.txt", update="KB977153", build=6002):
        return self.write(name, self.LIST.format(build, build, update).encode())

    def fix(self, *args):
        record = self.record(*args)
        return record, next(m for m in record["matches"] if m["article"] == "KB977153")

    def test_listed_update_is_installed(self):
        self.assertEqual(self.fix(self.few)[1]["verdict"], "possible")
        self.list()
        record, match = self.fix(self.few)
        self.assertEqual(record["machine"], {
            "name": "SRV1", "updates": {"source": "SystemInfo.txt", "count": 2}, "event": None})
        self.assertEqual(match["verdict"], "fixed")
        self.assertEqual(match["fix"]["status"], "installed")
        self.assertEqual(match["fix"]["listed"],
                         {"state": "installed", "update": "KB977153", "line": 7})
        self.assertIn("SystemInfo.txt, line 7", match["fix"]["note"])
        self.assertIn(b"SRV1: 2 updates are listed in SystemInfo.txt",
                      self.run_program(self.few).stdout)

    def test_missing_update_is_a_hint(self):
        path = self.list("any name", update="KB976932")
        match = self.fix("--hotfixes", path, self.few)[1]
        self.assertEqual((match["verdict"], match["fix"]["status"]), ("possible", "unknown"))
        self.assertEqual(match["fix"]["listed"]["state"], "not-listed")
        line = next(e for e in match["evidence"] if e["fact"] == "whether the fix is installed")
        self.assertEqual(line["result"], "unknown")
        self.assertIn("KB977153 is not in the list of installed updates", line["detail"])

    def test_older_file_in_use_contradicts_the_list(self):
        match = self.fix("--hotfixes", self.list(), self.dump)[1]
        self.assertEqual((match["verdict"], match["fix"]["status"]), ("strong", "unknown"))
        self.assertIn("a restart is missing", match["fix"]["note"])

    def test_list_of_another_machine_is_not_joined(self):
        self.list(build=7601)
        record, match = self.fix(self.few)
        self.assertIsNone(record["machine"])
        self.assertIsNone(match["fix"]["listed"])
        self.assertIn("other-update-list", [w["code"] for w in record["warnings"]])

    def test_file_that_is_no_list_is_said(self):
        record = self.record("--hotfixes", self.write("x.txt", b"hello"), self.few)
        self.assertIn("no-update-list", [w["code"] for w in record["warnings"]])
        record = self.record("--hotfixes", "missing", self.few)
        self.assertIn("no-update-list", [w["code"] for w in record["warnings"]])

    def test_support_collection_as_a_folder(self):
        for host, update in (("HOST1", "KB977153"), ("HOST2", "KB976932")):
            os.makedirs(os.path.join(self.folder, host, "Minidump"))
            shutil.copy(self.few, os.path.join(self.folder, host, "Minidump", "a.dmp"))
            self.list(os.path.join(host, "SystemInfo.txt"), update)
        os.remove(self.dump)
        os.remove(self.few)
        for jobs in "12":
            done = self.run_program("--format", "ndjson", "-q", "-j", jobs, ".")
            states = [json.loads(line)["matches"][0]["fix"]["listed"]["state"]
                      for line in done.stdout.splitlines()]
            self.assertEqual(states, ["installed", "not-listed"])
        named = self.fix(os.path.join("HOST1", "Minidump", "a.dmp"))[1]
        self.assertEqual(named["fix"]["listed"]["state"], "installed")

    def test_support_collection_as_an_archive(self):
        with open(self.few, "rb") as f:
            few = f.read()
        with open(self.list(), "rb") as f:
            updates = f.read()
        path = os.path.join(self.folder, "c.zip")
        with zipfile.ZipFile(path, "w") as z:
            z.writestr("Collection/Minidump/a.dmp", few)
            z.writestr("Other/a.dmp", few)
            z.writestr("Collection/systeminfo.txt", updates)
        os.remove(os.path.join(self.folder, "SystemInfo.txt"))
        done = self.run_program("--format", "ndjson", "-q", path)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        if records[0]["problem"] is not None and records[0]["problem"]["code"] == "unsupported":
            self.skipTest(records[0]["problem"]["message"])
        self.assertEqual([r["machine"] and r["machine"]["updates"]["source"] for r in records],
                         ["systeminfo.txt", None])

    def test_log_that_is_too_large_is_read_in_part_and_says_so(self):
        event = self.EVENT % b"0xfffffa6000c0fa10"
        self.write("EvtxSysDump.txt", event + b"nothing to see\r\n" * 600000)
        record = self.record(self.dump)
        self.assertEqual(record["machine"]["event"]["line"], 1)
        note = next(w for w in record["warnings"] if w["code"] == "side-file-limit")
        self.assertIn("EvtxSysDump.txt is larger than 8 MiB: events behind", note["message"])
        with open(self.list(), "ab") as f:
            f.write(b" " * (9 << 20))
        record = self.record(self.few)
        self.assertEqual(record["machine"] and record["machine"]["updates"], None)
        self.assertIn("SystemInfo.txt is larger than 8 MiB: it was not read",
                      [w["message"] for w in record["warnings"]])

    def test_list_far_behind_in_a_packed_archive_is_told(self):
        with open(self.few, "rb") as f:
            few = f.read()
        with open(self.list(), "rb") as f:
            updates = f.read()
        os.remove(os.path.join(self.folder, "SystemInfo.txt"))
        path = os.path.join(self.folder, "c.tgz")
        with gzip.open(path, "wb", compresslevel=1) as packed:
            with tarfile.open(fileobj=packed, mode="w") as tar:
                for name, data in (("a.dmp", few), ("zeros", None), ("systeminfo.txt", updates),
                                   ("z.dmp", few)):
                    member = tarfile.TarInfo(name)
                    member.size = len(data) if data is not None else 513 << 20
                    tar.addfile(member, io.BytesIO(data) if data is not None else Zeros())
        done = self.run_program("--format", "ndjson", path)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        if records[0]["problem"] is not None and records[0]["problem"]["code"] == "unsupported":
            self.skipTest(records[0]["problem"]["message"])
        self.assertEqual([(r["input"]["member"], r["machine"] and r["machine"]["name"])
                          for r in records], [("a.dmp", None), ("z.dmp", "SRV1")])
        self.assertIn(b"c.tgz: systeminfo.txt lies too far behind", done.stderr)

    def test_event_of_the_crash_is_joined(self):
        self.write("EvtxSysDump.txt", b"\r\n" + self.EVENT % b"0xfffffa6000c0fa10")
        self.assertEqual(self.record(self.dump)["machine"]["event"], {
            "source": "EvtxSysDump.txt", "line": 2, "report_id": "110209-1234-01",
            "dump": "C:\\Windows\\MEMORY.DMP"})
        self.write("EvtxSysDump.txt", self.EVENT % b"0xfffffa6000c0fa11")
        self.assertIsNone(self.record(self.dump)["machine"])

    def test_host_is_redacted(self):
        self.list()
        record = self.record("--redact", self.few)
        self.assertIsNone(record["machine"]["name"])
        self.assertNotIn("SRV1", json.dumps(record))

    def test_superseding_update_counts(self):
        def article(name, links, kind="hotfix"):
            return (f"---\nid: {name}\ntitle: t\nstop:\n  - code: 0xD6\n"
                    f"fix:\n  kind: {kind}\n{links}").encode()
        for name, links in (("KB9000001", "superseded-by: KB9000002\n"),
                            ("KB9000002", "superseded-by: [KB9000001, KB9000003]\n"),
                            ("KB9000004", "superseded-by: KB9000005\n")):
            self.write(name + ".yaml", article(name, links))
        made = self.run_program("kb", "build", "--alone", "-o", "own.kb",
                                *(f"KB900000{n}.yaml" for n in (1, 2, 4)))
        self.assertEqual(made.returncode, OK, made.stderr)
        path = self.list("list", update="KB9000003")
        record = self.record("--all", "--kb", "own.kb", "--hotfixes", path, self.few)
        listed = {m["article"]: m["fix"]["listed"] for m in record["matches"]
                  if m["article"].startswith("KB900")}
        self.assertEqual(listed, {
            "KB9000001": {"state": "superseded", "update": "KB9000003", "line": 7},
            "KB9000002": {"state": "superseded", "update": "KB9000003", "line": 7},
            "KB9000004": {"state": "not-listed", "update": "KB9000004", "line": None}})


class Knowledge(CommandLine):
    """kb list, show, search and import."""

    TEXT = (b"DOCUMENT:Q999999  01-JAN-2000  [winnt]\nTITLE   :STOP 0x0000000A in a made-up driver\n"
            b"\nThe information in this article applies to:\n\n"
            b" - Microsoft Windows NT Server version 4.0\n\nSYMPTOMS\n========\n\n"
            b"   STOP 0x0000000A (0x10, 0x2, 0x0, 0x80123456)\n\nCAUSE\n=====\n\n"
            b"Madeup.sys is at fault.\n\n"
            b"   Date      Time    Version        Size    File name\n"
            b"   10/22/99  04:48p  4.0.1381.7001  50,688  Madeup.sys\n")

    def test_every_article_is_listed_and_shown(self):
        lines = self.run_program("kb", "list").stdout.decode().splitlines()
        ids = {line.split()[0] for line in lines if not line.startswith(" ")}
        self.assertLessEqual({"KB909665", "KB977153", "KB2792165", "Q243852"}, ids)
        shown = self.run_program("kb", "show", "909665")
        self.expect(shown, OK)
        self.assertIn(b"5.2.3790.2554", shown.stdout)

    def test_search_wants_all_words(self):
        found = self.run_program("kb", "search", "0x24", "dblhook.sys")
        self.assertEqual([line.split()[0] for line in found.stdout.splitlines()
                          if not line.startswith(b" ")], [b"Q243852"])
        for writing in ("NTFS_FILE_SYSTEM", "0x10000024", "0x00000024", "STOP 0x24"):
            self.assertIn(b"Q243852", self.run_program("kb", "search", writing).stdout)
        self.assertEqual(self.run_program("kb", "search", "no-such-word").stdout, b"")

    def test_folder_that_leads_to_itself_is_read_once(self):
        os.mkdir(os.path.join(self.folder, "own"))
        self.write("own/own.yaml", b"id: OWN1\ntitle: a title\nstop: {code: 0x7F}\n")
        os.symlink("..", os.path.join(self.folder, "own", "up"))
        os.symlink(".", os.path.join(self.folder, "own", "here"))
        once = self.run_program("kb", "check", "own")
        self.assertIn(b"1 file, ", once.stderr)
        self.assertEqual(once.stderr.count(b"own.yaml"), 1, once.stderr)

    def test_unknown_id_is_told(self):
        self.expect(self.run_program("kb", "show", "KB1"), KB, b"no such article")
        for slip in ("KB909656", "kb90966", "KB9096655", "90966"):
            self.expect(self.run_program("kb", "show", slip), KB, b"KB909665")
        self.expect(self.run_program("kb", "show", "0x7F"), KB, b"kb list 0x7F")
        self.expect(self.run_program("kb", "show", ""), KB, b"no such article")

    def test_an_id_may_be_written_in_many_ways(self):
        for written in ("KB909665", "kb909665", "Q909665", "KB 909665", "KB-909665", "909665"):
            shown = self.run_program("kb", "show", written)
            self.expect(shown, OK)
            self.assertTrue(shown.stdout.startswith(b"KB909665 "), written)

    def test_check_tells_where_a_fact_of_a_test_cannot_be_read(self):
        path = self.write("own.yaml", b"id: OWN-1\ntitle: t\nstop:\n  - {code: 0x7F}\ntests:\n"
                          b"  - name: first\n    facts: {stop: [0x7F, 0xG], cpus: 1}\n"
                          b"    verdict: possible\n  - name: second\n    verdict: none\n    facts:\n"
                          b"      stop: 0x7E\n      modules: {a.sys: {built: 5/5/2020}}\n")
        for command in ("check", "test"):
            told = self.run_program("kb", command, path)
            self.expect(told, KB, b"own.yaml:7:19: error: stop: a number (0x10) or an address in a "
                                  b"module of the test is expected, not \"0xG\", in test \"first\"")
            self.assertIn(b"own.yaml:13:24: error: modules: a date (2005-10-22) is expected, not "
                          b"\"5/5/2020\"", told.stderr)
            self.assertIn(b": 2 errors, 0 warnings", told.stderr)

    def test_import_drafts_the_facts(self):
        text = self.write("q.txt", self.TEXT)
        draft = self.run_program("kb", "import", text).stdout.decode()
        for fact in ("id: Q999999", "code: 0x0A", "0x80123456", "applies: [NT 4.0]",
                     "name: madeup.sys, version: 4.0.1381.7001, size: 50688, "
                     "date: 1999-10-22T16:48Z"):
            self.assertIn(fact, draft)

    def test_import_keeps_what_is_there(self):
        os.mkdir(os.path.join(self.folder, "texts"))
        os.mkdir(os.path.join(self.folder, "drafts"))
        self.write("texts/a.txt", self.TEXT)
        self.write("texts/b.txt", b"nothing of interest")
        mine = self.write("drafts/Q999999.yaml", b"mine")
        done = self.run_program("kb", "import", "-o", "drafts", "texts")
        self.expect(done, OK, b"1 drafts already there")
        with open(mine, "rb") as f:
            self.assertEqual(f.read(), b"mine")

    def test_import_counts_what_is_no_article(self):
        os.mkdir(os.path.join(self.folder, "texts"))
        os.mkdir(os.path.join(self.folder, "drafts"))
        self.write("texts/a.txt", self.TEXT)
        self.write("texts/b.gif", b"GIF89a\0\0\0")
        self.write("texts/c.txt", b"nothing of interest")
        self.write("texts/d.txt", b"one line " * (5 << 17))
        self.write("texts/e.txt", "STOP 0x0000000A".encode("utf-16"))
        done = self.run_program("kb", "import", "-o", "drafts", "texts")
        self.expect(done, INPUT, b"5 texts: 1 drafts with 0 doubts, 0 without a stop code, "
                                 b"2 no articles, 0 drafts already there, 2 failed")
        self.assertIn(b"d.txt: larger than the 4 MiB of one text", done.stderr)
        self.assertIn(b"e.txt: UTF-16 text: save it as UTF-8", done.stderr)
        self.assertEqual(os.listdir(os.path.join(self.folder, "drafts")), ["Q999999.yaml"])

    def test_an_interrupted_import_ends_with_whole_drafts_and_a_summary(self):
        os.mkdir(os.path.join(self.folder, "texts"))
        os.mkdir(os.path.join(self.folder, "drafts"))
        for i in range(100000, 103000):
            self.write(f"texts/{i}.txt", self.TEXT.replace(b"Q999999", b"Q%d" % i))
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.environ["TERM"] = "xterm"
            os.execv(PROGRAM, [PROGRAM, "kb", "import", "-o", "drafts", "texts"])
        shown = os.read(terminal, 4096)
        os.write(terminal, b"\x03")
        try:
            while data := os.read(terminal, 4096):
                shown += data
        except OSError:
            pass  # the other end is closed
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.assertEqual(status, 128 + signal.SIGINT, shown)
        self.assertIn(b"0 failed; interrupted", shown)
        drafts = os.listdir(os.path.join(self.folder, "drafts"))
        self.assertIn(b"%d drafts" % len(drafts), shown)
        for name in drafts:
            with open(os.path.join(self.folder, "drafts", name), "rb") as f:
                self.assertRegex(f.read(), rb"madeup\.sys, .*\} # line [0-9]+\n\Z")

    def test_import_of_several_needs_a_folder(self):
        self.expect(self.run_program("kb", "import", self.folder), USAGE, b"-o FOLDER")


class Options(CommandLine):
    def test_help_goes_to_standard_output(self):
        for words in (["--help"], ["-h"], ["explain", "--help"], ["kb", "--help"]):
            done = self.run_program(*words)
            self.expect(done, OK)
            self.assertIn(b"sage", done.stdout)
            self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)

    def test_version_is_one_line(self):
        done = self.run_program("--version")
        self.expect(done, OK)
        self.assertRegex(done.stdout.splitlines()[0], rb"^bugtriage \d+\.\d+\.\d+")

    def test_wrong_usage_says_what_and_where_to_look(self):
        for words in ([], ["--no-such-option", "x"], ["--format"], ["--format", "xml", "x"],
                      ["--width", "many", "x"], ["explain"], ["explain", "no such code"],
                      ["kb"], ["kb", "no-such-command"]):
            with self.subTest(words=words):
                done = self.run_program(*words)
                self.expect(done, USAGE, b"bugtriage")
                self.assertEqual(done.stdout, b"")

    def test_unusable_knowledge_is_status_3(self):
        image = self.write("bad.kb", b"this is no knowledge image")
        done = self.run_program("--kb", image, self.dump)
        self.expect(done, KB, b"bad.kb")
        self.assertEqual(done.stdout, b"")
        self.expect(self.run_program("--kb", "absent.kb", self.dump), KB, b"absent.kb")

    def test_double_dash_ends_options(self):
        os.rename(self.dump, os.path.join(self.folder, "--all"))
        self.expect(self.run_program("--", "--all"), OK)

    def test_no_colour_and_ascii_where_nothing_is_a_terminal(self):
        done = self.run_program(self.dump)
        self.expect(done, OK)
        self.assertNotIn(b"\x1b", done.stdout)
        self.assertTrue(done.stdout.isascii())

    def test_format_json_gives_object_for_one_and_array_for_several(self):
        self.make("second.dmp")
        self.assertIsInstance(self.record("good.dmp"), dict)
        self.assertEqual(len(self.record("good.dmp", "second.dmp")), 2)

    def test_format_ndjson_is_one_record_a_line(self):
        self.make("second.dmp")
        done = self.run_program("--format", "ndjson", "good.dmp", "second.dmp")
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([r["input"]["path"] for r in records], ["good.dmp", "second.dmp"])

    def test_same_input_gives_the_same_bytes(self):
        first = self.run_program("--format", "json", "good.dmp").stdout
        self.assertEqual(first, self.run_program("--format", "json", "good.dmp").stdout)


class Streams(CommandLine):
    def test_dump_on_standard_input_from_a_file(self):
        with open(self.dump, "rb") as f:
            record = self.record("-", stdin=f)
        self.assertEqual(record["crash"]["stop"]["code"], "0x000000d6")

    def test_dump_on_standard_input_from_a_pipe(self):
        with open(self.dump, "rb") as f:
            data = f.read()
        for packed in (data, gzip.compress(data, mtime=0)):
            done = self.run_program("--format", "json", "-", stdin=None, input=packed)
            self.assertEqual(done.returncode, OK, done.stderr)
            self.assertEqual(json.loads(done.stdout)["crash"]["stop"]["code"], "0x000000d6")

    def test_empty_standard_input_is_an_empty_dump(self):
        record = self.record("-", status=INPUT)
        self.assertEqual(record["problem"]["code"], "empty")

    def test_closed_standard_input_is_an_input_error(self):
        done = self.run_program("-", stdin=None, preexec_fn=lambda: os.close(0))
        self.assertEqual(done.returncode, INPUT, done.stderr)

    def test_closed_standard_output_is_an_output_error(self):
        done = self.run_program(self.dump, stdout=None, preexec_fn=lambda: os.close(1))
        self.expect(done, OUTPUT, b"bugtriage: ")

    def test_full_device_is_an_output_error(self):
        with open("/dev/full", "wb") as full:
            self.expect(self.run_program(self.dump, stdout=full), OUTPUT, b"bugtriage: ")

    def test_reader_that_goes_away_ends_the_program_quietly(self):
        copies = [self.make(f"many/{i:03}.dmp") for i in range(40)]
        reading, writing = os.pipe()
        with os.fdopen(writing, "wb") as to:
            os.close(reading)
            done = self.run_program("--format", "ndjson", "--all", "--modules", *copies, stdout=to)
        self.assertIn(done.returncode, (OK, -signal.SIGPIPE))
        self.assertEqual(done.stderr, b"")

    def test_output_file_is_written(self):
        self.expect(self.run_program("-o", "out.json", "--format", "json", "good.dmp"), OK)
        with open(os.path.join(self.folder, "out.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f)["status"], "ok")

    def test_output_file_that_would_not_be_what_its_name_says_is_refused(self):
        for name in ("out.ndjson.zst", "out.XZ", "out.zip"):
            done = self.run_program("-o", name, "--format", "ndjson", "good.dmp")
            self.expect(done, USAGE, b"only those of gzip")
            self.assertFalse(os.path.exists(os.path.join(self.folder, name)))

    def test_output_file_that_cannot_be_made_is_an_output_error(self):
        self.expect(self.run_program("-o", "no/such/folder/x", "good.dmp"), OUTPUT, b"bugtriage: ")


class Files(CommandLine):
    def test_missing_file(self):
        done = self.run_program("absent.dmp")
        self.expect(done, INPUT, b"absent.dmp: ")

    def test_missing_file_has_a_record_and_the_others_go_on(self):
        records = self.record("absent.dmp", "good.dmp", status=INPUT)
        self.assertEqual([r["status"] for r in records], ["unreadable", "ok"])
        self.assertEqual(records[0]["problem"]["code"], "io")

    def test_exit_zero_is_for_engines(self):
        self.expect(self.run_program("--exit-zero", "absent.dmp"), OK, b"absent.dmp")

    def test_directory_is_walked_and_other_files_are_passed_over(self):
        self.make("tree/b/two.dmp")
        self.make("tree/a/one.dmp")
        self.write("tree/notes.txt", b"not a dump\n")
        self.write("tree/a/empty.dmp", b"")
        records = self.record("tree", status=INPUT)
        self.assertEqual([r["input"]["path"] for r in records],
                         ["tree/a/empty.dmp", "tree/a/one.dmp", "tree/b/two.dmp"])

    def test_empty_directory_is_no_error(self):
        os.mkdir(os.path.join(self.folder, "nothing"))
        self.assertEqual(self.record("nothing"), [])

    def test_link_that_leads_in_a_circle_ends(self):
        self.make("tree/one.dmp")
        os.symlink(".", os.path.join(self.folder, "tree", "again"))
        os.symlink("absent", os.path.join(self.folder, "tree", "dangling.dmp"))
        done = self.run_program("--format", "json", "tree")
        self.assertIn("tree/one.dmp", [r["input"]["path"] for r in json.loads(done.stdout)])

    def test_fifo_is_refused_without_waiting(self):
        os.mkfifo(os.path.join(self.folder, "fifo.dmp"))
        self.expect(self.run_program("fifo.dmp"), INPUT, b"fifo.dmp: ")

    def test_device_is_refused(self):
        self.expect(self.run_program("/dev/zero"), INPUT, b"/dev/zero: ")

    def test_file_without_permission(self):
        os.chmod(self.dump, 0)
        os.chmod(self.folder, stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)
        more = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
        if more and not self.nobody_can_run():
            self.skipTest("user nobody cannot reach the program")
        self.expect(self.run_program("good.dmp", **more), INPUT, b"good.dmp: ")

    def nobody_can_run(self):
        try:
            return self.run_program("--version", user=NOBODY, group=NOBODY).returncode == OK
        except PermissionError:
            return False

    def test_name_with_odd_bytes_is_shown_harmlessly(self):
        name = b"odd \x1b[31m\xff\n.dmp"
        os.rename(self.dump, os.path.join(self.folder.encode(), name))
        done = self.run_program(name)
        self.expect(done, OK)
        self.assertNotIn(b"\x1b", done.stdout)
        record = json.loads(self.run_program("--format", "json", name).stdout)
        self.assertEqual(record["status"], "ok")

    def test_nothing_is_left_behind(self):
        before = sorted(os.listdir(self.folder))
        self.run_program("good.dmp")
        self.assertEqual(sorted(os.listdir(self.folder)), before)


class Archives(CommandLine):
    """Dumps in archives, made here: by Python, and by libarchive's own program where it is."""

    def setUp(self):
        super().setUp()
        probe = self.record(self.zip("probe.zip", []), status=INPUT)["problem"]
        os.remove(os.path.join(self.folder, "probe.zip"))
        if probe["code"] == "unsupported":
            self.assertRegex(probe["message"], "install|this build")
            self.skipTest(probe["message"])

    def zip(self, name, members, **more):
        path = os.path.join(self.folder, name)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **more) as z:
            for member, data in members:
                z.writestr(member, data)
        return path

    def dump_bytes(self):
        with open(self.good, "rb") as f:
            return f.read()

    def records(self, *args, status=OK):
        done = self.run_program("--format", "ndjson", "-q", *args)
        self.assertEqual(done.returncode, status, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def inputs(self, *args, **more):
        return [(r["input"]["member"], r["input"]["container"], r["status"])
                for r in self.records(*args, **more)]

    def test_each_dump_in_a_zip_has_its_record(self):
        data = self.dump_bytes()
        path = self.zip("a.zip", [("one.dmp", data), ("readme.txt", b"hi"),
                                  ("sub/no-name", data), ("empty.dmp", b"")])
        self.assertEqual(self.inputs(path, status=INPUT),
                         [("one.dmp", "zip", "ok"), ("sub/no-name", "zip", "ok"),
                          ("empty.dmp", "zip", "unreadable")])
        plain, packed = self.record(self.dump, "--hash"), self.records(path, "--hash", status=INPUT)[0]
        self.assertEqual(packed["input"]["size"], len(data))
        self.assertEqual(packed["input"]["sha256"], plain["input"]["sha256"])
        for key in plain:
            if key != "input":
                self.assertEqual(packed[key], plain[key], key)

    def test_tar_and_what_packs_it(self):
        for mode, kind in (("w", "tar"), ("w:gz", "tar.gz"), ("w:xz", "tar.xz"),
                           ("w:bz2", "tar.bz2")):
            path = os.path.join(self.folder, "t")
            with tarfile.open(path, mode) as t:
                t.add(self.dump, "folder/a.dmp")
            self.assertEqual(self.inputs(path), [("folder/a.dmp", kind, "ok")])

    def test_one_packed_file_is_one_dump(self):
        data = self.dump_bytes()
        for name, packed, kind in (("a.dmp.xz", lzma.compress(data), "xz"),
                                   ("a.dmp.lzma", lzma.compress(data, lzma.FORMAT_ALONE), "lzma"),
                                   ("a.dmp.bz2", bz2.compress(data), "bzip2")):
            record = self.record(self.write(name, packed))
            self.assertEqual(record["input"], {
                "path": os.path.join(self.folder, name), "member": None, "size": len(packed),
                "sha256": None, "container": kind, "format": "kernel-triage",
                "architecture": "x64"})

    def test_programs_of_the_system(self):
        for name, command, kind, member in (
                ("a.7z", ["7z", "a", "-bd"], "7z", "good.dmp"),
                ("a.cab", ["gcab", "-c"], "cab", "good.dmp"),
                ("a.dmp.zst", ["zstd", "-q", "-o"], "zstd", None)):
            if shutil.which(command[0]) is None:
                continue
            subprocess.run([*command, name, "good.dmp"], cwd=self.folder, check=True,
                           timeout=TIMEOUT, stdout=subprocess.DEVNULL)
            self.assertEqual(self.inputs(name), [(member, kind, "ok")])

    def test_archive_in_an_archive(self):
        data = self.dump_bytes()
        inner = self.zip("inner.zip", [("b.dmp", data)])
        with open(inner, "rb") as f:
            inner = f.read()
        path = self.zip("outer.zip", [("x/inner.zip", inner), ("c.dmp.gz", gzip.compress(data)),
                                      ("last.dmp", data)])
        self.assertEqual(self.inputs(path), [("x/inner.zip/b.dmp", "zip/zip", "ok"),
                                             ("c.dmp.gz", "zip/gzip", "ok"),
                                             ("last.dmp", "zip", "ok")])

    def test_nest_without_end_has_a_limit(self):
        data = self.dump_bytes()
        for _ in range(6):
            with open(self.zip("n.zip", [("n.zip", data)]), "rb") as f:
                data = f.read()
        records = self.records(self.write("deep.zip", data), status=INPUT)
        self.assertEqual([r["problem"]["code"] for r in records], ["limit"])
        self.assertIn("4 deep", records[0]["problem"]["message"])

    def test_archive_without_a_dump(self):
        path = self.zip("a.zip", [("readme.txt", b"hi"), ("b.txt", b"ho")])
        record = self.record(path, status=INPUT)
        self.assertEqual(record["problem"]["code"], "not-a-dump")
        self.assertIn("holds 2", record["problem"]["message"])
        self.assertEqual(self.record(self.zip("e.zip", []), status=INPUT)["problem"]["code"],
                         "empty")

    def test_archives_below_a_directory(self):
        data = self.dump_bytes()
        os.remove(self.dump)
        self.zip("a.zip", [("one.dmp", data), ("two.dmp", data)])
        self.zip("report.docx", [("word/document.xml", b"<w/>")])
        self.write("looks.bin", b"PK\x03\x04" + bytes(60))
        self.write("cut.zip", b"PK\x03\x04" + bytes(60))
        records = self.records(".", status=INPUT)
        self.assertEqual([(r["input"]["path"], r["input"]["member"], r["status"])
                          for r in records],
                         [("./a.zip", "one.dmp", "ok"), ("./a.zip", "two.dmp", "ok"),
                          ("./cut.zip", None, "unreadable")])

    def test_damage(self):
        data = self.dump_bytes() + os.urandom(100000)
        path = self.zip("a.zip", [("one.dmp", data), ("two.dmp", data)])
        with open(path, "rb") as f:
            whole = f.read()
        # The checksum of the first file, in its header and in the list at the end.
        crc = struct.pack("<I", zlib.crc32(data))
        bad = whole.replace(crc, b"\1\2\3\4")
        records = self.records(self.write("crc.zip", bad))
        self.assertEqual([(r["status"], r["problem"]["code"]) for r in records],
                         2 * [("partial", "corrupt")])
        self.assertIn("CRC", records[0]["problem"]["message"])
        self.assertEqual(records[0]["crash"]["stop"]["code"], "0x000000d6")
        # The second file is cut, and the list is gone.
        records = self.records(self.write("cut.zip", whole[:len(whole) * 3 // 4]), status=INPUT)
        self.assertEqual([(r["input"]["member"], r["status"]) for r in records],
                         [("one.dmp", "ok"), ("two.dmp", "partial"), (None, "unreadable")])

    def test_password(self):
        # The flag for an encrypted file, in both headers; its bytes do not matter.
        path = self.zip("a.zip", [("one.dmp", b"?" * 100), ("two.txt", b"?" * 100)])
        with open(path, "rb") as f:
            data = bytearray(f.read())
        for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            at = data.find(magic)
            while at >= 0:
                data[at + offset] |= 1
                at = data.find(magic, at + 4)
        records = self.records(self.write("locked.zip", data), status=INPUT)
        self.assertEqual([(r["input"]["member"], r["problem"]["code"]) for r in records],
                         [("one.dmp", "encrypted")])

    def test_odd_names_are_names_only(self):
        data = self.dump_bytes()
        names = ["../../etc/passwd", "/abs/x.dmp", "C:\\Windows\\a.dmp", "a\x1b[31m.dmp",
                 "\u00fcber.dmp"]
        path = self.zip("a.zip", [(name, data) for name in names])
        members = [r["input"]["member"] for r in self.records(path)]
        self.assertEqual([m.replace("\\", "/") for m in members],
                         [n.replace("\\", "/") for n in names])
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.zip", "good.dmp"])
        self.assertNotIn(b"\x1b", self.run_program(path).stdout)

    def test_bomb_is_read_no_further_than_needed(self):
        # A gigabyte of zeros behind the start of a dump, in 5 MB, spoilt half way: who reads so
        # far cannot call it whole.
        path = os.path.join(self.folder, "bomb.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
            with z.open("a.dmp", "w", force_zip64=True) as f:
                f.write(self.dump_bytes())
                for _ in range(1024):
                    f.write(bytes(1 << 20))
            z.writestr("b.txt", b"")
        with open(path, "r+b") as f:
            f.seek(os.path.getsize(path) // 2)
            f.write(b"\xff" * 64)
        self.assertEqual(self.inputs(path), [("a.dmp", "zip", "ok")])

    def test_records_before_a_member_that_takes_too_long_stay(self):
        # 16 GiB of zeros between two dumps, which a tar has to go through.
        out, size = io.BytesIO(), 16 << 30
        with tarfile.open(fileobj=out, mode="w") as t:
            t.add(self.dump, "one.dmp")
            start = out.tell()
            info = tarfile.TarInfo("zeros")
            info.size = size
            head = info.tobuf(tarfile.GNU_FORMAT)
            t.add(self.dump, "two.dmp")
        whole = out.getvalue()
        piece = gzip.compress(bytes(1 << 26))
        path = os.path.join(self.folder, "long.tar.gz")
        with open(path, "wb") as f:
            f.write(gzip.compress(whole[:start] + head))
            for _ in range(size >> 26):
                f.write(piece)
            f.write(gzip.compress(whole[start:]))
        other = self.zip("other.zip", [("o.dmp", self.dump_bytes())])
        for more in (("-j1",), ("-j2", "--unordered")):
            done = self.run_program("--format", "ndjson", "-q", "--timeout", "3", *more, other,
                                    path, self.dump)
            self.assertEqual(done.returncode, INPUT, done.stderr)
            records = [json.loads(line) for line in done.stdout.splitlines()]
            seen = [(os.path.basename(r["input"]["path"]), r["input"]["member"], r["status"])
                    for r in records]
            self.assertEqual(sorted(seen, key=str), sorted([
                ("other.zip", "o.dmp", "ok"), ("long.tar.gz", "one.dmp", "ok"),
                ("long.tar.gz", None, "timeout"), ("good.dmp", None, "ok")], key=str))
            if "--unordered" not in more:
                self.assertEqual([s[0] for s in seen], ["other.zip", "long.tar.gz",
                                                        "long.tar.gz", "good.dmp"])

    def test_json_is_an_object_for_one_dump_and_an_array_for_several(self):
        data = self.dump_bytes()
        one = self.zip("1.zip", [("a.dmp", data)])
        two = self.zip("2.zip", [("a.dmp", data), ("b.dmp", data)])
        self.assertIsInstance(self.record(one), dict)
        done = self.run_program("--format", "json", two)
        self.assertEqual(len(json.loads(done.stdout)), 2)
        both = self.run_program("--format", "json", "-q", two, "--files-from", os.devnull)
        self.assertEqual(done.stdout, both.stdout)

    def test_every_format_shows_the_member(self):
        path = self.zip("a.zip", [("inner.dmp", self.dump_bytes())])
        for form in ("text", "csv", "html", "ecs", "ticket"):
            done = self.run_program("--format", form, path)
            self.assertEqual(done.returncode, OK, done.stderr)
            self.assertIn(b"inner.dmp", done.stdout, form)
        self.run_program("--format", "ndjson", "-o", "r.ndjson", path)
        for form in ("json", "html"):
            self.assertIn(b"inner.dmp", self.run_program("group", "--format", form,
                                                         "r.ndjson").stdout)

    def test_resume_goes_on_inside_an_archive(self):
        data = self.dump_bytes()
        path = self.zip("a.zip", [("one.dmp", data), ("two.dmp", data), ("three.dmp", data)])
        whole = self.run_program("--format", "ndjson", "-q", path).stdout
        lines = whole.splitlines(keepends=True)
        part = self.write("r.ndjson", b"".join(lines[:2]) + lines[2][:50])
        done = self.run_program("--format", "ndjson", "--resume", part, "-o", part, path)
        self.assertEqual(done.returncode, OK, done.stderr)
        with open(part, "rb") as f:
            self.assertEqual(f.read(), whole)
        done = self.run_program("--format", "ndjson", "--resume", part, path, self.dump)
        self.assertIn(b"1 dump, 0 could not be read; 3 recorded before", done.stderr)

    def test_standard_input(self):
        path = self.zip("a.zip", [("one.dmp", self.dump_bytes())])
        with open(path, "rb") as f:
            data = f.read()
        with open(path, "rb") as file:
            for stdin in ({"input": data, "stdin": None}, {"stdin": file}):
                record = self.record("-", **stdin)
                self.assertEqual((record["input"]["member"], record["status"]),
                                 ("one.dmp", "ok"))


    def test_place_of_symbols_that_is_not_there(self):
        there = self.run_program("--symbols", self.folder, self.dump)
        self.expect(there, OK)
        self.assertEqual(there.stderr, b"")
        absent = self.run_program("--symbols", "absent", "--images", self.dump, self.dump)
        self.expect(absent, OK, err=b"absent: cannot be opened")
        self.assertEqual(absent.stdout, there.stdout)


class Explain(CommandLine):
    def test_code_in_any_writing(self):
        wanted = self.run_program("explain", "0x7f", "8")
        self.expect(wanted, OK)
        self.assertIn(b"UNEXPECTED_KERNEL_MODE_TRAP", wanted.stdout)
        for code in ("7f", "0x0000007F", "UNEXPECTED_KERNEL_MODE_TRAP"):
            self.assertEqual(self.run_program("explain", code, "0x8").stdout, wanted.stdout)
        self.assertEqual(self.run_program("explain", "--decimal", "127", "8").stdout, wanted.stdout)

    def test_line_that_is_nothing_but_a_code(self):
        for line, head in ((b"0x7f", b"STOP 0x0000007F"), (b" 1000007e\r\n", b"STOP 0x0000007E"),
                           (b"Inaccessible Boot Device", b"STOP 0x0000007B"),
                           (b"7F (0x8, 0, 0, 0)", b"STOP 0x0000007F"),
                           (b"STATUS_HEAP_CORRUPTION", b"Exception 0xC0000374")):
            with self.subTest(line):
                result = self.run_program("explain", "-", stdin=None, input=line)
                self.expect(result, OK)
                self.assertTrue(result.stdout.startswith(head), result.stdout)
        for line in (b"hello world", b"the screen said 7e", b"dead beef\n7e\n"):
            with self.subTest(line):
                self.assertEqual(
                    self.run_program("explain", "-", stdin=None, input=line).returncode, USAGE)

    def test_text_in_any_encoding(self):
        text = "0x0000003b (0x00000000c0000005, 0xfffff80002e9c5d0, 0xfffff88009a3b0c0, 0x0)"
        wanted = self.run_program("explain", text)
        self.expect(wanted, OK)
        self.assertIn(b"0xfffff80002e9c5d0", wanted.stdout)
        full_width = text.replace(", ", "\uff0c").replace("(", "\uff08").replace(")", "\uff09")
        for name, data in {
            "UTF-8 with a mark": text.encode("utf-8-sig"),
            "UTF-16 with a mark": text.encode("utf-16"),
            "UTF-16 without": text.encode("utf-16-le"),
            "UTF-16, big end first": b"\xfe\xff" + text.encode("utf-16-be"),
            "full width": full_width.encode("utf-8"),
            "blanks of a web page": text.replace(" ", "\u00a0").encode("utf-8"),
        }.items():
            with self.subTest(name):
                result = self.run_program("explain", "-", stdin=None, input=data)
                self.assertEqual(result.stdout, wanted.stdout)

    def test_article_is_found_without_a_dump(self):
        record = self.run_program("explain", "--format", "json", "0x7f", "8", "0", "0", "0")
        self.assertEqual(record.returncode, OK, record.stderr)
        articles = [m["article"] for m in json.loads(record.stdout)["matches"]]
        self.assertIn("KB909665", articles)


if __name__ == "__main__":
    # Class names as arguments come first; unittest runs them.
    sys.exit(0 if unittest.main(exit=False, verbosity=1).result.wasSuccessful() else 1)
