#!/usr/bin/python3
"""plimsoll log, from outside: what it shows and exports, and that verify finds what is done to the file.

Usage: log_test.py PLIMSOLL MAKE_JOURNAL. The hashes are made again here, by the words of src/journal/chain.h alone.
"""
import hashlib
import json
import os
import pathlib
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

PLIMSOLL, MAKE_JOURNAL = sys.argv[1:3]
ENTRIES = 1204


def text(value):
    raw = value.encode()
    return struct.pack("<I", len(raw)) + raw


def entry_hash(entry, at, previous):
    body = entry["body_text"]
    return hashlib.sha256(b"plimsoll.event/1\n" + struct.pack("<Qq", entry["sequence"], at) + text(entry["kind"])
                          + text(entry["actor"]) + text(entry["subject"]) + text(body) + previous).digest()


class Log(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.file = os.path.join(self.directory.name, "journal.db")
        subprocess.run([MAKE_JOURNAL, self.file], check=True, timeout=60)

    def log(self, *arguments, code=0, file=None):
        done = subprocess.run([PLIMSOLL, "log", *arguments, "--journal", file or self.file], capture_output=True, text=True,
                              timeout=60, env={**os.environ, "TZ": "UTC"})
        self.assertEqual(done.returncode, code, done.stdout[-2000:] + done.stderr[-2000:])
        return done.stdout if code in (0, 1) else done.stderr

    def change(self, sql):
        with sqlite3.connect(self.file) as db:
            db.executescript(sql)
        db.close()

    def test_the_latest_entries_are_shown_oldest_first(self):
        rows = self.log("show", "--limit", "3").splitlines()
        self.assertEqual([row.split()[1] for row in rows], ["1202", "1203", "1204"])
        self.assertEqual(len(self.log("show").splitlines()), 100)
        self.assertEqual(len(self.log("show", "--limit", "1150").splitlines()), 1150)

    def test_filters(self):
        def kinds(*arguments):
            return [json.loads(line)["kind"] for line in self.log("show", "--format", "json", *arguments).splitlines()]
        self.assertEqual(kinds("--kind", "auth."), ["auth.sign-in", "auth.sign-out"])
        self.assertEqual(kinds("--asset", "docker:web"), ["asset.appeared", "score.changed"])
        self.assertEqual(kinds("--actor", "user:anna", "--since", "2023-11-14T22:13:21Z"), ["auth.sign-out"])
        self.assertEqual(kinds("--until", "2023-11-14T22:13:21Z"), ["auth.sign-in"])
        self.assertEqual(kinds("--since", "1h"), [])
        self.assertIn("is no time", self.log("show", "--since", "yesterday", code=2))
        self.assertIn("formats", self.log("show", "--format", "xml", code=2))

    def test_nothing_foreign_reaches_the_terminal(self):
        self.assertNotIn("\x1b", self.log("show", "--asset", "docker:web"))

    def test_the_chain_can_be_checked_by_others(self):
        previous = bytes(32)
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as db:
            bodies = dict(db.execute("SELECT sequence, body FROM events"))
            times = dict(db.execute("SELECT sequence, at FROM events"))
        db.close()
        lines = self.log("export").splitlines()
        self.assertEqual(len(lines), ENTRIES)
        for line in lines:
            entry = json.loads(line)
            entry["body_text"] = bodies[entry["sequence"]]
            self.assertEqual(entry["body"], json.loads(entry["body_text"]))
            self.assertEqual(entry["previous_hash"], previous.hex())
            previous = entry_hash(entry, times[entry["sequence"]], previous)
            self.assertEqual(entry["hash"], previous.hex())
        self.assertIn(f"head: {ENTRIES}:{previous.hex()}", self.log("verify"))

    def test_every_format_exports_every_entry_on_a_line(self):
        for form, start in (("json", '{"sequence"'), ("syslog", "<1"), ("ocsf", '{"class_uid"'), ("cef", "CEF:0|")):
            lines = self.log("export", "--format", form).splitlines()
            self.assertEqual(len(lines), ENTRIES, form)
            self.assertTrue(all(line.startswith(start) for line in lines), form)
        self.assertIn("formats", self.log("export", "--format", "table", code=2))

    def test_what_is_done_to_the_file_is_found(self):
        whole = self.log("verify")
        head = whole.split("head: ")[1].strip()
        self.assertTrue(whole.startswith(f"whole: entries 1 to {ENTRIES}"), whole)
        self.log("verify", "--expect", head)
        self.log("verify", "--expect", "7:" + "0" * 64, code=1)
        self.log("verify", "--expect", "rubbish", code=2)
        copy = pathlib.Path(self.file).read_bytes()
        for sql, words in (
                ("UPDATE events SET actor = 'user:eve' WHERE sequence = 1", "entry 1 was changed"),
                ("DELETE FROM events WHERE sequence = 3", "entry 3 missing"),
                ("INSERT INTO events SELECT 1205, at, kind, actor, subject, body, hash, hash FROM events WHERE sequence = 1204",
                 "entry 1205 behind the signed head: added"),
                ("UPDATE events SET sequence = -1 WHERE sequence = 2; UPDATE events SET sequence = 2 WHERE sequence = 3; "
                 "UPDATE events SET sequence = 3 WHERE sequence = -1", "entry 2 does not follow the one before it"),
                ("DELETE FROM events WHERE sequence > 1190", "the end was cut off: entries 1191 to 1204 missing")):
            self.change(sql)
            found = self.log("verify", code=1)
            self.assertIn(words, found)
            self.assertIn("not whole", found)
            for suffix in ("-wal", "-shm"):
                pathlib.Path(self.file + suffix).unlink(missing_ok=True)
            pathlib.Path(self.file).write_bytes(copy)
        self.log("verify")

    def test_no_journal_and_no_key(self):
        self.assertIn("there is no journal", self.log("show", code=3, file=self.file + ".none"))
        pathlib.Path(self.file + ".key").unlink()
        self.log("show")
        self.assertIn("key", self.log("verify", code=3))


unittest.main(argv=sys.argv[:1])
