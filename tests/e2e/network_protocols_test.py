#!/usr/bin/python3
"""Real servers of Debian, on their own ports and on odd ones, over IPv4 and IPv6: what `plimsoll network replay` makes of
their traffic.

Needs root, tcpdump and the packages of script/packages/servers (script/bootstrap servers). Everything runs in a network
namespace of its own that has nothing but a loopback device; what is still in it at the end is ended.
"""
import collections
import ctypes
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
CLONE_NEWNET = 0x40000000
HOSTS = ("127.0.0.1", "::1")
WAIT = 60  # seconds for a server to listen


def bracketed(host):
    return f"[{host}]" if ":" in host else host


def run(*command, timeout=60, user=None, env=None, stdin=b"", check=True):
    done = subprocess.run(command, capture_output=True, timeout=timeout, user=user, group=user, input=stdin,
                          extra_groups=[] if user else None, env=dict(os.environ, **(env or {})), cwd="/")
    if check and done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout[-1000:]} {done.stderr[-1000:]}")
    return done


def wait_for(port, host):
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            socket.create_connection((host, port), timeout=2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nothing listens on {host} port {port} after {WAIT} s")


class Scene:
    """The servers, each in a directory of its own."""

    def __init__(self, scratch):
        self.scratch = pathlib.Path(scratch)
        self.processes = []

    def directory(self, name, user=None):
        path = self.scratch / name
        path.mkdir()
        path.chmod(0o755)
        if user:
            owner = pwd.getpwnam(user)
            os.chown(path, owner.pw_uid, owner.pw_gid)
        return path

    def start(self, *command, user=None, env=None):
        with open(self.scratch / f"log-{len(self.processes)}-{pathlib.Path(command[0]).name}", "wb") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, user=user, group=user,
                                                   extra_groups=[] if user else None, env=dict(os.environ, **(env or {})), cwd="/"))
        return self.processes[-1]

    def file(self, name, text):
        path = self.scratch / name
        path.write_text(text)
        path.chmod(0o644)
        return str(path)

    def logs(self):
        return "\n".join(f"{path.name}: {path.read_bytes()[-600:]}" for path in sorted(self.scratch.glob("log-*")))


def start_nginx(scene):
    home = scene.directory("nginx")
    key, certificate = str(home / "key.pem"), str(home / "certificate.pem")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=web.test")
    (home / "index.html").write_text("hello\n")
    listens = lambda ports, words: "".join(f"listen 127.0.0.1:{p} {words}; listen [::1]:{p} {words};" for p in ports)
    scene.start("nginx", "-c", scene.file("nginx.conf", f"""
daemon off; pid {home}/pid; error_log {home}/error.log; events {{}}
http {{ access_log off; client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fcgi;
  uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
  server {{ {listens((80, 7080), "")} root {home}; }}
  server {{ {listens((7081,), "http2")} root {home}; }}
  server {{ {listens((443, 7443), "ssl")} ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate {certificate}; ssl_certificate_key {key}; root {home}; }} }}
"""))


def use_http(host, port):
    run("curl", "-s", "-o", "/dev/null", f"http://{bracketed(host)}:{port}/")


def use_http2(host, port):
    run("curl", "-s", "-o", "/dev/null", "--http2-prior-knowledge", f"http://{bracketed(host)}:{port}/")


def use_tls(version):
    def use(host, port):
        run("curl", "-s", "-o", "/dev/null", "-k", f"--tlsv{version}", "--tls-max", version, "--resolve",
            f"web.test:{port}:{host}", f"https://web.test:{port}/")
    return use


def start_apache(scene):
    home = scene.directory("apache")
    listens = "".join(f"Listen 127.0.0.1:{p}\nListen [::1]:{p}\n" for p in (8080, 7082))
    modules = "/usr/lib/apache2/modules"
    scene.start("apache2", "-X", "-f", scene.file("apache.conf", f"""
ServerRoot {home}
PidFile {home}/pid
ErrorLog {home}/error.log
ServerName web.test
{listens}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
DocumentRoot {home}
"""))


def start_redis(scene):
    for port in (6379, 7379):
        scene.start("redis-server", "--port", str(port), "--bind", "127.0.0.1", "::1", "--save", "", "--dir", str(scene.scratch))


def use_redis(host, port):
    for command in (("SET", "key", "value"), ("GET", "key"), ("INFO", "server")):
        run("redis-cli", "-h", host, "-p", str(port), *command)


def start_postgresql(scene):
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    home = scene.directory("postgresql", "postgres")
    run(str(programs / "initdb"), "-D", str(home / "one"), "-A", "trust", "-U", "postgres", "-N", user="postgres")
    shutil.copytree(home / "one", home / "two")
    run("chown", "-R", "postgres:postgres", str(home))
    for name, port in (("one", 5432), ("two", 7432)):
        scene.start(str(programs / "postgres"), "-D", str(home / name), "-p", str(port), "-k", str(home), "-h", "127.0.0.1,::1",
                    "-F", user="postgres")


def use_postgresql(host, port):
    run("psql", "-h", host, "-p", str(port), "-U", "postgres", "-c", "select version()")


def start_mariadb(scene):
    for name, port in (("one", 3306), ("two", 7306)):
        home = scene.directory("mariadb-" + name, "mysql")
        run("mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={home}/data", "--auth-root-authentication-method=normal",
            "--skip-test-db")
        scene.start("mariadbd", "--no-defaults", "--user=mysql", f"--datadir={home}/data", f"--socket={home}/socket",
                    f"--port={port}", "--bind-address=127.0.0.1,::1", "--innodb-buffer-pool-size=16M")


def use_mariadb(host, port):
    run("mariadb", "--no-defaults", "--protocol=tcp", "-h", host, "-P", str(port), "-u", "root", "-e", "select version()")


def start_memcached(scene):
    for port in (11211, 7211):
        scene.start("memcached", "-u", "memcache", "-l", "127.0.0.1,[::1]", "-p", str(port), "-U", "0")


def use_memcached(host, port):
    with socket.create_connection((host, port), timeout=10) as connection:
        for line in (b"version\r\n", b"set key 0 60 5\r\nvalue\r\n", b"get key\r\n"):
            connection.sendall(line)
            connection.recv(1000)


def start_ssh(scene):
    home = scene.directory("ssh")
    os.makedirs("/run/sshd", exist_ok=True)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / "key"))
    listens = "".join(f"ListenAddress 127.0.0.1:{p}\nListenAddress [::1]:{p}\n" for p in (22, 7022))
    scene.start("/usr/sbin/sshd", "-D", "-e", "-f", scene.file("sshd.conf", f"{listens}HostKey {home}/key\nPidFile none\n"))


def use_ssh(host, port):
    run("ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-p", str(port),
        f"nobody@{host}", "true", check=False)  # refused, after the key exchange


def start_bind(scene):
    home = scene.directory("bind", "bind")
    zone = scene.file("zone", "$TTL 60\n@ SOA ns admin 1 60 60 60 60\n NS ns\nns A 203.0.113.53\nwww A 203.0.113.80\n AAAA 2001:db8::80\n")
    scene.start("named", "-f", "-u", "bind", "-c", scene.file("named.conf", f"""
options {{ directory "{home}"; pid-file none; session-keyfile "{home}/session.key"; recursion no; dnssec-validation no;
  listen-on port 53 {{ 127.0.0.1; }}; listen-on-v6 port 53 {{ ::1; }};
  listen-on port 7053 {{ 127.0.0.1; }}; listen-on-v6 port 7053 {{ ::1; }}; }};
controls {{ }};
zone "example.test" {{ type master; file "{zone}"; }};
"""))


def use_dns(host, port):
    for words in (("www.example.test", "A"), ("www.example.test", "AAAA"), ("version.bind", "TXT", "CH")):
        run("dig", f"@{host}", "-p", str(port), "+tries=1", *words)


def use_dns_tcp(host, port):
    run("dig", f"@{host}", "-p", str(port), "+tcp", "www.example.test", "A")


def start_rabbitmq(scene):
    home = scene.directory("rabbitmq", "rabbitmq")
    listeners = "".join(f"listeners.tcp.{i} = {h}:{p}\n" for i, (h, p) in
                        enumerate([(h, p) for h in HOSTS for p in (5672, 7672)], 1))
    config = scene.file("rabbitmq.conf", listeners)
    scene.start("/usr/lib/rabbitmq/bin/rabbitmq-server", user="rabbitmq", env={
        "HOME": str(home), "RABBITMQ_NODENAME": "rabbit@localhost", "RABBITMQ_CONFIG_FILE": config, "RABBITMQ_MNESIA_BASE": str(home / "db"),
        "RABBITMQ_LOG_BASE": str(home / "log"), "RABBITMQ_ENABLED_PLUGINS_FILE": scene.file("plugins", "[].\n"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null", "RABBITMQ_DIST_PORT": "25672"})


def use_rabbitmq(host, port):
    run("amqp-publish", f"--url=amqp://guest:guest@{bracketed(host)}:{port}/%2f", "-r", "key", "-b", "body")


def start_mosquitto(scene):
    listens = "".join(f"listener {p} {h}\n" for p in (1883, 7883) for h in HOSTS)
    scene.start("mosquitto", "-c", scene.file("mosquitto.conf", listens + "allow_anonymous true\nuser mosquitto\n"))


def use_mqtt(host, port):
    run("mosquitto_pub", "-h", host, "-p", str(port), "-t", "topic", "-m", "message")
    run("mosquitto_pub", "-h", host, "-p", str(port), "-V", "5", "-t", "topic", "-m", "message")


def start_etcd(scene):
    urls = ",".join(f"http://{bracketed(h)}:{p}" for h in HOSTS for p in (2379, 7379 + 1000))
    scene.start("etcd", "--data-dir", str(scene.directory("etcd")), "--listen-client-urls", urls, "--advertise-client-urls", urls,
                "--listen-peer-urls", "http://127.0.0.1:2380", "--initial-advertise-peer-urls", "http://127.0.0.1:2380",
                "--initial-cluster", "default=http://127.0.0.1:2380")


def use_etcd(host, port):
    run("etcdctl", f"--endpoints=http://{bracketed(host)}:{port}", "put", "key", "value", env={"ETCDCTL_API": "3"})
    run("curl", "-s", "-o", "/dev/null", f"http://{bracketed(host)}:{port}/version")


def start_nats(scene):
    for port in (4222, 7222):
        scene.start("nats-server", "-a", "::", "-p", str(port))


def use_nats(host, port):
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.recv(4000)
        connection.sendall(b'CONNECT {"verbose":false}\r\nSUB subject 1\r\nPUB subject 5\r\nhello\r\nPING\r\n')
        connection.recv(4000)


# Started together, then used one after the other. Ports: the usual one and an odd one. `software`: with some version.
Case = collections.namedtuple("Case", "name start use ports application software transport version", defaults=("tcp", None))
CASES = [
    Case("postgresql", start_postgresql, use_postgresql, (5432, 7432), "PostgreSQL", "PostgreSQL"),
    Case("mariadb", start_mariadb, use_mariadb, (3306, 7306), "MySQL", "MariaDB"),
    Case("rabbitmq", start_rabbitmq, use_rabbitmq, (5672, 7672), "RabbitMQ", "RabbitMQ"),
    Case("nginx", start_nginx, use_http, (80, 7080), "HTTP", "nginx"),
    Case("nginx over HTTP/2", None, use_http2, (7081,), "HTTP/2", "nginx"),
    Case("TLS 1.3", None, use_tls("1.3"), (443,), "TLS", None, "tcp", "1.3"),
    Case("TLS 1.2", None, use_tls("1.2"), (7443,), "TLS", None, "tcp", "1.2"),
    Case("apache", start_apache, use_http, (8080, 7082), "HTTP", "Apache"),
    Case("redis", start_redis, use_redis, (6379, 7379), "Redis", "Redis"),
    Case("memcached", start_memcached, use_memcached, (11211, 7211), "Memcached", "memcached"),
    Case("openssh", start_ssh, use_ssh, (22, 7022), "SSH", "OpenSSH", "tcp", "2.0"),
    Case("bind over UDP", start_bind, use_dns, (53, 7053), "DNS", "BIND", "udp"),
    Case("bind over TCP", None, use_dns_tcp, (53, 7053), "DNS", None),
    Case("mosquitto", start_mosquitto, use_mqtt, (1883, 7883), "MQTT", None),
    Case("etcd", start_etcd, use_etcd, (2379, 8379), "etcd", "etcd"),
    Case("nats", start_nats, use_nats, (4222, 7222), "NATS", "NATS Server"),
]


def end_namespace():
    """Ends what is left in this namespace (the port mapper of Erlang among it), ourselves excepted."""
    ours = os.readlink("/proc/self/ns/net")
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if os.readlink(entry / "ns/net") == ours:
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            pass


def end_scene(scene):
    end_namespace()
    for process in scene.processes:
        process.wait(20)


class NetworkProtocols(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET) != 0:
            raise unittest.SkipTest("needs root: no network namespace of its own")
        run("ip", "link", "set", "lo", "up")
        # Nothing may leave: there is no route to anywhere else.
        assert not run("ip", "route", "show").stdout.strip()
        cls.scratch = tempfile.mkdtemp(prefix="plimsoll-network-")
        os.chmod(cls.scratch, 0o755)
        cls.scene = Scene(cls.scratch)
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        cls.addClassCleanup(end_scene, cls.scene)
        for case in CASES:
            if case.start:
                case.start(cls.scene)
        try:
            for case in CASES:
                for port in case.ports:
                    for host in HOSTS:
                        wait_for(port, host)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{cls.scene.logs()}") from None
        cls.capture = cls.scratch + "/capture.pcap"
        # The same as a Linux "cooked" capture.
        cls.any_capture = cls.scratch + "/any.pcap"
        watching = [cls.scene.start("tcpdump", "-i", device, "-s", "0", "-U", "-Z", "root", "-B", "65536", "-w", file)
                    for device, file in (("lo", cls.capture), ("any", cls.any_capture))]
        cls.await_capture(lambda file: os.path.getsize(file) >= 24)
        for case in CASES:
            for port in case.ports:
                for host in HOSTS:
                    case.use(host, port)
        # The last packet of ours is in the file when this one is.
        marker = b"plimsoll-end-of-capture"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            cls.await_capture(lambda file: marker in pathlib.Path(file).read_bytes(), lambda: last.sendto(marker, ("127.0.0.1", 9)))
        for tcpdump in watching:
            tcpdump.send_signal(signal.SIGINT)
            tcpdump.wait(20)
        if keep := os.environ.get("PLIMSOLL_KEEP_CAPTURE"):
            shutil.copy(cls.capture, keep)
        cls.reading = json.loads(cls.replay())

    @classmethod
    def await_capture(cls, done, each=lambda: None):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            each()
            if all(os.path.exists(file) and done(file) for file in (cls.capture, cls.any_capture)):
                return
            time.sleep(0.1)
        raise AssertionError("tcpdump writes nothing")

    @classmethod
    def replay(cls, capture=None, **env):
        done = run(PLIMSOLL, "network", "replay", capture or cls.capture, "--format", "json", env=env, check=False)
        assert done.returncode == 0, (done.returncode, done.stdout[-800:], done.stderr[-800:])
        return done.stdout

    def flows(self, case, port, host):
        # Without those that were opened before the capture, to see whether the server listens.
        return [flow for flow in self.reading["flows"]
                if flow["opener_seen"] and flow["transport"] == case.transport and flow["server"] == {"address": host, "port": port} and flow["bytes_to_client"] > 0]

    def test_every_server_is_named_on_every_port_and_family(self):
        for case in CASES:
            for port in case.ports:
                for host in HOSTS:
                    with self.subTest(case=case.name, port=port, host=host):
                        flows = self.flows(case, port, host)
                        self.assertTrue(flows, "no flow")
                        self.assertEqual({flow.get("application") for flow in flows}, {case.application})
                        if case.version:
                            self.assertEqual({flow.get("application_version") for flow in flows}, {case.version})

    def test_banners_tell_software_and_version(self):
        for case in CASES:
            if not case.software:
                continue
            for port in case.ports:
                for host in HOSTS:
                    with self.subTest(case=case.name, port=port, host=host):
                        found = {flow.get("software") for flow in self.flows(case, port, host)} - {None}
                        self.assertEqual(found, {case.software})
        versions = {}
        for flow in self.reading["flows"]:
            if flow.get("software_version"):
                versions[flow["software"]] = flow["software_version"]
        for software, package in (("nginx", "nginx-light"), ("Apache", "apache2"), ("MariaDB", "mariadb-server"), ("PostgreSQL", "postgresql-15"),
                                  ("Redis", "redis-server"), ("memcached", "memcached"), ("RabbitMQ", "rabbitmq-server"),
                                  ("BIND", "bind9"), ("etcd", "etcd-server"), ("NATS Server", "nats-server"), ("OpenSSH", "openssh-server")):
            with self.subTest(software=software):
                installed = run("dpkg-query", "-W", "-f", "${Version}", package).stdout.decode().split(":")[-1]
                self.assertIn(software, versions)
                number = versions[software].split("-")[0]
                self.assertTrue(number and installed.startswith(number), f"{versions[software]} of {installed}")

    def test_names_that_clients_asked_for(self):
        names = {flow.get("server_name") for flow in self.reading["flows"] if flow["server"]["port"] in (443, 7443) and flow["bytes_to_client"]}
        self.assertEqual(names, {"web.test"})

    def test_the_same_capture_gives_the_same_answer(self):
        self.assertEqual(self.replay(), self.replay())
        self.assertEqual(self.replay(), self.replay(PLIMSOLL_NO_SANDBOX="1"))

    def test_a_cooked_capture_tells_the_same(self):
        self.assertEqual(pathlib.Path(self.any_capture).read_bytes()[20:22], b"\x14\x01")  # LINKTYPE_LINUX_SLL2
        what = lambda reading: sorted(
            tuple(str(flow.get(key)) for key in ("client", "server", "state", "application", "software_version", "bytes_to_server",
                                                 "bytes_to_client", "packets_to_server", "packets_to_client"))
            for flow in reading["flows"] if flow["opener_seen"] and flow["server"]["port"] != 9)
        self.assertEqual(what(json.loads(self.replay(self.any_capture))), what(self.reading))

    def test_nothing_was_lost_and_all_flows_have_known_servers(self):
        self.assertEqual(self.reading["not_assessed"], [])
        self.assertEqual(self.reading["counts"]["malformed"], 0)
        named = {flow["application"] for flow in self.reading["flows"] if flow.get("application")}
        # EPMD, and what etcd and RabbitMQ say to themselves.
        self.assertLessEqual(named, {case.application for case in CASES} | {"EPMD", "gRPC", "HTTP/2"})


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
