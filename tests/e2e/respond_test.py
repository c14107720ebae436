#!/usr/bin/python3
"""Automated responses, end to end: real containers that talk to each other, a real Docker engine, kill -9. Needs root,
Docker, nft and tcpdump (script/bootstrap demo). PLIMSOLL_KILLS: how often everything is killed (default 8).

Containers are on internal networks alone; 203.0.113.64/28 and 2001:db8:7::/64 play the outside.
"""
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import receivers
from serve_test import PLIMSOLL, ROOT, Service, run, until

PREFIX = "plimsoll-respond-"
IMAGE = PREFIX + "image:1"
FRONT, OUTSIDE = PREFIX + "front", PREFIX + "outside"
KILLS = int(os.environ.get("PLIMSOLL_KILLS", "8"))
RULES = """schema: plimsoll.policy/1
responses:
  rules:
    - id: test-quarantine
      when: {asset: {label: plimsoll-test=quarantine}, score: 0}
      do: [quarantine]
      mode: enforce
      expires: 1h
      cooldown: 0
      limit: {most: 1000, within: 1h}
    - id: test-ask
      when: {asset: {label: plimsoll-test=ask}, score: 0}
      do: [alert, mark, pause]
      mode: ask
      cooldown: 0
    - id: test-alert
      when: {asset: {label: plimsoll-test=alert}, score: 0}
      do: [alert: {to: hook}, mark]
      mode: enforce
    - id: test-release
      when: {asset: {label: plimsoll-test=release}, score: 0}
      do: [cut-wan]
      mode: enforce
      cooldown: 0
      on_stop: release
    - id: test-everything
      when: {asset: {name: "plimsoll-respond-*"}, score: 0}
      do: [stop]
      mode: enforce
      limit: {most: 1, within: 1h}
"""


def make_image():
    tree = tempfile.mkdtemp(prefix=PREFIX)
    try:
        run("gcc", "-static", "-O1", "-o", tree + "/talk", str(ROOT / "tests/e2e/programs/talk.c"))
        pathlib.Path(tree, "Dockerfile").write_text('FROM scratch\nCOPY talk /talk\nENTRYPOINT ["/talk"]\n')
        run("docker", "build", "-q", "-t", IMAGE, tree)
    finally:
        shutil.rmtree(tree)


def start(name, *command, networks=(FRONT,), labels=()):
    marks = [word for label in labels for word in ("--label", label)]
    run("docker", "run", "-d", "--network", networks[0], "--name", PREFIX + name, *marks, IMAGE, *command)
    for network in networks[1:]:
        run("docker", "network", "connect", network, PREFIX + name)


def remove(*names):
    for name in names:
        run("docker", "rm", "-f", PREFIX + name, check=False)


def inspect(name):
    return json.loads(run("docker", "inspect", PREFIX + name))[0]


def addresses(name, network=FRONT):
    found = inspect(name)["NetworkSettings"]["Networks"][network]
    return [found["IPAddress"], found["GlobalIPv6Address"]]


def reaches(name, address):
    done = subprocess.run(["docker", "exec", PREFIX + name, "/talk", "once", address], capture_output=True, timeout=30)
    return done.returncode == 0


def ticks(name):
    """How often each held connection of `hold` was answered."""
    found = {}
    for line in run("docker", "logs", PREFIX + name).splitlines():
        address, _, number = line.partition(" ")
        found[address] = int(number)
    return found


def go_on(name, over):
    """Which of the held connections are answered still."""
    before = ticks(name)
    time.sleep(over)
    after = ticks(name)
    return {address for address in after if after[address] > before.get(address, 0)}


def table_of(name):
    pid = inspect(name)["State"]["Pid"]
    return pid != 0 and "table inet plimsoll" in run("nsenter", "-t", str(pid), "-n", "nft", "list", "tables")


def clear():
    """Takes away what is ours, of an earlier run that was cut off, too."""
    for name in run("docker", "ps", "-aq", "--filter", f"name={PREFIX}").split():
        run("docker", "rm", "-f", name, check=False)
    for network in (FRONT, OUTSIDE):
        run("docker", "network", "rm", network, check=False)


def setUpModule():
    run(str(ROOT / "script" / "docker-up"))
    clear()
    make_image()
    run("docker", "network", "create", "--internal", "--ipv6", "--subnet", "10.219.0.0/24", "--subnet", "fd00:219::/64", FRONT)
    run("docker", "network", "create", "--internal", "--ipv6", "--subnet", "203.0.113.64/28", "--subnet", "2001:db8:7::/64", OUTSIDE)


def tearDownModule():
    clear()
    run("docker", "rmi", "-f", IMAGE, check=False)


class Engine(Service):
    def __init__(self, *more, state=None):
        self.policy = tempfile.NamedTemporaryFile("w", suffix=".yaml", prefix=PREFIX)
        self.policy.write(RULES)
        self.policy.flush()
        super().__init__("--policy", self.policy.name, *more, state=state, plain=True)
        self.directory = self.scratch + "/state-respond"

    def respond(self, *words, code=0):
        done = subprocess.run([PLIMSOLL, "respond", *words, "--respond-dir", self.directory], capture_output=True, text=True, timeout=120)
        if code is not None and done.returncode != code:
            raise AssertionError((words, done.returncode, done.stdout, done.stderr))
        return done.stdout + done.stderr

    def records(self):
        return json.loads(self.respond("list", "--all", "--format", "json"))

    def open_ones(self):
        return [r for r in self.records() if r["phase"] not in ("refused", "failed", "done")]

    def act(self, action, name, *more, seconds="1h"):
        said = self.respond("run", action, PREFIX + name, "--yes", "--for", seconds, *more)
        return re.search(r"^(r-\S+)  verified", said, re.M).group(1)

    def release(self, number):
        self.respond("release", number)

    def events(self, kind="response."):
        """Oldest first."""
        items, cursor = [], ""
        while True:
            status, body, _ = self.call("GET", f"/api/v1/events?limit=1000&kind={kind}" + cursor)
            assert status == 200, body
            items += body["items"]
            if len(body["items"]) < 1000:
                return items
            cursor = f"&after={body['items'][-1]['sequence']}"

    def phases_of(self, number):
        return [e["kind"] for e in sorted(self.events(), key=lambda e: e["sequence"]) if e["body"].get("response") == number]


class Actions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        start("a", "serve", networks=(FRONT, OUTSIDE))
        start("c", "serve")
        start("o", "serve", networks=(OUTSIDE,))
        cls.a, cls.c, cls.o = addresses("a"), addresses("c"), addresses("o", OUTSIDE)
        start("b", "hold", *cls.a, *cls.c)
        cls.addClassCleanup(remove, "a", "b", "c", "o")
        # All of them are there when the rule that would hit everything is looked at first.
        cls.engine = Engine()
        cls.addClassCleanup(cls.engine.end)
        cls.engine.set_up()
        until("the connections are there", lambda: set(ticks("b")) == {*cls.a, *cls.c})

    def journalled(self, number, *phases):
        wanted = ["response." + phase for phase in phases]
        until(f"{number} is journalled", lambda: self.engine.phases_of(number) == wanted)

    def test_quarantine_cuts_one_container_alone_and_release_restores_it(self):
        engine = self.engine
        number = engine.act("quarantine", "a")
        self.assertEqual(go_on("b", 1.5), {*self.c}, "connections that are open: those to a are cut, those to c go on")
        for address in self.a:
            self.assertFalse(reaches("c", address), address)
        for address in self.c:
            self.assertFalse(reaches("a", address), address)
        self.assertTrue(table_of("a"))
        self.assertFalse(table_of("b"))
        record = engine.call("GET", f"/api/v1/responses/{number}")[1]
        self.assertEqual(record["phase"], "verified")
        self.assertIn("rules read back", record["steps"][0]["note"])
        self.assertIn("test packets cut on the way out", record["steps"][0]["note"])
        self.assertIn("on the way in", record["steps"][0]["note"])
        self.assertEqual(engine.call("POST", f"/api/v1/responses/{number}/release", {})[0], 202)
        until("it is over", lambda: engine.call("GET", f"/api/v1/responses/{number}")[1]["phase"] == "done")
        self.assertFalse(table_of("a"))
        until("connections that were open go on", lambda: go_on("b", 1) == {*self.a, *self.c})
        for address in self.a:
            self.assertTrue(reaches("c", address), address)
        self.journalled(number, "planned", "applied", "verified", "undoing", "done")
        event = [e for e in engine.events("response.undoing") if e["body"]["response"] == number][0]
        self.assertEqual(event["actor"], "user:anna")

    def test_what_a_quarantine_allows_goes_on(self):
        number = self.engine.act("quarantine", "a", "--allow", "10.219.0.0/24", "--allow", self.c[1] + "/128")
        self.assertEqual(go_on("b", 1.5), {self.a[0], *self.c})
        self.assertTrue(reaches("a", self.c[1]))
        self.assertFalse(reaches("a", self.o[0]))
        self.engine.release(number)

    def test_wan_cut_leaves_local_traffic(self):
        for address in self.o:
            self.assertTrue(reaches("a", address), address)
        number = self.engine.act("cut-wan", "a")
        for address in self.o:
            self.assertFalse(reaches("a", address), address)
        for address in self.c:
            self.assertTrue(reaches("a", address), address)
        self.assertEqual(go_on("b", 1.5), {*self.a, *self.c})
        self.engine.release(number)
        for address in self.o:
            self.assertTrue(reaches("a", address), address)

    def test_block_one_peer_or_port(self):
        first = self.engine.act("block", "a", "--peer", self.c[0])
        second = self.engine.act("block", "a", "--port", "7000", "--peer", self.c[1], "--transport", "tcp")
        for address in self.c:
            self.assertFalse(reaches("a", address), address)
        self.assertTrue(reaches("a", self.o[0]))
        self.engine.release(first)
        self.assertTrue(reaches("a", self.c[0]), "what the other one blocks is another address")
        self.assertFalse(reaches("a", self.c[1]))
        self.engine.release(second)
        self.assertTrue(reaches("a", self.c[1]))
        self.assertFalse(table_of("a"))

    def test_rules_that_are_taken_away_are_put_back(self):
        number = self.engine.act("quarantine", "a")
        pid = str(inspect("a")["State"]["Pid"])
        run("nsenter", "-t", pid, "-n", "nft", "delete", "table", "inet", "plimsoll")
        until("they are there again", lambda: table_of("a"), 20)
        self.assertFalse(reaches("c", self.a[0]))
        self.engine.release(number)

    def test_a_container_that_is_started_anew_is_cut_again(self):
        start("again", "serve")
        self.addCleanup(remove, "again")
        number = self.engine.act("quarantine", "again")
        run("docker", "restart", "-t", "0", PREFIX + "again")
        until("it is cut again", lambda: table_of("again"), 20)
        remove("again")
        until("it is over when the container is gone", lambda: self.engine.phases_of(number)[-1:] == ["response.done"], 20)

    def test_pause_stop_kill_restart_disconnect(self):
        start("d", "serve", networks=(FRONT, OUTSIDE))
        self.addCleanup(remove, "d")
        number = self.engine.act("pause", "d")
        self.assertTrue(inspect("d")["State"]["Paused"])
        self.engine.release(number)
        self.assertFalse(inspect("d")["State"]["Paused"])
        before = inspect("d")["State"]["StartedAt"]
        said = self.engine.respond("run", "restart", PREFIX + "d", "--yes")
        self.assertRegex(said, r"(?m)^r-\S+  done")
        self.assertNotEqual(inspect("d")["State"]["StartedAt"], before)
        had = addresses("d"), addresses("d", OUTSIDE)
        number = self.engine.act("disconnect", "d", "--network", OUTSIDE)
        self.assertNotIn(OUTSIDE, inspect("d")["NetworkSettings"]["Networks"])
        self.engine.release(number)
        self.assertEqual((addresses("d"), addresses("d", OUTSIDE)), had)
        for action in ("stop", "kill"):
            number = self.engine.act(action, "d")
            self.assertFalse(inspect("d")["State"]["Running"], action)
            self.engine.release(number)
            self.assertTrue(inspect("d")["State"]["Running"], action)
            self.journalled(number, "planned", "applied", "verified", "undoing", "done")

    def test_a_response_ends_by_itself(self):
        number = self.engine.act("quarantine", "a", seconds="3")
        self.assertTrue(table_of("a"))
        until("its time is over", lambda: not table_of("a"), 20)
        until("it is told to be over", lambda: self.engine.phases_of(number)[-1] == "response.done", 20)

    def test_a_capture_is_read_by_tcpdump(self):
        said = self.engine.respond("run", "capture", PREFIX + "a", "--yes")
        number = re.search(r"^(r-\S+)", said, re.M).group(1)
        file = pathlib.Path(self.engine.directory, "evidence", number, "capture-0.pcapng")
        time.sleep(2)
        self.engine.release(number)
        until("the file is written", file.exists, 60)
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        text = run("tcpdump", "-n", "-r", str(file))
        self.assertIn(f"{self.a[0]}.7000", text)
        self.assertIn(f"{self.a[1]}.7000", text)

    def test_a_snapshot_holds_what_it_says(self):
        said = self.engine.respond("run", "snapshot", PREFIX + "a", "--yes")
        number = re.search(r"^(r-\S+)  done", said, re.M).group(1)
        place = pathlib.Path(self.engine.directory, "evidence", number)
        self.assertEqual({p.name for p in place.iterdir()},
                         {"container.json", "processes.json", "changes.json", "hashes.json", "open-files.json", "connections.json"})
        self.assertEqual(json.loads((place / "container.json").read_text())["Name"], "/" + PREFIX + "a")
        self.assertTrue(any(p["exe"] == "/talk" for p in json.loads((place / "open-files.json").read_text())))
        self.assertTrue(any(":1B58" in line for line in json.loads((place / "connections.json").read_text())["tcp6"]))

    def test_what_is_protected_is_left_alone(self):
        start("kept", "serve", labels=("plimsoll.protect=true",))
        start("host", "serve", networks=("host",))
        self.addCleanup(remove, "kept", "host")
        self.assertIn("protected", self.engine.respond("run", "quarantine", PREFIX + "kept", "--yes", code=3))
        self.assertIn("host's own network", self.engine.respond("run", "quarantine", PREFIX + "host", "--yes", code=3))
        self.assertFalse(table_of("kept"))
        # One that shares its network with a protected one.
        run("docker", "run", "-d", "--network", f"container:{PREFIX}kept", "--name", PREFIX + "beside", "--entrypoint", "/talk", IMAGE, "hold", "127.0.0.9")
        self.addCleanup(remove, "beside")
        self.assertIn("shares its network", self.engine.respond("run", "quarantine", PREFIX + "beside", "--yes", code=3))

    def test_without_yes_nothing_is_done(self):
        before = len(self.engine.records())
        self.assertIn("nothing was done", self.engine.respond("run", "quarantine", PREFIX + "a"))
        self.assertFalse(table_of("a"))
        self.assertEqual(len(self.engine.records()), before)

    def test_a_rule_cuts_what_trips_it(self):
        start("e", "serve", labels=("plimsoll-test=quarantine",))
        self.addCleanup(remove, "e")
        until("it is cut", lambda: table_of("e"), 60)
        self.assertFalse(reaches("c", addresses("e")[0]))
        number = until("it is told", lambda: [r for r in self.engine.records() if r["asset_name"] == PREFIX + "e"])[0]["id"]
        self.journalled(number, "planned", "applied", "verified")
        asset = [r for r in self.engine.records() if r["id"] == number][0]["asset"]
        self.assertEqual(self.engine.call("POST", "/api/v1/response-rules/test-quarantine/plan", {"asset": asset})[0], 200)
        remove("e")

    def test_a_person_approves(self):
        start("f", "serve", labels=("plimsoll-test=ask",))
        self.addCleanup(remove, "f")

        def waiting():
            items = self.engine.call("GET", "/api/v1/responses?open=true")[1]["items"]
            return [r for r in items if r["asset_name"] == PREFIX + "f" and r["phase"] == "asked"]

        number = until("it is asked", waiting)[0]["id"]
        self.assertFalse(inspect("f")["State"]["Paused"])
        self.assertEqual(self.engine.call("POST", f"/api/v1/responses/{number}/approve", {})[0], 202)
        until("it is paused", lambda: inspect("f")["State"]["Paused"])
        self.journalled(number, "asked", "planned", "applied", "verified")
        self.assertEqual(self.engine.call("POST", f"/api/v1/responses/{number}/approve", {})[0], 409)
        self.engine.release(number)
        self.assertFalse(inspect("f")["State"]["Paused"])
        number = until("it is asked again", waiting)[0]["id"]
        self.engine.respond("refuse", number)
        until("it is refused", lambda: self.engine.phases_of(number)[-1] == "response.refused")
        remove("f")

    def test_a_rule_that_would_hit_everything_is_held(self):
        held = until("it is held", lambda: [e for e in self.engine.events("response.held") if e["body"]["rule"] == "test-everything"])
        self.assertIn("its limit is 1", held[0]["body"]["why"])
        for name in ("a", "b", "c", "o"):
            self.assertTrue(inspect(name)["State"]["Running"], name)


class Told(unittest.TestCase):
    """Alerts, and what becomes of what is in force when Plimsoll is told to end."""

    def test_alerts_arrive_and_what_ends_with_plimsoll_ends(self):
        place = tempfile.mkdtemp(prefix=PREFIX)
        self.addCleanup(shutil.rmtree, place, True)
        os.chmod(place, 0o755)
        hook = receivers.Webhook()
        config = pathlib.Path(place, "plimsoll.yaml")
        config.write_text(json.dumps({"receivers": {"hook": {"kind": "webhook", "url": f"http://127.0.0.1:{hook.port}/in"}}}))
        start("alert", "serve", labels=("plimsoll-test=alert",))
        start("leaves", "serve", labels=("plimsoll-test=release",))
        start("stays", "serve")
        self.addCleanup(remove, "alert", "leaves", "stays")
        engine = Engine("--config", str(config))
        scratch = engine.scratch
        self.addCleanup(shutil.rmtree, scratch, True)
        engine.set_up()
        cookie, csrf = engine.cookie, engine.csrf
        until("it is in force", lambda: table_of("leaves"))
        stays = engine.act("quarantine", "stays")

        def alerts():
            return [message for message in (json.loads(body) for _, _, body in hook.kept.all()) if message.get("rule") == "test-alert"]

        first = until("the alert arrives", alerts)[0]
        self.assertIn("a response is in force", first["title"])
        self.assertEqual(first["asset"]["name"], PREFIX + "alert")
        self.assertEqual(engine.end(keep_state=True), 0)
        self.assertFalse(table_of("leaves"), "the rule says release")
        self.assertTrue(table_of("stays"), "kept")
        engine = Engine("--config", str(config), state=scratch)
        engine.cookie, engine.csrf = cookie, csrf
        self.addCleanup(engine.end, True)
        self.assertIn(stays, [r["id"] for r in engine.open_ones()])
        engine.release(stays)
        self.assertFalse(table_of("stays"))
        marked = [r for r in engine.open_ones() if r["rule"] == "test-alert"][0]
        engine.release(marked["id"])
        until("its end is told", lambda: [m for m in alerts() if m["purpose"] == "resolved"])
        self.assertEqual(len({m["id"] for m in alerts()}), 2, "told again by no other id")


class Killed(unittest.TestCase):
    """kill -9 of everything at random moments: what is in force, what is on disk and what is journalled agree."""

    def test_nothing_outlives_its_time(self):
        start("k", "serve")
        start("l", "serve")
        self.addCleanup(remove, "k", "l")
        engine = Engine()
        engine.set_up()
        cookie, csrf, scratch = engine.cookie, engine.csrf, engine.scratch
        self.addCleanup(shutil.rmtree, scratch, True)
        chance, phases = random.Random(os.environ.get("PLIMSOLL_SEED", "17")), {}
        for turn in range(KILLS):
            action = ("quarantine", "pause", "cut-wan", "disconnect")[turn % 4]
            wanted = (None, "planned", "applied", "verified", "undoing")[turn % 5]
            asked = subprocess.Popen([PLIMSOLL, "respond", "run", action, PREFIX + "k", "--yes", "--for", "2s",
                                      "--respond-dir", engine.directory], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.wait_for(engine, wanted, chance)
            engine.process.kill()
            engine.process.wait()
            engine.out.close()
            asked.wait(timeout=130)
            for record in self.on_disk(engine).values():
                phases[record["phase"]] = phases.get(record["phase"], 0) + 1
            engine = Engine(state=scratch)
            engine.cookie, engine.csrf = cookie, csrf
        until("everything is over", lambda: not engine.open_ones(), 60)
        print(f"killed {KILLS} times; on disk then: {phases}", file=sys.stderr)
        state = inspect("k")
        self.assertFalse(table_of("k"))
        self.assertFalse(state["State"]["Paused"])
        self.assertIn(FRONT, state["NetworkSettings"]["Networks"])
        self.assertTrue(reaches("l", addresses("k")[0]))
        records = {r["id"]: [c["phase"] for c in r["changes"]] for r in engine.records()}
        self.assertGreater(len(records), 0)
        for number, changes in records.items():
            self.assertIn(changes[-1], ("done", "failed"), number)
            until(f"the journal agrees with {number}",
                  lambda n=number, c=changes: engine.phases_of(n) == ["response." + phase for phase in c], 30)
        self.assertEqual(engine.call("GET", "/api/v1/log/verification")[1]["whole"], True)
        engine.end(keep_state=True)

    @staticmethod
    def on_disk(engine):
        found = {}
        for file in pathlib.Path(engine.directory, "records").glob("r-*.json"):
            try:
                record = json.loads(file.read_text())
            except (OSError, ValueError):
                continue
            if record["phase"] not in ("done", "failed", "refused"):
                found[record["id"]] = record
        return found

    def wait_for(self, engine, phase, chance):
        """Until one record is in that phase (looked at as fast as can be), or a random moment."""
        if phase is None:
            time.sleep(chance.random() * 3)
            return
        end = time.monotonic() + 6
        while time.monotonic() < end:
            if any(r["phase"] == phase for r in self.on_disk(engine).values()):
                return


if __name__ == "__main__":
    unittest.main(verbosity=2)
