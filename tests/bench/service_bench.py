#!/usr/bin/python3
"""The service over a large journal: 10 000 containers with 1 000 000 threats, in SQLite and in PostgreSQL.

Usage: service_bench.py [--containers N] [--engine sqlite|postgres|both] [--seconds S]   (root; ninja fill_journal service_load)
Prints, beside the aims: each list and detail answer (p99, one after the other), 200 listeners to the event stream with 500
requests a second (p99), the same while 1 000 slow clients hang on (slowhttptest, where it is installed), and the memory of
the process that speaks HTTP. Figures, never a verdict. Everything stays on loopback.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import serve_test  # noqa: E402
from serve_postgres_test import Server  # noqa: E402
from serve_test import PLIMSOLL, Service, run, until  # noqa: E402

BUILT = pathlib.Path(PLIMSOLL).parent / "tests"


def memory(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {name: int(text.split(name + ":")[1].split()[0]) // 1024 for name in ("VmRSS", "VmHWM")}


def load(service, rate, seconds, streams, paths, state):
    headers = state / "headers"
    headers.write_text(f"Cookie: {service.cookie}\n")
    headers.chmod(0o600)
    text = run(str(BUILT / "service_load"), str(service.port), str(rate), str(seconds), str(streams), str(headers), *paths,
               timeout=600)
    return [json.loads(line) for line in text.splitlines()]


def paths_of(service):
    """One of each list and detail, with filters, from the middle of the list, and searched."""
    assets = service.call("GET", "/api/v1/assets?limit=100")[1]
    threats = service.call("GET", "/api/v1/threats?limit=100")[1]
    asset = urllib.parse.quote(assets["items"][40]["id"], safe="")
    threat = urllib.parse.quote(threats["items"][40]["id"], safe="")
    return [
        "/api/v1/summary", "/api/v1/assets", "/api/v1/assets?cursor=" + urllib.parse.quote(assets.get("next") or ""),
        "/api/v1/assets?sort=name", "/api/v1/assets?text=stack-77", "/api/v1/assets?text=nothing-like-it",
        "/api/v1/assets?level=critical", f"/api/v1/assets/{asset}", f"/api/v1/assets/{asset}/history",
        f"/api/v1/assets/{asset}/threats", f"/api/v1/assets/{asset}/threats?text=lib", "/api/v1/threats",
        "/api/v1/threats?cursor=" + urllib.parse.quote(threats.get("next") or ""), "/api/v1/threats?text=nothing-like-it",
        f"/api/v1/threats/{threat}", f"/api/v1/threats/{threat}/assets", "/api/v1/events", "/api/v1/flows?limit=100",
        "/api/v1/overview", "/api/v1/status", "/readyz",
    ]


class Busy(threading.Thread):
    """Makes an event five times a second, for those who listen."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self.service, self.done, self.made = service, threading.Event(), 0
        self.start()

    def run(self):
        while not self.done.wait(0.2):
            status, _, _ = self.service.call("POST", "/api/v1/scan" if self.made % 50 == 49 else "/api/v1/tokens",
                                             {"label": "bench", "scope": "viewer", "days": 1})
            self.made += status < 300

    def end(self):
        self.done.set()
        self.join(timeout=30)
        return self.made


def slow_clients(service, seconds):
    return subprocess.Popen(["slowhttptest", "-c", "1000", "-H", "-i", "5", "-r", "300", "-l", str(seconds), "-x", "24", "-p", "3",
                             "-u", f"http://127.0.0.1:{service.port}/healthz"], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def judge_anew(name, service):
    """The first start: the service has never judged what is stored, and does so beside its answers."""
    service.set_up()
    began = time.monotonic()
    until("what is stored is judged anew", lambda: service.call("GET", "/api/v1/status")[1]["scan"]["rematches"] > 0, 900)
    print(f"{name}: all judged anew after {time.monotonic() - began:.0f} s; memory MiB {memory(service.speaker())}", flush=True)


def measure(name, service, seconds, state):
    began = time.monotonic()
    until("it is ready", lambda: service.call("GET", "/readyz")[0] == 200, 900)
    speaker = service.speaker()
    print(f"{name}: ready after {time.monotonic() - began:.1f} s; memory MiB {memory(speaker)} (aim: 150)", flush=True)
    paths = paths_of(service)
    for row in load(service, 0, seconds, 0, paths, state):
        if "path" in row:
            print(f"{name}: one after the other, p99 < 100 ms: {row}", flush=True)
    quick = [path for path in paths if "nothing-like-it" not in path][:12]
    busy = Busy(service)
    rows = load(service, 500, seconds, 200, quick, state)
    print(f"{name}: 500 a second and 200 listeners, {busy.end()} events made, p99 < 50 ms: {rows[-2]} {rows[-1]}", flush=True)
    if shutil.which("slowhttptest"):
        slow = slow_clients(service, seconds + 10)
        time.sleep(5)
        rows = load(service, 100, seconds, 0, quick, state)
        slow.wait(timeout=300)
        print(f"{name}: 100 a second beside 1000 slow clients: {rows[-2]}", flush=True)
    print(f"{name}: memory MiB at the end {memory(speaker)}", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--containers", type=int, default=10_000)
    options.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    options.add_argument("--seconds", type=int, default=20)
    options = options.parse_args()
    serve_test.PATIENCE = 900
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-bench-"))
    scratch.chmod(0o755)
    server = None
    try:
        run(str(ROOT / "tests/bench/fill_feed.py"), str(scratch / "feed"), timeout=600)
        (scratch / "db").mkdir()
        database = str(scratch / "db" / "threats.db")
        run(PLIMSOLL, "db", "import", "--db", database, "--from", str(scratch / "feed"), timeout=900, check=False)
        # Exit code 3: the feed has neither EPSS nor NVD.
        nodes = str(max(1, options.containers // 100))
        for engine in ["sqlite", "postgres"] if options.engine == "both" else [options.engine]:
            place = scratch / engine
            (place / "state").mkdir(parents=True)
            if engine == "sqlite":
                journal = str(place / "state" / "journal.db")
            else:
                server = Server()
                journal = f"postgresql:///plimsoll?host={server.place}&port={server.port}"
                os.environ["PLIMSOLL_JOURNAL_KEY"] = str(place / "state" / "journal.key")
            print(f"{engine}: {run(str(BUILT / 'fill_journal'), journal, database, str(options.containers), nodes, timeout=3600).strip()}",
                  flush=True)
            service = Service("--journal", journal, "--db", database, state=str(place), plain=True)
            try:
                judge_anew(engine, service)
                session = service.cookie, service.csrf
            finally:
                service.end(keep_state=True)
            service = Service("--journal", journal, "--db", database, state=str(place), plain=True)
            try:
                service.cookie, service.csrf = session
                measure(engine, service, options.seconds, place)
            finally:
                service.end()
    finally:
        if server:
            server.end()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
