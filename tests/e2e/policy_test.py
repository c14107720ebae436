#!/usr/bin/python3
"""Policies, end to end: what holds for one asset, what a file would change, and files that change while `plimsoll serve` runs.

Needs root and Docker (script/bootstrap demo). What it makes carries the prefix below; no container runs anything but a pause.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import serve_test
from serve_test import PLIMSOLL, Service, run, until

PREFIX = "plimsoll-policy-"
IMAGE = PREFIX + "image:1"
WEB, DB = PREFIX + "web", PREFIX + "db"
HEAD = "schema: plimsoll.policy/1\n"
PROD = HEAD + f"""scoped:
  - scope: {{label: {PREFIX}env=prod}}
    additions: {{by_label: [{{name: in production, label: {PREFIX}env, points: 40}}]}}
    levels: {{low: 5}}
  - scope: {{kind: container, name: {WEB}}}
    levels: {{low: 6}}
exceptions:
  - {{id: ended, threat: CVE-1, owner: anna, reason: once, expires: 2020-01-01}}
"""


def plimsoll(*arguments, code=0):
    done = subprocess.run([PLIMSOLL, *arguments], capture_output=True, text=True, timeout=300)
    if done.returncode != code:
        raise AssertionError(f"{arguments} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def write(place, name, text):
    """As an editor does: beside it, then renamed."""
    path = pathlib.Path(place, name)
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").rename(path)
    return str(path)


def setUpModule():
    serve_test.IMAGE = IMAGE
    serve_test.make_image()
    for name, label in ((WEB, "prod"), (DB, "test")):
        run("docker", "rm", "-f", name, check=False)
        run("docker", "run", "-d", "--network", "none", "--name", name, "--label", f"{PREFIX}env={label}", IMAGE)


def tearDownModule():
    for name in (WEB, DB):
        run("docker", "rm", "-f", name, check=False)
    run("docker", "rmi", "-f", IMAGE, check=False)


class Place(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp(prefix=PREFIX)
        os.chmod(self.place, 0o755)
        self.addCleanup(shutil.rmtree, self.place, True)
        self.policies = self.place + "/policies"
        os.mkdir(self.policies)


class Commands(Place):
    def test_explain_tells_value_place_and_scope(self):
        path = write(self.place, "mine.yaml", PROD)
        told = json.loads(plimsoll("policy", "explain", WEB, "--policy", path, "--format", "json").stdout)
        settings = {one["path"]: one for one in told["settings"]}
        self.assertEqual(set(settings), {"additions.by_label", "levels.low"})
        self.assertEqual((settings["levels.low"]["value"], settings["levels.low"]["line"]), ("6", 7))
        self.assertEqual(settings["levels.low"]["scope"], f"kind container, name {WEB}")
        self.assertEqual(settings["additions.by_label"]["file"], path)
        self.assertEqual([one["line"] for one in told["scopes"]], [6, 3])
        self.assertFalse(told["exceptions"][0]["applied"])
        table = plimsoll("policy", "explain", WEB, "--policy", path).stdout
        self.assertIn(f"{path}:7, for kind container, name {WEB}", table)
        self.assertIn("NOT APPLIED, ended 2020-01-01", table)
        self.assertEqual(json.loads(plimsoll("policy", "explain", DB, "--policy", path, "--format", "json").stdout)["settings"], [])
        self.assertIn("no asset is called", plimsoll("policy", "explain", "nobody", "--policy", path, code=3).stderr)

    def test_check_tells_what_is_wrong_and_what_ended(self):
        told = plimsoll("policy", "check", write(self.place, "mine.yaml", PROD))
        self.assertIn("1 file, no fault", told.stdout)
        self.assertRegex(told.stderr, r"mine\.yaml:9: the exception of CVE-1 ended at 2020-01-01T23:59:59Z and is not applied")
        wrong = PROD + "benchmark: {count: [cis-dokcer]}\n"
        self.assertRegex(plimsoll("policy", "check", write(self.place, "mine.yaml", wrong), code=3).stderr,
                         r'mine\.yaml:10: benchmark\.count: there is no benchmark "cis-dokcer"; did you mean "cis-docker"\?')
        wrong = PROD.replace("levels: {low: 6}", "edges: {connections_seen: 1}")
        self.assertRegex(plimsoll("policy", "check", write(self.place, "mine.yaml", wrong), code=3).stderr,
                         r"mine\.yaml:7:5: edges holds for all assets")

    def test_a_file_is_tried_against_a_recording_and_a_report(self):
        recording, report = self.place + "/recording", self.place + "/report.json"
        subprocess.run([PLIMSOLL, "scan", "--observe", "0", "--record", recording, "--format", "json", "-o", report, "-q"],
                       capture_output=True, timeout=300)
        assets = {one["name"]: one for one in json.loads(pathlib.Path(report).read_text())["assets"]}
        flaw = next(one["id"] for one in assets[DB]["threats"] if one["kind"] == "benchmark")
        path = write(self.place, "mine.yaml", PROD +
                     f"  - {{threat: {flaw}, scope: {{name: {DB}}}, owner: anna, reason: isolated, expires: 2099-01-01}}\n")
        none = write(self.place, "none.yaml", HEAD)
        told = {}
        for against in (recording, report):
            out = plimsoll("policy", "test", path, "--against", against, "--policy", none).stdout
            self.assertRegex(out, WEB + r"\s+\d+ ->")
            self.assertIn(f"+ excepted: {flaw} of {DB} (anna: isolated)", out)
            self.assertIn("1 threats are excepted, 1 otherwise than before", out)
            told[against] = [line for line in out.splitlines() if "->" in line or "change" in line or "excepted" in line]
            self.assertIn(f"0 of {len(assets)} scores change", plimsoll("policy", "test", none, "--against", against, "--policy", none).stdout)
        self.assertEqual(told[recording], told[report])
        told = plimsoll("policy", "explain", WEB, "--policy", path, "--against", report).stdout
        self.assertIn("levels.low = 6", told)
        self.assertIn("no JSON object", plimsoll("policy", "test", path, "--against", none, code=3).stderr)


class Serving(Place):
    def setUp(self):
        super().setUp()
        self.service = Service("--policy", self.policies)
        self.addCleanup(self.service.end)
        self.service.set_up()
        self.rows = until("both are scored", lambda: (lambda rows: rows if WEB in rows and DB in rows else None)(self.service.assets()))

    def get(self, path):
        status, body, _ = self.service.call("GET", "/api/v1/" + path)
        self.assertEqual(status, 200, body)
        return body

    def score(self, name):
        return self.service.assets()[name]["score"]

    def events(self, kind):
        return self.get("events?limit=100&kind=" + kind)["items"]

    def test_changed_files_come_into_force(self):
        web, db = self.rows[WEB]["score"], self.rows[DB]["score"]
        scans = self.get("status")["scan"]["scans"]
        write(self.policies, "10-prod.yaml", PROD)
        until("the addition counts", lambda: self.score(WEB) > web)
        self.assertEqual(self.score(DB), db)
        self.assertLessEqual(self.get("status")["scan"]["scans"], scans + 1, "judging anew is no scan")
        self.assertEqual(len(self.events("policy.changed")), 1)
        until("what ended is told", lambda: self.events("exception.expired"))

        # Broken: the one before stays, and it is told with its line.
        raised = self.score(WEB)
        write(self.policies, "10-prod.yaml", PROD + "levles: {}\n")
        fault = until("the fault is told", lambda: self.get("status")["policy"]["fault"])
        self.assertRegex(fault, r'10-prod\.yaml:10:1: unknown key "levles" in a policy; did you mean "levels"\?')
        self.assertIn("levles", json.dumps(until("it is journalled", lambda: self.events("policy.refused"))))
        self.assertEqual(self.score(WEB), raised)
        self.assertEqual(self.get("status")["policy"]["changes"], 1)

        # Mended by taking it away: everything is as it was.
        os.unlink(self.policies + "/10-prod.yaml")
        until("the fault is over", lambda: not self.get("status")["policy"]["fault"])
        until("it counts no more", lambda: self.score(WEB) == web)
        self.assertEqual(len(self.events("policy.changed")), 2)

    def test_a_file_is_tried_against_what_the_service_knows(self):
        path, none = write(self.place, "mine.yaml", PROD), write(self.place, "none.yaml", HEAD)
        journal = self.service.scratch + "/state/journal.db"
        out = plimsoll("policy", "test", path, "--against", "LAST", "--journal", journal, "--policy", none).stdout
        self.assertRegex(out, WEB + r"\s+\d+ ->")
        self.assertNotRegex(out, DB + r"\s+\d+ ->")
        out = plimsoll("policy", "explain", WEB, "--policy", path, "--against", "LAST", "--journal", journal).stdout
        self.assertIn("levels.low = 6", out)
        self.assertIn("no-journal.db", plimsoll("policy", "test", path, "--journal", self.place + "/no-journal.db", code=3).stderr)

    def test_the_schedule_of_the_policy_holds(self):
        """By itself trees are read again each hour, and nobody asks here. What npm installs tells nobody."""
        packages = "assets/" + urllib.parse.quote(self.rows[DB]["id"], safe="") + "/packages"
        looked = self.rows[DB]["scanned_at"]
        module = pathlib.Path(self.place, "node_modules", "harbour-lamp")
        module.mkdir(parents=True)
        (module / "package.json").write_text(json.dumps({"name": "harbour-lamp", "version": "1.2.3"}))
        run("docker", "cp", str(module.parent), DB + ":/")
        write(self.policies, "30-schedule.yaml", HEAD + "schedule: {everything: 10s, facts: 5s}\n")
        until("its tree is read again", lambda: "harbour-lamp" in json.dumps(self.get(packages)), 120)
        seen = self.service.assets()[DB]["scanned_at"]
        self.assertNotEqual(seen, looked)
        until("one that is as it was was looked at all the same", lambda: self.service.assets()[DB]["scanned_at"] != seen, 120)

    def test_response_rules_are_replaced_on_both_sides(self):
        rule = HEAD + f"""responses:
  rules:
    - {{id: mark-it, when: {{asset: {{name: {WEB}}}, score: 0}}, do: [mark], mode: enforce, cooldown: 0}}
"""
        write(self.policies, "20-rules.yaml", rule)
        until("it is carried out", lambda: [one for one in self.get("responses")["items"]
                                            if one["rule"] == "mark-it" and one["phase"] == "verified"])
        rules = lambda: {one["id"]: one["mode"] for one in self.get("response-rules")["items"]}
        self.assertEqual(rules()["mark-it"], "enforce")
        write(self.policies, "20-rules.yaml", rule.replace("mode: enforce", "mode: observe"))
        until("it only observes", lambda: rules()["mark-it"] == "observe")
        os.unlink(self.policies + "/20-rules.yaml")
        until("it is gone", lambda: "mark-it" not in rules())


if __name__ == "__main__":
    unittest.main(verbosity=2)
