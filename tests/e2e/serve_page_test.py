#!/usr/bin/python3
"""plimsoll serve, end to end: what is asked for by a person: exceptions, a scan of one asset, an update of the database.

A real Docker engine, and a real HTTPS server on loopback in the place of the public sources. Needs root and Docker.
"""
import datetime
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import serve_test as base  # noqa: E402
from feed_server import FeedServer, make_authority  # noqa: E402
from update_test import CVSS, EPSS, KEV, write_feeds  # noqa: E402

PREFIX = base.PREFIX
run, until = base.run, base.until


def setUpModule():
    base.setUpModule()


def tearDownModule():
    base.tearDownModule()


def path_of(asset):
    return "/api/v1/assets/" + urllib.parse.quote(asset["id"], safe="")


class Asked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        ca, certificate, key = make_authority(str(cls.scratch))
        write_feeds(cls.scratch / "source", 0)
        cls.sources = FeedServer(cls.scratch / "source", certificate, key)
        cls.addClassCleanup(cls.sources.close)
        settings = {"osv": cls.sources.url + "/osv", "kev": f"{cls.sources.url}/{KEV}", "epss": f"{cls.sources.url}/{EPSS}",
                    "cvss": f"{cls.sources.url}/{CVSS}", "first_wait_seconds": 0.01, "attempts": 2, "ca_file": str(ca)}
        policy = cls.scratch / "policy.yaml"
        policy.write_text("schema: plimsoll.policy/1\nupdates:\n" + "".join(f"  {k}: {json.dumps(v)}\n" for k, v in settings.items()))
        os.chmod(cls.scratch, 0o755)
        (cls.scratch / "db").mkdir(mode=0o755)
        # A small database to begin with, so that an update is a change.
        cls.database = cls.scratch / "db" / "threats.db"
        run(base.PLIMSOLL, "db", "import", "--db", str(cls.database), "--from", str(cls.scratch / "source"))
        for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
            del os.environ[name]
        cls.service = base.Service("--db", str(cls.database), "--policy", str(policy))
        cls.addClassCleanup(cls.service.end)
        cls.service.set_up()
        until("the first scan", lambda: cls.service.call("GET", "/readyz")[0] == 200, 300)
        cls.name = PREFIX + "asked"
        run("docker", "run", "-d", "--network", "none", "--name", cls.name, base.IMAGE)
        cls.asset = until("it is in the list", lambda: cls.service.assets().get(cls.name))

    def get(self, path):
        status, body, _ = self.service.call("GET", path)
        self.assertEqual(status, 200, (path, body))
        return body

    def test_an_exception_lowers_the_score_and_ends_by_itself(self):
        threats = self.get(path_of(self.asset) + "/threats")["items"]
        self.assertTrue(threats)
        before = self.service.assets()[self.name]
        stream = base.Stream(self.service)
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=8)
        made = []
        for threat in {row["id"] for row in threats}:
            body = {"threat": threat, "scope": "image", "image": before["image"], "reason": "a test", "owner": "anna",
                    "expires_at": end.strftime("%Y-%m-%dT%H:%M:%SZ")}
            status, exception, _ = self.service.call("POST", "/api/v1/exceptions", body)
            self.assertEqual(status, 201, exception)
            made.append(exception["id"])
        lowered = until("it counts", lambda: (lambda row: row["score"] < before["score"] and row)(self.service.assets()[self.name]), 30)
        self.assertEqual(self.get(path_of(self.asset) + "/threats?excepted=true")["total"], lowered["details"]["excepted"])
        self.assertIn("a test", self.service.call("GET", "/api/v1/reports?format=csv")[1].decode())
        until("it ends", lambda: self.service.assets()[self.name]["score"] == before["score"], 60)
        ended = until("it is told", lambda: [e for e in list(stream.events) if e[2] == "exception.expired"])
        self.assertIn(ended[0][3]["body"]["id"], made)
        self.assertEqual(self.get("/api/v1/exceptions")["items"], [])

    def test_one_asset_is_scanned_with_progress(self):
        stream = base.Stream(self.service)
        before = self.get("/api/v1/status")["scan"]["scans"]
        self.assertEqual(self.service.call("POST", path_of(self.asset) + "/scan")[0], 202)
        until("it was scanned", lambda: self.get("/api/v1/status")["scan"]["scans"] > before, 120)
        until("its end is told", lambda: stream.progress and not stream.progress[-1]["running"])
        self.assertTrue(any(frame["running"] and frame["step"] for frame in stream.progress), stream.progress)
        self.assertTrue(all(frame["task"] == "scan" for frame in stream.progress))
        self.assertEqual(self.service.call("POST", "/api/v1/assets/docker%3Anone/scan")[0], 404)

    def test_the_database_is_updated_with_progress(self):
        stream = base.Stream(self.service)
        before = self.get("/api/v1/database")
        rematches = self.get("/api/v1/status")["scan"]["rematches"]
        self.assertEqual(self.service.call("POST", "/api/v1/database/update")[0], 202)
        done = until("it is updated", lambda: [e for e in list(stream.events) if e[2].startswith("database.update") and e[3]["actor"] == "probe"], 240)
        self.assertEqual(done[0][2], "database.updated", done[0][3])
        self.assertTrue(any(frame["task"] == "database" and frame["running"] for frame in stream.progress))
        until("what is stored is matched anew", lambda: self.get("/api/v1/status")["scan"]["rematches"] > rematches)
        after = until("it is told", lambda: (lambda db: db["built_at"] != before["built_at"] and db)(self.get("/api/v1/database")))
        self.assertFalse(after["update"]["running"])
        self.assertEqual(after["update"]["fault"], "")
        self.assertTrue(all(source["age_days"] is None or source["age_days"] >= 0 for source in after["sources"]))

    def test_parts_of_the_world(self):
        packages = self.get(path_of(self.asset) + "/packages")
        self.assertEqual([row["name"] for row in packages["items"]], ["openssl"])
        self.assertEqual(self.get(path_of(self.asset) + "/sbom")["components"][0]["components"][-1]["name"], "openssl")
        images = {row["name"]: row for row in self.get("/api/v1/images")["items"]}
        self.assertGreater(images[base.IMAGE]["size"], 0)
        self.assertIsNotNone(images[base.IMAGE]["own"])
        layers = self.get("/api/v1/images/" + urllib.parse.quote(images[base.IMAGE]["id"], safe=""))["layers"]
        self.assertIn("pause", layers[0]["created_by"])
        node = self.get("/api/v1/nodes")["items"][0]
        self.assertGreaterEqual(node["containers"], 1)
        self.assertGreater(node["memory_bytes"], 0)
        self.assertTrue(node["kernel"])
        self.assertTrue(self.get(path_of(node["asset"]) + "/benchmark")["sections"])
        self.assertTrue(self.get("/api/v1/fixes")["items"])
        self.assertTrue(any(row["asset"] == self.asset["id"] for row in self.get("/api/v1/changes")["appeared"]))
        self.assertTrue(self.get("/api/v1/trend")["items"])
        processes = self.get(path_of(self.asset) + "/processes")["items"]
        self.assertEqual([row["name"] for row in processes], ["pause"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
