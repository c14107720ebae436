#!/usr/bin/python3
"""The sandbox from outside: what self-test says, what /proc says of a worker, and what a lost worker costs.

Needs root. Runs alone: /usr/bin/python3 tests/e2e/sandbox_test.py
"""
import ctypes
import gzip
import io
import json
import os
import pathlib
import signal
import subprocess
import tarfile
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
os.environ.setdefault("PLIMSOLL_OBSERVE", "0")  # what the network shows has tests of its own
NOBODY = 54321
LAYERS = ["user", "capabilities", "network", "landlock", "seccomp", "limits", "process"]
DAC_READ_SEARCH = 1 << 2


def run(*arguments, user=None, env=None, timeout=120):
    home = {"HOME": "/nonexistent"} if user else {}
    return subprocess.run([PLIMSOLL, *arguments], capture_output=True, text=True, timeout=timeout, user=user, group=user,
                          extra_groups=[] if user else None, env={**os.environ, **home, **(env or {})}, cwd="/")


def landlock_here():
    return ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1) > 0


def children_of(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def status_of(pid):
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def wait_for_worker(program, seconds=30):
    """The worker (grandchild) once it is confined and at work, and its status; the program must run long enough."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and program.poll() is None:
        for broker in children_of(program.pid):
            for worker in children_of(broker):
                status = status_of(worker)
                if status.get("Seccomp") == "2":
                    return worker, status
        time.sleep(0.002)
    raise AssertionError("no worker was seen")


def image(path, pad_bytes=0):
    """A docker-save archive with one small dpkg database; packed with gzip, with so many zeros in its layer."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        for name, text in (("etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=nosuch\nPRETTY_NAME=Debian\n"),
                           ("var/lib/dpkg/status", "Package: hello\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: amd64\n\n")):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    body = layer.getvalue()
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": ["test:1"], "Layers": ["layer.tar"]}]).encode()
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, content in (("config.json", config), ("manifest.json", manifest), ("layer.tar", body)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    if not pad_bytes:
        pathlib.Path(path).write_bytes(raw.getvalue())
        return
    # Zeros behind the first entries: read through, twice, before anything can be told of the image.
    pad = tarfile.TarInfo("pad")
    pad.size = pad_bytes
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(pad.tobuf())
        block = bytes(1 << 24)
        for _ in range(pad_bytes // len(block)):
            out.write(block)
        out.write(raw.getvalue())


class SelfTest(unittest.TestCase):
    def check(self, done, user):
        self.assertEqual(done.returncode, 0 if landlock_here() else 3, done.stdout + done.stderr)
        for layer in LAYERS:
            self.assertIn("\n  " + layer + " ", done.stdout)
        self.assertGreaterEqual(done.stdout.count("is blocked"), 14)
        if landlock_here():
            self.assertNotIn("GETS THROUGH", done.stdout)
            self.assertNotIn("MISSING", done.stdout)
        self.assertIn(user, done.stdout)

    def test_as_root(self):
        self.check(run("self-test"), "of its own")

    def test_without_rights(self):
        self.check(run("self-test", user=NOBODY), f"uid {NOBODY}, who started the program")

    def test_missing_layers_are_told(self):
        # Root without the right to change its user or to make a namespace.
        done = subprocess.run(["setpriv", "--bounding-set=-setuid,-setgid,-sys_admin", "--inh-caps=-setuid,-setgid,-sys_admin", PLIMSOLL, "self-test"],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"user +MISSING")
        self.assertRegex(done.stdout, r"network +MISSING")

    def test_switched_off_is_told(self):
        self.assertEqual(run("self-test", env={"PLIMSOLL_NO_SANDBOX": "1"}).returncode, 3)


class Scans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="plimsoll-sandbox-")
        cls.small = cls.scratch.name + "/small.tar"
        cls.slow = cls.scratch.name + "/slow.tar.gz"
        image(cls.small)
        image(cls.slow, 4 << 30)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def start(self, *targets):
        program = subprocess.Popen([PLIMSOLL, "scan", "--format", "json", *targets], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        timer = threading.Timer(120, program.kill)
        timer.start()
        self.addCleanup(timer.cancel)
        return program

    def test_what_a_running_worker_may(self):
        program = self.start(f"archive:{self.slow}")
        worker, status = wait_for_worker(program)
        self.assertEqual(status["NoNewPrivs"], "1")
        for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            self.assertEqual(int(status[kind], 16), 0, kind)  # an archive is open already: nothing is needed
        self.assertNotIn("0", status["Uid"].split())
        self.assertEqual(status["Groups"].strip(), "")
        self.assertNotEqual(os.readlink(f"/proc/{worker}/ns/net"), os.readlink("/proc/self/ns/net"))
        files = {os.readlink(f"/proc/{worker}/fd/{n}") for n in os.listdir(f"/proc/{worker}/fd")}
        self.assertLessEqual({f for f in files if f.startswith("/") and not f.startswith("/memfd:")}, {"/dev/null", self.slow})
        self.assertFalse([f for f in files if f.startswith("socket:")])
        program.kill()
        program.communicate()
        for _ in range(500):
            if not os.path.exists(f"/proc/{worker}"):
                break
            time.sleep(0.01)
        self.assertFalse(os.path.exists(f"/proc/{worker}"), "the worker outlived the program")

    def test_a_directory_keeps_reading_alone(self):
        with tempfile.TemporaryDirectory(prefix="plimsoll-sandbox-") as tree:
            root = pathlib.Path(tree)
            for i in range(400):
                (root / f"d{i}").mkdir()
                for j in range(50):
                    (root / f"d{i}" / f"{j}.txt").touch()
            (root / "var/lib/dpkg").mkdir(parents=True)
            (root / "var/lib/dpkg/status").write_text("Package: hidden\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n")
            os.chmod(root / "var/lib/dpkg", 0o700)  # for root only
            program = self.start(f"rootfs:{tree}")
            _, status = wait_for_worker(program)
            self.assertLessEqual(int(status["CapEff"], 16), DAC_READ_SEARCH)
            out, _ = program.communicate()
            report = json.loads(out)
            self.assertEqual([p["name"] for p in report["assets"][0]["packages"]], ["hidden"])

    def test_a_lost_worker_costs_its_target_only(self):
        program = self.start(f"archive:{self.slow}", f"archive:{self.small}")
        worker, _ = wait_for_worker(program)
        os.kill(worker, signal.SIGKILL)
        out, err = program.communicate()
        self.assertEqual(program.returncode, 3, err)
        report = json.loads(out)
        assets = {a["name"]: a for a in report["assets"]}
        reasons = [g["reason"] for g in assets[self.slow]["not_assessed"]]
        self.assertTrue(any("SIGKILL" in r for r in reasons), reasons)
        self.assertEqual([p["name"] for p in assets[self.small]["packages"]], ["hello"])
        self.assertFalse([g for g in assets[self.small]["not_assessed"] if "worker" in g["reason"]])

    def test_the_report_names_the_layers(self):
        report = json.loads(run("scan", "--format", "json", f"archive:{self.small}").stdout)
        self.assertEqual([x["name"] for x in report["sandbox"]["layers"]], LAYERS)
        # One for the archive: this machine's package lists, of another release, are of no use to it.
        self.assertEqual((report["sandbox"]["workers"], report["sandbox"]["off"]), (1, ""))
        if landlock_here():
            self.assertNotIn("protection", run("scan", f"archive:{self.small}").stdout)
        off = run("scan", f"archive:{self.small}", env={"PLIMSOLL_NO_SANDBOX": "1"})
        self.assertIn("without the sandbox", off.stdout.replace("\n         ", " "))

    def test_the_same_is_found_with_and_without(self):
        def facts(env):
            report = json.loads(run("scan", "--format", "json", f"archive:{self.small}", "rootfs:/usr", env=env).stdout)
            return [(a["id"], a.get("os"), a["packages"], a["not_assessed"], a["platform"] if "platform" in a else "") for a in report["assets"]]
        self.assertEqual(facts({}), facts({"PLIMSOLL_NO_SANDBOX": "1"}))

    def test_the_host_is_read_whole(self):
        def packages(env, user=None):
            report = json.loads(run("scan", "host", "--format", "json", env=env, user=user).stdout)
            return {(p["name"], p["version"], p["loaded"] != "yes") for p in report["assets"][0]["packages"]}
        self.assertGreater(len(packages({})), 50)
        self.assertEqual({p[:2] for p in packages({})}, {p[:2] for p in packages({"PLIMSOLL_NO_SANDBOX": "1"})})
        self.assertGreater(len(packages({}, NOBODY)), 50)

    def test_recordings_go_through_a_worker(self):
        folder = self.scratch.name + "/recorded"
        first = run("scan", "--format", "json", "--record", folder, f"archive:{self.small}")
        again = run("scan", "--format", "json", f"replay:{folder}")
        self.assertEqual(json.loads(again.stdout)["assets"], json.loads(first.stdout)["assets"])
        self.assertEqual(json.loads(again.stdout)["sandbox"]["workers"], 1)
        pathlib.Path(folder, "facts.json").write_text("{")
        broken = run("scan", f"replay:{folder}")
        self.assertEqual(broken.returncode, 3)
        self.assertIn("not a valid recording", broken.stderr)


class Import(unittest.TestCase):
    def test_feeds_are_parsed_in_a_worker(self):
        with tempfile.TemporaryDirectory(prefix="plimsoll-sandbox-") as folder:
            record = pathlib.Path(folder, "one.json")
            record.write_text(json.dumps({"id": "TEST-1", "modified": "2026-01-01T00:00:00Z", "affected": [
                {"package": {"ecosystem": "npm", "name": "x"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]}))
            db = folder + "/threats.db"
            done = run("db", "import", "--db", db, str(record))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("TEST-1", run("db", "show", "--db", db, "TEST-1").stdout)
            before = pathlib.Path(db).read_bytes()
            record.write_text("no feed")
            self.assertEqual(run("db", "import", "--db", db, str(record)).returncode, 3)
            self.assertEqual(pathlib.Path(db).read_bytes(), before)
            self.assertEqual(sorted(os.listdir(folder)), ["one.json", "threats.db", "threats.db.lock"])


if __name__ == "__main__":
    if os.geteuid() != 0:
        raise SystemExit("needs root")
    unittest.main(verbosity=2)
