#!/usr/bin/python3
"""From a threat that appears to its traffic being cut: a container is started that trips a rule, and sends a byte to a neighbour
every 5 ms; the time from its start (as the engine says) to the last echo it got. Needs root and Docker.
Usage: respond_bench.py [RUNS]   (default 100; aim: a median below 500 ms)
"""
import datetime
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import respond_test
from respond_test import FRONT, IMAGE, PREFIX, Engine, addresses, inspect, remove, run, start, table_of, until

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
AIM = 0.5


def moment(text):
    """2026-11-28T22:00:00.123456789Z, as the engine writes it."""
    whole, _, part = text.rstrip("Z").partition(".")
    return datetime.datetime.fromisoformat(whole + "+00:00").timestamp() + float("0." + (part or "0"))


def once(peer):
    name = "tripped"
    run("docker", "run", "-d", "--network", FRONT, "--name", PREFIX + name, "--label", "plimsoll-test=quarantine", IMAGE, "pulse", peer)
    try:
        until("it is cut", lambda: table_of(name))
        time.sleep(0.3)
        lines = run("docker", "logs", "-t", PREFIX + name).splitlines()
        return moment(lines[-1].split()[0]) - moment(inspect(name)["State"]["StartedAt"])
    finally:
        remove(name)


def main():
    respond_test.setUpModule()
    engine = None
    try:
        start("peer", "serve")
        start("other", "serve")
        engine = Engine()
        engine.set_up()
        until("the first scan", lambda: engine.call("GET", "/readyz")[0] == 200, 300)
        peer = addresses("peer")[0]
        once(peer)  # what is loaded and read once
        took = sorted(once(peer) for _ in range(RUNS))
        median, p99 = statistics.median(took), took[min(len(took) - 1, int(len(took) * 0.99))]
        print(f"{RUNS} runs: from the container's start to its last echo: median {median * 1000:.0f} ms ({median / AIM:.2f} of the aim), "
              f"p99 {p99 * 1000:.0f} ms, fastest {took[0] * 1000:.0f} ms, slowest {took[-1] * 1000:.0f} ms")
    finally:
        if engine:
            engine.end()
        respond_test.tearDownModule()


if __name__ == "__main__":
    main()
