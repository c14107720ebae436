#!/usr/bin/python3
"""The starter pack, without a database: what is found is exactly what applies, by data/starter and dpkg alone."""
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
import oracle  # noqa: E402

PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
os.environ.setdefault("PLIMSOLL_OBSERVE", "0")  # what the network shows has tests of its own
DEFAULT_DB = pathlib.Path("/var/lib/plimsoll/threats.db")
BEYOND = "vulnerabilities beyond the starter pack"
RECORDS = [json.loads(line) for file in sorted((ROOT / "data/starter").glob("*.jsonl")) for line in file.read_text().splitlines()]


def run(*arguments, check=(0, 3), db=None):
    """Plimsoll with the database `db`; without one, also where this machine has one at the default place."""
    command = [PLIMSOLL, *arguments] + (["--db", db] if db else [])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PLIMSOLL_") and k != "XDG_DATA_HOME"}
    environment["XDG_DATA_HOME"] = "/nonexistent"
    if db is None and os.geteuid() == 0 and DEFAULT_DB.exists():
        hide = f'mount -t tmpfs none {DEFAULT_DB.parent} && exec "$@"'
        command = ["unshare", "-m", "sh", "-c", hide, "sh", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment, cwd="/")
    if done.returncode not in check:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def scan(*targets, **more):
    return json.loads(run("scan", "--format", "json", *targets, **more).stdout)


def expected(ecosystem, packages):
    """{(CVE, binary package, version)} for packages [(name, version, source, source version)] by dpkg's order."""
    found = set()
    for record in RECORDS:
        for affected in record["affected"]:
            if affected["package"]["ecosystem"] != ecosystem:
                continue
            for name, version, source, source_version in packages:
                if source != affected["package"]["name"] or source == "linux" or source.startswith("linux-"):
                    continue
                if oracle.is_affected(affected, source_version, oracle.dpkg_order):
                    found.add((record["id"], name, version))
    return found


def found_in(asset, kind):
    return {(t["id"], t["package"]["name"], t["package"]["version"]) for t in asset["threats"]
            if t["kind"] == "vulnerability" and t["package"]["type"] == kind}


def fixes_of(ecosystem):
    """source package -> its fixed versions of this ecosystem, in dpkg's order."""
    out = {}
    for record in RECORDS:
        for affected in record["affected"]:
            if affected["package"]["ecosystem"] == ecosystem:
                fixed = {e["fixed"] for r in affected["ranges"] for e in r["events"] if "fixed" in e}
                out.setdefault(affected["package"]["name"], set()).update(fixed)
    return {name: sorted(v, key=functools.cmp_to_key(oracle.dpkg_order)) for name, v in out.items()}


class Starter(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.mkdtemp(prefix="plimsoll-starter-")
        self.addCleanup(shutil.rmtree, self.scratch, True)

    def root(self, name, os_release, database, text):
        root = pathlib.Path(self.scratch, name)
        (root / "etc").mkdir(parents=True)
        (root / "etc/os-release").write_text(os_release)
        (root / database).parent.mkdir(parents=True)
        (root / database).write_text(text)
        return f"rootfs:{root}"

    def debian_like(self, name, os_release, packages):
        text = "".join(
            f"Package: {binary}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n"
            f"Source: {source} ({source_version})\nMaintainer: A Person <person@debian.org>\n\n"
            for binary, version, source, source_version in packages
        )
        return self.root(name, os_release, "var/lib/dpkg/status", text)

    def honest(self, report):
        self.assertTrue(report["threat_db"]["starter_pack"])
        self.assertEqual(report["threat_db"]["records"], len(RECORDS))
        for asset in report["assets"]:
            self.assertIn(BEYOND, [part["what"] for part in asset["not_assessed"]])
            self.assertNotEqual(asset["level"], "minimal")

    def test_made_roots_agree_with_dpkg(self):
        systems = {
            "Debian:10": "ID=debian\nVERSION_ID=10\n",
            "Debian:11": "ID=debian\nVERSION_ID=11\n",
            "Debian:12": "ID=debian\nVERSION_ID=12\n",
            "Ubuntu:20.04:LTS": 'ID=ubuntu\nVERSION_ID="20.04"\nVERSION="20.04 LTS"\n',
            "Ubuntu:22.04:LTS": 'ID=ubuntu\nVERSION_ID="22.04"\nVERSION="22.04 LTS"\n',
        }
        compared = 0
        for number, (ecosystem, os_release) in enumerate(systems.items()):
            packages = []
            for source, fixes in fixes_of(ecosystem).items():
                # One below all fixes, one in their midst, one above them all: of the source, not of the binary.
                for which, version in (("a", "0"), ("b", fixes[len(fixes) // 2]), ("c", fixes[-1])):
                    packages.append((f"lib{source}-{which}", "9:1-1", source, version))
            self.assertTrue(any(p[2] == "linux" for p in packages) or "Ubuntu:22" in ecosystem)
            report = scan(self.debian_like(str(number), os_release, packages))
            self.honest(report)
            wanted, got = expected(ecosystem, packages), found_in(report["assets"][0], "deb")
            self.assertEqual(got - wanted, set(), ecosystem)
            self.assertEqual(wanted - got, set(), ecosystem)
            compared += len(wanted)
        self.assertGreater(compared, 200)

    def test_alpine_by_origin(self):
        names = fixes_of("Alpine:v3.11")
        self.assertGreater(len(names), 5)
        for version, applies in (("0.0.1-r0", True), (None, False)):
            text, wanted = "", set()
            for origin, fixes in names.items():
                # The fixes of one origin, without apk at hand: below all of them, or a year's number above them all.
                installed = version or "2100.1-r0"
                text += f"P:{origin}-sub\nV:{installed}\nA:x86_64\no:{origin}\n\n"
                for record in RECORDS if applies else []:
                    for affected in record["affected"]:
                        if affected["package"] == {"ecosystem": "Alpine:v3.11", "name": origin}:
                            wanted.add((record["id"], f"{origin}-sub", installed))
            where = self.root("alpine" + str(applies), 'ID=alpine\nVERSION_ID=3.11.3\n', "lib/apk/db/installed", text)
            report = scan(where)
            self.honest(report)
            self.assertEqual(found_in(report["assets"][0], "apk"), wanted)

    def test_this_host_agrees_with_dpkg(self):
        lines = pathlib.Path("/etc/os-release").read_text().splitlines()
        release = dict(line.split("=", 1) for line in lines if "=" in line)
        if release.get("ID") != "debian":
            self.skipTest("this host is no Debian: there is no dpkg to ask")
        form = "${binary:Package}\t${Version}\t${source:Package}\t${source:Version}\t${db:Status-Status}\n"
        lines = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout
        rows = [line.split("\t") for line in lines.splitlines()]
        packages = [(r[0].split(":")[0], r[1], r[2], r[3]) for r in rows if r[4] == "installed"]
        report = scan("host")
        self.honest(report)
        ecosystem = "Debian:" + release["VERSION_ID"].strip('"')
        running = os.uname().release
        got = {t for t in found_in(report["assets"][0], "deb") if running not in t[1]}
        self.assertEqual(got, expected(ecosystem, packages))

    def test_commands_say_so(self):
        sentence = f"starter pack only: {len(RECORDS)} entries, run `plimsoll db update`"
        self.assertIn(sentence, run("db", "info", check=[0]).stderr)
        shown = run("db", "show", "CVE-2024-21626", check=[0])
        self.assertIn("CVE-2024-21626", shown.stdout)
        self.assertIn(sentence, shown.stderr)
        asked = run("db", "query", "pkg:golang/github.com/opencontainers/runc@v1.1.11", check=[3])
        self.assertIn("CVE-2024-21626", asked.stdout)
        self.assertIn(BEYOND, asked.stderr)
        root = self.debian_like("table", "ID=debian\nVERSION_ID=11\n", [("sudo", "1", "sudo", "1")])
        for form in ("table", "html"):
            text = " ".join(run("scan", "--format", form, root).stdout.replace("&#96;", "`").split())
            self.assertIn(sentence, text, form)

    def test_a_database_is_used_alone(self):
        record = {
            "id": "CVE-2030-0001", "modified": "2026-01-01T00:00:00Z",
            "affected": [{"package": {"ecosystem": "Debian:11", "name": "sudo"},
                          "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}]}],
        }
        source, db = pathlib.Path(self.scratch, "one.json"), self.scratch + "/threats.db"
        source.write_text(json.dumps(record))
        run("db", "import", str(source), check=[0], db=db)
        root = self.debian_like("one", "ID=debian\nVERSION_ID=11\n", [("sudo", "1", "sudo", "1")])
        report = scan(root, db=db)
        self.assertEqual([t["id"] for t in report["assets"][0]["threats"]], ["CVE-2030-0001"])
        self.assertFalse(report["threat_db"]["starter_pack"])
        self.assertNotIn(BEYOND, [part["what"] for part in report["assets"][0]["not_assessed"]])
        self.assertNotEqual(run("scan", root, check=[3], db="/nonexistent/threats.db").stderr.find("nonexistent"), -1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
