#!/usr/bin/python3
"""plimsoll serve, end to end: a real Docker engine, real sockets, real TLS. Needs root and Docker (script/bootstrap demo).

What it makes carries the prefix below. No container runs anything but `sleep`.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
PREFIX = "plimsoll-serve-"
IMAGE = PREFIX + "image:1"
PASSPHRASE = "a long pass phrase"
PATIENCE = 60  # seconds for what is not measured


def run(*arguments, timeout=300, check=True):
    done = subprocess.run(list(arguments), capture_output=True, text=True, errors="replace", timeout=timeout)
    if check and done.returncode != 0:
        raise AssertionError(f"{arguments} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def until(what, condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s")


def make_image():
    """A file tree with one static program and a package database, so that there is something to score."""
    run(str(ROOT / "script" / "docker-up"))
    tree = tempfile.mkdtemp(prefix=PREFIX)
    try:
        source = pathlib.Path(tree, "sleep.c")
        source.write_text("#include <unistd.h>\nint main(void){for(;;)pause();}\n")
        run("gcc", "-static", "-o", tree + "/pause", str(source))
        for path, text in {
            "etc/os-release": 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n',
            "var/lib/dpkg/status": "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\n"
            "Version: 3.0.9-1\n\n",
            "Dockerfile": "FROM scratch\nCOPY pause /pause\nCOPY etc /etc\nCOPY var /var\nENTRYPOINT [\"/pause\"]\n",
        }.items():
            place = pathlib.Path(tree, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        run("docker", "build", "-q", "-t", IMAGE, tree)
    finally:
        shutil.rmtree(tree)


class Service:
    """One running `plimsoll serve` with a state of its own."""

    def __init__(self, *more, state=None, plain=False):
        self.scratch = state or tempfile.mkdtemp(prefix=PREFIX)
        os.chmod(self.scratch, 0o755)
        self.plain = plain
        self.out = open(self.scratch + "/out", "w+")
        command = [PLIMSOLL, "serve", "--listen", "127.0.0.1:0", "--state", self.scratch + "/state", *more]
        if plain:
            command.append("--plain")
        self.process = subprocess.Popen(command, stdout=self.out, stderr=subprocess.STDOUT)
        self.port = int(until("the address is told", lambda: self.told(r"serving on https?://127\.0\.0\.1:(\d+)")))
        self.secret = self.told(r"#setup=(\S+)")
        self.cookie = self.csrf = None

    def text(self):
        return pathlib.Path(self.out.name).read_text(errors="replace")

    def told(self, pattern):
        if self.process.poll() is not None:
            raise AssertionError("the service ended: " + self.text())
        found = re.search(pattern, self.text())
        return found and found.group(1)

    def connect(self, timeout=30):
        if self.plain:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        context = ssl.create_default_context(cafile=self.scratch + "/state/server.crt")
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=context)

    def call(self, method, path, body=None, headers=None, signed_in=True):
        connection = self.connect()
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if signed_in and self.cookie:
            sent.update({"Cookie": self.cookie, "X-Plimsoll-CSRF": self.csrf})
        sent.update(headers or {})
        connection.request(method, path, json.dumps(body) if body is not None else None, sent)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        kind = answer.headers.get("Content-Type", "")
        return answer.status, json.loads(data) if "json" in kind and data else data, answer.headers

    def keep(self, headers, body):
        self.cookie, self.csrf = headers["Set-Cookie"].split(";")[0], body["csrf"]

    def set_up(self):
        status, body, headers = self.call(
            "POST", "/api/v1/setup", {"secret": self.secret, "name": "anna", "passphrase": PASSPHRASE}, signed_in=False
        )
        if status != 201:
            raise AssertionError((status, body))
        self.keep(headers, body)

    def assets(self, query=""):
        status, body, _ = self.call("GET", "/api/v1/assets?limit=1000" + query)
        if status != 200:
            raise AssertionError((status, body))
        return {row["name"]: row for row in body["items"]}

    def children(self):
        pid = self.process.pid
        return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def speaker(self):
        """The process that holds the connections: it has the listening socket."""
        inode = None
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[1].endswith(f":{self.port:04X}"):
                inode = words[9]
        for pid in [self.process.pid, *self.children()]:
            for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
                try:
                    if os.readlink(link) == f"socket:[{inode}]":
                        return pid
                except OSError:
                    pass
        raise AssertionError("nobody listens")

    def end(self, keep_state=False):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=20)
        finally:
            self.process.kill()
            self.out.close()
            if not keep_state:
                shutil.rmtree(self.scratch, ignore_errors=True)
        return code


class Stream(threading.Thread):
    """Listens to the event stream: (time of arrival, id, kind, data); `progress` has its frames without an id."""

    def __init__(self, service, last_id=None):
        super().__init__(daemon=True)
        self.events, self.progress, self.lock, self.ended = [], [], threading.Lock(), False
        self.connection = service.connect(timeout=120)
        headers = {"Cookie": service.cookie, "Accept": "text/event-stream"}
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        self.connection.request("GET", "/api/v1/events/stream", headers=headers)
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.status
        assert self.answer.headers["Content-Type"] == "text/event-stream"
        self.start()

    def run(self):
        event = {"data": ""}
        try:
            while True:
                line = self.answer.readline()
                if not line:
                    break
                line = line.decode().rstrip("\n")
                if not line:
                    if event["data"] and event.get("event") == "progress":
                        with self.lock:
                            self.progress.append(json.loads(event["data"]))
                    elif event["data"]:
                        with self.lock:
                            self.events.append((time.monotonic(), int(event["id"]), event["event"], json.loads(event["data"])))
                    event = {"data": ""}
                elif not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    event[name] = event["data"] + value + "\n" if name == "data" else value
        except (OSError, http.client.HTTPException, ValueError):
            pass
        self.ended = True

    def find(self, kind, name):
        with self.lock:
            for at, number, found, data in self.events:
                if found == kind and data["body"].get("name") == name:
                    return at, number, data
        return None


def setUpModule():
    make_image()


def tearDownModule():
    for name in run("docker", "ps", "-aq", "--filter", f"name={PREFIX}").split():
        run("docker", "rm", "-f", name, check=False)
    run("docker", "rmi", "-f", IMAGE, check=False)


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.end)
        cls.service.set_up()
        until("the first scan", lambda: cls.service.call("GET", "/readyz")[0] == 200, 300)

    def test_a_container_comes_and_goes(self):
        service, name = self.service, PREFIX + "web"
        stream = Stream(service)
        self.assertNotIn(name, service.assets())
        began = time.monotonic()
        run("docker", "run", "-d", "--network", "none", "--name", name, IMAGE)
        started = time.monotonic()
        at, _, event = until("it is on the stream", lambda: stream.find("asset.appeared", name))
        row = until("it is in the list", lambda: service.assets().get(name))
        listed = time.monotonic()
        print(f"a container was on the stream {at - started:.2f} s and in the list {listed - started:.2f} s after "
              f"`docker run` came back ({at - began:.2f} s after it began)", file=sys.stderr)
        self.assertLess(at - started, 5)
        self.assertLess(listed - started, 5)
        self.assertEqual(row["kind"], "container")
        self.assertGreater(row["score"], 0)
        self.assertEqual(row["os"], "debian 12")
        self.assertEqual(event["body"]["score"], row["score"])
        detail = service.call("GET", "/api/v1/assets/" + urllib.parse.quote(row["id"], safe=""))[1]
        self.assertEqual(detail["report"]["packages_total"], 1)

        stopped = time.monotonic()
        run("docker", "stop", "-t", "0", name)
        at, number, _ = until("it is gone on the stream", lambda: stream.find("asset.gone", name))
        print(f"gone {at - stopped:.2f} s after `docker stop` began", file=sys.stderr)
        self.assertNotIn(name, service.assets())
        gone = service.assets("&gone=true")[name]
        self.assertIsNotNone(gone["gone_at"])
        history = service.call("GET", "/api/v1/assets/" + urllib.parse.quote(row["id"], safe="") + "/history")[1]
        self.assertGreaterEqual(len(history["items"]), 1)

        # Whoever was away for a while misses nothing.
        again = Stream(service, number - 1)
        until("the missed event comes", lambda: again.find("asset.gone", name))
        run("docker", "rm", name)

    def test_who_speaks_http_has_no_rights(self):
        pid = self.service.speaker()
        self.assertNotEqual(pid, self.service.process.pid)
        status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(status[name], 16), 0, name)
        self.assertNotIn("0", status["Uid"].split())
        self.assertNotIn("0", status["Gid"].split())
        self.assertEqual(status.get("Groups", "").strip(), "")
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Seccomp"], "2")
        layers = self.service.call("GET", "/api/v1/status")[1]["confinement"]
        self.assertEqual([layer["name"] for layer in layers if not layer["in_force"]], [])
        self.assertEqual({layer["name"] for layer in layers}, {"user", "capabilities", "process", "landlock", "seccomp"})

    def test_the_setup_link_works_once(self):
        body = {"secret": self.service.secret, "name": "eve", "passphrase": PASSPHRASE}
        self.assertEqual(self.service.call("POST", "/api/v1/setup", body, signed_in=False)[0], 403)

    def test_logout_ends_the_session_and_its_stream(self):
        service = self.service
        status, body, headers = service.call(
            "POST", "/api/v1/login", {"name": "anna", "passphrase": PASSPHRASE}, signed_in=False
        )
        self.assertEqual(status, 200)
        other = type("Session", (), {"cookie": headers["Set-Cookie"].split(";")[0], "connect": service.connect})()
        mine = {"Cookie": other.cookie, "X-Plimsoll-CSRF": body["csrf"]}
        stream = Stream(other)
        self.assertEqual(service.call("GET", "/api/v1/me", headers=mine, signed_in=False)[0], 200)
        self.assertEqual(service.call("POST", "/api/v1/logout", headers=mine, signed_in=False)[0], 204)
        self.assertEqual(service.call("GET", "/api/v1/me", headers=mine, signed_in=False)[0], 401)
        until("the stream ends", lambda: stream.ended)

    def test_old_tls_is_refused(self):
        for version, fine in ((ssl.TLSVersion.TLSv1, False), (ssl.TLSVersion.TLSv1_1, False),
                              (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            with socket.create_connection(("127.0.0.1", self.service.port), timeout=10) as raw:
                if fine:
                    with context.wrap_socket(raw) as tls:
                        self.assertIsNotNone(tls.version())
                else:
                    with self.assertRaises((ssl.SSLError, ConnectionError)):
                        context.wrap_socket(raw)

    def test_a_wrong_host_is_refused(self):
        self.assertEqual(self.service.call("GET", "/healthz", headers={"Host": "evil.example"})[0], 421)
        self.assertEqual(self.service.call("GET", "/healthz", headers={"Host": f"localhost:{self.service.port}"})[0], 200)

    def test_slow_clients_do_not_disturb(self):
        slow = []
        for _ in range(200):
            raw = socket.create_connection(("127.0.0.1", self.service.port), timeout=10)
            raw.sendall(b"\x16\x03\x01")  # the beginning of a TLS record
            slow.append(raw)
        try:
            for _ in range(20):
                began = time.monotonic()
                self.assertEqual(self.service.call("GET", "/healthz")[0], 200)
                self.assertLess(time.monotonic() - began, 10)
            for raw in slow:
                raw.settimeout(30)
                self.assertEqual(raw.recv(1), b"", "let go after its time")
        finally:
            for raw in slow:
                raw.close()

    def test_reports_and_description(self):
        for form in ("json", "html", "markdown", "csv", "sarif", "junit", "cyclonedx", "spdx", "table"):
            status, body, headers = self.service.call("GET", "/api/v1/reports?format=" + form)
            self.assertEqual(status, 200, form)
            self.assertTrue(body, form)
            self.assertIn("attachment", headers["Content-Disposition"])
        status, body, _ = self.service.call("GET", "/api/v1/openapi.yaml", signed_in=False)
        self.assertEqual((status, body), (200, (ROOT / "docs" / "openapi.yaml").read_bytes()))

    def test_scan_now(self):
        before = self.service.call("GET", "/api/v1/status")[1]["scan"]["scans"]
        self.assertEqual(self.service.call("POST", "/api/v1/scan")[0], 202)
        until("it was scanned again", lambda: self.service.call("GET", "/api/v1/status")[1]["scan"]["scans"] > before, 300)


class Restarted(unittest.TestCase):
    def test_what_was_known_is_known_again(self):
        first = Service()
        try:
            first.set_up()
            until("the first scan", lambda: first.call("GET", "/readyz")[0] == 200, 300)
            host = [row for row in first.assets().values() if row["kind"] == "host"]
            self.assertEqual(len(host), 1)
        finally:
            code = first.end(keep_state=True)
        self.assertEqual(code, 0, "SIGTERM is an end in order")
        for name in ("journal.db", "server.key", "server.crt"):
            mode = os.stat(f"{first.scratch}/state/{name}").st_mode
            self.assertEqual(mode & 0o077, 0, name)
        second = Service(state=first.scratch)
        try:
            self.assertIsNone(second.secret, "there is somebody already")
            second.cookie, second.csrf = first.cookie, first.csrf
            self.assertEqual(second.call("GET", "/api/v1/me")[0], 200)
            self.assertIn(host[0]["name"], second.assets())
        finally:
            second.end()

    def test_a_killed_speaker_ends_the_service(self):
        service = Service()
        try:
            os.kill(service.speaker(), signal.SIGKILL)
            self.assertNotEqual(service.process.wait(timeout=60), 0)
        finally:
            service.end()

    def test_plain_is_for_loopback(self):
        done = subprocess.run([PLIMSOLL, "serve", "--listen", "0.0.0.0:0", "--plain"], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
