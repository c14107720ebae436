#!/usr/bin/python3
"""Attacks on plimsoll serve over its own wire: what strangers send, and what was valid and is no more. Needs root, and sqlmap
(script/packages/test). No container is needed.
"""
import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import socket
import socketserver
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from serve_test import PASSPHRASE, Service, until


def journal(service):
    """The journal behind the service's back: to let time pass for one row of it."""
    return sqlite3.connect(service.scratch + "/state/journal.db", timeout=30, isolation_level=None)


def raw_answer(service, request, timeout=15):
    """The whole answer to bytes that no client library would send; b"" when the connection is just closed."""
    context = ssl.create_default_context(cafile=service.scratch + "/state/server.crt")
    with socket.create_connection(("127.0.0.1", service.port), timeout=timeout) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
            try:
                tls.sendall(request)
            except (ssl.SSLError, OSError):
                pass  # it may have answered and hung up already
            out = b""
            try:
                while piece := tls.recv(65536):
                    out += piece
            except (ssl.SSLError, OSError):
                pass
            return out


def status_of(answer):
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found.group(1)) if found else None


class Setup(unittest.TestCase):
    def test_of_many_at_once_one_gets_the_first_account(self):
        service = Service()
        self.addCleanup(service.end)

        def attempt(i):
            return service.call("POST", "/api/v1/setup",
                                {"secret": service.secret, "name": f"eve{i}", "passphrase": PASSPHRASE}, signed_in=False)[0]

        wrong = {"secret": "A" * 43, "name": "eve", "passphrase": PASSPHRASE}
        self.assertEqual(service.call("POST", "/api/v1/setup", wrong, signed_in=False)[0], 403)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(attempt, range(6)))
        self.assertEqual(answers.count(201), 1, answers)
        self.assertEqual({*answers} - {201, 403, 429, 503}, set(), answers)
        self.assertEqual(attempt(9), 403)
        self.assertEqual(service.call("GET", "/api/v1/setup", signed_in=False)[1], {"needed": False})


class Attacked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.end)
        cls.service.set_up()
        until("the first scan", lambda: cls.service.call("GET", "/readyz")[0] == 200, 300)

    def sign_in(self, name="anna", passphrase=PASSPHRASE):
        status, body, headers = self.service.call("POST", "/api/v1/login", {"name": name, "passphrase": passphrase},
                                                  signed_in=False)
        self.assertEqual(status, 200, body)
        return {"Cookie": headers["Set-Cookie"].split(";")[0], "X-Plimsoll-CSRF": body["csrf"]}, headers["Set-Cookie"]

    def me(self, headers):
        return self.service.call("GET", "/api/v1/me", headers=headers, signed_in=False)[0]

    def new_token(self):
        status, body, _ = self.service.call("POST", "/api/v1/tokens", {"label": "test", "scope": "admin"})
        self.assertEqual(status, 201, body)
        return body["token"]["id"], {"Authorization": "Bearer " + body["secret"]}

    # -- what is over is over --

    def test_the_cookie_is_of_the_strict_kind(self):
        _, cookie = self.sign_in()
        self.assertTrue(cookie.startswith("__Host-"), cookie)
        for part in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/"):
            self.assertIn(part, cookie)

    def test_a_session_ends_with_logout_and_with_time(self):
        mine, _ = self.sign_in()
        self.assertEqual(self.me(mine), 200)
        self.assertEqual(self.service.call("POST", "/api/v1/logout", headers=mine, signed_in=False)[0], 204)
        self.assertEqual(self.me(mine), 401)
        with journal(self.service) as db:
            others = {h for (h,) in db.execute("SELECT hash FROM sessions")}
        mine, _ = self.sign_in()
        with journal(self.service) as db:
            (own,) = {h for (h,) in db.execute("SELECT hash FROM sessions")} - others
            db.execute("UPDATE sessions SET expires_at = ? WHERE hash = ?", (int(time.time()) - 1, own))
        self.assertEqual(self.me(mine), 401)

    def test_a_token_ends_with_its_removal_and_with_time(self):
        name, token = self.new_token()
        self.assertEqual(self.me(token), 200)
        self.assertEqual(self.service.call("DELETE", "/api/v1/tokens/" + name)[0], 204)
        self.assertEqual(self.me(token), 401)
        name, token = self.new_token()
        self.assertEqual(self.me(token), 200)
        with journal(self.service) as db:
            self.assertEqual(db.execute("UPDATE tokens SET expires_at = ? WHERE id = ?", (int(time.time()) - 1, name)).rowcount, 1)
        self.assertEqual(self.me(token), 401)

    def test_who_is_disabled_is_out_at_once(self):
        status, body, _ = self.service.call("POST", "/api/v1/users", {"name": "bob", "role": "operator", "passphrase": PASSPHRASE})
        self.assertEqual(status, 201, body)
        mine, _ = self.sign_in("bob")
        self.assertEqual(self.me(mine), 200)
        self.assertEqual(self.service.call("PATCH", "/api/v1/users/bob", {"disabled": True})[0], 200)
        self.assertEqual(self.me(mine), 401)

    def test_no_secret_is_stored(self):
        _, token = self.new_token()
        mine, _ = self.sign_in()
        with journal(self.service) as db:
            content = "\n".join(db.iterdump())
        for secret in (token["Authorization"].split()[1], mine["Cookie"].split("=", 1)[1], mine["X-Plimsoll-CSRF"], PASSPHRASE):
            self.assertNotIn(secret, content)

    # -- requests that a page of elsewhere makes a browser send --

    def test_csrf(self):
        mine, _ = self.sign_in()
        cookie = {"Cookie": mine["Cookie"]}
        good = {**mine, "Origin": f"https://127.0.0.1:{self.service.port}", "Sec-Fetch-Site": "same-origin"}
        for headers, wanted in (
            (cookie, 403),
            ({**cookie, "X-Plimsoll-CSRF": "x" * 43}, 403),
            ({**mine, "Origin": "https://evil.example"}, 403),
            ({**mine, "Origin": "null"}, 403),
            ({**mine, "Sec-Fetch-Site": "cross-site"}, 403),
            ({**mine, "Sec-Fetch-Site": "same-site"}, 403),
            ({**mine, "Content-Type": "text/plain"}, 415),
            ({**mine, "Content-Type": "application/x-www-form-urlencoded"}, 415),
            (good, 201),
        ):
            status, body, _ = self.service.call("POST", "/api/v1/tokens", {"label": "x", "scope": "viewer"}, headers=headers,
                                                signed_in=False)
            self.assertEqual(status, wanted, (headers, body))
        # A login by another site would put a visitor into a stranger's account.
        status, _, _ = self.service.call("POST", "/api/v1/login", {"name": "anna", "passphrase": PASSPHRASE},
                                         headers={"Origin": "https://evil.example"}, signed_in=False)
        self.assertEqual(status, 403)
        _, _, headers = self.service.call("GET", "/api/v1/me", headers={**mine, "Origin": "https://evil.example"}, signed_in=False)
        self.assertIsNone(headers["Access-Control-Allow-Origin"])

    # -- paths, headers, bodies --

    def test_paths_lead_nowhere_else(self):
        secret = pathlib.Path("/etc/passwd").read_bytes()[:20]
        for path in ("/../../etc/passwd", "/api/v1/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd",
                     "/api/v1/assets/..%2f..%2f..%2fetc%2fpasswd", "/api/v1/assets/%252e%252e%252fetc%252fpasswd",
                     "//etc/passwd", "/api/v1/openapi.yaml/../../../etc/passwd", "/api/v1/assets/%00", "/api/v1/assets/a%0d%0ab",
                     "/api/v1/assets/%c0%ae%c0%ae%c0%af", "/api/v1//assets", "/.", "/%", "/%zz", "/api/v1/assets/" + "a/" * 40,
                     "/state/journal.db", "/assets/..%5c..%5cetc%5cpasswd", "/static/../../../../etc/passwd"):
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.service.cookie}\r\nConnection: close\r\n\r\n"
            answer = raw_answer(self.service, request.encode())
            self.assertIn(status_of(answer), (400, 404), (path, answer[:200]))
            self.assertNotIn(secret, answer, path)

    def test_no_header_comes_out_of_what_went_in(self):
        bad = "x\r\nSet-Cookie: evil=1\r\nX-Evil: 1"
        coded = urllib.parse.quote(bad, safe="")
        for path in ("/api/v1/reports?format=" + coded, "/api/v1/assets/" + coded, "/api/v1/assets?text=" + coded,
                     "/api/v1/events?kind=" + coded, "/" + coded, "/api/v1/reports?format=html&asset=" + coded):
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.service.cookie}\r\nConnection: close\r\n\r\n"
            head = raw_answer(self.service, request.encode()).split(b"\r\n\r\n")[0].lower()
            self.assertTrue(head.startswith(b"http/1.1 "), path)
            self.assertNotIn(b"\nx-evil", head, path)
            self.assertNotIn(b"evil=1", head, path)
        for body in ({"name": bad, "passphrase": PASSPHRASE}, {"name": "anna", "passphrase": bad}):
            _, _, headers = self.service.call("POST", "/api/v1/login", body, signed_in=False)
            self.assertIsNone(headers["X-Evil"])

    def test_oversized(self):
        long_header = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n"
        self.assertIn(status_of(raw_answer(self.service, long_header)), (400, 431, None))
        many = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"".join(b"X-%d: a\r\n" % i for i in range(5000)) + b"\r\n"
        self.assertIn(status_of(raw_answer(self.service, many)), (400, 431, None))
        line = b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        self.assertIn(status_of(raw_answer(self.service, line)), (400, 414, 431, None))
        announced = b"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
        self.assertIn(status_of(raw_answer(self.service, announced)), (400, 413, None))
        chunks = b"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks += (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 40
        self.assertIn(status_of(raw_answer(self.service, chunks)), (400, 413, None))
        deep = b"[" * 500_000
        request = b"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
        self.assertEqual(status_of(raw_answer(self.service, request + b"Content-Length: %d\r\n\r\n" % len(deep) + deep)), 400)
        self.assertEqual(self.service.call("GET", "/healthz")[0], 200)

    def test_malformed(self):
        for request in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n",
                        b"GET /healthz HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\n\r\n",
                        b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\nHost: 127.0.0.1\r\n\r\n",
                        b"GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                        # Two lengths, and a length beside chunks: what smuggles a second request past a proxy.
                        b"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
                        b"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                        b"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n"):
            answer = raw_answer(self.service, request)
            self.assertNotEqual(status_of(answer), 200, (request, answer[:200]))
            self.assertNotIn(b"HTTP/1.1 200", answer, request)
        self.assertEqual(self.service.call("GET", "/healthz")[0], 200)

    def test_every_answer_has_its_guards(self):
        for path, signed_in in (("/api/v1/summary", True), ("/api/v1/summary", False), ("/nowhere", False), ("/healthz", False),
                                ("/api/v1/reports?format=html", True)):
            _, _, headers = self.service.call("GET", path, signed_in=signed_in)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff", path)
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"], path)
            self.assertIn("max-age=", headers["Strict-Transport-Security"], path)


class Handler(http.server.BaseHTTPRequestHandler):
    """What sqlmap must find, to show that it finds something: a name put into SQL as it came."""

    def do_GET(self):
        text = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("text", [""])[0]
        try:
            rows = self.server.db.execute(f"SELECT name FROM assets WHERE name LIKE '%{text}%'").fetchall()
            status, body = 200, json.dumps({"items": rows}).encode()
        except sqlite3.Error as error:
            status, body = 500, str(error).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class SqlMap(unittest.TestCase):
    """Debian's sqlmap, on loopback, within a bounded time; it looks at each parameter that a `*` stands in."""

    def run_sqlmap(self, url, headers=(), level=2):
        with tempfile.TemporaryDirectory() as output:
            command = ["sqlmap", "-u", url, "--batch", "--flush-session", "--output-dir", output, "--level", str(level), "--risk", "2",
                       "--technique", "BEU", "--dbms", "sqlite", "--ignore-code", "*", "--timeout", "10", "--retries", "1",
                       "--threads", "2", "--disable-coloring", "--fresh-queries"]
            for header in headers:
                command += ["-H", header]
            done = subprocess.run(command, capture_output=True, text=True, timeout=400, env={**os.environ, "HOME": output})
            return done.stdout + done.stderr

    def test_it_finds_what_is_there(self):
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.db = sqlite3.connect(":memory:", check_same_thread=False)
        server.db.executescript("CREATE TABLE assets (name TEXT); INSERT INTO assets VALUES ('web'), ('db');")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            said = self.run_sqlmap(f"http://127.0.0.1:{server.server_address[1]}/assets?text=web*", level=1)
        finally:
            server.shutdown()
            server.server_close()
        self.assertIn("identified the following injection point", said, said[-3000:])

    def test_it_finds_nothing(self):
        service = Service(plain=True)
        self.addCleanup(service.end)
        service.set_up()
        until("there is something to find", lambda: service.assets(), 600)
        status, body, _ = service.call("POST", "/api/v1/tokens", {"label": "sqlmap", "scope": "admin"})
        self.assertEqual(status, 201, body)
        header = "Authorization: Bearer " + body["secret"]
        base = f"http://127.0.0.1:{service.port}"
        for target in ("/api/v1/assets?text=a*&node=b*", "/api/v1/threats?text=a*", "/api/v1/events?kind=a*&actor=b*&subject=c*",
                       "/api/v1/assets/a*", "/api/v1/threats/a*/assets"):
            said = self.run_sqlmap(base + target, [header], level=1)
            self.assertNotIn("identified the following injection point", said, (target, said[-3000:]))
            self.assertRegex(said, "do(es)? not (seem|appear) to be injectable", (target, said[-3000:]))
        self.assertEqual(service.call("GET", "/healthz")[0], 200)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("needs root")
    unittest.main(verbosity=2)
