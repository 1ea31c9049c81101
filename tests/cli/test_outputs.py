#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the formats are for: a spreadsheet, a ticket system, a search engine; and --redact in all.

usage: BUGTRIAGE=program MKDUMP=program test_outputs.py [CLASS[.test]...]
"""
import csv
import io
import json
import os
import subprocess
import sys
import unittest
import zipfile

import marked_minidump
from test_cli import CommandLine, GOLDEN, MKDUMP, OK, TIMEOUT

SECRETS = ("alice", "smith", "hostile-pc", "ACME-HQ", "payroll")
FORMATS = ("text", "json", "ndjson", "csv", "html", "summary", "ticket", "jira", "servicenow",
           "zendesk", "ecs", "es-bulk")
GROUP_FORMATS = ("text", "json", "ndjson", "csv", "html", "ticket", "jira", "servicenow",
                 "zendesk")


class Outputs(CommandLine):
    def make_dump(self, name, description):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        golden = os.path.relpath(GOLDEN, self.folder)
        script = self.write("made.mk", description.replace(GOLDEN, golden).encode())
        subprocess.run([MKDUMP, script, path], check=True, timeout=TIMEOUT)
        os.remove(script)
        return path

    def output(self, *args, status=OK):
        done = self.run_program("-q", *args)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout.decode()

    def formatted(self, form, *args, **more):
        return self.output("--format", form, *args, **more)


class Spreadsheet(Outputs):
    def rows(self, *args, **more):
        return list(csv.reader(io.StringIO(self.formatted("csv", *args, **more), newline="")))

    def test_every_row_has_every_column(self):
        self.make("many/a.dmp")
        self.write("many/empty.dmp", b"")
        rows = self.rows("many", status=1)
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        self.assertEqual(len(rows), 3)
        self.assertEqual(len(set(rows[0])), len(rows[0]))

    def test_no_cell_is_a_formula(self):
        for name in ("=cmd|' C calc'!A0.dmp", "+1.dmp", "-2.dmp", "@SUM(A1).dmp", "\tx.dmp",
                     "\rx.dmp", '"quoted",a.dmp', "a\n=1+1.dmp"):
            os.rename(self.dump, os.path.join(self.folder, name))
            with self.subTest(name=name):
                rows = self.rows("--", name)
                self.assertEqual(len(rows), 2)
                for cell in rows[1]:
                    self.assertFalse(cell[:1] in tuple("=+-@\t\r"), cell)
                self.assertIn("dmp", rows[1][0])
            os.rename(os.path.join(self.folder, name), self.dump)

    def test_text_out_of_a_dump_is_no_formula(self):
        path = self.make_dump("x.dmp", f"include {GOLDEN}/kb977153-unfixed/in.mk\n"
                                       '[process]\nImageFileName = "=1+cmd|x"\n')
        rows = self.rows(path)
        self.assertFalse(any(cell.startswith("=") for cell in rows[1]))
        self.assertIn("'=1+cmd|x", rows[1])


class Tickets(Outputs):
    SIGNATURE = "g1:0x000000d6:-:mountmgr.sys"

    def test_ticket_begins_with_the_signature_and_is_short_enough(self):
        text = self.formatted("ticket", "--all", "--modules", "--stack", "--explain", "good.dmp")
        self.assertIn(self.SIGNATURE, text.splitlines()[0])
        self.assertLess(len(text), 32000)

    def check_body(self, form, path_to_text, path_to_key):
        body = json.loads(self.formatted(form, "good.dmp"))
        for path, check in ((path_to_text, lambda v: v.startswith(f"[{self.SIGNATURE}]")),
                            (path_to_key, lambda v: self.SIGNATURE in v)):
            value = body
            for key in path:
                value = value[key]
            self.assertTrue(check(value), value)
        return body

    def test_jira_issue(self):
        body = self.check_body("jira", ("fields", "description"), ("fields", "description"))
        self.assertLess(len(body["fields"]["description"]), 32767)
        self.assertLess(len(body["fields"]["summary"]), 255)
        self.assertNotIn("\n", body["fields"]["summary"])
        for label in body["fields"]["labels"]:
            self.assertNotRegex(label, r"\s")
        self.assertTrue(any("mountmgr" in label for label in body["fields"]["labels"]))

    def test_no_name_reaches_a_terminal_as_it_is(self):
        os.rename(self.dump, os.path.join(self.folder, "a\x1b[31m\nb\u202e.dmp"))
        path = self.make_dump("x.dmp", f"include {GOLDEN}/kb977153-unfixed/in.mk\n"
                                       '[process]\nImageFileName = "c\\x1b[32m"\n')
        self.output("--format", "ndjson", "-o", "x.ndjson", "a\x1b[31m\nb\u202e.dmp", path)
        group = self.run_program("group", "-q", "--format", "ticket", "x.ndjson")
        for text in (self.formatted("ticket", "a\x1b[31m\nb\u202e.dmp"), group.stdout.decode()):
            self.assertNotRegex(text, "[\x00-\x09\x0b\x0e-\x1f\x7f\u202e]")
            self.assertIn("a\\x1b[31m\\x0ab\\u202e.dmp", text)

    def test_jira_issue_has_the_project_that_was_named(self):
        body = json.loads(self.formatted("jira", "--jira-project", "OPS", "good.dmp"))
        self.assertEqual(body["fields"]["project"], {"key": "OPS"})
        self.output("--format", "ndjson", "-o", "good.ndjson", "good.dmp")
        done = self.run_program("group", "-q", "--format", "jira", "--jira-project", "OPS",
                                "good.ndjson")
        self.assertEqual(json.loads(done.stdout)["fields"]["project"], {"key": "OPS"})

    def test_servicenow_incident(self):
        body = self.check_body("servicenow", ("description",), ("correlation_id",))
        self.assertLessEqual(len(body["short_description"]), 160)

    def test_zendesk_ticket(self):
        body = self.check_body("zendesk", ("ticket", "comment", "body"), ("ticket", "external_id"))
        for tag in body["ticket"]["tags"]:
            self.assertNotRegex(tag, r"\s")

    def test_body_holds_what_a_program_needs(self):
        for form in ("jira", "servicenow", "zendesk"):
            text = self.formatted(form, "good.dmp")
            self.assertEqual(text.count("\n"), 1)
            for word in (self.SIGNATURE, "KB977153"):
                self.assertIn(word, text)

    def test_one_ticket_for_each_problem_of_a_fleet(self):
        for n in range(3):
            self.make(f"fleet/pc-{n}/a.dmp")
        self.make_dump("fleet/pc-9/b.dmp", f"include {GOLDEN}/layout-w81-x64/in.mk\n")
        self.output("--format", "ndjson", "-o", "out.ndjson", "fleet")
        for form in ("ticket", "jira", "servicenow", "zendesk"):
            with self.subTest(form=form):
                done = self.run_program("group", "-q", "--machine-folder", "1", "--format", form,
                                        "out.ndjson")
                self.assertEqual(done.returncode, OK, done.stderr)
                text = done.stdout.decode()
                if form == "ticket":
                    self.assertEqual(text.count("[g1:"), 2)
                    continue
                bodies = [json.loads(line) for line in text.splitlines()]
                self.assertEqual(len(bodies), 2)
                self.assertIn("mountmgr", json.dumps(bodies[0]))


class Search(Outputs):
    def test_bulk_body_is_an_action_and_a_document_each(self):
        self.make("many/a.dmp")
        self.write("many/empty.dmp", b"")
        self.write("many/empty-too.dmp", b"")
        text = self.formatted("es-bulk", "many", status=1)
        self.assertTrue(text.endswith("\n"))
        lines = text.splitlines()
        self.assertEqual(len(lines), 6)
        self.assertEqual(len(set(lines[::2])), 3)
        for action, document in zip(lines[::2], lines[1::2]):
            action, document = json.loads(action), json.loads(document)
            self.assertEqual(list(action), ["index"])
            self.assertRegex(action["index"]["_id"], "^[0-9a-f]{64}(-[0-9a-f]{16})?$")
            self.assertEqual(document["file"]["hash"]["sha256"], action["index"]["_id"][:64])
            self.assertEqual("@timestamp" in document, "empty" not in document["file"]["path"])

    def test_document_keeps_to_the_common_schema(self):
        document = json.loads(self.formatted("ecs", "good.dmp"))
        for path, value in (("event.kind", "event"), ("event.category", ["host", "driver"]),
                            ("event.code", "0x000000d6"), ("error.code", "0x000000d6"),
                            ("error.type", "DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION"),
                            ("process.name", "System"), ("process.pid", 4),
                            ("host.os.type", "windows"), ("dll.name", "mountmgr.sys")):
            found = document
            for key in path.split("."):
                found = found[key]
            self.assertEqual(found, value, path)


class Redaction(Outputs):
    """User names, host names, paths: in no format, whatever is asked for."""

    def setUp(self):
        super().setUp()
        user = "C:\\\\Users\\\\alice.smith\\\\payroll\\\\bin\\\\prices.dll"
        place = "share/ACME-HQ/hostile-pc/Users/alice.smith"
        self.make_dump(f"{place}/app.dmp", f"include {GOLDEN}/user-windows-x64/in.mk\n"
                       f'[image prices.dll]\npath = "{user}"\n')
        self.make(f"{place}/MEMORY.DMP")
        self.write(f"{place}/empty.dmp", b"")
        self.write(f"{place}/text.dmp", b"hello")

    def check(self, text):
        for secret in SECRETS:
            self.assertNotIn(secret.lower(), text.lower())

    def test_secrets_are_there_without_it(self):
        text = self.formatted("json", "--modules", "share", status=1)
        self.assertIn("payroll", text)
        self.assertIn("hostile-pc", text)

    def test_no_format_tells(self):
        for form in FORMATS:
            with self.subTest(form=form):
                text = self.formatted(form, "--redact", "--modules", "--stack", "--all",
                                      "--explain", "--machine-folder", "3", "share", status=1)
                self.check(text)
                self.assertIn("prices", text)

    def test_no_file_name_tells(self):
        os.rename(os.path.join(self.folder, "share"), os.path.join(self.folder, "alice"))
        self.check(self.formatted("ndjson", "--redact", "alice", status=1))

    def test_messages_do_not_go_into_the_output(self):
        done = self.run_program("--redact", "--format", "ndjson", "/home/alice/absent.dmp")
        self.check(done.stdout.decode())

    def test_nothing_in_a_minidump_tells(self):
        data, marks = marked_minidump.make()
        self.write("marked.dmp", data)
        self.write("share/ACME-HQ/hostile-pc/Users/alice.smith/marked.dmp", data)
        with zipfile.ZipFile(os.path.join(self.folder, "c.zip"), "w") as z:
            z.writestr("Users/memberq1/foldq1/m.dmp", data)
            z.writestr("Users/memberq1/foldq1/memberq1.txt.dmp", b"hello")
        marks["member"] = ["memberq1", "foldq1"]
        everything = ("--modules", "--stack", "--threads", "--all", "--explain", "--hash",
                      "--machine-folder", "3")
        told = self.formatted("json", *everything, "marked.dmp") + \
            self.formatted("text", *everything, "marked.dmp")
        for place in ("comment", "wide comment", "annotation", "annotation key", "thread name",
                      "module annotation", "annotation object", "list annotation", "assertion",
                      "address"):
            self.assertIn(marks[place][0], told, place)
        for form in FORMATS:
            for paths in (("marked.dmp",), ("share", "c.zip", "/home/alice/absent.dmp")):
                done = self.run_program("--format", form, "--redact", *everything, *paths)
                self.assertNotEqual(done.stdout, b"")
                text = (done.stdout + done.stderr).decode().lower()
                for place, words in marks.items():
                    for word in words:
                        self.assertNotIn(word, text, f"{form}: {place}")
                self.check(text)
        self.output("--format", "ndjson", *everything, "-o", "all.ndjson", "share", "c.zip",
                    status=1)
        for form in GROUP_FORMATS:
            done = self.run_program("group", "--redact", "--machine-folder", "3", "--format",
                                    form, "all.ndjson")
            text = (done.stdout + done.stderr).decode().lower()
            for place, words in marks.items():
                for word in words:
                    self.assertNotIn(word, text, f"group as {form}: {place}")
            self.check(text)

    def test_groups_of_records_that_tell_do_not(self):
        self.output("--format", "ndjson", "--modules", "--stack", "-o", "out.ndjson", "share",
                    status=1)
        for form in GROUP_FORMATS:
            with self.subTest(form=form):
                done = self.run_program("group", "-q", "--redact", "--machine-folder", "3",
                                        "--format", form, "out.ndjson")
                self.assertEqual(done.returncode, OK, done.stderr)
                self.check(done.stdout.decode())


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False, verbosity=1).result.wasSuccessful() else 1)
