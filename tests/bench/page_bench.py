#!/usr/bin/python3
"""The page with 10 000 containers and 1 000 000 threats behind it, in headless Chromium (Debian's chromium, nodejs).

  tests/bench/page_bench.py [--containers N] [--nodes N] [--keep DIR]

Builds on build/release (plimsoll, fill_journal: ninja -C build/release fill_journal) and on ui/node_modules. Prints figures beside
the aims; nothing is asserted. --keep DIR: the filled journal is kept there, and taken from there the next time.
"""
import argparse
import gzip
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import json

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", str(ROOT / "build" / "release")))
PASSPHRASE = "only for this benchmark"


def fill(place, containers, nodes):
    if (place / "journal.db").exists():
        return
    feed = place / "feed"
    subprocess.run([str(ROOT / "tests/bench/fill_feed.py"), str(feed)], check=True)
    done = subprocess.run([str(RELEASE / "plimsoll"), "db", "import", "--db", str(place / "threats.db"), "--from", str(feed)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode not in (0, 3):  # 3: the feed has no EPSS
        sys.exit("the threat database could not be built")
    subprocess.run([str(RELEASE / "tests/fill_journal"), str(place / "journal.db"), str(place / "threats.db"), str(containers), str(nodes)],
                   check=True)


def start(place, scratch):
    """The service on a copy of the journal. Its process, address and setup secret."""
    state = scratch / "state"
    state.mkdir()
    for name in ("journal.db", "journal.db.key"):
        shutil.copy(place / name, state / name)
    out = open(scratch / "out", "w")
    process = subprocess.Popen([str(RELEASE / "plimsoll"), "serve", "--plain", "--listen", "127.0.0.1:0", "--state", str(state),
                                "--db", str(place / "threats.db")], stdout=out, stderr=subprocess.STDOUT)
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        text = (scratch / "out").read_text()
        found = re.search(r"(http://\S+?)/#setup=(\S+)", text)
        if found:
            return process, found.group(1), found.group(2)
        time.sleep(0.1)
    process.kill()
    sys.exit("the service did not start: " + (scratch / "out").read_text())


def resident(pid):
    pids = [pid, *map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    kib = [int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{each}/status").read_text()).group(1)) for each in pids]
    return sum(kib) / 1024


def processor(pid):
    pids = [pid, *map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    ticks = 0
    for each in pids:
        fields = pathlib.Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def settle(pid):
    """Until the first assessment after the start is done: two seconds almost without work."""
    began = time.monotonic()
    while time.monotonic() - began < 300:
        before = processor(pid)
        time.sleep(2)
        if processor(pid) - before < 0.3:
            return
    print("the service is still at work after 300 s; the figures are those of a busy one")


def bundle():
    total = sum(len(gzip.compress(file.read_bytes(), 9)) for file in (RELEASE / "page/dist").rglob("*") if file.suffix in (".js", ".css", ".html", ".svg"))
    print(f"{'bundle, all of it, gzip -9':58} {round(total / 1000):9} kB   aim 400 kB", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--containers", type=int, default=10_000)
    options.add_argument("--nodes", type=int, default=100)
    options.add_argument("--keep", type=pathlib.Path)
    given = options.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-page-bench-"))
    os.chmod(scratch, 0o755)
    place = given.keep or scratch / "fleet"
    place.mkdir(parents=True, exist_ok=True)
    os.chmod(place, 0o755)
    process = None
    try:
        fill(place, given.containers, given.nodes)
        bundle()
        process, address, secret = start(place, scratch)
        body = json.dumps({"secret": secret, "name": "bench", "passphrase": PASSPHRASE}).encode()
        request = urllib.request.Request(address + "/api/v1/setup", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).read()
        settle(process.pid)
        subprocess.run(["node", str(ROOT / "tests/bench/page_bench.mjs"), address, "bench"],
                       env=dict(os.environ, PLIMSOLL_PASSPHRASE=PASSPHRASE), check=True, timeout=900)
        print(f"{'resident memory of both processes afterwards':58} {resident(process.pid):8.0f} MiB")
    finally:
        if process:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
