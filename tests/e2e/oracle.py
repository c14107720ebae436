"""Finds vulnerable packages straight from OSV files, with the ecosystems' own comparators: an independent check.

Nothing here is shared with Plimsoll: zipfile and json read the feeds, dpkg, node's semver and python3-packaging compare.
"""
import functools
import json
import pathlib
import re
import subprocess
import zipfile

from packaging.version import InvalidVersion, Version


@functools.lru_cache(maxsize=None)
def records(feed, ecosystem):
    archive = pathlib.Path(feed) / "osv" / ecosystem / "all.zip"
    if not archive.exists():
        return []
    with zipfile.ZipFile(archive) as zipped:
        found = [json.loads(zipped.read(name)) for name in zipped.namelist()]
    return [record for record in found if not record.get("withdrawn")]


@functools.lru_cache(maxsize=None)
def dpkg_order(a, b):
    if a == b:
        return 0
    if subprocess.run(["dpkg", "--compare-versions", a, "lt", b], stderr=subprocess.DEVNULL).returncode == 0:
        return -1
    return 1 if subprocess.run(["dpkg", "--compare-versions", a, "gt", b], stderr=subprocess.DEVNULL).returncode == 0 else 0


def python_order(a, b):
    try:
        x, y = Version(a), Version(b)
    except InvalidVersion:
        return None
    return (x > y) - (x < y)


class NodeSemver:
    """One node process that compares pairs with npm's own semver module."""

    def __init__(self):
        places = ["/usr/share/nodejs/semver"]
        root = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True).stdout.strip()
        places.append(root + "/npm/node_modules/semver")
        module = next(place for place in places if pathlib.Path(place).exists())
        program = (
            "const s=require(process.argv[1]);require('readline').createInterface({input:process.stdin}).on('line',l=>{"
            "const [a,b]=JSON.parse(l);console.log(s.valid(a,{loose:true})&&s.valid(b,{loose:true})?s.compare(a,b,true):'?')})"
        )
        self.process = subprocess.Popen(["node", "-e", program, module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def order(self, a, b):
        self.process.stdin.write(json.dumps([a, b]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        return None if answer == "?" else int(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def in_range(version, events, order):
    """The evaluation of one range, as the OSV schema describes it: the last event at or below the version decides."""
    def at_or_below(limit):
        return limit == "0" or (order(limit, version) is not None and order(limit, version) <= 0)

    def key(a, b):
        x, y = next(iter(a.values())), next(iter(b.values()))
        if x == "0" or y == "0":
            return (x != "0") - (y != "0")
        return order(x, y) or 0

    vulnerable = False
    limits = [event["limit"] for event in events if "limit" in event and event["limit"] != "*"]
    if limits and not any((order(version, limit) or 0) < 0 for limit in limits):
        return False
    for event in sorted((e for e in events if "limit" not in e), key=functools.cmp_to_key(key)):
        if "introduced" in event and at_or_below(event["introduced"]):
            vulnerable = True
        elif "fixed" in event and at_or_below(event["fixed"]):
            vulnerable = False
        elif "last_affected" in event:
            answer = order(event["last_affected"], version)
            if answer is not None and answer < 0:
                vulnerable = False
    return vulnerable


def is_affected(affected, version, order):
    if version in affected.get("versions", []):
        return True
    return any(
        in_range(version, r["events"], order) for r in affected.get("ranges", []) if r.get("type") in ("ECOSYSTEM", "SEMVER")
    )


def ids_of(record):
    own = [record["id"], *record.get("aliases", []), *record.get("upstream", [])]
    return set(own)


def cves_of(record):
    cves = {i for i in ids_of(record) if i.startswith("CVE-")}
    return cves or {record["id"]}


def normal_python(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def matches(feed, directory, wanted_ecosystem, packages, order, normal=lambda name: name):
    """[(record, name, version)] for packages [(name, version)]; `wanted_ecosystem` as records write it, with its release."""
    family = wanted_ecosystem.split(":")[0]
    by_name = {}
    for record in records(feed, directory):
        for affected in record.get("affected", []):
            ecosystem = affected.get("package", {}).get("ecosystem", "")
            if ecosystem in (wanted_ecosystem, family):
                by_name.setdefault(normal(affected["package"]["name"]), []).append((record, affected))
    found = []
    for name, version in sorted(set(packages)):
        seen = set()
        for record, affected in by_name.get(normal(name), []):
            if record["id"] not in seen and is_affected(affected, version, order):
                seen.add(record["id"])
                found.append((record, name, version))
    return found
