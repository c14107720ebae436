#!/usr/bin/python3
"""A client generated from docs/openapi.yaml: it compiles, and works against a live server. Needs root, node and npm's registry (or a
filled tests/e2e/client/node_modules)."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from serve_test import Service, until

PLACE = pathlib.Path(__file__).resolve().parent / "client"
BIN = PLACE / "node_modules" / ".bin"


def run(*command, env=None, timeout=300):
    done = subprocess.run(command, cwd=PLACE, capture_output=True, text=True, timeout=timeout, env={**os.environ, **(env or {})})
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


class Client(unittest.TestCase):
    def test_it_compiles_and_works(self):
        if not (BIN / "tsc").exists():
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        run(str(BIN / "openapi-typescript"), "../../../docs/openapi.yaml", "-o", "schema.ts")
        run(str(BIN / "tsc"))
        service = Service()
        self.addCleanup(service.end)
        service.set_up()
        until("the first scan", lambda: service.call("GET", "/readyz")[0] == 200, 300)
        status, body, _ = service.call("POST", "/api/v1/tokens", {"label": "client", "scope": "admin"})
        self.assertEqual(status, 201, body)
        for label in ("second", "third"):  # each is an event: on a machine without containers there are few others
            self.assertEqual(service.call("POST", "/api/v1/tokens", {"label": label, "scope": "viewer"})[0], 201)
        said = json.loads(run("node", "out/live.js", env={
            "PLIMSOLL_URL": f"https://127.0.0.1:{service.port}", "PLIMSOLL_TOKEN": body["secret"],
            "NODE_EXTRA_CA_CERTS": service.scratch + "/state/server.crt"}))
        self.assertEqual(sorted(said["assets"]), sorted(service.assets()))
        self.assertEqual(said["counted"], len(said["assets"]))
        self.assertTrue(said["same"])
        self.assertGreater(said["points"], 0)
        self.assertEqual(said["events"], sorted(said["events"]))
        self.assertEqual(len(said["events"]), 5)
        self.assertEqual((said["receivers"], said["scan"]), (0, 202))
        self.assertEqual(said["missing"]["status"], 404)

    def test_what_the_description_does_not_promise_does_not_compile(self):
        if not (BIN / "tsc").exists():
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        run(str(BIN / "openapi-typescript"), "../../../docs/openapi.yaml", "-o", "schema.ts")
        text = (PLACE / "live.ts").read_text()
        (PLACE / "out").mkdir(exist_ok=True)
        files = []
        for good, bad in (("row.id", "row.idd"), ('"/api/v1/scan"', '"/api/v1/scann"'), ("limit: 1,", 'limit: "one",'), ("", "")):
            self.assertIn(good, text)
            files.append(PLACE / "out" / f"wrong{len(files)}.ts")
            files[-1].write_text((text.replace(good, bad) if good else text).replace("./schema.js", "../schema.js"))
        done = subprocess.run([str(BIN / "tsc"), "--noEmit", "--strict", "--target", "ES2022", "--module", "NodeNext",
                               "--moduleResolution", "NodeNext", "--types", "node", *map(str, files)],
                              cwd=PLACE, capture_output=True, text=True, timeout=300)
        self.assertNotEqual(done.returncode, 0)
        for file in files:
            wrong = file != files[-1]  # the last one is as it should be
            self.assertEqual(file.name in done.stdout, wrong, done.stdout[-2000:])
            file.unlink()


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("needs root")
    unittest.main(verbosity=2)
