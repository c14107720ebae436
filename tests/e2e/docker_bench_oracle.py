#!/usr/bin/python3
"""What docker-bench-security 1.6.0 would say of this machine and an engine, with the errors of its logic. Nothing is shared with Plimsoll.

Usage: docker_bench_oracle.py SOCKET BEGINNING   prints {id: [PASS|WARN|INFO|NOTE, remark]}
       docker_bench_oracle.py --watched   prints the paths that its audit checks look for
A check that it skips without a row (section 5 without containers) has none here. The id of a check is its function below.
"""
import functools
import grp
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import urllib.parse

PASS, WARN, INFO, NOTE = "PASS", "WARN", "INFO", "NOTE"
TWO_DAYS = 2 * 86400 * 10**9


class Engine:
    """The Engine API over its Unix socket; each answer is asked for once."""

    def __init__(self, path):
        self.path = path

    @functools.lru_cache(maxsize=None)
    def get(self, target):
        """The answer to a GET; None when the engine refuses it, as a worker does for what managers know."""
        connection = http.client.HTTPConnection("engine", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(60)
        connection.sock.connect(self.path)
        try:
            connection.request("GET", target)
            answer = connection.getresponse()
            body = answer.read()
            return json.loads(body) if answer.status == 200 else None
        finally:
            connection.close()

    @property
    def info(self):
        return self.get("/info")

    @property
    def swarm(self):
        return self.info["Swarm"]["LocalNodeState"] == "active"

    def containers(self, beginning):
        """Those that run and whose names begin so."""
        return [self.get(f"/containers/{each['Id']}/json") for each in self.get("/containers/json")
                if any(name.startswith("/" + beginning) for name in each["Names"])]

    def images(self):
        return [self.get(f"/images/{each['Id']}/json") for each in self.get("/images/json")]

    def overlays(self):
        wanted = urllib.parse.quote('{"driver":["overlay"]}')
        return [self.get(f"/networks/{each['Id']}") for each in self.get("/networks?filters=" + wanted)]


def newest_daemon():
    """(pid, command line) of the dockerd that was started last: whichever engine it serves."""
    found = []
    for directory in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
            began = int((directory / "stat").read_text().rpartition(")")[2].split()[19])
        except OSError:  # it has ended
            continue
        if words and os.path.basename(words[0]) == "dockerd":
            found.append((began, int(directory.name), words[1:]))
    return max(found)[1:] if found else (0, [])


class Settings:
    """The daemon's flags and its file, side by side: a check says which of them it reads."""

    SHORT = {"-H": "--host", "-l": "--log-level", "-D": "--debug"}

    def __init__(self):
        self.pid, words = newest_daemon()
        self.flags = {}
        for i, word in enumerate(words):
            name, equals, value = word.partition("=")
            if not equals:
                value = words[i + 1] if i + 1 < len(words) and not words[i + 1].startswith("-") else ""
            if name.startswith("-"):
                self.flags.setdefault(self.SHORT.get(name, name).lstrip("-"), []).append(value)
        path = pathlib.Path(self.flag("config-file") or "/etc/docker/daemon.json")
        self.file = json.loads(path.read_text() or "{}") if path.is_file() else {}

    def flag(self, name):
        """The last value of a flag; None when it was not given."""
        return self.flags.get(name, [None])[-1]

    def either(self, name, flag=None):
        return self.file.get(name) or self.flag(flag or name)

    def off(self, name):
        return self.file.get(name) is False or self.flag(name) == "false"


def unit(name):
    """The place of a unit; the search does not ask whether what it finds below /run is one."""
    for directory in ("/etc/systemd/system/", "/lib/systemd/system/"):
        if os.path.isfile(directory + name):
            return directory + name
    for directory, _, names in os.walk("/run"):
        if name in names:
            return directory + "/" + name
    if shutil.which("systemctl"):
        done = subprocess.run(["systemctl", "show", "-p", "FragmentPath", name], capture_output=True, text=True, timeout=30)
        if done.stdout.strip().partition("=")[2]:
            return done.stdout.strip().partition("=")[2]
    return "/usr/lib/systemd/system/" + name


# 1.1.3 and 1.1.4 warn where the path is missing; the others do not apply then.
def watched():
    return {
        "1.1.3": "/usr/bin/dockerd", "1.1.4": "/run/containerd", "1.1.5": "/var/lib/docker", "1.1.6": "/etc/docker",
        "1.1.7": unit("docker.service"), "1.1.8": unit("containerd.sock"), "1.1.9": unit("docker.socket"),
        "1.1.10": "/etc/default/docker", "1.1.11": "/etc/docker/daemon.json", "1.1.12": "/etc/containerd/config.toml",
        "1.1.13": "/etc/sysconfig/docker", "1.1.14": "/usr/bin/containerd", "1.1.15": "/usr/bin/containerd-shim",
        "1.1.16": "/usr/bin/containerd-shim-runc-v1", "1.1.17": "/usr/bin/containerd-shim-runc-v2", "1.1.18": "/usr/bin/runc",
    }


def audit_rules():
    if shutil.which("auditctl"):
        return subprocess.run(["auditctl", "-l"], capture_output=True, text=True, timeout=30).stdout
    path = pathlib.Path("/etc/audit/audit.rules")
    lines = path.read_text().splitlines() if path.is_file() else []
    return "\n".join(line for line in lines if not line.startswith(("#", ";")))


def host(engine):
    root = engine.info["DockerRootDir"]
    if any("name=userns" in option for option in engine.info["SecurityOptions"]):
        root = os.path.dirname(root)
    mounted = {line.split()[4] for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines()}
    out = {"1.1.1": PASS if root in mounted else WARN, "1.1.2": INFO,  # no list of trusted accounts was given
           "1.2.1": NOTE, "1.2.2": PASS}  # whatever the release is
    rules = audit_rules()
    for number, path in watched().items():
        if number not in ("1.1.3", "1.1.4") and not os.path.exists(path):
            out[number] = INFO
        else:
            out[number] = PASS if path in rules else WARN  # as a part of any line
    return out


def daemon(engine, settings):
    info, file, flag = engine.info, settings.file, settings.flag
    hosts = [each for each in settings.flags.get("host", []) + file.get("hosts", []) if each.startswith("tcp://")]
    # Where jq is installed the key is looked up with its quotes and colon, and never found.
    verified = flag("tlsverify") is not None or (file.get("tlsverify") is True and not shutil.which("jq"))
    storage = settings.flags.get("storage-opt", []) + file.get("storage-opts", [])
    release = tuple(int(number) for number in re.findall(r"\d+", info["ServerVersion"])[:2])
    out = {
        "2.1": NOTE,
        "2.2": PASS if settings.off("icc") else WARN,
        "2.3": PASS if file.get("log-level", "info") == "info" else WARN,  # the flag is never reached
        "2.4": WARN if settings.off("iptables") else PASS,
        "2.5": WARN if file.get("insecure-registries") or flag("insecure-registry") is not None else PASS,
        "2.6": WARN if info["Driver"] == "aufs" else PASS,
        "2.7": INFO if not hosts else PASS if verified else WARN,
        "2.8": PASS if "default-ulimits" in file or flag("default-ulimit") is not None else INFO,
        "2.9": PASS if settings.either("userns-remap") else WARN,
        "2.10": WARN if flag("cgroup-parent") is not None else PASS,  # the file's test can never be true
        "2.11": WARN if any("dm.basesize" in each for each in storage) else PASS,
        "2.12": PASS if settings.either("authorization-plugins", "authorization-plugin") else WARN,
        "2.13": WARN if info["LoggingDriver"] == "json-file" else PASS,
        "2.14": PASS if file.get("no-new-privileges") is True or flag("no-new-privileges") is not None else WARN,
        "2.15": PASS if info["LiveRestoreEnabled"] else (PASS, "incompatible with swarm mode") if engine.swarm
                else PASS if flag("live-restore") is not None else WARN,
        "2.16": PASS if settings.off("userland-proxy") else WARN,
        "2.17": PASS if any("profile=default" in option for option in info["SecurityOptions"]) else INFO,
        "2.18": INFO if release > (19, 3) else WARN if info["ExperimentalBuild"] else PASS,
        "C.2": INFO if release >= (17, 12) else PASS if flag("disable-legacy-registry") is not None else WARN,
    }
    return out


def mode_text(path):
    """Permissions as the decimal number that their octal digits spell: 0577 is less than 0644."""
    return int(f"{os.stat(path).st_mode & 0o7777:o}")


def group_id(name):
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return -1


def files(settings):
    out = {}
    settled = {name: settings.either(name) or "" for name in ("tlscacert", "tlscert", "tlskey")}
    for owner, mode, path, most, there in (
            ("3.1", "3.2", unit("docker.service"), 644, os.path.isfile), ("3.3", "3.4", unit("docker.socket"), 644, os.path.isfile),
            ("3.5", "3.6", "/etc/docker", 755, os.path.isdir), ("3.9", "3.10", settled["tlscacert"], 444, os.path.isfile),
            ("3.11", "3.12", settled["tlscert"], 444, os.path.isfile), ("3.13", "3.14", settled["tlskey"], 400, os.path.isfile),
            ("3.15", "3.16", "/var/run/docker.sock", 660, os.path.exists),
            ("3.17", "3.18", "/etc/docker/daemon.json", 644, os.path.isfile),
            ("3.19", "3.20", "/etc/default/docker", 644, os.path.isfile), ("3.22", "3.21", "/etc/sysconfig/docker", 644, os.path.isfile),
            ("3.23", "3.24", "/run/containerd/containerd.sock", 660, os.path.exists)):
        if not there(path):
            out[owner] = out[mode] = INFO
            continue
        status = os.stat(path)
        right = f"{status.st_uid}{status.st_gid}" == "00"
        if owner == "3.15":
            right = status.st_uid == 0 and status.st_gid == group_id("docker")
        out[owner] = PASS if right else WARN
        value = mode_text(path)
        out[mode] = PASS if value == most or (value < most and mode != "3.14") else WARN
    directory = pathlib.Path("/etc/docker/certs.d")
    certificates = [str(path) for path in directory.rglob("*.crt")]
    out["3.7"] = INFO if not directory.is_dir() else WARN if any(os.stat(path).st_uid for path in certificates) else PASS
    out["3.8"] = INFO if not directory.is_dir() else WARN if any(mode_text(path) > 444 for path in certificates) else PASS
    return out


def images(engine, containers):
    out = {number: NOTE for number in ("4.2", "4.3", "4.4", "4.8", "4.10", "4.11", "4.12")}
    users = [each["Config"].get("User", "") for each in containers]
    out["4.1"] = INFO if not containers else WARN if any(user in ("", "0", "root", "[]") for user in users) else PASS
    out["4.5"] = PASS if os.environ.get("DOCKER_CONTENT_TRUST") == "1" else WARN  # of this very process
    out["4.6"] = WARN if any(not image["Config"].get("Healthcheck") for image in engine.images()) else PASS
    steps = [[step["CreatedBy"] + step["Comment"] for step in engine.get(f"/images/{image['Id']}/history")]
             for image in engine.images()]
    out["4.7"] = INFO if any("update" in step for image in steps for step in image) else PASS
    out["4.9"] = INFO if any("ADD" in step for image in steps for step in image[:-1]) else PASS
    return out


USUAL = ("AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID "
         "SYS_CHROOT").split()
SENSITIVE = ("/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr")


def added(container):
    return {name.removeprefix("CAP_") for name in container["HostConfig"]["CapAdd"] or []}


def published(container):
    return [(bound["HostIp"], bound["HostPort"]) for each in (container["NetworkSettings"]["Ports"] or {}).values() for bound in each or []]


def options(container):
    return container["HostConfig"]["SecurityOpt"] or []


def runs_sshd(socket_path, container):
    done = subprocess.run(["docker", "-H", "unix://" + socket_path, "exec", container["Id"], "ps", "-el"], capture_output=True,
                          text=True, errors="replace", timeout=60)
    return "sshd" in done.stdout  # nothing, where the image has no ps


# Number -> what is wrong with a container, and the word for it.
def of_one_container(engine, no_new_privileges):
    config = lambda name, *wrong: lambda each: each["HostConfig"].get(name) in wrong
    return {
        "5.2": (WARN, lambda each: each.get("AppArmorProfile") in ("", "[]", None, "unconfined")),
        "5.3": (WARN, lambda each: not options(each)),  # any option, whatever it is about
        "5.4": (WARN, lambda each: added(each) - set(USUAL)),
        "5.5": (WARN, config("Privileged", True)),
        "5.6": (WARN, lambda each: any(mount["RW"] and mount.get("Source") in SENSITIVE for mount in each["Mounts"])),
        "5.7": (WARN, lambda each: runs_sshd(engine.path, each)),
        "5.8": (WARN, lambda each: any(":" not in ip and int(port) < 1025 for ip, port in published(each))),
        "5.9": (WARN, published),
        "5.10": (WARN, config("NetworkMode", "host")),
        "5.11": (WARN, config("Memory", 0)),
        "5.12": (WARN, lambda each: not each["HostConfig"]["CpuShares"] and not each["HostConfig"]["NanoCpus"]),
        "5.13": (WARN, config("ReadonlyRootfs", False)),
        "5.14": (WARN, lambda each: any(ip == "0.0.0.0" for ip, _ in published(each))),
        "5.15": (WARN, lambda each: each["HostConfig"]["RestartPolicy"]["MaximumRetryCount"] > 5),
        "5.16": (WARN, config("PidMode", "host")),
        "5.17": (WARN, config("IpcMode", "host")),
        "5.18": (INFO, lambda each: each["HostConfig"]["Devices"]),
        "5.19": (INFO, lambda each: not each["HostConfig"]["Ulimits"]),
        "5.20": (WARN, lambda each: any("shared" in mount.get("Propagation", "") for mount in each["Mounts"])),
        "5.21": (WARN, config("UTSMode", "host")),
        "5.22": (WARN, lambda each: any(re.match("seccomp[=:]unconfined$", option) for option in options(each))),
        "5.25": (WARN, lambda each: each["HostConfig"]["CgroupParent"]),
        "5.26": (WARN, lambda each: not no_new_privileges and not any("no-new-privileges" in option for option in options(each))),
        "5.27": (WARN, lambda each: not each["State"].get("Health")),
        "5.29": (WARN, config("PidsLimit", 0, None, -1)),
        "5.31": (WARN, config("UsernsMode", "host")),
        "5.32": (WARN, lambda each: "docker.sock" in json.dumps(each["Mounts"])),
        "C.5.3.1": (WARN, lambda each: "DAC_READ_SEARCH" in added(each)),
        "C.5.3.2": (WARN, lambda each: "SYS_MODULE" in added(each)),
        "C.5.3.3": (WARN, lambda each: "SYS_ADMIN" in added(each)),
        "C.5.3.4": (WARN, lambda each: "SYS_PTRACE" in added(each)),
    }


def running(engine, containers, no_new_privileges):
    out = {"5.1": PASS if engine.info["Swarm"]["LocalNodeState"] == "inactive" else WARN}
    if not containers:
        return out
    for number, (word, wrong) in of_one_container(engine, no_new_privileges).items():
        out[number] = word if any(wrong(each) for each in containers) else PASS
    on_docker0 = [engine.get(f"/networks/{each['Id']}")["Containers"] for each in engine.get("/networks")
                  if each["Options"].get("com.docker.network.bridge.name") == "docker0"]
    out.update({"5.23": NOTE, "5.24": NOTE, "5.28": INFO, "5.30": INFO if any(on_docker0) else PASS})
    return out


def listens_everywhere(pid, port):
    """Whether the daemon's network has a TCP listener of this port on all addresses (proc_pid_net(5): state 0A)."""
    for name in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            address, number = line.split()[1].split(":")
            if line.split()[3] == "0A" and int(number, 16) == port and int(address, 16) == 0:
                return True
    return False


def swarm(engine, settings):
    numbers = [f"7.{number}" for number in range(1, 10)]
    if not engine.swarm:
        return {number: (PASS, "swarm mode not enabled") for number in numbers}
    leaders = [node for node in engine.get("/nodes") or [] if node.get("ManagerStatus", {}).get("Leader")]
    said = engine.get("/swarm") or {}
    return {
        "7.1": PASS if len(leaders) <= 1 else WARN,  # of which there is always one
        "7.2": WARN if listens_everywhere(settings.pid, 2377) else PASS,
        "7.3": WARN if any("encrypted" not in (each["Options"] or {}) for each in engine.overlays()) else PASS,
        "7.4": PASS if engine.get("/secrets") else INFO,
        "7.5": PASS if "SWMKEY" in json.dumps(engine.get("/swarm/unlockkey")) else WARN,
        "7.6": NOTE,
        "7.7": PASS if said.get("Spec", {}).get("CAConfig", {}).get("NodeCertExpiry") == TWO_DAYS else INFO,
        "7.8": INFO, "7.9": INFO,
    }


def verdicts(path, beginning):
    """`beginning`: of the names of the containers that are looked at."""
    engine, settings = Engine(path), Settings()
    containers = engine.containers(beginning)
    out = {**host(engine), **daemon(engine, settings), **files(settings), **images(engine, containers), "6.1": INFO, "6.2": INFO,
           **swarm(engine, settings)}
    out.update(running(engine, containers, out["2.14"] == PASS))
    return {number: said if isinstance(said, tuple) else (said, "") for number, said in out.items()}


if __name__ == "__main__":
    print("\n".join(watched().values()) if sys.argv[1] == "--watched" else json.dumps(verdicts(*sys.argv[1:3])))
