#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Many dumps, and everything that can happen to them: nothing is lost, nothing is twice.

usage: BUGTRIAGE=misbehaving-program MKDUMP=program test_batch.py [CLASS[.test]...]

The program is a copy whose readers misbehave on dumps that end with a word of misbehaving.c.
"""
import ctypes
import fcntl
import gzip
import json
import os
import pty
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
import unittest
import zipfile

from test_cli import CommandLine, GOLDEN, INPUT, MKDUMP, OK, OUTPUT, PROGRAM, TIMEOUT, USAGE

LOOPS, STOPS, DIES, EATS = b"BT-LOOPS", b"BT-STOPS", b"BT-DIES!", b"BT-EATS!"
SLOW, RESTS = b"BT-SLOW!", b"BT-RESTS"  # 40 and 900 milliseconds
NDJSON = ("--format", "ndjson")


class Batch(CommandLine):
    def make_many(self, count, folder="many", word=b""):
        with open(self.good, "rb") as f:
            data = f.read() + word
        names = [f"{folder}/{n:03}.dmp" for n in range(count)]
        for name in names:
            os.makedirs(os.path.join(self.folder, folder), exist_ok=True)
            self.write(name, data)
        return names

    def make_bad(self, name, word):
        with open(self.good, "rb") as f:
            return self.write(name, f.read() + word)

    def start(self, *args, **more):
        more.setdefault("stderr", subprocess.PIPE)
        child = subprocess.Popen([PROGRAM, *args], cwd=self.folder, stdin=subprocess.DEVNULL,
                                 env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}, **more)
        self.addCleanup(self.stop, child)
        return child

    @staticmethod
    def stop(child):
        if child.poll() is None:
            child.kill()
        child.wait(TIMEOUT)
        if child.stderr:
            child.stderr.close()

    def finish(self, child):
        err = child.stderr.read()
        return child.wait(TIMEOUT), err

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def records(self, *args, status=OK, **more):
        done = self.run_program(*NDJSON, *args, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    @staticmethod
    def statuses(records):
        return {r["input"]["path"]: r["status"] for r in records}

    def wait_until(self, condition, what):
        end = time.monotonic() + TIMEOUT
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.005)

    def wait_for_lines(self, name, count):
        def there():
            return os.path.exists(self.path(name)) and self.read(name).count(b"\n") >= count
        self.wait_until(there, f"{name} got no {count} lines")

    @staticmethod
    def workers_of(child):
        try:
            with open(f"/proc/{child.pid}/task/{child.pid}/children", encoding="ascii") as f:
                return [int(pid) for pid in f.read().split()]
        except OSError:
            return []


class Readers(Batch):
    """A dump that hangs, crashes or eats memory costs one record and nothing else."""

    def one_bad(self, word, status, *args):
        names = self.make_many(12)
        self.make_bad("many/005.dmp", word)
        records = self.records(*args, "-j2", "many", status=INPUT)
        self.assertEqual([r["input"]["path"] for r in records], names)
        found = self.statuses(records)
        self.assertEqual(found.pop("many/005.dmp"), status)
        self.assertEqual(set(found.values()), {"ok"})
        return records[5]

    def test_dump_that_loops_for_ever_is_a_timeout(self):
        record = self.one_bad(LOOPS, "timeout", "--timeout", "1")
        self.assertIn("longer than 1 second", record["problem"]["message"])

    def test_reader_that_stands_still_is_a_timeout(self):
        self.one_bad(STOPS, "timeout", "--timeout", "1")

    def test_reader_that_crashes_says_by_what(self):
        record = self.one_bad(DIES, "crashed")
        self.assertIn("signal 11", record["problem"]["message"])

    def test_dump_that_eats_memory_is_one_crash(self):
        self.one_bad(EATS, "crashed", "--memory", "192")

    def test_dump_that_hangs_holds_back_nothing_that_was_done_before(self):
        self.make_many(40)
        self.make_bad("many/035.dmp", STOPS)
        for jobs in ("1", "2"):
            with self.subTest(jobs=jobs):
                child = self.start("-q", *NDJSON, "-j", jobs, "--timeout", "600", "many",
                                   stdout=subprocess.PIPE)
                with child.stdout:
                    lines = [child.stdout.readline() for _ in range(35)]  # or it hangs
                self.assertEqual(json.loads(lines[34])["input"]["path"], "many/034.dmp")
                self.stop(child)

    def test_every_dump_may_misbehave(self):
        self.make_many(6, word=DIES)
        records = self.records("-j2", "many", status=INPUT)
        self.assertEqual([r["status"] for r in records], ["crashed"] * 6)

    def test_reader_that_is_killed_costs_one_record(self):
        names = self.make_many(60, word=SLOW)
        child = self.start("-q", *NDJSON, "-j2", "-o", "out", "many")
        self.wait_for_lines("out.part", 5)
        victims = self.workers_of(child)
        self.assertEqual(len(victims), 2)
        os.kill(victims[0], signal.SIGKILL)
        status, err = self.finish(child)
        self.assertEqual(status, INPUT, err)
        records = [json.loads(line) for line in self.read("out").splitlines()]
        self.assertEqual([r["input"]["path"] for r in records], names)
        crashed = [r for r in records if r["status"] != "ok"]
        self.assertEqual([r["status"] for r in crashed], ["crashed"])
        self.assertIn("signal 9", crashed[0]["problem"]["message"])

    def zip(self, name, members):
        with zipfile.ZipFile(self.path(name), "w", zipfile.ZIP_DEFLATED) as z:
            for member, data in members:
                z.writestr(member, data)
        return name

    def need_archives(self):
        done = self.run_program(*NDJSON, self.zip("probe.zip", []))
        os.remove(self.path("probe.zip"))
        if json.loads(done.stdout)["problem"]["code"] == "unsupported":
            self.skipTest("archives cannot be opened here")

    def dump_and(self, word):
        with open(self.good, "rb") as f:
            return f.read() + word

    def test_reader_that_fails_in_an_archive_costs_one_dump_of_it(self):
        self.need_archives()
        good, bad = self.dump_and(b""), self.dump_and(DIES)
        members = [("a/1.dmp", good), ("a/2.dmp", bad), ("note.txt", b"hi"), ("a/3.dmp", good),
                   ("a/4.dmp", bad), ("a/5.dmp", bad), ("a/6.dmp", good)]
        self.make_many(3, "x")
        self.zip("x/001.zip", members)
        for jobs in ("-j1", "-j2"):
            records = self.records(jobs, "x", status=INPUT)
            self.assertEqual([(os.path.basename(r["input"]["path"]), r["input"]["member"],
                               r["status"]) for r in records],
                             [("000.dmp", None, "ok"), ("001.dmp", None, "ok"),
                              ("001.zip", "a/1.dmp", "ok"), ("001.zip", "a/2.dmp", "crashed"),
                              ("001.zip", "a/3.dmp", "ok"), ("001.zip", "a/4.dmp", "crashed"),
                              ("001.zip", "a/5.dmp", "crashed"), ("001.zip", "a/6.dmp", "ok"),
                              ("002.dmp", None, "ok")])
        crashed = records[3]
        self.assertEqual(crashed["input"]["container"], "zip")
        self.assertEqual(crashed["input"]["size"], len(bad))
        self.assertIn("signal 11", crashed["problem"]["message"])
        self.assertNotIn("not looked at", crashed["problem"]["message"])

    def test_dump_in_an_archive_that_loops_is_a_timeout_of_its_own(self):
        self.need_archives()
        inner = self.zip("inner.zip", [("b.dmp", self.dump_and(LOOPS)), ("c.dmp", self.dump_and(b""))])
        members = [("inner.zip", self.read(inner)), ("d.dmp", self.dump_and(b""))]
        records = self.records("--timeout", "1", self.zip("outer.zip", members), status=INPUT)
        self.assertEqual([(r["input"]["member"], r["status"]) for r in records],
                         [("inner.zip/b.dmp", "timeout"), ("inner.zip/c.dmp", "ok"),
                          ("d.dmp", "ok")])

    def test_dump_in_an_archive_that_eats_memory_costs_itself_only(self):
        self.need_archives()
        members = [("a.dmp", self.dump_and(EATS)), ("b.dmp", self.dump_and(b""))]
        records = self.records("--memory", "192", self.zip("a.zip", members), status=INPUT)
        self.assertEqual([(r["input"]["member"], r["status"]) for r in records],
                         [("a.dmp", "crashed"), ("b.dmp", "ok")])

    def test_archive_in_which_nothing_is_behind_the_failure(self):
        self.need_archives()
        records = self.records(self.zip("a.zip", [("a.dmp", self.dump_and(DIES))]), status=INPUT)
        self.assertEqual([(r["input"]["member"], r["status"]) for r in records],
                         [("a.dmp", "crashed")])

    def test_archive_with_too_many_failures_says_where_it_ends(self):
        self.need_archives()
        members = [(f"{n:03}.dmp", self.dump_and(DIES)) for n in range(70)]
        records = self.records(self.zip("a.zip", members), status=INPUT)
        self.assertEqual({r["status"] for r in records}, {"crashed"})
        self.assertEqual([r["input"]["member"] for r in records],
                         [name for name, _ in members[:65]])
        self.assertIn("not looked at", records[-1]["problem"]["message"])

    def test_readers_end_with_the_process_that_leads(self):
        self.make_many(40, word=SLOW)
        child = self.start("-q", *NDJSON, "-j2", "-o", "out", "many")
        self.wait_for_lines("out.part", 2)
        workers = self.workers_of(child)
        child.kill()
        child.wait(TIMEOUT)

        def gone(pid):
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                    return f.read().rsplit(")", 1)[1].split()[0] == "Z"
            except OSError:
                return True
        self.wait_until(lambda: all(map(gone, workers)), "a reader goes on")


class Progress(Batch):
    """What a person sees while it lasts."""

    WIDTH = 60

    def watch(self, *args, until=None):
        """What the program writes on a terminal, and its status; it is ended after `until`."""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, self.WIDTH, 0, 0))
        child = subprocess.Popen([PROGRAM, *args], cwd=self.folder, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=follower,
                                 env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"})
        os.close(follower)
        seen = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
            if until is not None and until in seen:
                child.terminate()
                until = None
        os.close(leader)
        return seen.decode(), child.wait(TIMEOUT)

    def lines(self, seen):
        return [line for line in re.split("\r?\x1b\\[K|\r?\n|\r", seen) if line]

    def test_line_fits_the_terminal_and_goes_away(self):
        self.make_many(40, word=SLOW)
        seen, status = self.watch(*NDJSON, "-j1", "many")
        self.assertEqual(status, OK)
        lines = self.lines(seen)
        self.assertTrue(any(re.match(r"[0-9]+ of 40, [0-9]+/s", line) for line in lines), seen)
        self.assertEqual([line for line in lines if len(line) >= self.WIDTH], [])
        self.assertEqual(lines[-1], "bugtriage: 40 dumps, 0 could not be read")

    def test_inputs_are_counted_many_times_faster_than_read(self):
        self.make_bad("slow.dmp", SLOW)
        self.write("list", b"slow.dmp\n" * 500 + b"good.dmp\n" * 20000)
        seen, _ = self.watch("-q", *NDJSON, "-j1", "--files-from", "list", until=b" of 20500")
        self.assertRegex(seen, r"[0-9]+ of 20500, ")

    def test_unpacking_is_shown(self):
        # Behind the dump are bytes that do not pack, and behind all of them the word that makes
        # its reader rest: however fast they were read, a line is due before the end.
        with open(self.good, "rb") as f:
            data = f.read()
        noise = os.urandom(1 << 20)
        path = self.path("long-name-of-a-dump.dmp.gz")
        with gzip.open(path, "wb", compresslevel=1) as z:
            z.write(data)
            for _ in range(12):
                z.write(noise)
            z.write(RESTS)
        seen, status = self.watch("--hash", path)
        self.assertEqual(status, OK)
        self.assertRegex(seen, r"long-name-of-a-dump\.dmp\.gz: [0-9]+ % unpacked")
        self.assertEqual([line for line in self.lines(seen) if len(line) >= self.WIDTH], [])


class Order(Batch):
    def test_number_of_readers_changes_no_byte(self):
        self.make_many(30)
        self.make_bad("many/007.dmp", SLOW)
        self.write("many/011.dmp", b"")
        self.write("many/notes.txt", b"no dump")
        for form in ("ndjson", "json", "csv", "text", "ecs", "html", "summary"):
            with self.subTest(form=form):
                one = self.run_program("--format", form, "-j1", "many")
                two = self.run_program("--format", form, "-j2", "many")
                four = self.run_program("--format", form, "-j4", "many")
                self.assertEqual(one.returncode, INPUT)
                self.assertEqual(one.stdout, two.stdout)
                self.assertEqual(one.stdout, four.stdout)
                self.assertEqual(one.stderr, two.stderr)

    def test_unordered_has_the_same_lines(self):
        self.make_many(30)
        self.make_bad("many/000.dmp", SLOW)
        one = self.run_program(*NDJSON, "-j1", "many").stdout.splitlines()
        free = self.run_program(*NDJSON, "-j2", "--unordered", "many").stdout.splitlines()
        self.assertEqual(sorted(one), sorted(free))

    def test_slow_dump_holds_up_only_ordered_output(self):
        self.make_many(3)
        self.make_bad("many/000.dmp", STOPS)
        records = self.records("-j2", "--timeout", "1", "--unordered", "many", status=INPUT)
        self.assertEqual(records[0]["status"], "ok")
        self.assertEqual(sorted(r["status"] for r in records), ["ok", "ok", "timeout"])


class Lists(Batch):
    def test_names_come_from_a_list(self):
        names = self.make_many(4)
        text = "\n".join(names).encode()
        for data in (text, text + b"\n", text.replace(b"\n", b"\r\n"), b"\n\n" + text + b"\n\n"):
            with self.subTest(data=data):
                self.write("list", data)
                records = self.records("--files-from", "list")
                self.assertEqual([r["input"]["path"] for r in records], names)
        with open(self.path("list"), "rb") as f:
            records = self.records("--files-from", "-", stdin=f)
        self.assertEqual(len(records), 4)

    def test_list_from_windows(self):
        for text in (b"\xef\xbb\xbfgood.dmp\r\n\r\n", b"\xef\xbb\xbfgood.dmp"):
            self.write("list", text)
            self.assertEqual([r["input"]["path"] for r in
                              self.records("--files-from", "list")], ["good.dmp"])
        self.write("list", "good.dmp\r\n".encode("utf-16"))
        done = self.run_program(*NDJSON, "--files-from", "list")
        self.expect(done, INPUT, b"UTF-16")
        self.assertEqual(done.stdout, b"")

    def test_names_that_end_with_nul_may_hold_line_feeds(self):
        odd = "many/a\nb\r.dmp"
        self.make(odd)
        self.make("many/c.dmp")
        self.write("list", f"{odd}\0many/c.dmp\0".encode())
        records = self.records("-0", "--files-from", "list")
        self.assertEqual([r["input"]["path"] for r in records], [odd, "many/c.dmp"])

    def test_name_that_is_absent_has_its_record(self):
        self.write("list", b"good.dmp\nabsent.dmp\n")
        records = self.records("--files-from", "list", status=INPUT)
        self.assertEqual([r["status"] for r in records], ["ok", "unreadable"])

    def test_list_that_is_absent_is_an_input_error(self):
        self.expect(self.run_program("--files-from", "absent"), INPUT, b"absent: ")

    def test_list_and_arguments_go_together(self):
        self.make_many(2)
        self.write("list", b"good.dmp\n")
        self.assertEqual(len(self.records("--files-from", "list", "many")), 3)

    def test_names_that_arrive_slowly_are_answered_as_they_come(self):
        child = self.start("-q", *NDJSON, "--files-from", "/dev/fd/0", "-o", "out")
        self.assertEqual(child.wait(TIMEOUT), OK)
        program = subprocess.Popen([PROGRAM, "-q", *NDJSON, "--files-from", "-"],
                                   cwd=self.folder, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        self.make_many(40)
        wanted = [f"many/{n:03}.dmp" for n in range(40)]
        done, _ = program.communicate("\n".join(wanted).encode(), timeout=TIMEOUT)
        self.assertEqual([json.loads(x)["input"]["path"] for x in done.splitlines()], wanted)


class Shards(Batch):
    def shard(self, text, status=OK, **env):
        clean = {k: v for k, v in os.environ.items()
                 if not k.startswith(("SLURM_", "JOB_COMPLETION", "AWS_BATCH"))}
        done = subprocess.run([PROGRAM, *NDJSON, "--shard", text, "many"], cwd=self.folder,
                              env={**clean, **env}, timeout=TIMEOUT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout.splitlines()

    def setUp(self):
        super().setUp()
        self.make_many(24)
        self.all = sorted(self.run_program(*NDJSON, "many").stdout.splitlines())

    def assert_whole(self, shards):
        self.assertEqual(sorted(line for shard in shards for line in shard), self.all)
        self.assertGreater(sum(1 for shard in shards if shard), 1)

    def test_shards_are_disjoint_and_whole(self):
        self.assert_whole([self.shard(f"{i}/5") for i in range(1, 6)])
        self.assertEqual(self.shard("1/1"), self.shard("1/1"))

    def test_slurm_says_which(self):
        self.assert_whole([self.shard("auto", SLURM_ARRAY_TASK_ID=str(10 + 2 * i),
                                      SLURM_ARRAY_TASK_MIN="10", SLURM_ARRAY_TASK_STEP="2",
                                      SLURM_ARRAY_TASK_COUNT="3") for i in range(3)])

    def test_kubernetes_and_aws_say_which(self):
        for name in ("JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"):
            with self.subTest(name=name):
                self.assert_whole([self.shard("auto/3", **{name: str(i)}) for i in range(3)])
        self.assert_whole([self.shard("auto", AWS_BATCH_JOB_ARRAY_INDEX=str(i),
                                      AWS_BATCH_JOB_ARRAY_SIZE="3") for i in range(3)])

    def test_shard_that_is_not_told_is_refused(self):
        self.shard("auto", status=USAGE)
        self.shard("auto/3", status=USAGE)
        self.shard("auto", status=USAGE, JOB_COMPLETION_INDEX="0")
        self.shard("auto/3", status=USAGE, JOB_COMPLETION_INDEX="3")
        for text in ("0/3", "4/3", "1", "a/b", "1/0", "-1/2"):
            self.shard(text, status=USAGE)


class Resume(Batch):
    """A scan that ended somewhere goes on where it ended."""

    def setUp(self):
        super().setUp()
        self.names = self.make_many(40, word=SLOW)
        self.whole = self.run_program(*NDJSON, "-j8", "many").stdout

    def kill_at_half(self):
        child = self.start("-q", *NDJSON, "-j1", "-o", "out", "many")
        self.wait_for_lines("out.part", 15)
        child.kill()
        child.wait(TIMEOUT)
        self.assertFalse(os.path.exists(self.path("out")))
        return self.read("out.part")

    def test_names_that_are_alike_in_records_are_not_taken_for_one(self):
        with open(self.good, "rb") as f:
            data = f.read()
        for name in (b"many/x\xfe.dmp", b"many/x\xfe\xc4.dmp", b"many/x\xff.dmp",
                     b"many/x\xff\xd6.dmp"):
            with open(os.path.join(os.fsencode(self.folder), name), "wb") as f:
                f.write(data)
        self.whole = self.run_program(*NDJSON, "-j8", "many").stdout
        lines = self.whole.splitlines(keepends=True)
        self.assertEqual(len(lines), 44)
        for count in (41, 42, 43, 44):
            self.write("out.part", b"".join(lines[:count]))
            self.go_on()
            os.remove(self.path("out"))

    def test_second_run_into_the_same_file_is_refused(self):
        child = self.start("-q", *NDJSON, "-j1", "-o", "out", "many")
        self.wait_for_lines("out.part", 5)
        for resume in ((), ("--resume", "out")):
            done = self.run_program(*NDJSON, *resume, "-o", "out", "many/000.dmp")
            self.expect(done, OUTPUT, b"written by another run")
        self.assertEqual(self.finish(child), (OK, b""))
        self.assertEqual(self.read("out"), self.whole)

    def go_on(self):
        done = self.run_program(*NDJSON, "-j8", "--resume", "out", "-o", "out", "many")
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertFalse(os.path.exists(self.path("out.part")))
        self.assertEqual(self.read("out"), self.whole)
        return done.stderr

    def test_scan_that_was_killed_goes_on(self):
        part = self.kill_at_half()
        self.assertGreaterEqual(part.count(b"\n"), 15)
        err = self.go_on()
        self.assertIn(b"recorded before", err)

    def test_last_line_that_was_cut_is_made_again(self):
        part = self.kill_at_half()
        for cut in (1, 37, len(part.splitlines()[-1])):
            with self.subTest(cut=cut):
                self.write("out.part", part[:-cut])
                self.go_on()
                os.remove(self.path("out"))

    def test_last_line_that_looks_whole_without_its_end_is_made_again(self):
        lines = self.whole.splitlines(keepends=True)
        self.write("out.part", b"".join(lines[:10])[:-1])
        self.go_on()

    def test_result_that_is_whole_stays_as_it_is(self):
        self.write("out", self.whole)
        self.go_on()

    def test_first_run_may_resume(self):
        self.go_on()

    def test_name_that_is_no_utf8_is_found_again(self):
        self.make_many(2, "odd")
        name = os.path.join(os.fsencode(self.folder), b"odd", b"caf\xe9.dmp")
        shutil.copy(self.good, name)
        args = (*NDJSON, "-q", "--resume", "odd.out", "-o", "odd.out", "odd")
        for _ in range(2):
            self.expect(self.run_program(*args), OK)
        self.assertEqual(self.read("odd.out").count(b"\n"), 3)

    def test_other_file_gets_what_is_missing(self):
        lines = self.whole.splitlines(keepends=True)
        self.write("done.ndjson", b"".join(lines[5:20]) + lines[20][:30])
        done = self.run_program(*NDJSON, "-j8", "--resume", "done.ndjson", "many")
        self.assertEqual(done.stdout, b"".join(lines[:5] + lines[20:]))

    def test_file_that_holds_no_records_is_refused(self):
        self.write("notes", b"hello\nworld\n")
        self.expect(self.run_program(*NDJSON, "--resume", "notes", "many"), OUTPUT, b"notes")

    def test_interrupt_ends_cleanly_and_is_resumed(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                child = self.start(*NDJSON, "-j1", "-o", "out", "many")
                self.wait_for_lines("out.part", 5)
                child.send_signal(number)
                status, err = self.finish(child)
                self.assertEqual(status, 128 + number, err)
                self.assertIn(b"interrupted", err)
                part = self.read("out.part")
                self.assertTrue(part.endswith(b"\n"))
                self.assertTrue(self.whole.startswith(part[:100]))
                for line in part.splitlines():
                    json.loads(line)
                self.assertLess(part.count(b"\n"), 40)
                self.go_on()
                os.remove(self.path("out"))

    def test_interrupted_document_is_ended(self):
        with open(self.path("out"), "wb") as out:
            child = self.start("--format", "json", "-j1", "many", stdout=out)
            self.wait_until(lambda: self.read("out").count(b'"schema"') >= 3, "no records")
            child.send_signal(signal.SIGINT)
            status, _ = self.finish(child)
        self.assertEqual(status, 128 + signal.SIGINT)
        self.assertLess(len(json.loads(self.read("out"))), 40)


class Space(Batch):
    """Output that cannot be written."""

    def test_reader_that_goes_away_ends_a_scan_of_any_length(self):
        self.write("list", b"good.dmp\n" * 20000)
        for form in ("ndjson", "text", "json"):
            reading, writing = os.pipe()
            child = self.start("--format", form, "--files-from", "list", stdout=writing)
            os.close(writing)
            os.read(reading, 1000)
            os.close(reading)
            self.assertEqual(self.finish(child), (OK, b""))

    def check_goes_on(self, names, whole):
        self.assertFalse(os.path.exists(self.path("out")))
        part = self.read("out.part")
        self.assertTrue(whole.startswith(part))
        done = self.run_program(*NDJSON, "--resume", "out", "-o", "out", "many")
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertEqual(self.read("out"), whole)
        self.assertEqual(whole.count(b"\n"), len(names))

    def test_file_that_may_not_grow_is_an_output_error(self):
        names = self.make_many(30)
        whole = self.run_program(*NDJSON, "many").stdout
        size = len(whole) // 2

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        done = self.run_program(*NDJSON, "-o", "out", "many", preexec_fn=limit)
        self.expect(done, OUTPUT, b"out: cannot write")
        self.check_goes_on(names, whole)

    def test_disk_that_is_full_is_an_output_error(self):
        names = self.make_many(30)
        whole = self.run_program(*NDJSON, "many").stdout
        small = self.path("small")
        os.mkdir(small)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small],
                                 stderr=subprocess.DEVNULL, check=False)
        if mounted.returncode != 0:
            self.skipTest("a small disk cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", small], check=False)
        done = self.run_program(*NDJSON, "-o", "small/out", "many")
        self.expect(done, OUTPUT, b"small/out: cannot write")
        self.assertFalse(os.path.exists(self.path("small/out")))
        shutil.move(self.path("small/out.part"), self.path("out.part"))
        self.check_goes_on(names, whole)

    def test_full_device_is_an_output_error_in_every_format(self):
        self.make_many(3)
        for form in ("ndjson", "json", "csv", "html", "summary", "text", "es-bulk"):
            with self.subTest(form=form), open("/dev/full", "wb") as full:
                done = self.run_program("--format", form, "many", stdout=full)
                self.expect(done, OUTPUT, b"bugtriage: ")

    def test_reader_that_has_seen_enough_ends_the_scan_quietly(self):
        self.make_many(60, word=SLOW)
        child = self.start("-q", *NDJSON, "-j2", "many", stdout=subprocess.PIPE)
        first = child.stdout.readline()
        child.stdout.close()
        self.assertEqual(json.loads(first)["input"]["path"], "many/000.dmp")
        started = time.monotonic()
        status, err = self.finish(child)
        self.assertEqual((status, err), (OK, b""))
        self.assertLess(time.monotonic() - started, TIMEOUT / 2)

    def test_input_is_never_the_output(self):
        self.make_many(2)
        with open(self.good, "rb") as f:
            before = f.read()
        for args in (("-o", "good.dmp", "good.dmp"), ("-o", "many/000.dmp", "many"),
                     ("-o", "good.dmp", "many")):
            self.expect(self.run_program(*NDJSON, *args), USAGE, b"name another file")
        self.assertEqual(self.read("good.dmp"), before)
        self.assertEqual(self.read("many/000.dmp"), before)
        self.expect(self.run_program("-q", *NDJSON, "-o", "out", "many"), OK)
        records = self.read("out")
        self.expect(self.run_program("group", "-o", "out", "out"), USAGE, b"out is an input")
        self.assertEqual(self.read("out"), records)

    def test_old_result_stays_until_the_new_one_is_whole(self):
        self.make_many(40, word=SLOW)
        self.write("out", b"old")
        child = self.start("-q", *NDJSON, "-j1", "-o", "out", "many")
        self.wait_for_lines("out.part", 3)
        self.assertEqual(self.read("out"), b"old")
        child.kill()
        child.wait(TIMEOUT)
        self.assertEqual(self.read("out"), b"old")

    def test_compressed_output_holds_the_same(self):
        self.make_many(20)
        plain = self.run_program(*NDJSON, "many").stdout
        self.expect(self.run_program("-q", *NDJSON, "-o", "out.ndjson.gz", "many"), OK)
        self.assertEqual(gzip.decompress(self.read("out.ndjson.gz")), plain)
        self.assertLess(len(self.read("out.ndjson.gz")), len(plain) // 5)
        grouped = self.run_program("group", "--format", "json", "out.ndjson.gz").stdout
        self.assertEqual(sum(g["dumps"] for g in json.loads(grouped)["groups"]), 20)


class Shares(Batch):
    """What lies in a share beside dumps, and what happens to it meanwhile."""

    def test_file_that_is_removed_meanwhile_has_its_record(self):
        names = self.make_many(40, word=SLOW)
        child = self.start("-q", *NDJSON, "-j1", "-o", "out", "many")
        self.wait_for_lines("out.part", 1)
        for name in reversed(names[20:]):
            os.remove(self.path(name))
        status, err = self.finish(child)
        self.assertEqual(status, INPUT, err)
        found = self.statuses(json.loads(line) for line in self.read("out").splitlines())
        self.assertEqual(list(found), names)
        self.assertEqual({found[name] for name in names[30:]}, {"unreadable"})

    def test_file_that_becomes_something_else_meanwhile_is_refused(self):
        names = self.make_many(40, word=SLOW)
        child = self.start("-q", *NDJSON, "-j1", "-o", "out", "many")
        self.wait_for_lines("out.part", 1)
        for name in names[30:]:
            os.remove(self.path(name))
        for name in names[30:39]:
            os.mkfifo(self.path(name))
        os.mkdir(self.path(names[39]))
        status, err = self.finish(child)
        self.assertEqual(status, INPUT, err)
        records = [json.loads(line) for line in self.read("out").splitlines()]
        self.assertEqual([r["input"]["path"] for r in records], names)
        self.assertIn("FIFO", records[38]["problem"]["message"])
        self.assertIn("directory", records[39]["problem"]["message"])

    def test_folder_that_is_removed_meanwhile_is_told(self):
        self.make_many(30, folder="tree/a", word=SLOW)
        self.make_many(3, folder="tree/b")
        child = self.start(*NDJSON, "-j1", "-o", "out", "tree")
        self.wait_for_lines("out.part", 1)
        shutil.rmtree(self.path("tree/b"))
        status, err = self.finish(child)
        self.assertEqual(status, INPUT, err)
        self.assertIn(b"tree/b: ", err)
        records = [json.loads(line) for line in self.read("out").splitlines()]
        self.assertEqual(len(records), 31)
        self.assertEqual(records[30]["input"]["path"], "tree/b")
        self.assertEqual(records[30]["problem"]["code"], "io")

    def test_dump_that_is_cut_meanwhile_is_damaged_and_no_signal(self):
        names = self.make_many(20, word=SLOW)
        child = self.start("-q", *NDJSON, "-j1", "-o", "out", "many")
        self.wait_for_lines("out.part", 1)
        for name in names[10:]:
            os.truncate(self.path(name), 9000)
        self.finish(child)
        found = self.statuses(json.loads(line) for line in self.read("out").splitlines())
        self.assertEqual(list(found), names)
        self.assertLessEqual(set(found.values()), {"ok", "partial"})

    def test_special_files_in_a_folder_are_passed_over(self):
        self.make("tree/one.dmp")
        os.mkfifo(self.path("tree/fifo.dmp"))
        with socket.socket(socket.AF_UNIX) as s:
            here = os.getcwd()
            os.chdir(self.path("tree"))
            try:
                s.bind("socket.dmp")
            finally:
                os.chdir(here)
        try:
            os.mknod(self.path("tree/device.dmp"), 0o20600, os.makedev(1, 5))
        except PermissionError:
            pass
        os.symlink("/dev/zero", self.path("tree/zero.dmp"))
        os.symlink("absent", self.path("tree/dangling.dmp"))
        os.symlink("one.dmp", self.path("tree/link.dmp"))
        os.symlink("..", self.path("tree/up"))
        done = self.run_program(*NDJSON, "tree")
        self.expect(done, OK, b"; 2 links to directories or to nothing not followed")
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([r["input"]["path"] for r in records],
                         ["tree/link.dmp", "tree/one.dmp"])

    def test_link_out_of_the_folder_is_told_and_followed_without_the_sandbox(self):
        self.make("outside/secret.dmp")
        self.make("tree/one.dmp")
        os.symlink("../outside/secret.dmp", self.path("tree/two.dmp"))
        done = self.run_program(*NDJSON, "tree")
        self.assertEqual(done.stdout.count(b"\n"), 1)
        self.assertIn(b"1 link out of its directory not followed", done.stderr)
        self.assertEqual(len(self.records("--no-sandbox", "tree")), 2)

    @staticmethod
    def obey_permissions():
        """What root may do beyond them is given up, for the program that is started."""
        drop, override, search = 24, 1, 2  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, ..._READ_SEARCH
        for capability in (override, search):
            ctypes.CDLL(None).prctl(drop, capability, 0, 0, 0)

    def run_obeying(self, *args):
        if os.geteuid() != 0:
            return self.run_program(*args)
        if not sys.platform.startswith("linux"):
            self.skipTest("root may read everything")
        return self.run_program(*args, preexec_fn=self.obey_permissions)

    def test_folders_that_may_not_be_read_have_a_record_and_the_others_go_on(self):
        self.make("tree/a/one.dmp")
        self.make("tree/b/two.dmp")
        self.make("tree/c/three.dmp")
        self.make("tree/c/sub/four.dmp")
        for name, mode in (("tree/a", 0), ("tree/c", 0o400)):  # 0400: listed, not entered
            os.chmod(self.path(name), mode)
            self.addCleanup(os.chmod, self.path(name), 0o700)
        done = self.run_obeying(*NDJSON, "tree")
        self.expect(done, INPUT, b"bugtriage: 4 dumps, 3 could not be read\n")
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([(r["input"]["path"], r["status"]) for r in records],
                         [("tree/a", "unreadable"), ("tree/b/two.dmp", "ok"),
                          ("tree/c/sub", "unreadable"), ("tree/c/three.dmp", "unreadable")])
        for record in records:
            if record["status"] != "ok":
                self.assertEqual(record["problem"]["code"], "io")
                self.assertIn("Permission denied", record["problem"]["message"])
        done = self.run_obeying(*NDJSON, "tree/a")
        self.expect(done, INPUT, b"tree/a: ")
        self.assertEqual(json.loads(done.stdout)["input"]["path"], "tree/a")

    def test_same_dump_under_two_names_is_two_records_with_one_hash(self):
        self.make("tree/a.dmp")
        self.make("tree/b.dmp")
        records = self.records("--hash", "tree")
        self.assertEqual(len({r["input"]["sha256"] for r in records}), 1)
        bulk = self.run_program("-q", "--format", "es-bulk", "tree").stdout.splitlines()
        ids = [json.loads(line)["create" if b"create" in line else "index"]["_id"]
               for line in bulk[::2]]
        self.assertEqual(len(ids), 2)
        self.assertEqual(len(set(ids)), 1)


class Groups(Batch):
    """bugtriage group: sums over many runs."""

    def setUp(self):
        super().setUp()
        for n in range(3):
            self.make(f"fleet/pc-{n}/a.dmp")
        golden = os.path.relpath(GOLDEN, self.folder)
        for n, case in enumerate(("layout-w81-x64", "layout-w10-x64")):
            script = self.write("made.mk", f"include {golden}/{case}/in.mk\n".encode())
            subprocess.run([MKDUMP, script, self.path(f"fleet/pc-{n}/b.dmp")], check=True)
        self.expect(self.run_program("-q", *NDJSON, "-o", "all", "fleet"), OK)
        self.lines = self.read("all").splitlines(keepends=True)

    def group(self, *args, status=OK):
        done = self.run_program("group", "-q", "--format", "json", *args)
        self.assertEqual(done.returncode, status, done.stderr)
        return json.loads(done.stdout)

    @staticmethod
    def counts(groups):
        return {g["group"]: g["dumps"] for g in groups["groups"]}

    def test_shards_add_up_to_the_whole(self):
        whole = self.group("all")
        self.assertEqual(sorted(self.counts(whole).values()), [1, 1, 3])
        self.write("one", b"".join(self.lines[::2]))
        self.write("two", b"".join(self.lines[1::2]))
        with open(self.path("two.gz"), "wb") as f:
            f.write(gzip.compress(self.read("two")))
        for files in (("one", "two"), ("two", "one"), ("one", "two.gz")):
            self.assertEqual(self.counts(self.group(*files)), self.counts(whole))

    def test_problem_tells_when_where_and_what_helps(self):
        first = self.group("--machine-folder", "1", "all")["groups"][0]
        self.assertEqual((first["culprit"], first["dumps"], first["machines"]),
                         ("mountmgr.sys", 3, 3))
        self.assertLessEqual(first["first"], first["last"])
        self.assertIn("KB977153", [a["article"] for a in first["articles"]])

    def test_problem_that_is_not_in_the_baseline_is_new(self):
        old = [line for line in self.lines if b"mountmgr" in line]
        self.write("records", b"".join(old))
        for form in ("json", "ndjson"):
            self.expect(self.run_program("group", "-q", "--format", form, "-o", form, "records"),
                        OK)
        for baseline in ("records", "json", "ndjson"):
            with self.subTest(baseline=baseline):
                found = self.group("--baseline", baseline, "all")
                self.assertEqual(found["baseline"], {"new": 2, "gone": 0})
                self.assertEqual([g["new"] for g in found["groups"]], [False, True, True])
        gone = self.group("--baseline", "all", "records")
        self.assertEqual(gone["baseline"], {"new": 0, "gone": 2})
        text = self.run_program("group", "-q", "--baseline", "records", "all").stdout.decode()
        self.assertIn("2 problems new since the baseline", text)
        self.assertEqual(text.count("  NEW"), 2)

    def test_baseline_that_is_none_is_refused(self):
        self.write("notes", b"hello\nworld\n")
        other = self.read("all").replace(b"bugtriage.record/1", b"bugtriage.record/2")
        self.write("other", other)
        for name, why in (("notes", b"holds neither"), ("other", b"record/2"),
                          ("absent", b"cannot be opened")):
            with self.subTest(name=name):
                done = self.run_program("group", "--baseline", name, "all")
                self.expect(done, INPUT, name.encode() + b": ")
                self.assertIn(why, done.stderr)
                self.assertEqual(done.stdout, b"")

    def test_since_leaves_out_what_is_older(self):
        times = sorted(json.loads(line)["crash"]["time"] for line in self.lines)
        found = self.group("--since", times[-1][:10], "all")
        self.assertEqual(found["totals"]["crashes"],
                         sum(t[:10] >= times[-1][:10] for t in times))
        self.assertEqual(found["totals"]["before_since"],
                         sum(t[:10] < times[-1][:10] for t in times))
        self.assertEqual(self.group("--since", "1d", "all")["totals"]["crashes"], 0)
        self.expect(self.run_program("group", "--since", "yesterday", "all"), USAGE, b"yesterday")

    def test_top_cuts_the_lists_and_not_the_sums(self):
        found = self.group("--top", "1", "all")
        self.assertEqual((len(found["groups"]), found["totals"]["problems"]), (1, 3))

    def test_mixed_majors_are_refused_and_nothing_is_shown(self):
        self.write("next", self.lines[0].replace(b"bugtriage.record/1", b"bugtriage.record/2"))
        for files in (("all", "next"), ("next", "all"), ("next",)):
            done = self.run_program("group", *files)
            self.expect(done, INPUT, b"schema")
            self.assertEqual(done.stdout, b"")

    def test_mixed_knowledge_is_told(self):
        record = json.loads(self.lines[0])
        record["tool"]["kb"]["version"] = "another"
        self.write("mixed", self.read("all") + json.dumps(record).encode() + b"\n")
        done = self.run_program("group", "mixed")
        self.expect(done, OK, b"2 versions of the knowledge")
        self.assertEqual(len(self.group("mixed")["knowledge"]), 2)

    def test_file_without_records_is_told_and_the_others_count(self):
        self.write("notes", b"hello\nworld\n")
        done = self.run_program("group", "notes", "all")
        self.expect(done, INPUT, b"notes: holds no records")
        self.assertIn(b"5 dumps", done.stdout)
        self.write("cut", self.read("all")[:-20])
        done = self.run_program("group", "cut")
        self.expect(done, INPUT, b"cut: the last record is cut off")
        self.assertIn(b"4 dumps", done.stdout)
        self.write("empty", b"")
        self.expect(self.run_program("group", "-q", "empty"), OK)


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False, verbosity=1).result.wasSuccessful() else 1)
