#!/usr/bin/env python3
"""The network of the demo's scene on a real Docker Engine: the graph, the three facts about the outside, the flows of a
scan with and without watching. Run as root. Usage: PLIMSOLL=build/release/plimsoll tests/e2e/network_graph_test.py"""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build/release/plimsoll"))
os.environ.pop("PLIMSOLL_OBSERVE", None)
DEMO = "plimsoll-demo-"


def run(*command, check=(0, 3), timeout=300):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout)
    if done.returncode not in check:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def setUpModule():
    global started
    said = run(str(ROOT / "script" / "docker-up")).stdout.split()
    started = int(said[0]) if said else None
    run(PLIMSOLL, "demo", "up", timeout=1500)
    deadline = time.monotonic() + 60  # the visitor's first visits
    while "visited 200" not in run("docker", "logs", DEMO + "visitor").stdout:
        if time.monotonic() > deadline:
            raise AssertionError("nobody visits the demo")
        time.sleep(0.5)


def tearDownModule():
    run(PLIMSOLL, "demo", "down", "--keep-images")
    if started:
        os.kill(started, signal.SIGTERM)


def scan(*more):
    return json.loads(run(PLIMSOLL, "scan", "-q", "--format", "json", *more).stdout)


def flows_of(report):
    names = {a["id"]: a["name"].removeprefix(DEMO) for a in report["assets"]}
    return {(names.get(f["from"]["asset"], "outside" if f["from"]["wan"] else f["from"]["address"]),
             names.get(f["to"]["asset"], "outside" if f["to"]["wan"] else f["to"]["address"]), f["to"]["port"]): f
            for f in report["flows"] if f["seen"]}


class Graph(unittest.TestCase):
    def test_the_scene_is_drawn_as_in_the_patent(self):
        text = run(PLIMSOLL, "network", "graph", "-q", "--observe", "5s").stdout
        lines = [line for line in text.splitlines() if DEMO in line or line.startswith("internet")]
        places = [next((i for i, line in enumerate(lines) if what in line), -1)
                  for what in ("internet", DEMO + "nginx", DEMO + "node x3", DEMO + "redis")]
        self.assertNotIn(-1, places, text)
        self.assertEqual(places, sorted(places), text)
        nginx, node, redis = (lines[i] for i in places[1:])
        self.assertIn("HTTP ->", nginx)
        self.assertIn("HTTP ->", node)
        self.assertIn("Redis ->", redis)

    def test_the_other_forms_say_the_same(self):
        graph = json.loads(run(PLIMSOLL, "network", "graph", "-q", "--format", "json").stdout)
        nodes = {n["id"]: n for n in graph["nodes"]}
        node = next(n for n in graph["nodes"] if n["name"] == DEMO + "node")
        self.assertEqual(node["replicas"], 3)
        arrows = {(nodes[e["from"]]["name"].removeprefix(DEMO), nodes[e["to"]]["name"].removeprefix(DEMO)): e for e in graph["edges"]}
        self.assertEqual(arrows[("nginx", "node")]["protocols"], ["HTTP"])
        self.assertEqual(arrows[("node", "redis")]["protocols"], ["Redis"])
        self.assertIn(("internet", "nginx"), arrows)
        dot = run(PLIMSOLL, "network", "graph", "-q", "--observe", "0", "--format", "dot").stdout
        self.assertTrue(dot.startswith("digraph plimsoll {") and dot.rstrip().endswith("}"), dot)


class Scan(unittest.TestCase):
    def test_what_is_watched_is_known_by_its_bytes(self):
        report = scan("--observe", "5s")
        self.assertGreaterEqual(report["network"]["observed_ms"], 4500)
        self.assertTrue(any(s["in_use"] for s in report["network"]["sources"]), report["network"]["sources"])
        flow = flows_of(report)[("node1", "redis", 6379)]
        self.assertEqual(flow["application"], "Redis")
        if any(s["name"] == "packet capture" and s["in_use"] for s in report["network"]["sources"]):
            self.assertTrue(flow["application_seen"])
            self.assertGreater(flow["bytes_to_server"], 0)

    def test_unwatched_the_sockets_tell(self):
        report = scan("--observe", "0")
        self.assertEqual(report["network"], {"observed_ms": 0, "sources": [], "events": [], "behaviour": []})
        flow = flows_of(report)[("node1", "redis", 6379)]
        self.assertFalse(flow["application_seen"])

    def test_normal_traffic_raises_no_alarm(self):
        report = scan("--observe", "10s")
        loud = [t for a in report["assets"] for t in a["threats"] if t["kind"] in ("network", "behaviour")]
        self.assertEqual(loud, [])

    def test_three_facts_about_the_outside(self):
        wan = {a["name"].removeprefix(DEMO): a["wan"] for a in scan()["assets"]}
        self.assertTrue(wan["nginx"]["takes_connections"]["seen"])
        self.assertTrue(wan["nginx"]["can_take_connections"]["holds"])
        self.assertTrue(wan["visitor"]["reaches_out"]["seen"])
        self.assertFalse(wan["redis"]["takes_connections"]["holds"])
        self.assertFalse(wan["redis"]["can_take_connections"]["holds"])

    def test_the_policy_says_what_is_outside(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as policy:
            policy.write("schema: plimsoll.policy/1\nnetwork:\n  inside: [0.0.0.0/0, \"::/0\"]\n")
            policy.flush()
            wan = {a["name"].removeprefix(DEMO): a["wan"] for a in scan("--policy", policy.name)["assets"]}
        self.assertFalse(wan["nginx"]["takes_connections"]["holds"])

    def test_a_baseline_is_learned_and_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "baseline.json"
            for _ in range(2):
                report = scan("--observe", "1s", "--baseline", str(path))
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            kept = {g["group"]: g for g in json.loads(path.read_text())["groups"]}
            group = next(g for name, g in kept.items() if name.startswith("plimsoll-demo/redis"))
            self.assertGreaterEqual(group["observed_seconds"], 2)
            self.assertIn("tcp 6379", [t["what"] for t in group["traits"] if t["kind"] == "listener"])
            behaviour = {b["group"]: b for b in report["network"]["behaviour"]}
            self.assertLess(behaviour[group["group"]]["learned"], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
