#!/usr/bin/python3
"""End to end: containers and daemons really started one way and the other give the rows they should.

Needs root and a Docker engine. Containers have no network, or an internal one; the second daemon has a network namespace, a data root
and sockets of its own, and only that one is ended.
"""
import io
import json
import os
import pathlib
import re
import shutil
import signal
import socketserver
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
os.environ.setdefault("PLIMSOLL_OBSERVE", "0")  # what the network shows has tests of its own
PREFIX = "bench-docker-"
IMAGE, CHECKED_IMAGE, MOVED_IMAGE = PREFIX + "plain", PREFIX + "checked", PREFIX + "moved"


def run(*arguments, timeout=120, check=True):
    done = subprocess.run(arguments, capture_output=True, timeout=timeout, text=True, errors="replace")
    if check and done.returncode != 0:
        raise AssertionError(f"{arguments} ended with {done.returncode}\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    return done


def docker(*arguments, socket="/var/run/docker.sock", check=True, timeout=120):
    return run("docker", "-H", "unix://" + socket, *arguments, check=check, timeout=timeout)


def rows(socket="/var/run/docker.sock"):
    """{(subject, rule): row} of everything the program checks."""
    done = run(PLIMSOLL, "benchmark", "--format", "json", "--docker-socket", socket, check=False)
    if done.returncode not in (0, 1, 3):
        raise AssertionError(f"plimsoll benchmark ended with {done.returncode}: {done.stderr[-2000:]}")
    found = {}
    for asset in json.loads(done.stdout)["assets"]:
        for row in asset.get("checks", []):
            found[(row["subject"], row["rule"])] = row
    return found


def root_file_system(scratch):
    """A tar of busybox: enough to sleep, and a setuid-free world."""
    path = os.path.join(scratch, "rootfs.tar")
    with tarfile.open(path, "w") as tar:
        tar.add("/bin/busybox", "bin/busybox")
        tar.add("/bin/sleep", "usr/sbin/sshd")  # a program of that name; it only sleeps
        for line in run("ldd", "/bin/sleep").stdout.splitlines():
            library = next((word for word in line.split() if word.startswith("/")), None)
            if library:
                tar.add(os.path.realpath(library), library.lstrip("/"))
        for name in ("sh", "sleep", "true", "id"):
            link = tarfile.TarInfo("bin/" + name)
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        for name, text in (("etc/passwd", "root:x:0:0::/:/bin/sh\nalias:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n"),
                           ("etc/group", "root:x:0:\napp:x:1000:\n")):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


# Containers by name: options of `docker run`, then what the rules must say of each.
TIGHT = ["--network", "none", "--user", "1000:1000", "--read-only", "--memory", "64m", "--cpus", "0.5", "--pids-limit", "50",
         "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--restart", "on-failure:5", "--health-cmd", "true",
         "--health-interval", "60s"]
CONTAINERS = {
    "tight": (TIGHT, {
        "container.user": "pass", "container.user_namespace": "pass", "container.capabilities.added": "pass",
        "container.capabilities.sys_admin": "pass", "container.capabilities.net_raw": "pass", "container.privileged": "pass",
        "container.mounts.sensitive": "pass", "container.mounts.sensitive_read_only": "pass", "container.sshd": "pass",
        "container.ports.privileged": "pass", "container.ports.published": "pass", "container.ports.every_address": "pass",
        "container.network.host": "pass", "container.memory": "pass", "container.cpu": "pass",
        "container.read_only_root": "pass", "container.restart": "pass", "container.pid.host": "pass",
        "container.ipc.host": "pass", "container.uts.host": "pass", "container.devices": "pass", "container.ulimits": "pass",
        "container.mounts.propagation": "pass", "container.seccomp": "pass", "container.cgroup.parent": "pass",
        "container.new_privileges": "pass", "container.health.checked": "pass", "container.pids": "pass",
        "container.network.default_bridge": "pass", "container.userns.host": "pass", "container.runtime_socket": "pass",
        "container.secret_variables": "pass", "container.log_driver": "pass", "container.oom": "pass",
        "container.proc_masked": "pass", "container.image.current": "pass", "container.host_directory": "pass",
        "container.capabilities.sys_ptrace": "pass", "container.capabilities.dac_read_search": "pass",
        "container.capabilities.sys_module": "pass", "container.mounts.shared_places": "pass",
        "container.selinux": "not applicable",
    }),
    "loose": (["--network", "none", "--pid", "host", "--ipc", "host", "--uts", "host", "--userns", "host",
               "--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE", "--cap-add", "DAC_READ_SEARCH", "--cap-add", "SYS_MODULE",
               "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
               "--security-opt", "systempaths=unconfined", "--restart", "always", "--cgroup-parent", "/bench-docker",
               "--device", "/dev/fuse:/dev/fuse", "--ulimit", "core=-1:-1", "--pids-limit", "-1", "-v", "/etc:/x",
               "-e", "DB_PASSWORD=geheim", "--log-driver", "none", "-v", "/var/run/docker.sock:/tmp/harmless:ro", "-v", "/var/log:/logs:ro"], {
        "container.user": "fail", "container.user_namespace": "fail", "container.capabilities.added": "fail",
        "container.capabilities.sys_admin": "fail", "container.capabilities.sys_ptrace": "fail",
        "container.capabilities.dac_read_search": "fail", "container.capabilities.sys_module": "fail",
        "container.capabilities.net_raw": "fail", "container.mounts.sensitive": "fail", "container.mounts.shared_places": "fail",
        "container.memory": "fail", "container.cpu": "fail", "container.read_only_root": "fail", "container.pid.host": "fail",
        "container.ipc.host": "fail", "container.uts.host": "fail", "container.devices": "fail", "container.ulimits": "fail",
        "container.seccomp": "fail", "container.cgroup.parent": "fail", "container.new_privileges": "fail",
        "container.health.checked": "fail", "container.pids": "fail", "container.userns.host": "fail",
        # docker-bench-security: "always" has no count and passes; a renamed socket passes; so does a read-only one.
        "container.restart": "fail", "container.runtime_socket": "fail", "container.apparmor": "fail",
        "container.secret_variables": "fail", "container.log_driver": "fail", "container.proc_masked": "fail",
    }),
    # docker-bench-security: user "0:0" passes; what lies below a sensitive directory passes; the quota counts for nothing.
    "zero": (["--network", "none", "--user", "0:0", "-v", "/etc/cron.d:/y", "--cpu-quota", "50000"],
             {"container.user": "fail", "container.mounts.sensitive": "fail", "container.cpu": "pass",
              "container.restart": "pass"}),
    # A name says nothing: this one has the number 0. A read-only mount gives the host's secrets away.
    "alias": (["--network", "none", "--user", "alias", "-v", "/etc:/z:ro", "--restart", "on-failure:6", "--cpu-shares", "512"],
              {"container.user": "fail", "container.mounts.sensitive": "pass", "container.mounts.sensitive_read_only": "fail",
               "container.restart": "fail", "container.cpu": "pass"}),
    # docker-bench-security: any security option passes for SELinux; without ps inside, sshd passes.
    "sshd": (["--network", "none", "--user", "1000", "--security-opt", "seccomp=unconfined"],
             {"container.sshd": "fail", "container.seccomp": "fail", "container.user": "pass",
              "container.selinux": "not applicable"}),
    # A mount of the host's that is shared with it: what is mounted below inside appears outside.
    "shared": (["--network", "none", "-v", "SHARED:/p:rshared"], {"container.mounts.propagation": "fail"}),
    "hosted": (["--network", "host"], {"container.network.host": "fail"}),
    "entered": (["--network", "none", "--user", "1000"], {"container.exec.root": "fail", "container.user": "fail"}),
    "moved": (["--network", "none"], {"container.image.current": "fail"}),
    "checked": (["--network", "none"], {"container.health.checked": "pass", "container.secret_variables": "fail"}),
}
IMAGES = {
    IMAGE: {"image.healthcheck": "fail", "image.user": "fail", "image.content_trust": "fail", "image.age": "pass",
            "image.secrets_in_environment": "pass", "image.privileged_ports": "pass", "image.secrets_in_history": "pass",
            "image.add": "pass", "image.update_alone": "pass", "image.verified_packages": "pass"},
    CHECKED_IMAGE: {"image.healthcheck": "pass", "image.user": "pass", "image.secrets_in_environment": "fail",
                    "image.privileged_ports": "fail"},
}


def differences(found, expected):
    wrong = []
    for subject, outcomes in expected.items():
        for rule, outcome in outcomes.items():
            row = found.get((subject, rule))
            if row is None or row["outcome"] != outcome:
                said = "no such row" if row is None else f"{row['outcome']}: {row['evidence']} {row['reason']}"
                wrong.append(f"{subject} {rule}: expected {outcome}, got {said}")
    return wrong


class Scratch:
    made, directory = [], None

    @classmethod
    def shared(cls):
        return cls.directory + "/shared"


def setUpModule():
    run(str(ROOT / "script" / "docker-up"))
    Scratch.directory = tempfile.mkdtemp(prefix=PREFIX)
    tar = root_file_system(Scratch.directory)
    os.mkdir(Scratch.shared())
    run("mount", "-t", "tmpfs", "-o", "size=1m", PREFIX + "shared", Scratch.shared())
    run("mount", "--make-shared", Scratch.shared())
    docker("import", tar, IMAGE)
    docker("tag", IMAGE, MOVED_IMAGE)
    docker("import", "-c", "USER 1000", "-c", "ENV API_TOKEN=geheim", "-c", "EXPOSE 22",
           "-c", "HEALTHCHECK --interval=60s CMD true", tar, CHECKED_IMAGE)


def tearDownModule():
    for name in Scratch.made:
        docker("rm", "-f", name, check=False)
    docker("rmi", "-f", IMAGE, CHECKED_IMAGE, MOVED_IMAGE, check=False)
    run("umount", "-l", Scratch.shared(), check=False)
    shutil.rmtree(Scratch.directory, ignore_errors=True)


class Containers(unittest.TestCase):
    """One container for each row of the table, all looked at by one run of the program."""

    @classmethod
    def setUpClass(cls):
        for name, (options, _) in CONTAINERS.items():
            Scratch.made.append(PREFIX + name)
            command = ["/usr/sbin/sshd", "600"] if name == "sshd" else ["sleep", "600"]
            options = [option.replace("SHARED", Scratch.shared()) for option in options]
            image = {"checked": CHECKED_IMAGE, "moved": MOVED_IMAGE}.get(name, IMAGE)
            docker("run", "-d", "--name", PREFIX + name, *options, image, *command)
        docker("tag", CHECKED_IMAGE, MOVED_IMAGE)  # the name now stands for another image
        docker("exec", "--detach", "--user", "root", PREFIX + "entered", "sleep", "500")
        cls.rows = rows()

    def test_every_row_of_the_table(self):
        self.assertEqual(differences(self.rows, {PREFIX + name: expected for name, (_, expected) in CONTAINERS.items()}), [])
        self.assertEqual(differences(self.rows, IMAGES), [])

    def test_evidence_says_where_it_was_read_and_keeps_secrets_back(self):
        loose = self.rows[(PREFIX + "loose", "container.secret_variables")]
        self.assertIn("DB_PASSWORD", loose["evidence"])
        for row in self.rows.values():
            self.assertNotIn("geheim", json.dumps(row))
        added = self.rows[(PREFIX + "loose", "container.capabilities.added")]["evidence"]
        self.assertIn("SYS_MODULE: load kernel modules", added)


class Fifty(unittest.TestCase):
    """A host with 50 containers: little memory, and no other program. The time is told, not judged: others work here too."""

    COUNT, MEMORY_KIB = 50, 64 << 10

    def test_a_full_benchmark_is_small(self):
        names = [f"{PREFIX}many-{i}" for i in range(self.COUNT)]
        Scratch.made.extend(names)
        for name in names:
            docker("run", "-d", "--name", name, "--network", "none", IMAGE, "sleep", "600")
        path, began = Scratch.directory + "/many.json", time.monotonic()
        child = subprocess.Popen([PLIMSOLL, "benchmark", "-q", "--format", "json", "-o", path], stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        print(f"{self.COUNT} containers: {time.monotonic() - began:.2f} s, {used.ru_utime + used.ru_stime:.2f} s of CPU, "
              f"{used.ru_maxrss >> 10} MiB ... ", end="", flush=True)
        self.assertIn(child.returncode, (0, 3))
        report = json.loads(pathlib.Path(path).read_text())
        checked = {asset["name"] for asset in report["assets"] if asset.get("checks")}
        self.assertEqual(set(names) - checked, set())
        self.assertLess(used.ru_maxrss, self.MEMORY_KIB)
        self.assertEqual(report["sandbox"]["workers"], 0)

    def test_no_process_is_started(self):
        trace = Scratch.directory + "/trace"
        done = run("strace", "-f", "-qq", "-e", "trace=execve,execveat,fork,vfork,clone,clone3", "-o", trace,
                   PLIMSOLL, "benchmark", "-q", "--format", "json", check=False)
        self.assertIn(done.returncode, (0, 3), done.stderr[-2000:])
        calls = [line for line in pathlib.Path(trace).read_text().splitlines() if "(" in line]
        self.assertIn("execve(", calls[0])  # the program itself
        self.assertEqual([line for line in calls[1:] if "CLONE_THREAD" not in line and "resumed" not in line], [])


class Daemon:
    """A dockerd of the test's own, in a network namespace of its own."""

    def __init__(self, config, own_file_system=False, flags=(), subordinate="", beside=None):
        """`subordinate`: what its /etc/subuid and /etc/subgid say. `beside`: another daemon whose network it shares."""
        self.directory = tempfile.mkdtemp(prefix=PREFIX + "daemon-")
        os.chmod(self.directory, 0o711)  # a remapped root passes through
        self.socket, self.data = self.directory + "/d.sock", self.directory + "/data"
        os.mkdir(self.data)
        self.mounted = own_file_system
        if own_file_system:
            run("mount", "-t", "tmpfs", "-o", "size=512m", PREFIX + "data", self.data)
        with open(self.directory + "/daemon.json", "w") as file:
            json.dump(config, file)
        os.chmod(self.directory + "/daemon.json", 0o644)
        pathlib.Path(self.directory + "/subordinate").write_text(subordinate)
        room = ["unshare", "--net"] if beside is None else ["nsenter", f"--net=/proc/{beside.process.pid}/ns/net"]
        begin = "ip link set lo up && exec dockerd \"$@\""
        if subordinate:
            room, bind = [*room, "unshare", "--mount"], f"mount --bind {self.directory}/subordinate"
            begin = f"touch /etc/subuid /etc/subgid && {bind} /etc/subuid && {bind} /etc/subgid && {begin}"
        with open(self.directory + "/log", "w") as log:
            self.process = subprocess.Popen(
                [*room, "sh", "-c", begin, "sh", "-H", "unix://" + self.socket,
                 "--config-file", self.directory + "/daemon.json", "--data-root", self.data, "--exec-root", self.directory + "/exec",
                 "--pidfile", self.directory + "/pid", *flags],
                stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 90
        while docker("version", socket=self.socket, check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = pathlib.Path(self.directory + "/log").read_text()[-2000:]
                self.down()
                raise AssertionError("the second daemon does not come up: " + said)
            time.sleep(0.3)

    def docker(self, *arguments):
        return docker(*arguments, socket=self.socket)

    def down(self):
        listed = docker("ps", "-aq", socket=self.socket, check=False).stdout.split()
        if listed:
            docker("rm", "-f", *listed, socket=self.socket, check=False)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        mounts = pathlib.Path("/proc/self/mounts").read_text().splitlines()
        for kept in reversed([line.split()[1] for line in mounts]):
            if kept.startswith(self.directory):
                run("umount", "-l", kept, check=False)
        shutil.rmtree(self.directory, ignore_errors=True)


class Authorization(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """A plug-in that is asked for every request to an engine, and allows each (docs.docker.com/engine/extend/plugins_authorization)."""

    DIRECTORY, daemon_threads = "/run/docker/plugins", True

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = json.dumps({"Implements": ["authz"]} if self.path == "/Plugin.Activate" else {"Allow": True}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_):
            pass

        def address_string(self):
            return "engine"

    def __init__(self, name):
        os.makedirs(self.DIRECTORY, exist_ok=True)
        self.path = f"{self.DIRECTORY}/{name}.sock"
        super().__init__(self.path, self.Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def down(self):
        self.shutdown()
        self.server_close()
        os.unlink(self.path)


# A runtime that asks runc for no capability that this machine lacks itself, so that --privileged starts on every machine.
LENIENT_RUNTIME = """#!/usr/bin/python3
import json, os, sys
here = int(next(line for line in open("/proc/self/status") if line.startswith("CapBnd")).split()[1], 16)
names = [NAMES]
if "--bundle" in sys.argv and "create" in sys.argv:
    path = sys.argv[sys.argv.index("--bundle") + 1] + "/config.json"
    config = json.load(open(path))
    held = config["process"]["capabilities"]
    for group in held:
        held[group] = [name for name in held[group] if here >> names.index(name) & 1]
    json.dump(config, open(path, "w"))
os.execvp("runc", ["runc", *sys.argv[1:]])
"""
# In the order of their numbers (linux/capability.h).
CAPABILITIES = ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE "
                "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN "
                "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE "
                "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE").split()


def lenient_runtime():
    path = Scratch.directory + "/lenient-runtime"
    pathlib.Path(path).write_text(LENIENT_RUNTIME.replace("NAMES", ", ".join(f'"CAP_{name}"' for name in CAPABILITIES)))
    os.chmod(path, 0o755)
    return path


class Daemons(unittest.TestCase):
    def certificate(self):
        """A certificate that is its own authority, and its key."""
        certificate, key = Scratch.directory + "/cert.pem", Scratch.directory + "/key.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
            "-subj", "/CN=localhost", "-keyout", key, "-out", certificate)
        os.chmod(certificate, 0o444)
        os.chmod(key, 0o400)
        return certificate, key

    def test_a_careful_daemon_passes(self):
        certificate, key = self.certificate()
        daemon = Daemon({"icc": False, "userland-proxy": False, "live-restore": True, "no-new-privileges": True, "log-level": "info",
                         "log-driver": "gelf", "log-opts": {"gelf-address": "udp://127.0.0.1:12201"}, "ip": "127.0.0.1",
                         "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}}}, own_file_system=True,
                        flags=["-H", "tcp://127.0.0.1:2376", "--tlsverify", "--tlscacert", certificate, "--tlscert", certificate,
                               "--tlskey", key])
        self.addCleanup(daemon.down)
        found = rows(daemon.socket)
        self.assertEqual(differences(found, {"docker": {
            "docker.data_root.own_file_system": "pass", "docker.daemon.icc": "pass", "docker.daemon.userland_proxy": "pass",
            "docker.daemon.live_restore": "pass", "docker.daemon.no_new_privileges": "pass", "docker.daemon.log_level": "pass",
            "docker.daemon.log_driver": "pass", "docker.daemon.publish_address": "pass", "docker.daemon.default_ulimits": "pass",
            "docker.daemon.insecure_registries": "pass", "docker.daemon.storage_driver": "pass", "docker.daemon.debug": "pass",
            "docker.daemon.tls": "pass", "docker.files.tls_ca.mode": "pass", "docker.files.tls_certificate.owner": "pass",
            "docker.files.tls_ca.owner": "pass", "docker.files.tls_certificate.mode": "pass",
            "docker.daemon.legacy_registry": "pass",
            "docker.files.tls_key.owner": "pass", "docker.files.tls_key.mode": "pass",
            "docker.daemon.experimental": "pass", "docker.daemon.cgroup_parent": "pass",
            "docker.daemon.base_device_size": "pass", "docker.daemon.seccomp": "pass", "docker.daemon.config_valid": "pass",
            "docker.files.daemon_json.mode": "pass", "docker.files.daemon_json.owner": "pass", "docker.swarm.inactive": "pass",
            "docker.daemon.iptables": "pass", "docker.daemon.userns_remap": "fail", "docker.daemon.authorization": "fail",
        }}), [])

    def test_a_careless_daemon_fails(self):
        daemon = Daemon({"insecure-registries": ["10.0.0.0/8"], "debug": True, "experimental": True,
                         "log-level": "debug", "log-driver": "local", "cgroup-parent": "/bench-docker",
                         "runtimes": {"lenient": {"path": lenient_runtime()}}},
                        # Flags stand beside the file: docker-bench-security reads one or the other.
                        flags=["--iptables=false", "-H", "tcp://127.0.0.1:2375"])
        self.addCleanup(daemon.down)
        tar = Scratch.directory + "/rootfs.tar"
        daemon.docker("import", tar, IMAGE)
        daemon.docker("run", "-d", "--name", PREFIX + "open", "-p", "80:80", IMAGE, "sleep", "600")
        daemon.docker("run", "-d", "--name", PREFIX + "shut", "-p", "127.0.0.1:8080:80", IMAGE, "sleep", "600")
        daemon.docker("run", "-d", "--name", PREFIX + "whole", "--runtime", "lenient", "--privileged", "--network", "none", IMAGE,
                      "sleep", "600")
        os.chmod(daemon.directory + "/daemon.json", 0o577)
        daemon.docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "0.0.0.0:2377")
        found = rows(daemon.socket)
        self.assertEqual(differences(found, {
            "docker": {
                "docker.data_root.own_file_system": "fail", "docker.daemon.icc": "fail", "docker.daemon.userland_proxy": "fail",
                "docker.daemon.no_new_privileges": "fail", "docker.daemon.log_level": "fail",
                # docker-bench-security: whatever is not json-file passes.
                "docker.daemon.log_driver": "fail", "docker.daemon.publish_address": "fail",
                "docker.daemon.iptables": "fail", "docker.daemon.tls": "fail",
                "docker.daemon.insecure_registries": "fail", "docker.daemon.debug": "fail", "docker.daemon.experimental": "fail",
                "docker.daemon.cgroup_parent": "fail", "docker.swarm.inactive": "fail", "docker.swarm.address": "fail",
                "docker.swarm.auto_lock": "fail", "docker.swarm.managers": "pass", "docker.swarm.secrets": "fail",
                "docker.swarm.certificates": "pass", "docker.daemon.live_restore": "pass",
                # docker-bench-security: 577 is less than 644 as a decimal number.
                "docker.files.daemon_json.mode": "fail",
            },
            PREFIX + "whole": {"container.privileged": "fail"},
            PREFIX + "open": {"container.ports.privileged": "fail", "container.ports.published": "fail",
                              "container.ports.every_address": "fail", "container.network.default_bridge": "fail"},
            PREFIX + "shut": {"container.ports.privileged": "pass", "container.ports.published": "fail",
                              "container.ports.every_address": "pass"},
        }), [])

    def test_what_the_other_two_daemons_cannot_be(self):
        """A guarded daemon with a locked swarm, and one beside it that joins: files of one are loose, of the other tight."""
        certificate, key = self.certificate()
        for path in (certificate, key):
            os.chmod(path, 0o666)
            os.chown(path, 1000, 1000)
        guard = Authorization(PREFIX + "guard")
        self.addCleanup(guard.down)
        daemon = Daemon({"userns-remap": "nobody:nogroup", "authorization-plugins": [PREFIX + "guard"]}, subordinate="nobody:200000:65536\nnogroup:200000:65536\n",
                        flags=["-H", "tcp://127.0.0.1:2376", "--tlsverify", "--tlscacert", certificate, "--tlscert", certificate,
                               "--tlskey", key])
        self.addCleanup(daemon.down)
        os.chown(daemon.directory + "/daemon.json", 1000, 1000)
        self.assertEqual(differences(rows(daemon.socket), {"docker": {
            "docker.daemon.userns_remap": "pass", "docker.daemon.authorization": "pass", "docker.daemon.live_restore": "fail",
            "docker.files.tls_ca.mode": "fail", "docker.files.tls_ca.owner": "fail", "docker.files.tls_certificate.mode": "fail",
            "docker.files.tls_certificate.owner": "fail", "docker.files.tls_key.mode": "fail", "docker.files.tls_key.owner": "fail",
            "docker.files.daemon_json.owner": "fail",
        }}), [])
        daemon.docker("swarm", "init", "--autolock", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377")
        swarm = {"docker.swarm.auto_lock": "pass", "docker.swarm.address": "pass", "docker.swarm.managers": "pass"}
        # The network that a swarm begins with is not encrypted.
        self.assertEqual(differences(rows(daemon.socket), {"docker": {**swarm, "docker.swarm.overlay_encrypted": "fail"}}), [])
        run("sh", "-c", f"echo y | docker -H unix://{daemon.socket} network rm ingress")
        daemon.docker("network", "create", "--driver", "overlay", "--opt", "encrypted", PREFIX + "sealed")
        deadline = time.monotonic() + 30
        while "ingress" in daemon.docker("network", "ls").stdout and time.monotonic() < deadline:
            time.sleep(0.3)
        second = Daemon({}, beside=daemon)
        self.addCleanup(second.down)
        token = daemon.docker("swarm", "join-token", "-q", "manager").stdout.strip()
        second.docker("swarm", "join", "--token", token, "--advertise-addr", "127.0.0.1:2378", "--listen-addr", "127.0.0.1:2378",
                      "127.0.0.1:2377")
        swarm["docker.swarm.managers"] = "fail"
        self.assertEqual(differences(rows(daemon.socket), {"docker": {**swarm, "docker.swarm.overlay_encrypted": "pass"}}), [])


class Files(unittest.TestCase):
    """The files and accounts that the engine trusts, in a mount namespace where everything below can be set: once right, once wrong."""

    # Rule -> file, mode that is right, mode that is wrong.
    FILES = {
        "service_unit": ("/usr/lib/systemd/system/docker.service", 0o644, 0o664),
        "socket_unit": ("/usr/lib/systemd/system/docker.socket", 0o644, 0o646),
        "etc_docker": ("/etc/docker", 0o755, 0o775),
        "registry_certificates": ("/etc/docker/certs.d/registry.test/ca.crt", 0o444, 0o644),
        "default_docker": ("/etc/default/docker", 0o644, 0o666),
        "sysconfig_docker": ("/etc/sysconfig/docker", 0o600, 0o755),
        "daemon_json": ("/etc/docker/daemon.json", 0o600, 0o640 | 0o1),
        "socket": ("/var/run/docker.sock", 0o660, 0o666),
        "containerd_socket": ("/run/docker/containerd/containerd.sock", 0o660, 0o662),
    }
    ALWAYS_THERE = ("socket", "containerd_socket")

    @classmethod
    def setUpClass(cls):
        Scratch.made.append(PREFIX + "filed")
        docker("run", "-d", "--name", PREFIX + "filed", "--network", "none", IMAGE, "sleep", "600")

    def look(self, right):
        """The rows of a run with all files one way. The sockets are the real ones: they are put back."""
        script = ["set -e"]
        for directory in ("/etc", "/usr/lib/systemd/system"):
            over = f"{Scratch.directory}/over{directory.replace('/', '-')}"
            script += [f"mkdir -p {over}", f"mount -t tmpfs tmpfs {over}", f"mkdir {over}/upper {over}/work",
                       f"mount -t overlay overlay -o lowerdir={directory},upperdir={over}/upper,workdir={over}/work {directory}"]
        for name, (path, good, bad) in self.FILES.items():
            if name not in self.ALWAYS_THERE and name != "etc_docker":
                script += [f"mkdir -p $(dirname {path})", f"test -e {path} || echo '{{}}' > {path}"]
            group = "$(getent group docker | cut -d: -f3)" if name == "socket" else "0"
            script += [f"chmod {good if right else bad:o} {path}", f"chown {'0' if right else '12345'}:{group if right else '12345'} {path}"]
        script.append(f"sed -i 's/^\\(docker:.*:\\).*/\\1{'' if right else 'nobody'}/' /etc/group")
        script.append(f"echo DOCKER_CONTENT_TRUST={1 if right else 0} > /etc/environment")
        script.append(f"exec {PLIMSOLL} benchmark --format json")
        sockets = {path: os.stat(path) for path in (self.FILES[name][0] for name in self.ALWAYS_THERE)}
        try:
            done = run("unshare", "--mount", "sh", "-c", "\n".join(script), check=False)
        finally:
            for path, was in sockets.items():
                os.chmod(path, was.st_mode & 0o7777)
                os.chown(path, was.st_uid, was.st_gid)
        if done.returncode not in (0, 1, 3):
            raise AssertionError(f"the run ended with {done.returncode}: {done.stderr[-2000:]}")
        return {(row["subject"], row["rule"]): row
                for asset in json.loads(done.stdout)["assets"] for row in asset.get("checks", [])}

    def expected(self, outcome):
        return {IMAGE: {"image.content_trust": outcome}, "docker": {"docker.group.members": outcome} | {f"docker.files.{name}.{what}": outcome for name in self.FILES for what in ("owner", "mode")}}

    def test_right(self):
        self.assertEqual(differences(self.look(True), self.expected("pass")), [])

    def test_wrong(self):
        self.assertEqual(differences(self.look(False), self.expected("fail")), [])


class Audited(unittest.TestCase):
    """The kernel's audit rules, really loaded. Those that were there before are left alone, and so is a daemon that takes records."""

    KEY = PREFIX + "audit"

    def watched(self):
        """{rule: (outcome, the path it is about)} of what this machine has."""
        found = {}
        for (_, rule), row in rows().items():
            if rule.startswith("docker.audit.") and row["outcome"] != "not applicable":
                found[rule] = (row["outcome"], re.search(r'path = "(.*?)"', row["evidence"])[1] if row["outcome"] == "fail" else "")
        return found

    def give(self, path):
        """An empty file where there is none; taken away again with what was made to hold it."""
        if os.path.exists(path):
            return
        missing = [str(each) for each in reversed(pathlib.Path(path).parents) if not each.exists()]
        for directory in missing:
            os.mkdir(directory)
            self.addCleanup(os.rmdir, directory)
        pathlib.Path(path).write_text("{}" if path.endswith(".json") else "")
        self.addCleanup(os.unlink, path)

    def test_rules_count_when_they_are_loaded_and_followed(self):
        was = re.search(r"^enabled (\d)", run("auditctl", "-s").stdout, re.M)[1]
        self.assertNotEqual(was, "2", "the audit rules of this machine cannot be changed before its next start")
        self.addCleanup(run, "auditctl", "-e", was)
        self.addCleanup(run, "auditctl", "-D", "-k", self.KEY)
        for path in ("/etc/docker/daemon.json", "/etc/sysconfig/docker"):  # files that Debian's engine does without
            self.give(path)
        before = self.watched()
        self.assertGreater(len(before), 10)
        self.assertLessEqual({"docker.audit.daemon_json", "docker.audit.sysconfig_docker"}, before.keys())
        self.assertEqual({outcome for outcome, _ in before.values()}, {"fail"})
        for _, path in before.values():
            run("auditctl", "-w", path, "-p", "wa", "-k", self.KEY)
        run("auditctl", "-e", "0")
        self.assertEqual({outcome for outcome, _ in self.watched().values()}, {"fail"})  # loaded, and nobody follows them
        run("auditctl", "-e", "1")
        after = self.watched()
        self.assertEqual(after.keys(), before.keys())
        self.assertEqual({outcome for outcome, _ in after.values()}, {"pass"})


class WithoutAnswer(unittest.TestCase):
    def test_a_socket_that_refuses_gives_unknown_rows_and_no_pass(self):
        with tempfile.TemporaryDirectory(prefix=PREFIX) as directory:
            path = directory + "/d.sock"
            pathlib.Path(path).write_text("no socket")
            found = rows(path)
            said = {rule: row["outcome"] for (subject, rule), row in found.items() if subject == "docker"}
            self.assertNotEqual(said, {})
            for rule in ("docker.swarm.inactive", "docker.images.sprawl", "docker.daemon.seccomp"):
                self.assertEqual(said.get(rule), "unknown", rule)
                self.assertNotEqual(found[("docker", rule)]["reason"], "")


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("run as root: the test starts containers and a daemon")
    unittest.main(verbosity=2)
