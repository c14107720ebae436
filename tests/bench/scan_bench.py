#!/usr/bin/python3
"""Whole scans by the program against the tools that set the physical limit, in the same run, as ratios.

  tests/bench/scan_bench.py [--root DIR] [--db FILE] [--runs N]

(c) a Debian root of about 200 packages, and one with 100 000 files, against `find ROOT -xdev`: the same root with its /usr
    several times, and one of nothing but empty files whose names have no dot, each of which must be looked at, as it may be
    a program
(d) a `docker save` archive with gzip layers against `gzip -dc` of the same bytes, a plain one against `cat` to nothing
(e) peak memory of each scan
(s) the sandbox: the scan of (c) against the same without workers (PLIMSOLL_NO_SANDBOX)
Most of the time goes to the look for pending updates where there are some: then the lists of the whole distribution are
read, the tree's own or this machine's. So (c) and (s) stand twice, the second time for the same root as a release that
nobody has lists of.
Without --root a Debian root is made with debootstrap below the scratch directory (needs root and a Debian mirror).
"""
import argparse
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
PACKAGES = "nginx-light,redis-server,nodejs,python3,openssh-server,curl,git,postgresql-client,vim"


def timed(arguments, runs, stdout=subprocess.DEVNULL):
    """Median wall seconds and the peak resident set in MiB."""
    seconds, peak = [], 0
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(arguments, stdout=stdout, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 3):
            raise SystemExit(f"{arguments} ended with {process.returncode}")
        peak = max(peak, usage.ru_maxrss / 1024)
    return statistics.median(seconds), peak


def compare(what, scan, peer, runs):
    timed(scan, 1), timed(peer, 1)  # both with a warm page cache
    mine, peak = timed(scan, runs)
    theirs, _ = timed(peer, runs)
    print(f"{what:64} {mine:7.3f} s / {theirs:7.3f} s = {mine / theirs:5.2f}   peak {peak:6.1f} MiB", flush=True)


def sandbox_cost(db, root, runs):
    """Both ways in turn, so that what else the machine does falls on both; the fastest of each, and the least processor."""
    scan = [PLIMSOLL, "scan", "--db", db, "-q", f"rootfs:{root}"]
    ways = {"with": {}, "without": {"PLIMSOLL_NO_SANDBOX": "1"}}
    wall, processor = {way: [] for way in ways}, {way: [] for way in ways}
    for _ in range(4 * runs):
        for way, more in ways.items():
            start = time.perf_counter()
            process = subprocess.Popen(scan, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **more})
            _, status, usage = os.wait4(process.pid, 0)
            wall[way].append(time.perf_counter() - start)
            processor[way].append(usage.ru_utime + usage.ru_stime)
            process.returncode = os.waitstatus_to_exitcode(status)
    for what, times in (("wall", wall), ("processor", processor)):
        mine, theirs = min(times["with"]), min(times["without"])
        name = f"(s) that root with the sandbox / without, {what}"
        print(f"{name:64} {mine:7.3f} s / {theirs:7.3f} s = {mine / theirs:5.2f}", flush=True)


def without_lists(root, target):
    subprocess.run(["cp", "-a", str(root), str(target)], check=True)
    shutil.rmtree(target / "var/lib/apt/lists")
    release = target / "usr/lib/os-release"
    lines = release.read_text().splitlines()
    release.write_text("\n".join("VERSION_CODENAME=nosuch" if s.startswith("VERSION_CODENAME=") else s for s in lines) + "\n")


def many_of(root, folder, count=100_000):
    """The root with its /usr as often as it takes for so many names. The copies are hard links."""
    subprocess.run(["cp", "-al", str(root), str(folder)], check=True)
    names = lambda place: sum(len(folders) + len(files) for _, folders, files in os.walk(place))
    there, more = names(folder), names(root / "usr")
    for i in range(max(0, -(-(count - there) // more))):
        (folder / "opt").mkdir(exist_ok=True)
        subprocess.run(["cp", "-al", str(root / "usr"), str(folder / "opt" / f"usr{i}")], check=True)


def many_empty(folder, count=100_000):
    for i in range(count // 100):
        sub = folder / f"d{i % 50}" / f"e{i}"
        sub.mkdir(parents=True)
        for j in range(100):
            (sub / f"f{j}").touch()


def apart(function, *arguments):
    """Runs it in a process of its own: what it takes in memory must not be inherited by the scans that are measured."""
    child = os.fork()
    if child == 0:
        function(*arguments)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise SystemExit("could not make the archive")


def archive_of(root, target, compress, loose=None):
    """A docker-save archive with four layers that together hold `root`."""
    tops = sorted(p.name for p in root.iterdir())
    layers, diff_ids = [], []
    for part in range(4):
        body = io.BytesIO()
        with tarfile.open(fileobj=body, mode="w") as tar:
            for name in tops:
                if name == "usr":
                    children = sorted((root / name).iterdir())
                    for child in children[part::4]:
                        tar.add(child, f"usr/{child.name}")
                elif hash_of(name) % 4 == part:
                    tar.add(root / name, name)
        raw = body.getvalue()
        diff_ids.append("sha256:" + hashlib.sha256(raw).hexdigest())
        layers.append(gzip.compress(raw, 6) if compress else raw)
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode()
    names = [f"l{i}/layer.tar" for i in range(len(layers))]
    manifest = json.dumps([{"Config": "config.json", "RepoTags": ["bench:1"], "Layers": names}]).encode()
    with tarfile.open(target, "w") as tar:
        for name, content in [("config.json", config), *zip(names, layers), ("manifest.json", manifest)]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    if loose:
        loose.write_bytes(b"".join(layers))


def hash_of(name):
    return int(hashlib.sha256(name.encode()).hexdigest(), 16)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root")
    parser.add_argument("--db", default=str(ROOT / "build" / "threats.db"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    if not pathlib.Path(options.db).exists():  # a scan without one ends at once, and would look fast
        subprocess.run([PLIMSOLL, "db", "import", "--db", options.db, "--from", str(ROOT.parent / "shared" / "mirror")], check=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-bench-"))
    try:
        root = pathlib.Path(options.root) if options.root else scratch / "debian"
        if not options.root:
            subprocess.run(["debootstrap", "--variant=minbase", "--include=" + PACKAGES, "bookworm", str(root)], check=True,
                           stdout=subprocess.DEVNULL)
        packages = (root / "var/lib/dpkg/status").read_text(errors="replace").count("\nStatus: install ok installed")
        scan = [PLIMSOLL, "scan", "--db", options.db, "-q"]
        unknown = scratch / "unknown"
        without_lists(root, unknown)
        for place, more in ((root, ""), (unknown, ", no lists")):
            what = f"(c) root of {packages} packages{more} / find -xdev"
            compare(what, [*scan, f"rootfs:{place}"], ["find", str(place), "-xdev"], options.runs)
            sandbox_cost(options.db, place, options.runs)
        many_of(unknown, scratch / "many")
        many_empty(scratch / "empty")
        for place, what in ((scratch / "many", "files"), (scratch / "empty", "empty files without a dot")):
            compare(f"(c) root of 100 000 {what} / find -xdev", [*scan, f"rootfs:{place}"], ["find", str(place), "-xdev"], options.runs)

        apart(archive_of, root, scratch / "gzip.tar", True, scratch / "layers.gz")
        compare("(d) archive with gzip layers / gzip -dc", [*scan, f"archive:{scratch}/gzip.tar"], ["gzip", "-dc", f"{scratch}/layers.gz"], options.runs)
        apart(archive_of, root, scratch / "plain.tar", False)
        compare("(d) archive with plain layers / cat", [*scan, f"archive:{scratch}/plain.tar"], ["cat", f"{scratch}/plain.tar"], options.runs)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
