#!/usr/bin/python3
"""Podman, end to end: real containers, its own service, acted on through it. Needs root, podman and nft (script/bootstrap servers).

Everything of it, images too, is in a directory of the test's; the containers are on an internal network alone.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import respond_test
from respond_test import Engine
from serve_test import PLIMSOLL, ROOT, run, until

PREFIX = respond_test.PREFIX
IMAGE = "localhost/plimsoll-podman:1"
NETWORK = "plimsoll-podman"
USER = "64321"  # nobody's: their services are looked for, too
SCRATCH = tempfile.mkdtemp(prefix="plimsoll-podman-")
SOCKET = pathlib.Path("/run/user", USER, "podman", "podman.sock")
GLOBAL = ["podman", "--root", SCRATCH + "/root", "--runroot", SCRATCH + "/run", "--network-config-dir", SCRATCH + "/networks",
          "--cgroup-manager", "cgroupfs"]
LIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]  # its own defaults are more than some machines allow


def podman(*words, check=True):
    return run(*GLOBAL, *words, check=check)


def make_image():
    tree = pathlib.Path(SCRATCH, "image")
    tree.mkdir()
    run("gcc", "-static", "-O1", "-o", str(tree / "talk"), str(ROOT / "tests/e2e/programs/talk.c"))
    (tree / "Containerfile").write_text('FROM scratch\nCOPY talk /talk\nENTRYPOINT ["/talk"]\n')
    podman("build", "-q", "-t", IMAGE, str(tree))


def start(name, *command):
    podman("run", "-d", "--network", NETWORK, *LIMITS, "--label", "team=harbour", "--name", PREFIX + name, IMAGE, *command)


def state(name):
    return json.loads(podman("inspect", PREFIX + name))[0]


def addresses(name):
    found = state(name)["NetworkSettings"]["Networks"][NETWORK]
    return [found["IPAddress"], found["GlobalIPv6Address"]]


def reaches(name, address):
    done = subprocess.run([*GLOBAL, "exec", PREFIX + name, "/talk", "once", address], capture_output=True, timeout=60)
    return done.returncode == 0


class Podman(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(shutil.rmtree, SCRATCH, True)
        make_image()
        podman("network", "create", "--internal", "--ipv6", "--subnet", "10.218.0.0/24", "--subnet", "fd00:218::/64", NETWORK)
        cls.addClassCleanup(podman, "network", "rm", "-f", NETWORK, check=False)
        cls.addClassCleanup(podman, "rm", "-f", "-t", "0", "-a", check=False)
        start("a", "serve")
        start("b", "serve")
        cls.a, cls.b = addresses("a"), addresses("b")
        SOCKET.parent.mkdir(parents=True)
        cls.addClassCleanup(shutil.rmtree, SOCKET.parents[1], True)
        service = subprocess.Popen([*GLOBAL, "system", "service", "--time=0", f"unix://{SOCKET}"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(service.wait, 30)
        cls.addClassCleanup(service.terminate)
        until("its service listens", SOCKET.exists)
        respond_test.RULES = "schema: plimsoll.policy/1\n"
        cls.engine = Engine()
        cls.addClassCleanup(cls.engine.end)
        cls.engine.set_up()

    def test_a_scan_tells_what_runs(self):
        done = subprocess.run([PLIMSOLL, "scan", "--observe", "0", "--format", "json", "-q"], capture_output=True, text=True, timeout=300)
        report = json.loads(done.stdout)
        found = {one["name"]: one for one in report["assets"]}[PREFIX + "a"]
        self.assertEqual(found["id"], "podman:" + state("a")["Id"])
        self.assertEqual(found["image"], IMAGE)
        self.assertEqual(found["labels"]["team"], "harbour")
        self.assertEqual(sum(one["name"] == PREFIX + "a" for one in report["assets"]), 1, "once, whoever told of it")

    def test_published_ports_are_told_without_a_service(self):
        podman("run", "-d", "--network", NETWORK, *LIMITS, "-p", "127.0.0.1:18218:8000", "--name", PREFIX + "p", IMAGE, "serve")
        away = pathlib.Path(SCRATCH, "podman.sock")
        SOCKET.rename(away)  # nobody finds it, and the kernel alone tells
        try:
            done = subprocess.run([PLIMSOLL, "scan", "--observe", "0", "--format", "json", "-q"], capture_output=True, text=True, timeout=300)
        finally:
            away.rename(SOCKET)
        told = [one for one in json.loads(done.stdout)["assets"] if state("p")["Id"][:12] in one["id"]]
        self.assertEqual(len(told), 1, "found by its cgroup and namespaces")
        published = told[0]["container"]["published"]["value"]
        self.assertEqual([(each["host_address"], each["host_port"], each["container_port"]) for each in published],
                         [("127.0.0.1", 18218, 8000)])

    def test_quarantine_cuts_one_container_alone_and_release_restores_it(self):
        for address in self.a:
            self.assertTrue(reaches("b", address), address)
        number = self.engine.act("quarantine", "a")
        for address in self.a:
            self.assertFalse(reaches("b", address), address)
        for address in self.b:
            self.assertTrue(reaches("b", address), address)
        self.engine.release(number)
        for address in self.a:
            self.assertTrue(reaches("b", address), address)
        self.assertEqual(self.engine.phases_of(number)[-1], "response.done")

    def test_pause_stop_kill_restart(self):
        start("d", "serve")
        number = self.engine.act("pause", "d")
        self.assertEqual(state("d")["State"]["Status"], "paused")
        self.engine.release(number)
        self.assertEqual(state("d")["State"]["Status"], "running")
        before = state("d")["State"]["StartedAt"]
        self.engine.respond("run", "restart", PREFIX + "d", "--yes")
        self.assertNotEqual(state("d")["State"]["StartedAt"], before)
        for action in ("stop", "kill"):
            number = self.engine.act(action, "d")
            self.assertFalse(state("d")["State"]["Running"], action)
            self.engine.release(number)
            self.assertTrue(state("d")["State"]["Running"], action)

    def test_disconnect_and_join_again(self):
        start("e", "serve")
        had = addresses("e")
        number = self.engine.act("disconnect", "e", "--network", NETWORK)
        self.assertNotIn(NETWORK, state("e")["NetworkSettings"].get("Networks") or {})
        self.engine.release(number)
        self.assertEqual(addresses("e"), had)

    def test_one_that_starts_is_noticed(self):
        for turn in range(3):  # each is gone before anybody looks a second time
            name = f"late{turn}"
            start(name, "serve")
            until("it is on the list", lambda: PREFIX + name in self.engine.assets())
            podman("rm", "-f", "-t", "0", PREFIX + name)
            until("it is gone", lambda: PREFIX + name not in self.engine.assets(), 30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
