#!/usr/bin/python3
"""plimsoll benchmark end to end: a user's own rules and control map over recorded settings, in every format."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import xml.etree.ElementTree

import jsonschema

import sarif_check

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
os.environ.setdefault("PLIMSOLL_OBSERVE", "0")  # what the network shows has tests of its own

RULES = """
schema: plimsoll.rules/1
section: House rules
subject: host
rules:
  - id: house.motd
    title: The greeting names the owner
    why: Whoever logs in must know whom to ask.
    severity: high
    remedy: Write the owner into /etc/motd.
    references: [https://example.test/motd]
    pass: {fact: motd.text, contains: owner}
  - id: house.shell
    title: Only known shells
    why: An unknown shell is somebody's door.
    severity: low
    remedy: Remove the shell.
    pass: {each: users, all: {any: [{fact: shell, in: [/bin/bash, /bin/false]}, {fact: key, equals: root}]}}
  - id: house.hidden
    title: Hidden
    why: W
    severity: critical
    remedy: R
    pass: {fact: hidden, equals: 1}
  - {id: house.person, title: Somebody has looked, manual: Ask around.}
"""
CONTAINER_RULES = """
schema: plimsoll.rules/1
section: House containers
subject: container
rules:
  - id: house.container.limit
    title: Memory is limited
    why: One must not starve the others.
    severity: medium
    remedy: Give it --memory.
    applies: {fact: "host:motd", exists: true}
    pass: {fact: limit, greater_than: 0}
"""
MAP = """
schema: plimsoll.map/1
benchmark: House Book
edition: "%s"
sections: {"1": Host, "2": Containers}
controls:
  - {id: "1.1", level: "1", scored: true, rules: [house.motd]}
  - {id: "1.2", rules: [house.shell], title: Shells}
  - {id: "1.3", rules: [], why_none: A matter of taste.}
  - {id: "2.1", rules: [house.container.limit]}
"""


def text(value):
    return {"kind": "text", "text": value, "source": "/etc/motd"}


def integer(value):
    return {"kind": "integer", "integer": value}


def tree(**members):
    return {"kind": "map", "members": members}


def recording(motd="hello", limit=0):
    host = tree(motd=tree(text=text(motd)), hidden={"kind": "unknown", "text": "permission denied"},
                users=tree(root=tree(shell=text("/bin/zsh")), bob=tree(shell=text("/bin/false"))))
    return {
        "schema": "plimsoll.recording/1",
        "generated_at": "2026-11-24T08:00:00Z",
        "tool_version": "0.1.0",
        "assets": [
            {"asset": {"id": "host:1", "kind": "host", "name": "box", "node": "box", "status": "running"},
             "host": {"hostname": "box"}, "settings": tree(host=host), "scanned_at": "2026-11-24T08:00:00Z"},
        ] + [
            {"asset": {"id": f"docker:{name}", "kind": "container", "name": name, "node": "box", "status": "running"},
             "container": {"id": name, "name": name, "runtime": "docker"},
             "settings": tree(container=tree(limit=integer(limit))), "scanned_at": "2026-11-24T08:00:00Z"}
            for name in ("web", "db")
        ],
    }


class Benchmark(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="plimsoll-benchmark-")
        self.addCleanup(scratch.cleanup)
        self.dir = pathlib.Path(scratch.name)
        self.rules = self.dir / "rules"
        (self.rules / "below").mkdir(parents=True)
        (self.rules / "host.yaml").write_text(RULES)
        (self.rules / "below" / "container.yaml").write_text(CONTAINER_RULES)
        (self.rules / "book1.yaml").write_text(MAP % "1.9")
        (self.rules / "book2.yaml").write_text(MAP % "1.10")
        self.record()

    def record(self, **settings):
        (self.dir / "rec").mkdir(exist_ok=True)
        (self.dir / "rec" / "facts.json").write_text(json.dumps(recording(**settings)))

    def run_it(self, *arguments, command="benchmark", code=0, own=True):
        target = ["--target", f"replay:{self.dir}/rec"] if command in ("benchmark", "explain") else [
            f"replay:{self.dir}/rec"]
        listing = "--list" in arguments or "--explain" in arguments
        done = subprocess.run([PLIMSOLL, command, *arguments, *([] if listing else target),
                               *(["--rules", str(self.rules)] if own else [])],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done

    def rows(self, *arguments, code=3):
        report = json.loads(self.run_it("--format", "json", *arguments, code=code).stdout)
        return {(row["rule"], row["subject"]): row for asset in report["assets"] for row in asset.get("checks", [])}

    def test_own_rules_are_checked(self):
        rows = self.rows("house")
        self.assertEqual({key: row["outcome"] for key, row in rows.items()}, {
            ("house.motd", "host"): "fail", ("house.shell", "host"): "pass", ("house.hidden", "host"): "unknown",
            ("house.person", "host"): "manual", ("house.container.limit", "web"): "fail",
            ("house.container.limit", "db"): "fail"})
        self.assertEqual(rows["house.motd", "host"]["evidence"], 'motd.text = "hello" (/etc/motd)')
        self.assertIn("permission denied", rows["house.hidden", "host"]["reason"])
        self.assertEqual({c["edition"] for c in rows["house.motd", "host"]["controls"]}, {"1.9", "1.10"})

    def test_the_table_names_number_level_result_title_and_evidence(self):
        out = self.run_it("house", code=3).stdout
        for expected in ("House rules (4): 1 fail, 1 unknown, 1 manual, 1 pass", "house.motd", "high", "FAIL",
                         'motd.text = "hello"', "-> Write the owner into /etc/motd.", "UNKNOWN", "permission denied"):
            self.assertIn(expected, out)
        self.assertNotIn("Only known shells", out)
        self.assertIn("Only known shells", self.run_it("house", "--all", code=3).stdout)
        self.assertLessEqual(max(len(line) for line in out.splitlines()), 80)

    def test_a_benchmark_gives_its_numbers_and_rate(self):
        out = self.run_it("house-book", code=0).stdout
        self.assertIn("House Book 1.10: 33 % of 3 controls pass", out)
        self.assertIn("1 Host (3)", out)
        self.assertRegex(out, r"1\.1 +high +FAIL +The greeting names the owner")
        self.assertRegex(out, r"1\.3 +MANUAL +A matter of taste")
        self.assertRegex(out, r"2\.1 +medium +FAIL +Memory is limited")
        self.assertIn("House Book 1.9:", self.run_it("house-book", "--edition", "1.9").stdout)
        self.assertIn("did you mean 1.10?", self.run_it("house-book", "--edition", "1.11", code=2).stderr)
        self.assertEqual(set(self.rows("house-book", "--check", "1.1", code=0)), {("house.motd", "host")})

    def test_fail_on_and_exit_codes(self):
        self.run_it("house", "--fail-on", "high", code=1)
        self.run_it("house", "--fail-on", "critical", code=3)
        self.run_it("house", "--fail-on", "awful", code=2)
        self.run_it("--check", "house.shell", "--fail-on", "low", code=0)
        self.record(motd="the owner is me", limit=5)
        self.run_it("house-book", "--fail-on", "low", code=0)

    def test_one_check(self):
        self.assertEqual(set(self.rows("--check", "house.motd", code=0)), {("house.motd", "host")})
        self.assertIn("did you mean house.motd?", self.run_it("--check", "house.mots", code=2).stderr)
        out = self.run_it("--explain", "house.motd").stdout
        for expected in ("Whoever logs in", "House Book 1.10 1.1, level 1", "host.yaml:6:5", "https://example.test/motd"):
            self.assertIn(expected, out)
        listed = self.run_it("--list", "house").stdout
        self.assertIn("house.shell (low) Only known shells", listed)
        self.assertIn("house.person (manual)", listed)

    def test_formats(self):
        report = json.loads(self.run_it("--format", "json", "house-book").stdout)
        jsonschema.validate(report, json.loads((ROOT / "data/schema/report.schema.json").read_text()))
        self.assertEqual(report["benchmarks"][0]["controls"],
                         {"pass": 1, "fail": 2, "not_applicable": 0, "manual": 1, "unknown": 0})
        for command, code in (("benchmark", 3), ("scan", 3)):
            sarif = json.loads(self.run_it("--format", "sarif", command=command, code=code).stdout)
            self.assertEqual(sarif_check.faults(sarif), [])
            found = {result["ruleId"]: result for result in sarif["runs"][0]["results"]}
            self.assertEqual((found["house.motd"]["kind"], found["house.motd"]["level"]), ("fail", "error"))
            self.assertEqual(found["house.hidden"]["kind"], "open")
            suites = xml.etree.ElementTree.fromstring(
                self.run_it("--format", "junit", command=command, code=code).stdout)
            failed = {case.get("name").split()[0] for case in suites.iter("testcase") if case.find("failure") is not None}
            self.assertLessEqual({"house.motd", "house.container.limit"}, failed)
            page = self.run_it("--format", "html", command=command, code=code).stdout
            self.assertIn("The greeting names the owner", page)

    def test_scan_counts_failed_checks_and_fix_ranks_them(self):
        def scan():
            report = json.loads(self.run_it("--format", "json", command="scan", code=3).stdout)
            return {asset["name"]: asset for asset in report["assets"]}, report
        assets, report = scan()
        threat = next(t for t in assets["box"]["threats"] if t["id"] == "house.motd")
        self.assertEqual((threat["kind"], threat["severity"]["score"]), ("benchmark", 8.0))
        self.assertIn("check:house.motd@box", [fix["id"] for fix in report["fixes"]])
        whats = [gap["what"] for gap in assets["box"]["not_assessed"]]
        self.assertEqual(len([what for what in whats if what.endswith(" checks")]), 1, whats)
        self.assertIn("The greeting names the owner", self.run_it(command="fix", code=3).stdout)
        before = assets["box"]["score"]
        self.record(motd="the owner is me")
        self.assertLess(scan()[0]["box"]["score"], before)

    def test_the_policy_switches_rules_off(self):
        policy = self.dir / "policy.yaml"
        policy.write_text('schema: plimsoll.policy/1\nbenchmark: {off: [house.motd, "house.container.*"]}\n')
        rows = self.rows("house", "--policy", str(policy))
        self.assertEqual({rule for rule, _ in rows}, {"house.shell", "house.hidden", "house.person"})
        self.assertIn("Switched off by the policy: house.motd", self.run_it("--list", "--policy", str(policy)).stdout)
        policy.write_text("schema: plimsoll.policy/1\nbenchmark: {off: [house.mott]}\n")
        self.assertIn("did you mean", self.run_it("house", "--policy", str(policy), code=2).stderr)

    def test_faults_of_all_files_are_told_with_their_places(self):
        (self.rules / "host.yaml").write_text(RULES.replace("severity: low", "severity: lou").replace("contains", "contain"))
        (self.rules / "book1.yaml").write_text((MAP % "1.9").replace("house.shell", "house.shel"))
        said = self.run_it("house", code=2).stderr
        self.assertRegex(said, r'host\.yaml:12:\d+: unknown key "contain" in a condition on a fact; did you mean "contains"\?')
        self.assertRegex(said, r'host\.yaml:16:\d+: severity "lou" must be')
        self.assertRegex(said, r'book1\.yaml:8:\d+: there is no rule "house.shel"; did you mean "house.shell"\?')

    def test_a_bad_pack_or_directory(self):
        self.assertIn("did you mean house?", self.run_it("hous", code=2).stderr)
        self.assertIn("--edition needs a benchmark", self.run_it("house", "--edition", "1", code=2).stderr)
        done = subprocess.run([PLIMSOLL, "benchmark", "--rules", "/nonexistent", "--list"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("/nonexistent", done.stderr)

    def test_nothing_checked_is_not_all_well(self):
        empty = {"schema": "plimsoll.recording/1", "assets": [
            {"asset": {"id": "host:1", "kind": "host", "name": "box", "node": "box"}, "host": {"hostname": "box"}}]}
        (self.dir / "rec" / "facts.json").write_text(json.dumps(empty))
        self.assertIn("No setting was read", self.run_it("house", code=3).stdout)

    def test_this_machine_without_an_engine(self):
        done = subprocess.run([PLIMSOLL, "benchmark", "--rules", str(self.rules), "--docker-socket", "/nonexistent.sock",
                               "--format", "json"], capture_output=True, text=True, timeout=120)
        self.assertIn(done.returncode, (0, 3), done.stderr)
        report = json.loads(done.stdout)
        self.assertTrue(any(asset["kind"] == "host" for asset in report["assets"]))


class HangingEngine:
    """A socket that takes connections and requests, and never answers."""

    def __init__(self, path):
        self.listener, self.held = socket.socket(socket.AF_UNIX), []
        self.listener.bind(path)
        os.chmod(path, 0o777)
        self.listener.listen(64)
        threading.Thread(target=self.hold, daemon=True).start()

    def hold(self):
        try:
            while True:
                self.held.append(self.listener.accept()[0])
        except OSError:  # closed
            pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.held:
            connection.close()


class SeesLittle(unittest.TestCase):
    """Nobody, before an engine that hangs: what he cannot see is unknown, with its reason."""

    NOBODY = 65534
    # Decided by the engine's word alone; by what its daemon runs with; by files that only root may read.
    OF_ENGINE = ("docker.swarm.inactive", "docker.images.sprawl", "docker.daemon.seccomp", "docker.daemon.storage_driver")
    OF_ROOT = ("host.acct.empty_password", "host.acct.weak_hash", "host.fw.input")

    def setUp(self):
        self.assertEqual(os.geteuid(), 0, "run as root: the test becomes nobody")
        scratch = tempfile.TemporaryDirectory(prefix="plimsoll-benchmark-")
        self.addCleanup(scratch.cleanup)
        os.chmod(scratch.name, 0o755)
        self.program = shutil.copy(PLIMSOLL, scratch.name)
        self.socket = scratch.name + "/engine.sock"
        engine = HangingEngine(self.socket)
        self.addCleanup(engine.close)

    def rows(self, **identity):
        done = subprocess.run([self.program, "benchmark", "--format", "json", "--docker-socket", self.socket],
                              capture_output=True, text=True, timeout=60, cwd="/", **identity)  # bounded: nobody waits longer
        self.assertEqual(done.returncode, 3, done.stderr[-2000:])
        self.assertIn("could not be decided", done.stderr)
        report = json.loads(done.stdout)
        self.assertIn("does not answer within", json.dumps(report["incomplete"]))
        return {(row["subject"], row["rule"]): row for asset in report["assets"] for row in asset.get("checks", [])}

    def test_unknown_never_pass(self):
        before = self.rows()
        little = self.rows(user=self.NOBODY, group=self.NOBODY, extra_groups=[])
        after = self.rows()  # what else runs here comes and goes
        host = next(subject for subject, rule in little if rule == "host.acct.empty_password")
        for subject, rules in (("docker", self.OF_ENGINE), (host, self.OF_ROOT)):
            for rule in rules:
                self.assertEqual(little[subject, rule]["outcome"], "unknown", little[subject, rule])
        for row in little.values():
            if row["outcome"] == "unknown":
                self.assertNotEqual(row["reason"], "", row)
        # Whoever sees less may know less, but never something better.
        better = {key: (row, after.get(key)) for key, row in little.items() if row["outcome"] == "pass"
                  and not {much.get(key, {}).get("outcome") for much in (before, after)} & {"pass", "unknown"}}
        self.assertEqual(better, {})


if __name__ == "__main__":
    sys.exit(unittest.main())
