#!/usr/bin/python3
"""End to end: beside docker-bench-security on the same machine, each verdict is the same, or docs/compare-benchmarks.md says why not.

Its logic is written down in docker_bench_oracle.py. Needs root and a Docker engine. The daemons and the mount namespaces are the test's
own; the machine's engine is given two containers and two images, its kernel audit rules with the test's key; all are taken away.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time
import unittest

import benchmark_docker_test as bench
from benchmark_docker_test import docker, run

ROOT = bench.ROOT
ORACLE = str(ROOT / "tests" / "e2e" / "docker_bench_oracle.py")
PREFIX = "bench-side-"
GOOD_IMAGE, BAD_IMAGE = PREFIX + "good", PREFIX + "bad"
EDITIONS = {("CIS Docker", "1.6.0"), ("docker-bench-security community", "1.6.0")}
WORDS = {"PASS": "pass", "WARN": "fail"}


def numbers_of(cell):
    """The ids of the first cell of a row: "1.1.4-1.1.18" or "5.16, 5.17"."""
    out = []
    for part in cell.split(", "):
        first, _, last = part.partition("-")
        front, low = first.rsplit(".", 1)
        high = last.rsplit(".", 1)[1] if last else low
        out += [f"{front}.{number}" for number in range(int(low), int(high) + 1)]
    return out


def documented():
    """{id: what docs/compare-benchmarks.md says of it}"""
    rows = re.findall(r"^\| ((?:C\.)?\d[^|]*?) \| (.*) \|$", (ROOT / "docs" / "compare-benchmarks.md").read_text(), re.M)
    return {number: text for cell, text in rows for number in numbers_of(cell)}


def mapped():
    """The ids of both maps of that edition."""
    text = "".join((ROOT / "data" / "benchmarks" / "maps" / (name + ".yaml")).read_text()
                   for name in ("cis-docker-1.6.0", "docker-bench-community-1.6.0"))
    return set(re.findall(r'^  - \{id: "([^"]+)"', text, re.M))


def merged(outcomes):
    """One word for the rows of all subjects, as theirs is one for all containers."""
    for word in ("fail", "unknown", "pass", "manual", "not applicable"):
        if word in outcomes:
            return word
    return "no row"


def same(theirs, remark, ours):
    if ours == "not applicable":
        return theirs == "INFO" or (theirs == "PASS" and remark != "")
    if ours == "manual":
        return theirs in ("INFO", "NOTE") or (theirs == "PASS" and remark != "")
    return WORDS.get(theirs) == ours


def named(text, otherwise):
    """The one word that a row says is theirs, when it says so: "There INFO."."""
    found = re.search(r"There (?:always |it is )?(INFO|NOTE|manual)\b", text)
    return {"manual": "NOTE"}.get(found[1], found[1]) if found else otherwise


def compare(theirs, ours, said):
    """(equal, documented, wrong): ids of each kind. Only a row that begins so allows a difference; none allows a missing row."""
    equal, differs, wrong = [], [], []
    for number, (word, remark) in theirs.items():
        text, outcome = said.get(number, ""), ours.get(number, "no row")
        if outcome != "no row" and same(word, remark, outcome):
            equal.append(number)
        elif outcome != "no row" and text.startswith(("**Differs.**", "Decided")) and word == named(text, word):
            differs.append(number)
        else:
            wrong.append(f"{number}: theirs {word} {remark}, ours {outcome}; the document: {text or 'nothing'}")
    return equal, differs, wrong


# Files of a scene, and their modes when good and when bad: too open as bits and as a decimal number.
FILES = {
    "/usr/lib/systemd/system/docker.service": (0o644, 0o664), "/usr/lib/systemd/system/docker.socket": (0o644, 0o646),
    "/etc/docker": (0o755, 0o775), "/etc/docker/certs.d/registry.test/ca.crt": (0o444, 0o644),
    "/etc/default/docker": (0o644, 0o666), "/etc/sysconfig/docker": (0o600, 0o755), "/etc/containerd/config.toml": (0o644, 0o644),
    "/etc/docker/daemon.json": (0o600, 0o666), "/var/run/docker.sock": (0o660, 0o666),
    "/run/containerd/containerd.sock": (0o660, 0o662),
}
BAD = {
    # Each has one or two faults, so that no container hides behind another's.
    "whole": ["--runtime", "lenient", "--privileged", "--network", "none"],
    "host": ["--network", "none", "--pid", "host", "--ipc", "host", "--uts", "host", "--userns", "host"],
    "open": ["-p", "80:80"],
    "added": ["--network", "none", "--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE", "--cap-add", "DAC_READ_SEARCH",
              "--cap-add", "SYS_MODULE", "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
    "handed": ["--network", "none", "--device", "/dev/fuse", "-v", "/etc:/x", "-v", "SHARED:/p:rshared",
               "-v", "/var/run/docker.sock:/var/run/docker.sock"],
    "lifted": ["--network", "none", "--pids-limit", "-1", "--restart", "on-failure:6", "--ulimit", "core=-1:-1",
               "--cgroup-parent", "/" + PREFIX + "parent"],
    "sshd": ["--network", "none"],
}

# What no state here can be: kernels have no aufs any more, overlay2 refuses dm.basesize, and not every kernel has AppArmor.
NOT_MADE = {("2.6", "fail"), ("2.11", "fail"), ("5.2", "pass")}


class Comparison(unittest.TestCase):
    """What the states are judged by can say no."""

    SAID = {"1.1": "Same.", "1.2": "Same, but bits count.", "1.3": "**Differs.** The group too. There INFO.", "1.4": "Decided: fail."}

    def wrong(self, number, theirs, ours, remark=""):
        return compare({number: [theirs, remark]}, {number: ours} if ours else {}, self.SAID)[2] != []

    def test_the_same_must_be_the_same(self):
        for theirs, ours in (("PASS", "pass"), ("WARN", "fail"), ("INFO", "not applicable"), ("NOTE", "manual"), ("INFO", "manual")):
            self.assertFalse(self.wrong("1.1", theirs, ours), (theirs, ours))
        self.assertFalse(self.wrong("1.1", "PASS", "not applicable", "no swarm"))
        for theirs, ours in (("PASS", "fail"), ("WARN", "pass"), ("PASS", "unknown"), ("WARN", "unknown"), ("INFO", "unknown"),
                             ("PASS", "not applicable"), ("WARN", "not applicable"), ("WARN", "manual"), ("INFO", "fail"), ("INFO", None)):
            for number in ("1.1", "1.2", "1.9"):  # the last has no row
                self.assertTrue(self.wrong(number, theirs, ours), (number, theirs, ours))

    def test_a_row_allows_what_it_says(self):
        self.assertFalse(self.wrong("1.3", "INFO", "fail"))
        self.assertTrue(self.wrong("1.3", "WARN", "pass"))
        self.assertFalse(self.wrong("1.4", "PASS", "fail"))
        self.assertTrue(self.wrong("1.4", "PASS", None))

    def test_the_document_has_one_row_for_each_id(self):
        self.assertEqual(documented().keys(), mapped())
        self.assertEqual(numbers_of("5.9, 7.2-7.4, C.5.3.1-C.5.3.2"), ["5.9", "7.2", "7.3", "7.4", "C.5.3.1", "C.5.3.2"])

    def test_the_worst_row_speaks_for_all_containers(self):
        self.assertEqual(merged(["pass", "fail", "unknown"]), "fail")
        self.assertEqual(merged(["pass", "unknown"]), "unknown")
        self.assertEqual(merged(["not applicable", "pass"]), "pass")
        self.assertEqual(merged([]), "no row")


class Scratch:
    directory = None


def setUpModule():
    run(str(ROOT / "script" / "docker-up"))
    Scratch.directory = bench.Scratch.directory = tempfile.mkdtemp(prefix=PREFIX)
    bench.root_file_system(Scratch.directory)
    os.mkdir(bench.Scratch.shared())
    run("mount", "-t", "tmpfs", "-o", "size=1m", PREFIX + "shared", bench.Scratch.shared())
    run("mount", "--make-shared", bench.Scratch.shared())


def tearDownModule():
    run("umount", "-l", bench.Scratch.shared(), check=False)
    shutil.rmtree(Scratch.directory, ignore_errors=True)


def import_images(socket, *names):
    for name in names:
        good = ["-c", "USER 1000", "-c", "HEALTHCHECK --interval=60s CMD true"] if name == GOOD_IMAGE else []
        docker("import", *good, Scratch.directory + "/rootfs.tar", name, socket=socket)


def look(socket, scene=()):
    """({id: [word, remark]}, {id: outcome}) of one state: both look from a mount namespace that `scene` has set up."""
    theirs, ours = Scratch.directory + "/theirs.json", Scratch.directory + "/ours.json"
    script = ["set -e", *scene, f"{bench.PLIMSOLL} benchmark -q --format json --docker-socket {socket} -o {ours} || test $? -le 3",
              f"/usr/bin/python3 {ORACLE} {socket} {PREFIX} >{theirs}"]
    run("unshare", "--mount", "sh", "-c", "\n".join(script), timeout=300)
    outcomes = collections.defaultdict(list)
    for asset in json.loads(pathlib.Path(ours).read_text())["assets"]:
        if asset["kind"] == "container" and not asset["name"].startswith(PREFIX):
            continue  # of others on this machine, perhaps of another engine
        for row in asset.get("checks", []):
            for control in row["controls"]:
                if (control["benchmark"], control["edition"]) in EDITIONS:
                    outcomes[control["id"]].append(row["outcome"])
    return json.loads(pathlib.Path(theirs).read_text()), {number: merged(each) for number, each in outcomes.items()}


def files_of(daemon, right):
    """The lines that lay this daemon's files where docker-bench-security looks for them, all good or all bad."""
    lines = []
    for directory in ("/etc", "/usr/lib/systemd/system"):
        over = f"{Scratch.directory}/over{directory.replace('/', '-')}"
        lines += [f"mkdir -p {over}", f"mount -t tmpfs tmpfs {over}", f"mkdir {over}/upper {over}/work",
                  f"mount -t overlay overlay -o lowerdir={directory},upperdir={over}/upper,workdir={over}/work {directory}"]
    for path in FILES:
        if path.startswith(("/etc/", "/usr/")) and path != "/etc/docker":
            lines += [f"mkdir -p $(dirname {path})", f"test -e {path} || echo '{{}}' >{path}"]
    lines += [f"mount --bind {daemon.directory}/daemon.json /etc/docker/daemon.json",
              f"mount --bind {daemon.socket} /var/run/docker.sock",
              f"mount --bind {daemon.directory}/exec/containerd /run/containerd"]  # the shims of its containers have made that
    for path, (good, bad) in FILES.items():
        group = "docker" if path == "/var/run/docker.sock" else "root"
        lines += [f"chown {'root:' + group if right else '12345:12345'} {path}", f"chmod {good if right else bad:o} {path}"]
    return lines


class SideBySide(unittest.TestCase):
    """Each test is one state of the machine; the last one asks what all of them together have shown."""

    longMessage = False
    KEY = PREFIX + "audit"
    states, seen, equal, differing = 0, collections.defaultdict(set), 0, collections.Counter()

    def judge(self, socket, *scene):
        theirs, ours = look(socket, scene)
        equal, differs, wrong = compare(theirs, ours, documented())
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))
        cls = type(self)
        self.assertEqual(theirs.keys(), mapped())
        cls.states += 1
        cls.equal += len(equal)
        cls.differing.update(differs)
        for number in equal:
            cls.seen[number].add(ours[number])
        print(f"{len(theirs)} ids compared, {len(equal)} equal, {len(differs)} differ as documented ... ", end="", flush=True)

    def daemon(self, config, **how):
        daemon = bench.Daemon(config, **how)
        self.addCleanup(daemon.down)
        return daemon

    def certificate(self, mode, owner):
        paths = bench.Daemons.certificate(self)
        for path, bits in zip(paths, mode):
            os.chmod(path, bits)
            os.chown(path, owner, owner)
        return paths

    def guard(self):
        guard = bench.Authorization(PREFIX + "guard")
        self.addCleanup(guard.down)
        return PREFIX + "guard"

    def watch(self, daemon):
        """Lines that load an audit rule for each path of either side. A path that is named twice is refused, which is well."""
        was = re.search(r"^enabled (\d)", run("auditctl", "-s").stdout, re.M)[1]
        self.assertNotEqual(was, "2", "the audit rules of this machine cannot be changed before its next start")
        self.addCleanup(run, "auditctl", "-e", was)
        self.addCleanup(run, "auditctl", "-D", "-k", self.KEY, check=False)
        also = ["/usr/sbin/dockerd", daemon.data, daemon.directory + "/daemon.json", "/run/containerd/containerd.sock"]
        return [f"for path in $(/usr/bin/python3 {ORACLE} --watched) {' '.join(also)}; do "
                f"auditctl -w $path -p wa -k {self.KEY} >/dev/null 2>&1 || true; done", "auditctl -e 1 >/dev/null"]

    def test_1_well_kept(self):
        certificate, key = self.certificate((0o444, 0o400), 0)
        daemon = self.daemon(
            {"icc": False, "userland-proxy": False, "live-restore": True, "no-new-privileges": True, "log-level": "info",
             "log-driver": "gelf", "log-opts": {"gelf-address": "udp://127.0.0.1:12201"}, "ip": "127.0.0.1",
             "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}},
             "userns-remap": "nobody:nogroup", "authorization-plugins": [self.guard()]},
            subordinate="nobody:200000:65536\nnogroup:200000:65536\n",
            flags=["-H", "tcp://127.0.0.1:2376", "--tlsverify", "--tlscacert", certificate, "--tlscert", certificate, "--tlskey", key])
        import_images(daemon.socket, GOOD_IMAGE)
        daemon.docker("run", "-d", "--name", PREFIX + "kept", *bench.TIGHT, GOOD_IMAGE, "sleep", "600")
        self.judge(daemon.socket, *files_of(daemon, True), *self.watch(daemon))

    def test_2_badly_kept(self):
        daemon = self.daemon({"insecure-registries": ["10.0.0.0/8"], "debug": True, "experimental": True, "log-level": "debug",
                              "log-driver": "local", "cgroup-parent": "/" + PREFIX + "all",
                              "runtimes": {"lenient": {"path": bench.lenient_runtime()}}},
                             flags=["--iptables=false", "-H", "tcp://127.0.0.1:2375"])
        import_images(daemon.socket, GOOD_IMAGE, BAD_IMAGE)
        daemon.docker("run", "-d", "--name", PREFIX + "kept", *bench.TIGHT, GOOD_IMAGE, "sleep", "600")
        for name, options in BAD.items():
            command = ["/usr/sbin/sshd", "600"] if name == "sshd" else ["sleep", "600"]
            options = [option.replace("SHARED", bench.Scratch.shared()) for option in options]
            daemon.docker("run", "-d", "--name", PREFIX + name, *options, BAD_IMAGE, *command)
        daemon.docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "0.0.0.0:2377")
        self.judge(daemon.socket, *files_of(daemon, False))

    def test_3_a_locked_swarm_with_open_keys(self):
        certificate, key = self.certificate((0o666, 0o666), 1000)
        daemon = self.daemon({"tlsverify": True, "tlscacert": certificate, "tlscert": certificate, "tlskey": key},
                             flags=["-H", "tcp://127.0.0.1:2376"])
        import_images(daemon.socket, GOOD_IMAGE)
        daemon.docker("run", "-d", "--name", PREFIX + "kept", *bench.TIGHT, GOOD_IMAGE, "sleep", "600")
        daemon.docker("swarm", "init", "--autolock", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377")
        run("sh", "-c", f"echo y | docker -H unix://{daemon.socket} network rm ingress")
        daemon.docker("network", "create", "--driver", "overlay", "--opt", "encrypted", PREFIX + "sealed")
        daemon.docker("secret", "create", PREFIX + "secret", daemon.directory + "/daemon.json")
        deadline = time.monotonic() + 30
        while "ingress" in daemon.docker("network", "ls").stdout and time.monotonic() < deadline:
            time.sleep(0.3)
        self.judge(daemon.socket, *files_of(daemon, True))

    def test_4_the_engine_of_this_machine_as_it_is(self):
        socket = "/var/run/docker.sock"
        self.addCleanup(docker, "rmi", "-f", GOOD_IMAGE, BAD_IMAGE, check=False)
        self.addCleanup(docker, "rm", "-f", PREFIX + "kept", PREFIX + "hosted", check=False)
        import_images(socket, GOOD_IMAGE, BAD_IMAGE)
        docker("run", "-d", "--name", PREFIX + "kept", *bench.TIGHT, GOOD_IMAGE, "sleep", "600")
        docker("run", "-d", "--name", PREFIX + "hosted", "--network", "host", BAD_IMAGE, "sleep", "600")
        self.judge(socket)

    def test_5_each_verdict_that_is_the_same_was_seen_good_and_bad(self):
        self.assertEqual(self.states, 4, "a state was not compared")
        lacking = [f"{number}: {word} was never seen on both sides" for number, text in documented().items() if text.startswith("Same")
                   for word in ("pass", "fail") if word not in self.seen[number] and (number, word) not in NOT_MADE]
        self.assertEqual(lacking, [], "\n" + "\n".join(lacking))
        print(f"{self.states} states, {len(mapped())} ids: {self.equal + self.differing.total()} verdicts compared, {self.equal} equal, "
              f"{self.differing.total()} (of {len(self.differing)} ids) differ for the documented reason: {', '.join(self.differing)} ... ",
              end="", flush=True)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("run as root: the test starts containers and daemons")
    unittest.main(verbosity=2)
