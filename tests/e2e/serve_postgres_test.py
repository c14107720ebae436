#!/usr/bin/python3
"""plimsoll serve with its journal in a real PostgreSQL: over TCP with a password, and over a Unix socket. Needs root and
Debian's postgresql (script/bootstrap servers). Everything stays on loopback and in a temporary directory.
"""
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from serve_test import PLIMSOLL, Service, until  # noqa: E402

PASSWORD = "a:password\\of its own"


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[4]))
    if not found:
        if os.environ.get("PLIMSOLL_CI"):
            raise AssertionError("PostgreSQL is missing")
        raise unittest.SkipTest("PostgreSQL is not installed")
    return found[-1]


def as_nobody():
    user = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


class Server:
    """PostgreSQL in a directory of its own, run by nobody."""

    def __init__(self):
        self.bin, self.place = programs(), tempfile.mkdtemp(prefix="plimsoll-postgres-")
        user = pwd.getpwnam("nobody")
        os.chown(self.place, user.pw_uid, user.pw_gid)
        os.chmod(self.place, 0o755)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.run("initdb", "-D", self.place + "/data", "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C")
        pathlib.Path(self.place, "data", "pg_hba.conf").write_text(
            "local all all trust\nhost all owner 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n"
        )
        self.start()
        quoted = PASSWORD.replace("'", "''")
        for statement in [f"CREATE ROLE plimsoll LOGIN PASSWORD '{quoted}'", "CREATE DATABASE plimsoll OWNER plimsoll"]:
            self.run("psql", "-h", self.place, "-p", str(self.port), "-U", "owner", "-d", "postgres", "-c", statement)
        self.pass_file = self.place + "/pass"
        escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
        pathlib.Path(self.pass_file).write_text(f"127.0.0.1:{self.port}:plimsoll:plimsoll:{escaped}\n")
        os.chown(self.pass_file, 0, 0)
        os.chmod(self.pass_file, 0o600)

    def run(self, program, *arguments):
        done = subprocess.run([f"{self.bin}/{program}", *arguments], preexec_fn=as_nobody, cwd="/", capture_output=True,
                              text=True, timeout=120)
        if done.returncode != 0:
            raise AssertionError((program, arguments, done.stdout, done.stderr))

    def start(self):
        with open(self.place + "/log", "a") as log:
            self.process = subprocess.Popen(
                [f"{self.bin}/postgres", "-D", self.place + "/data", "-k", self.place, "-p", str(self.port),
                 "-c", "listen_addresses=127.0.0.1"], preexec_fn=as_nobody, cwd="/", stdout=log, stderr=log)
        until("PostgreSQL answers", self.answers)

    def answers(self):
        return subprocess.run([f"{self.bin}/pg_isready", "-q", "-h", self.place, "-p", str(self.port)],
                              timeout=30).returncode == 0

    def kill(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=60)

    def end(self):
        if self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.place, ignore_errors=True)


def start_service(server, url):
    os.environ["PGPASSFILE"] = server.pass_file
    try:
        return Service("--journal", url)
    finally:
        del os.environ["PGPASSFILE"]


class OnPostgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.end)
        cls.url = f"postgresql://127.0.0.1:{cls.server.port}/plimsoll"

    def ready(self, service):
        return service.call("GET", "/readyz")[0] == 200

    def log(self, *arguments):
        env = {**os.environ, "PGPASSFILE": self.server.pass_file}
        return subprocess.run([PLIMSOLL, "log", *arguments, "--journal", self.url], capture_output=True, text=True,
                              timeout=60, env=env)

    def test_it_keeps_its_journal_there_through_a_fall_of_the_server(self):
        service = start_service(self.server, self.url)
        self.addCleanup(service.end)
        service.set_up()
        until("the first scan", lambda: self.ready(service), 300)
        self.assertFalse(os.path.exists(service.scratch + "/state/journal.db"))
        status = service.call("GET", "/api/v1/status")[1]
        self.assertTrue(status["journal"]["writable"])
        self.assertGreater(status["journal"]["newest_event"], 0)
        layers = {layer["name"]: layer for layer in status["confinement"]}
        self.assertTrue(all(layer["in_force"] for layer in layers.values()), layers)
        self.assertIn(f"connects to TCP port {self.server.port}", layers["landlock"]["detail"])
        everywhere = subprocess.run(["ps", "axeww"], capture_output=True, text=True, timeout=30).stdout
        self.assertNotIn(PASSWORD, everywhere)

        self.server.kill()
        until("readiness tells", lambda: not self.ready(service), 60)
        self.assertEqual(service.call("GET", "/healthz")[0], 200)
        status, body, _ = service.call("GET", "/api/v1/assets")
        self.assertEqual(status, 503, body)
        self.server.start()
        until("it recovers by itself", lambda: self.ready(service), 60)
        self.assertIn(service.call("GET", "/api/v1/assets")[0], [200])
        self.assertEqual(service.call("GET", "/api/v1/log/verification")[1]["whole"], True)

        key = service.scratch + "/state/journal.key"
        self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)
        self.assertEqual(service.end(keep_state=True), 0)
        verified = self.log("verify", "--key", key)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        self.assertTrue(verified.stdout.startswith("whole"))
        self.assertIn("user.set-up", self.log("show").stdout)

        # The same database and key over a Unix socket.
        again = Service("--journal", f"postgresql:///plimsoll?host={self.server.place}&port={self.server.port}",
                        state=service.scratch)
        self.addCleanup(again.end)
        again.cookie, again.csrf = service.cookie, service.csrf
        until("it is ready again", lambda: self.ready(again), 300)
        self.assertEqual(again.call("GET", "/api/v1/me")[0], 200, "the session is still known")
        layers = {layer["name"]: layer for layer in again.call("GET", "/api/v1/status")[1]["confinement"]}
        self.assertNotIn("TCP", layers["landlock"]["detail"])

    def test_a_password_in_the_url_is_refused(self):
        done = subprocess.run([PLIMSOLL, "serve", "--plain", "--listen", "127.0.0.1:0", "--state", self.server.place + "/s",
                               "--journal", "postgresql://plimsoll:hidden@127.0.0.1/plimsoll"], capture_output=True,
                              text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("PGPASSFILE", done.stderr)
        self.assertNotIn("hidden", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
