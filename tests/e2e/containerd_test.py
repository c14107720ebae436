#!/usr/bin/python3
"""Containers that containerd alone manages, end to end: found by name, image and labels, acted on, noticed when they
come. Needs root, Docker, containerd's ctr, nft and iproute2 (script/bootstrap demo test).

The containers live in a namespace of containerd of their own, on whichever containerd runs here: that of the machine, or
the one dockerd started. Their network is a veth pair that the test lays between them; 203.0.113.0/24 plays the outside.
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

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from respond_test import Engine
from serve_test import PLIMSOLL, ROOT, run, until

SPACE = "plimsoll-containerd-test"
IMAGE = "plimsoll-containerd-image:1"
REFERENCE = "docker.io/library/" + IMAGE
# No name of a container here is the beginning of an id of Docker.
SOCKETS = ("/run/containerd/containerd.sock", "/run/docker/containerd/containerd.sock")
STATUS = "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.9-1\n\n"
# Of the container a, and of its peer: on a network of this machine's own, and outside.
LOCAL, OUTSIDE = ("10.220.0.1", "10.220.0.2", "fd00:220::2"), ("203.0.113.1", "203.0.113.2")


class World:
    place = socket = None


def ctr(*words, check=True):
    return run("ctr", "-a", World.socket, "-n", SPACE, *words, check=check)


def start(name, *command, labels=()):
    marks = [word for label in labels for word in ("--label", label)]
    ctr("run", "-d", *marks, REFERENCE, name, "/talk", *command)


def tasks():
    """Of each task its process and its state."""
    rows = [line.split() for line in ctr("tasks", "ls").splitlines()[1:]]
    return {row[0]: (int(row[1]), row[2]) for row in rows}


def state(name):
    return tasks().get(name, (0, "NONE"))[1]


def remove(*names):
    for name in names:
        ctr("tasks", "kill", "-s", "SIGKILL", "-a", name, check=False)
        ctr("tasks", "resume", name, check=False)  # one that is paused ends when it goes on
        until("its task has ended", lambda: state(name) in ("NONE", "STOPPED"))
        ctr("tasks", "delete", name, check=False)
        ctr("containers", "delete", name, check=False)


def inside(name, *command, check=True):
    """By the network of the container, with the programs of this machine."""
    return run("nsenter", "-t", str(tasks()[name][0]), "-n", *command, check=check)


def reaches(name, address):
    pid = str(tasks()[name][0])
    done = subprocess.run(["nsenter", "-t", pid, "-n", World.place + "/talk", "once", address], capture_output=True, timeout=30)
    return done.returncode == 0


def table_of(name):
    return "table inet plimsoll" in inside(name, "nft", "list", "tables")


def lay_network(one, other):
    pids = [str(tasks()[name][0]) for name in (one, other)]
    run("ip", "link", "add", "plimsoll-ctd0", "netns", pids[0], "type", "veth", "peer", "name", "plimsoll-ctd1", "netns", pids[1])
    for number, name in enumerate((one, other)):
        link = f"plimsoll-ctd{number}"
        for address in (f"10.220.0.{number + 1}/24", f"203.0.113.{number + 1}/24"):
            inside(name, "ip", "addr", "add", address, "dev", link)
        inside(name, "ip", "-6", "addr", "add", f"fd00:220::{number + 1}/64", "dev", link, "nodad")
        inside(name, "ip", "link", "set", "lo", "up")
        inside(name, "ip", "link", "set", link, "up")


def setUpModule():
    run(str(ROOT / "script" / "docker-up"))
    World.socket = next(s for s in SOCKETS if pathlib.Path(s).is_socket())
    World.place = tempfile.mkdtemp(prefix="plimsoll-containerd-")
    run("gcc", "-static", "-O1", "-o", World.place + "/talk", str(ROOT / "tests/e2e/programs/talk.c"))
    for path, text in {
        "etc/os-release": 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n',
        "var/lib/dpkg/status": STATUS,
        "Dockerfile": 'FROM scratch\nCOPY talk /talk\nCOPY etc /etc\nCOPY var /var\nLABEL shop=tea\nENTRYPOINT ["/talk"]\n',
    }.items():
        file = pathlib.Path(World.place, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    clean()
    run("docker", "build", "-q", "-t", IMAGE, World.place)
    run("docker", "save", "-o", World.place + "/image.tar", IMAGE)
    ctr("images", "import", World.place + "/image.tar")


def clean():
    remove(*ctr("containers", "ls", "-q").split())
    for image in ctr("images", "ls", "-q").split():
        ctr("images", "rm", "--sync", image, check=False)
    run("ctr", "-a", World.socket, "namespaces", "rm", SPACE, check=False)


def tearDownModule():
    clean()
    run("docker", "rmi", "-f", IMAGE, check=False)
    shutil.rmtree(World.place, ignore_errors=True)


def scan(*words):
    done = subprocess.run([PLIMSOLL, "scan", "--format", "json", *words], capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 3):
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


class Scanned(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(remove, "ctd-found", "ctd-held")
        start("ctd-found", "serve", labels=("env=prod",))
        start("ctd-held", "serve")
        ctr("tasks", "pause", "ctd-held")

    def test_by_name_image_and_labels_and_once(self):
        folder = World.place + "/recording"
        report = scan("--record", folder)
        for told in (report, scan("replay:" + folder)):
            found = [a for a in told["assets"] if a["name"] == "ctd-found"]
            self.assertEqual(len(found), 1)
            found = found[0]
            self.assertEqual(found["id"], f"containerd:{SPACE}/ctd-found")
            self.assertEqual(found["image"], REFERENCE)
            self.assertEqual(found["status"], "running")
            self.assertEqual(found["labels"]["env"], "prod")
            self.assertEqual(found["labels"]["shop"], "tea")
            self.assertEqual(found["packages_total"], 1)
            held = [a for a in told["assets"] if a["name"] == "ctd-held"][0]
            self.assertEqual(held["status"], "paused")
            pids = {str(tasks()[name][0]) for name in ("ctd-found", "ctd-held")}
            self.assertFalse([a["id"] for a in told["assets"] if a["id"].startswith("unmanaged:") and self.space_of(pids, a["id"])])

    def space_of(self, pids, asset):
        """Whether this asset, known by its pid namespace alone, is one of those processes' again."""
        return asset.removeprefix("unmanaged:pidns-") in {re.search(r"\d+", os.readlink(f"/proc/{pid}/ns/pid")).group() for pid in pids}


class Acted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(remove, "ctd-a", "ctd-peer")
        start("ctd-a", "serve")
        start("ctd-peer", "serve")
        lay_network("ctd-a", "ctd-peer")
        cls.engine = Engine()
        cls.addClassCleanup(cls.engine.end)
        cls.engine.set_up()

    def act(self, action, name, *more):
        said = self.engine.respond("run", action, name, "--yes", "--for", "1h", *more)
        return re.search(r"^(r-\S+)  verified", said, re.M).group(1)

    def record(self, number):
        return [r for r in self.engine.records() if r["id"] == number][0]

    def temporary(self, name, *labels):
        self.addCleanup(remove, name)
        start(name, "serve", labels=labels)

    def test_pause_and_unpause(self):
        self.temporary("ctd-b")
        number = self.act("pause", "ctd-b")
        self.assertEqual(state("ctd-b"), "PAUSED")
        self.assertEqual(self.record(number)["asset"], f"containerd:{SPACE}/ctd-b")
        self.engine.release(number)
        self.assertEqual(state("ctd-b"), "RUNNING")
        self.assertEqual(self.record(number)["phase"], "done")
        # One that somebody else paused stays so.
        ctr("tasks", "pause", "ctd-b")
        number = self.act("pause", "ctd-b")
        self.engine.release(number)
        self.assertEqual(state("ctd-b"), "PAUSED")

    def test_quarantine_cuts_and_release_restores(self):
        for address in LOCAL[1:] + OUTSIDE[1:]:
            until(f"a reaches {address}", lambda: reaches("ctd-a", address))
        number = self.act("quarantine", "ctd-a")
        self.assertTrue(table_of("ctd-a"))
        self.assertFalse(table_of("ctd-peer"))
        for address in LOCAL[1:] + OUTSIDE[1:]:
            self.assertFalse(reaches("ctd-a", address), address)
        self.assertFalse(reaches("ctd-peer", LOCAL[0]))
        self.assertIn("rules read back", self.record(number)["steps"][0]["note"])
        self.engine.release(number)
        self.assertFalse(table_of("ctd-a"))
        for address in LOCAL[1:] + OUTSIDE[1:]:
            self.assertTrue(reaches("ctd-a", address), address)
        self.assertTrue(reaches("ctd-peer", LOCAL[0]))

    def test_wan_cut_leaves_local_traffic(self):
        number = self.act("cut-wan", "ctd-a")
        self.assertFalse(reaches("ctd-a", OUTSIDE[1]))
        for address in LOCAL[1:]:
            self.assertTrue(reaches("ctd-a", address), address)
        self.engine.release(number)
        self.assertTrue(reaches("ctd-a", OUTSIDE[1]))

    def test_block_one_peer(self):
        number = self.act("block", "ctd-a", "--peer", LOCAL[1])
        self.assertFalse(reaches("ctd-a", LOCAL[1]))
        self.assertTrue(reaches("ctd-a", LOCAL[2]))
        self.engine.release(number)
        self.assertTrue(reaches("ctd-a", LOCAL[1]))

    def test_stop_and_kill_end_the_task_for_good(self):
        for action in ("stop", "kill"):
            name = "ctd-" + action
            self.temporary(name)
            number = self.act(action, name)
            self.assertEqual(state(name), "STOPPED")
            step = self.record(number)["steps"][0]
            self.assertIn("starts no container again", step["undo"])
            self.engine.release(number)
            self.assertEqual(state(name), "STOPPED")
            self.assertEqual(self.record(number)["phase"], "done")
            self.assertEqual(self.record(number)["steps"][0]["state"], "kept")

    def test_a_paused_one_is_killed(self):
        self.temporary("ctd-frozen")
        ctr("tasks", "pause", "ctd-frozen")
        self.act("kill", "ctd-frozen")
        self.assertEqual(state("ctd-frozen"), "STOPPED")

    def test_what_containerd_does_not_do_is_told_by_the_plan(self):
        for action in ("disconnect", "restart"):
            said = self.engine.respond("run", action, "ctd-a", code=3)
            self.assertIn("not supported", said)
            self.assertIn("containerd", said)
        self.assertEqual(state("ctd-a"), "RUNNING")
        self.assertIn("no container has that name", self.engine.respond("run", "pause", "no-such-one", code=3))

    def test_one_that_is_gone_ends_its_response(self):
        self.temporary("ctd-leaves")
        number = self.act("pause", "ctd-leaves")
        ctr("tasks", "resume", "ctd-leaves")
        remove("ctd-leaves")
        until("it is over", lambda: self.record(number)["phase"] == "done", 30)

    def test_a_snapshot_holds_what_it_says(self):
        said = self.engine.respond("run", "snapshot", "ctd-a", "--yes")
        number = re.search(r"^(r-\S+)  done", said, re.M).group(1)
        self.assertIn("does not tell what changed", said)
        place = pathlib.Path(self.engine.directory, "evidence", number)
        self.assertEqual({p.name for p in place.iterdir()}, {"container.json", "processes.json", "open-files.json", "connections.json"})
        container = json.loads((place / "container.json").read_text())
        self.assertEqual(container["namespace"], SPACE)
        self.assertEqual(container["spec"]["process"]["args"], ["/talk", "serve"])
        self.assertEqual([p["arguments"] for p in json.loads((place / "processes.json").read_text())], [["/talk", "serve"]])
        self.assertTrue(any(p["exe"] == "/talk" for p in json.loads((place / "open-files.json").read_text())))

    def test_one_protected_by_a_label_is_left_alone(self):
        self.temporary("ctd-kept", "plimsoll.protect=true")
        self.assertIn("protected", self.engine.respond("run", "pause", "ctd-kept", "--yes", code=3))
        self.assertEqual(state("ctd-kept"), "RUNNING")

    def test_one_that_comes_is_noticed_and_a_rule_acts(self):
        """Nothing but containerd's events tells of it so soon: its cgroup is not known, and facts are read each minute."""
        self.temporary("ctd-comes", "plimsoll-test=quarantine")
        until("the service shows it", lambda: "ctd-comes" in self.engine.assets(), 30)
        until("it is cut", lambda: table_of("ctd-comes"), 30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
