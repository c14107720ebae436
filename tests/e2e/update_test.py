#!/usr/bin/python3
"""End to end: db update, mirror, pack and unpack against a real HTTPS server on loopback, and db import from a live one."""
import fcntl
import gzip
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import feed as feeds  # noqa: E402
from feed_server import FeedServer, Proxy, always, body, cut, drip, make_authority, status  # noqa: E402

PLIMSOLL = os.environ.get("PLIMSOLL", str(HERE.parents[1] / "build" / "release" / "plimsoll"))
os.environ.setdefault("PLIMSOLL_OBSERVE", "0")  # what the network shows has tests of its own
KEV, EPSS, CVSS = "kev/known_exploited_vulnerabilities.json", "epss/epss_scores-current.csv.gz", "cvss/cve-cvss.jsonl.gz"
NPM = "osv/npm"


def write_feeds(folder, bulk):
    """The small feed, with a list and single records as the live bucket has them, and `bulk` more records of npm."""
    feeds.write_small(folder)
    for path, text in ((KEV, json.dumps({"dateReleased": "2026-11-01T00:00:00Z", "vulnerabilities": [{"cveID": "CVE-2019-10744"}]})),
                       (EPSS, "cve,epss,percentile\nCVE-2019-10744,0.5,0.9\n"),
                       (CVSS, '{"id":"CVE-2019-10744","severity":[{"type":"CVSS_V3","score":'
                              '"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H"}],"source":"nvd"}\n')):
        file = folder / path
        file.parent.mkdir(parents=True)
        file.write_bytes(gzip.compress(text.encode()) if path.endswith(".gz") else text.encode())
    for ecosystem in feeds.SMALL:
        records = read_records(folder, ecosystem)
        if ecosystem == "npm":
            for i in range(bulk):
                summary = os.urandom(40).hex()  # does not compress: a real feed is large, too
                records[f"x_BULK-{i}"] = record(f"x_BULK-{i}", summary=summary)
        write_records(folder, ecosystem, records)


def record(name, modified="2026-11-01T00:00:00Z", **more):
    return {"id": name, "modified": modified, **more, "affected": [{
        "package": {"ecosystem": "npm", "name": "package-" + name.lower()},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]}]}


def read_records(folder, ecosystem):
    with zipfile.ZipFile(pathlib.Path(folder) / "osv" / ecosystem / "all.zip") as zipped:
        return {name[:-5]: json.loads(zipped.read(name)) for name in zipped.namelist()}


def write_records(folder, ecosystem, records):
    place = pathlib.Path(folder) / "osv" / ecosystem
    with zipfile.ZipFile(place / "all.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in records.items():
            zipped.writestr(name + ".json", json.dumps(content))
            if not name.startswith("x_BULK") or content["modified"] > "2026-11-02":  # the others are never asked for alone
                (place / (name + ".json")).write_text(json.dumps(content))
    lines = sorted(((r["modified"], name) for name, r in records.items()), reverse=True)
    (place / "modified_id.csv").write_text("".join(f"{modified},{name}\n" for modified, name in lines))


class Case(unittest.TestCase):
    bulk = 0

    @classmethod
    def setUpClass(cls):
        cls.keys = tempfile.mkdtemp(prefix="plimsoll-update-keys-")
        cls.ca, cls.certificate, cls.key = make_authority(cls.keys)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.keys, ignore_errors=True)

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-update-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.source = self.scratch / "source"
        write_feeds(self.source, self.bulk)
        self.server = FeedServer(self.source, self.certificate, self.key)
        self.addCleanup(self.server.close)
        self.db = self.scratch / "var" / "threats.db"
        self.policy()

    def policy(self, **more):
        settings = {"osv": self.server.url + "/osv", "kev": f"{self.server.url}/{KEV}", "epss": f"{self.server.url}/{EPSS}",
                    "cvss": f"{self.server.url}/{CVSS}", "first_wait_seconds": 0.01, "attempts": 3, "stall_seconds": 2, **more}
        lines = "".join(f"  {k}: {json.dumps(v)}\n" for k, v in settings.items())
        (self.scratch / "policy.yaml").write_text("schema: plimsoll.policy/1\nupdates:\n" + lines)

    def run_plimsoll(self, *arguments, code=None, env=None):
        clean = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        done = subprocess.run([PLIMSOLL, "db", *map(str, arguments)], capture_output=True, timeout=240, cwd="/",
                              env={**clean, **(env or {})})
        done.err = done.stderr.decode(errors="replace")
        if code is not None:
            self.assertEqual(done.returncode, code, done.err)
        return done

    def update(self, *more, code=0, ca=None, env=None, ecosystem="npm,PyPI,Debian"):
        return self.run_plimsoll("update", "--db", self.db, "--policy", self.scratch / "policy.yaml", "--ca-file",
                                 ca or self.ca, "--ecosystem", ecosystem, *more, code=code, env=env)

    def records(self, source="osv/npm", db=None):
        out = self.run_plimsoll("info", "--db", db or self.db, code=0).stdout.decode()
        found = re.search(rf"^ *{source} +(\d+) records", out, re.M)
        return int(found.group(1)) if found else None

    def change(self, ecosystem, edit):
        records = read_records(self.source, ecosystem)
        edit(records)
        write_records(self.source, ecosystem, records)


class Update(Case):
    def test_first_update(self):
        done = self.update()
        self.assertEqual(self.records(), 2)
        self.assertEqual(self.records("osv/Debian"), 3)
        self.assertEqual(self.records("kev"), 1)
        self.assertEqual(self.records("epss"), 1)
        self.assertEqual(self.records("cvss"), 1)
        self.assertIn("osv/npm", done.err)
        query = self.run_plimsoll("query", "--db", self.db, "pkg:npm/lodash@4.17.11", code=0).stdout.decode()
        self.assertIn("CVE-2019-10744", query)
        self.assertIn("known exploited", query)

    def test_only_what_is_asked_for(self):
        self.update(ecosystem="PyPI")
        self.assertFalse([p for p in self.server.paths() if "npm" in p or "Debian" in p])
        self.update(ecosystem="all")
        self.assertEqual(self.records(), 2)

    def test_an_ecosystem_that_the_source_does_not_have(self):
        done = self.update(ecosystem="npm,Nowhere", code=3)
        self.assertIn("osv/Nowhere", done.err)
        self.assertEqual(self.records(), 2)

    def test_one_changed_record_moves_alone(self):
        self.update()
        self.server.forget()
        self.change("npm", lambda r: r["GHSA-xvch-5gv4-984h"].update(modified="2026-11-02T00:00:00Z", summary="changed"))
        self.update()
        paths = self.server.paths()
        self.assertIn(f"/{NPM}/GHSA-xvch-5gv4-984h.json", paths)
        self.assertEqual([p for p in paths if p.endswith(".zip")], [])
        self.assertEqual([p for p in paths if p.endswith(".json") and "osv" in p], [f"/{NPM}/GHSA-xvch-5gv4-984h.json"])
        self.assertIn("changed", self.run_plimsoll("show", "--db", self.db, "CVE-2021-44906", code=0).stdout.decode())

    def test_busy_servers_are_asked_again(self):
        self.server.fail(f"/{NPM}/all.zip", status(429, [("Retry-After", "1")]), status(503, [("Retry-After", "0")]))
        self.server.fail(f"/{KEV}", status(500), status(502))
        self.update()
        self.assertEqual(self.server.paths().count(f"/{NPM}/all.zip"), 3)
        self.assertEqual(self.server.paths().count(f"/{KEV}"), 3)

    def test_a_server_that_wants_too_long_a_wait_is_left(self):
        self.server.fail(f"/{KEV}", status(503, [("Retry-After", "864000")]))
        done = self.update(code=3)
        self.assertIn("not updated: kev", done.err)
        self.assertIn("503", done.err)
        self.assertEqual(self.server.paths().count(f"/{KEV}"), 1)

    def test_slow_drip(self):
        self.update()
        stop = threading.Event()
        self.addCleanup(stop.set)
        self.policy(attempts=1, stall_seconds=1)
        self.server.fail(f"/{KEV}", drip(stop))
        done = self.update(code=3)
        self.assertIn("not updated: kev", done.err)
        self.assertEqual(self.records("kev"), 1)

    def test_one_source_down(self):
        self.update()
        self.change("npm", lambda r: r.update({"x_NEW-1": record("x_NEW-1")}))
        self.policy(kev="https://127.0.0.1:1/kev.json")
        done = self.update(code=3)
        self.assertRegex(done.err, "not updated: kev: .*the old data are kept")
        self.assertEqual(self.records(), 3)
        self.assertEqual(self.records("kev"), 1)

    def test_everything_down(self):
        self.update()
        before = self.db.read_bytes()
        self.server.close()
        done = self.update(code=3)
        self.assertIn("the database was left as it was", done.err)
        self.assertEqual(self.db.read_bytes(), before)

    def test_feed_that_shrinks_to_nothing(self):
        self.change("npm", lambda r: r.update({f"x_N-{i}": record(f"x_N-{i}") for i in range(18)}))
        self.update()
        self.change("npm", lambda r: [r.pop(f"x_N-{i}") for i in range(18)])
        done = self.update(code=3)
        self.assertIn("the source lost 90 % of its records: it had 20 and now has 2", done.err)
        self.assertEqual(self.records(), 20)
        (self.source / NPM / "modified_id.csv").write_text("")
        self.assertIn("lost 100 %", self.update(code=3).err)
        self.assertEqual(self.records(), 20)

    def test_two_at_once(self):
        self.update()
        with open(str(self.db) + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertIn("another import or update is running", self.update(code=3).err)
        self.update()

    def test_needs_of_this_machine(self):
        done = self.run_plimsoll("update", "--db", self.db, "--policy", self.scratch / "policy.yaml", "--ca-file", self.ca,
                                 "--docker-socket", self.scratch / "none")
        self.assertIn(done.returncode, (0, 3), done.err)
        release = pathlib.Path("/etc/os-release").read_text()
        if re.search("^ID=debian$", release, re.M):
            self.assertEqual(self.records("osv/Debian"), 3, done.err)


class Transport(Case):
    def test_wrong_authority(self):
        other = make_authority(self.scratch / "other")[0]
        done = self.update(code=3, ca=other)
        self.assertIn("--ca-file", done.err)
        self.assertEqual(self.server.sent, 0)
        self.assertFalse(self.db.exists())

    def test_redirects_to_elsewhere(self):
        elsewhere = FeedServer(self.source, self.certificate, self.key)
        self.addCleanup(elsewhere.close)
        clear = FeedServer(self.source)
        self.addCleanup(clear.close)
        for target in (f"{elsewhere.url}/{KEV}", f"{clear.url}/{KEV}", "file:///etc/passwd", "ftp://127.0.0.1/x"):
            self.server.fail(f"/{KEV}", status(302, [("Location", target)]))
            done = self.update(code=3)
            self.assertIn("the server redirects to", done.err, target)
            self.assertEqual(elsewhere.paths() + clear.paths(), [], target)
        self.policy(redirect_hosts=["127.0.0.1"])
        self.server.fail(f"/{KEV}", status(302, [("Location", f"{elsewhere.url}/{KEV}")]))
        self.update()
        self.assertEqual(elsewhere.paths(), [f"/{KEV}"])

    def test_redirects_on_the_same_host_are_followed(self):
        self.server.fail(f"/{KEV}", status(301, [("Location", "/moved")]))
        self.server.fail("/moved", status(307, [("Location", f"/{EPSS}/../../{KEV}")]))
        self.update()
        self.server.fail(f"/{KEV}", always(status(302, [("Location", f"/{KEV}")])))
        self.assertIn("redirects without end", self.update(code=3).err)

    def test_proxy(self):
        proxy = Proxy()
        self.addCleanup(proxy.close)
        self.update(env={"https_proxy": proxy.url})
        self.assertTrue(proxy.tunnels)
        self.assertEqual(set(proxy.tunnels), {f"127.0.0.1:{self.server.port}"})

    def test_endless_headers_and_bodies(self):
        self.update()
        self.policy(max_megabytes=1, attempts=1)
        self.server.fail(f"/{KEV}", status(200, [(f"X-{i}", "y" * 1000) for i in range(200)]))
        self.server.fail(f"/{EPSS}", body(b"x" * 2000000))
        done = self.update(code=3)
        self.assertIn("not updated: kev", done.err)
        self.assertIn("not updated: epss", done.err)
        self.assertIn("updates.max_megabytes", done.err)

    def test_secrets_in_urls_are_not_told(self):
        self.policy(kev=f"https://me:secret@127.0.0.1:{self.server.port}/nothing")
        done = self.update(code=3)
        self.assertNotIn("secret", done.err)
        self.policy(kev=f"https://me:secret@127.0.0.1:{self.server.port}/{KEV}")
        self.update()
        left = [f for f in self.db.parent.rglob("*") if f.is_file() and b"secret" in f.read_bytes()]
        self.assertEqual(left, [], "nor kept where others read")


class Large(Case):
    bulk = 1200

    def test_second_update_moves_under_one_percent(self):
        self.update()
        first = self.server.sent
        self.server.forget()
        self.update()
        self.assertLess(self.server.sent, first / 100)
        self.assertEqual(self.records(), 1202)
        self.server.forget()
        self.change("npm", lambda r: r["x_BULK-7"].update(modified="2026-11-03T00:00:00Z"))
        self.update()
        listed = (self.source / NPM / "modified_id.csv").stat().st_size
        self.assertLess(self.server.sent - listed, first / 100, "the list, and the record")

    def test_interrupted_download_is_resumed(self):
        self.server.fail(f"/{NPM}/all.zip", cut(0.6))
        self.update()
        asked = [h for p, h in self.server.server.requests if p == f"/{NPM}/all.zip"]
        self.assertEqual(len(asked), 2)
        size = (self.source / NPM / "all.zip").stat().st_size
        self.assertEqual(asked[1]["range"], f"bytes={int(size * 0.6)}-")
        self.assertIn("if-range", asked[1])
        self.assertEqual(self.records(), 1202)

    def test_the_next_run_resumes(self):
        self.policy(attempts=1)
        self.server.fail(f"/{NPM}/all.zip", cut(0.5))
        self.assertIn("not updated: osv/npm", self.update(code=3).err)
        self.server.forget()
        self.update()
        asked = [h for p, h in self.server.server.requests if p == f"/{NPM}/all.zip"]
        self.assertIn("range", asked[0])
        self.assertEqual(self.records(), 1202)

    def test_a_file_that_changed_in_between_is_begun_again(self):
        self.policy(attempts=1)
        self.server.fail(f"/{NPM}/all.zip", cut(0.5))
        self.update(code=3)
        self.change("npm", lambda r: r.update({"x_NEW-1": record("x_NEW-1")}))
        self.update()
        self.assertEqual(self.records(), 1203)

    def test_wrong_checksum_and_truncated_zip(self):
        self.update()
        whole = (self.source / NPM / "all.zip").read_bytes()
        self.change("npm", lambda r: [r[name].update(modified="2026-11-04T00:00:00Z") for name in list(r)])
        flipped = bytearray(whole)
        flipped[len(whole) // 3] ^= 1
        for bad in (bytes(flipped), whole[: len(whole) // 2], b"<html>not here</html>", b""):
            self.server.fail(f"/{NPM}/all.zip", body(bad))
            done = self.update(code=3)
            self.assertRegex(done.err, "not updated: osv/npm: .*the old data are kept")
            self.assertEqual(self.records(), 1202)
        self.update()

    def test_killed_anywhere_the_old_state_is_usable(self):
        self.update()
        for at in (0.02, 0.05, 0.1, 0.2, 0.4):
            self.change("npm", lambda r: [r[n].update(modified=f"2026-11-05T00:00:{int(at * 100):02}Z") for n in list(r)])
            child = subprocess.Popen([PLIMSOLL, "db", "update", "--db", self.db, "--policy", self.scratch / "policy.yaml",
                                      "--ca-file", self.ca, "--ecosystem", "npm"], stderr=subprocess.DEVNULL)
            time.sleep(at)
            child.send_signal(signal.SIGKILL)
            child.wait(timeout=60)
            self.assertEqual(self.records(), 1202)
        self.update()
        self.assertEqual(self.records(), 1202)

    def test_pack_and_unpack(self):
        self.update()
        key, whole, delta = self.scratch / "key", self.scratch / "whole.pack", self.scratch / "delta.pack"
        far = self.scratch / "far" / "threats.db"
        self.run_plimsoll("keygen", key, code=0)
        pack = ["pack", "--db", self.db, "--key", key]
        unpack = ["unpack", "--db", far, "--public-key", str(key) + ".pub"]
        self.run_plimsoll(*pack, whole, code=0)
        self.run_plimsoll(*unpack, whole, code=0)
        self.assertEqual(self.records(db=far), 1202)
        self.run_plimsoll(*pack, "--since", whole, delta, code=0)
        self.assertLess(delta.stat().st_size, whole.stat().st_size / 100, "nothing new")
        self.run_plimsoll(*unpack, delta, code=0)
        time.sleep(1.1)  # packs count in seconds
        self.change("npm", lambda r: r.update({"x_NEW-1": record("x_NEW-1")}))
        self.update()
        self.run_plimsoll(*pack, "--since", whole, delta, code=0)
        self.assertLess(delta.stat().st_size, whole.stat().st_size / 5, "one record, and the list of all")
        self.run_plimsoll(*unpack, delta, code=0)
        self.assertEqual(self.records(db=far), 1203)
        self.run_plimsoll(*unpack, delta, "--base", whole, code=0)
        self.assertEqual(self.records(db=far), 1203)
        done = self.run_plimsoll(*unpack, whole, code=3)
        self.assertIn("before the one unpacked last", done.err)
        fresh = self.scratch / "fresh" / "threats.db"
        done = self.run_plimsoll("unpack", "--db", fresh, "--public-key", str(key) + ".pub", delta, code=3)
        self.assertIn("--base", done.err)
        self.assertFalse(fresh.exists())
        tampered = bytearray(whole.read_bytes())
        tampered[len(tampered) // 2] ^= 1
        (self.scratch / "tampered").write_bytes(tampered)
        done = self.run_plimsoll("unpack", "--db", fresh, "--public-key", str(key) + ".pub", self.scratch / "tampered", code=3)
        self.assertIn("was changed", done.err)
        self.run_plimsoll("keygen", self.scratch / "other", code=0)
        done = self.run_plimsoll("unpack", "--db", fresh, "--public-key", self.scratch / "other.pub", whole, code=3)
        self.assertIn("not signed with this key", done.err)
        self.assertFalse(fresh.exists())


class Mirrors(Case):
    def test_mirror_import_and_update_from_it(self):
        copy = self.scratch / "copy"
        arguments = ["mirror", copy, "--policy", self.scratch / "policy.yaml", "--ca-file", self.ca]
        self.run_plimsoll(*arguments, code=0)
        self.server.forget()
        self.run_plimsoll(*arguments, code=0)
        self.assertEqual([p for p in self.server.paths() if p.endswith(".zip")], [])
        first, second, third = (self.scratch / name / "threats.db" for name in ("a", "b", "c"))
        self.run_plimsoll("import", "--db", first, "--from", copy, code=0)
        self.run_plimsoll("update", "--db", second, "--from", copy, "--ecosystem", "all", code=0)
        self.run_plimsoll("update", "--db", third, "--from", copy.as_uri(), "--ecosystem", "npm", code=0)
        self.assertEqual([self.records(db=db) for db in (first, second, third)], [2, 2, 2])
        self.assertEqual([self.records("osv/Debian", db=db) for db in (first, second, third)], [3, 3, None])
        lists = FeedServer(copy, self.certificate, self.key)
        self.addCleanup(lists.close)
        fourth = self.scratch / "d" / "threats.db"
        self.run_plimsoll("update", "--db", fourth, "--from", lists.url, "--ca-file", self.ca, "--ecosystem", "all", code=0)
        self.assertEqual(self.records(db=fourth), 2)

    def test_import_from_a_live_server(self):
        clear = FeedServer(self.source)
        self.addCleanup(clear.close)
        self.run_plimsoll("import", "--db", self.db, "--from", clear.url, code=0)
        self.assertEqual(self.records(), 2)
        clear.fail(f"/{NPM}/all.zip", cut(0.5))
        self.run_plimsoll("import", "--db", self.db, "--from", clear.url + "/", code=0)
        self.assertEqual(self.records(), 2)
        clear.fail(f"/{NPM}/all.zip", status(404))
        self.assertIn("osv/npm/all.zip", self.run_plimsoll("import", "--db", self.db, "--from", clear.url, code=3).err)
        clear.fail(f"/{NPM}/all.zip", status(302, [("Location", "http://127.0.0.1:1/")]))
        self.assertIn("redirects", self.run_plimsoll("import", "--db", self.db, "--from", clear.url, code=3).err)
        self.assertEqual(self.records(), 2)

    @unittest.skipUnless(feeds.MIRROR.is_dir(), f"no whole mirror at {feeds.MIRROR}")
    def test_a_whole_mirror_over_https(self):
        server = FeedServer(feeds.MIRROR, self.certificate, self.key)
        self.addCleanup(server.close)
        arguments = ["update", "--db", self.db, "--from", server.url, "--ca-file", self.ca, "--ecosystem", "all"]
        done = self.run_plimsoll(*arguments)
        self.assertIn(done.returncode, (0, 3), done.err)
        self.assertEqual(re.findall("not updated: .*", done.err), [])
        first = server.sent
        server.forget()
        self.run_plimsoll(*arguments)
        print(f"whole mirror: {first} bytes, then {server.sent}", file=sys.stderr)
        self.assertLess(server.sent, first / 100)
        key, whole, delta = (self.scratch / name for name in ("key", "whole", "delta"))
        self.run_plimsoll("keygen", key, code=0)
        self.run_plimsoll("pack", "--db", self.db, "--key", key, whole, code=0)
        self.run_plimsoll("pack", "--db", self.db, "--key", key, "--since", whole, delta, code=0)
        print(f"whole pack: {whole.stat().st_size} bytes, delta of nothing new {delta.stat().st_size}", file=sys.stderr)
        self.assertLess(delta.stat().st_size, whole.stat().st_size / 100)


class Nvd(Case):
    def page(self, start, total, cves):
        return json.dumps({"resultsPerPage": len(cves), "startIndex": start, "totalResults": total, "vulnerabilities": [
            {"cve": {"id": cve, "vulnStatus": "Analyzed", "metrics": {"cvssMetricV31": [
                {"type": "Primary", "cvssData": {"vectorString": vector}}]}}} for cve, vector in cves]}).encode()

    def test_pages_then_changes(self):
        vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
        self.policy(cvss="", nvd=self.server.url + "/nvd", nvd_pause_seconds=0)
        self.server.fail("/nvd", body(self.page(0, 3, [("CVE-2021-44906", vector), ("CVE-2019-10744", vector)])),
                         body(self.page(2, 3, [("CVE-2020-1747", vector)])))
        self.update("--nvd")
        self.assertEqual(self.records("cvss"), 3)
        self.server.fail("/nvd", body(self.page(0, 1, [("CVE-2026-99999991", vector)])))
        self.update("--nvd")
        self.assertEqual(self.records("cvss"), 4)
        self.server.fail("/nvd", body(b"<html>"))
        self.assertRegex(self.update("--nvd", code=3).err, "not updated: cvss: .*the old data are kept")
        self.assertEqual(self.records("cvss"), 4)
        self.update()
        self.assertEqual(self.records("cvss"), 4, "without --nvd the scores at hand stay")


if __name__ == "__main__":
    unittest.main(verbosity=2)
