#!/usr/bin/python3
"""Pending security updates, end to end: a real Debian system without them, its own apt as the judge, a real engine.

Needs root, Docker, debootstrap and a Debian mirror (script/bootstrap demo). What it makes carries the prefix below.
"""
import datetime
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
os.environ.setdefault("PLIMSOLL_OBSERVE", "0")  # what the network shows has tests of its own
PREFIX = "plimsoll-patch-"
SUITE = "bookworm"
LISTS = "var/lib/apt/lists"


def run(*arguments, timeout=900, check=(0,), **more):
    done = subprocess.run(list(arguments), capture_output=True, text=True, errors="replace", timeout=timeout, **more)
    if check is not None and done.returncode not in check:
        raise AssertionError(f"{arguments} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def mirror(ending):
    """The mirror this machine's own sources name, else Debian's own."""
    sources = [pathlib.Path("/etc/apt/sources.list"), *pathlib.Path("/etc/apt/sources.list.d").glob("*")]
    for path in sources:
        text = path.read_text(errors="replace") if path.suffix in (".list", ".sources") and path.exists() else ""
        for line in text.splitlines():
            for word in [] if line.lstrip().startswith("#") else line.split():
                if word.startswith("http") and word.rstrip("/").endswith(ending):
                    return word.rstrip("/")
    return "http://deb.debian.org" + ending


def proxy_options():
    dump = run("apt-config", "dump", "Acquire").stdout
    return [f"-o={name}={value}" for name, value in re.findall(r'^(Acquire::https?::Proxy) "(.+)";', dump, re.M)]


def apt(root, *arguments):
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C")
    options = ["-o=APT::Sandbox::User=root", "-o=Dpkg::Use-Pty=0", *proxy_options()]
    return run("chroot", root, "apt-get", *options, *arguments, env=environment).stdout


def installations(text):
    """What a simulation of apt-get would install over something: name -> (installed, offered, where from)."""
    lines = re.findall(r"^Inst (\S+) \[(\S+)\] \((\S+) (.*?) \[\S+\]\)", text, re.M)
    return {name: (old, new, origin) for name, old, new, origin in lines}


def setUpModule():
    with tempfile.TemporaryDirectory() as place:
        url = f"{mirror('/debian')}/dists/{SUITE}/InRelease"
        done = run("/usr/lib/apt/apt-helper", "-o=Acquire::Retries=1", "download-file", url, place + "/InRelease", check=None, timeout=120)
    if done.returncode != 0 and not os.environ.get("PLIMSOLL_CI"):
        raise unittest.SkipTest(f"a system without its updates needs Debian's repositories, and {url} cannot be reached")
    Systems.make()


class Systems(unittest.TestCase):
    """Two systems that all tests share: the release without its security updates, and with them."""

    @classmethod
    def make(cls):
        cls.scratch = tempfile.mkdtemp(prefix=PREFIX)
        unittest.addModuleCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        unittest.addModuleCleanup(cls.unmount)
        run(str(ROOT / "script" / "docker-up"))
        cls.pending = cls.scratch + "/pending"
        run("debootstrap", "--variant=minbase", SUITE, cls.pending, mirror("/debian"), timeout=1800)
        shutil.copy("/etc/resolv.conf", cls.pending + "/etc/resolv.conf")
        pathlib.Path(cls.pending, "etc/apt/sources.list.d/security.sources").write_text(
            f"Types: deb\nURIs: {mirror('/debian-security')}\nSuites: {SUITE}-security\nComponents: main\n"
            "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
        )
        apt(cls.pending, "update")
        cls.updated = cls.copy("updated")
        apt(cls.updated, "-y", "dist-upgrade")
        cls.by_apt = installations(apt(cls.pending, "-s", "dist-upgrade", *cls.only_security(cls.pending)))
        assert cls.by_apt, "the release has no pending security update just now: nothing to compare"

    @classmethod
    def unmount(cls):
        """A debootstrap that broke off leaves proc mounted; nothing may be removed below it."""
        for line in reversed(pathlib.Path("/proc/mounts").read_text().splitlines()):
            if line.split()[1].startswith(cls.scratch + "/"):
                run("umount", line.split()[1])

    @classmethod
    def copy(cls, name, of=None):
        target = cls.scratch + "/" + name
        run("cp", "-a", of or cls.pending, target)
        return target

    @staticmethod
    def only_security(root):
        run("chroot", root, "sh", "-c", "cat /etc/apt/sources.list.d/security.sources > /etc/security-only.sources")
        return ["-o=Dir::Etc::SourceList=/etc/security-only.sources", "-o=Dir::Etc::SourceParts=-"]

    def variant(self, name):
        root = self.copy(name)
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        return root

    def scan(self, *targets, more=()):
        done = run(PLIMSOLL, "scan", "-q", "--format", "json", *more, *targets, check=(0, 3))
        return json.loads(done.stdout)

    def asset(self, target, **more):
        report = self.scan(target, **more)
        self.assertEqual(len(report["assets"]), 1)
        return report["assets"][0]

    @staticmethod
    def updates(asset):
        return {t["package"]["name"]: t for t in asset["threats"] if t["kind"] == "patch"}

    @staticmethod
    def gaps(asset, words=""):
        lines = [f"{gap['what']}: {gap['reason']}" for gap in asset["not_assessed"]]
        return [line for line in lines if words in line and not line.startswith("vulnerabilities")]

    def container(self, root):
        name = PREFIX + os.path.basename(root)
        with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as tar:
            run("docker", "import", "-", name, stdin=tar.stdout)
        self.addCleanup(run, "docker", "rmi", "-f", name, check=None)
        run("docker", "run", "-d", "--network", "none", "--name", name, name, "sleep", "3600")
        self.addCleanup(run, "docker", "rm", "-f", name, check=None)
        return name

    def list_file(self, root, ending):
        found = [p for p in pathlib.Path(root, LISTS).iterdir() if "security" in p.name and p.name.endswith(ending)]
        self.assertEqual(len(found), 1, found)
        return found[0]


class Pending(Systems):
    def test_container_shows_what_its_own_apt_says(self):
        name = self.container(self.pending)
        asset = self.asset("container:" + name)
        got = self.updates(asset)
        # What the security suite alone would bring; the version is what all sources together bring, which may be newer.
        said = installations(run("docker", "exec", name, "apt-get", "-s", "dist-upgrade").stdout)
        self.assertEqual(
            {package: (t["package"]["version"], t["fixed_version"]) for package, t in got.items()},
            {package: (old, said[package][1]) for package, (old, _, _) in self.by_apt.items()},
        )
        plain = installations(run("docker", "exec", name, "apt-get", "-s", "upgrade").stdout)
        for package, (_, new, origin) in plain.items():
            if "Security" in origin:
                self.assertEqual(got[package]["fixed_version"], new)
        self.assertEqual(self.gaps(asset, "pending security updates"), [])
        self.assertEqual(self.gaps(asset, "package list"), [])

    def test_updated_container_shows_none(self):
        asset = self.asset("container:" + self.container(self.updated))
        self.assertEqual(self.updates(asset), {})
        self.assertEqual(self.gaps(asset), [])

    def test_one_fix_for_each_source_package_with_the_offered_version(self):
        report = self.scan("rootfs:" + self.pending)
        titles = [fix["title"] for fix in report["fixes"] if ":all@" not in fix["id"]]
        self.assertEqual(len(titles), len(set(titles)))
        packages = self.updates(report["assets"][0]).values()
        for threat in packages:
            self.assertTrue(any(threat["fixed_version"] in title for title in titles), threat["id"])
        contributions = report["assets"][0]["contributions"]
        self.assertEqual(len({c["group"] for c in contributions}), len(contributions))
        self.assertEqual(sum(c["threats"] for c in contributions), len(packages))


class Distrust(Systems):
    def test_tampered_release_file(self):
        root = self.variant("tampered")
        release = self.list_file(root, "InRelease")
        release.write_text(release.read_text().replace("Description: ", "Description: no "))
        asset = self.asset("rootfs:" + root)
        self.assertTrue(self.gaps(asset, "signature does not fit"), asset["not_assessed"])
        self.assertEqual(set(self.updates(asset)), set(self.by_apt))

    def test_tampered_package_list(self):
        root = self.variant("tampered-list")
        packages = self.list_file(root, "Packages")
        packages.write_text(packages.read_text() + "\nPackage: bash\nVersion: 99\nArchitecture: amd64\n")
        asset = self.asset("rootfs:" + root)
        self.assertTrue(self.gaps(asset, "not what its Release file announces"), asset["not_assessed"])

    def test_keys_that_are_not_there(self):
        root = self.variant("keyless")
        for key in pathlib.Path(root, "usr/share/keyrings").iterdir():
            key.unlink()
        self.assertTrue(self.gaps(self.asset("rootfs:" + root), "no key"))

    def test_expired_list(self):
        recording = tempfile.mkdtemp(prefix=PREFIX, dir=self.scratch)
        self.scan("rootfs:" + self.pending, more=["--record", recording])
        facts = pathlib.Path(recording, "facts.json")
        recorded = json.loads(facts.read_text())
        late = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=60)
        recorded["generated_at"] = late.strftime("%Y-%m-%dT%H:%M:%SZ")
        facts.write_text(json.dumps(recorded))
        asset = self.asset("replay:" + recording)
        self.assertTrue(self.gaps(asset, "package list expired on"), asset["not_assessed"])
        self.assertEqual(set(self.updates(asset)), set(self.by_apt))

    def test_no_lists_at_all(self):
        root = self.variant("listless")
        shutil.rmtree(root + "/" + LISTS)
        release = pathlib.Path(root, "usr/lib/os-release")
        # No machine that runs this test has lists of this release.
        release.write_text(re.sub(r"VERSION_CODENAME=.*", "VERSION_CODENAME=nosuch", release.read_text()))
        asset = self.asset("rootfs:" + root)
        self.assertTrue(self.gaps(asset, "pending security updates: it has no package lists"), asset["not_assessed"])
        self.assertEqual(self.updates(asset), {})


class Choices(Systems):
    def test_held_and_pinned_packages_stay_and_say_so(self):
        root = self.variant("choices")
        first, second = sorted(self.by_apt)[:2]
        run("chroot", root, "apt-mark", "hold", first)
        pathlib.Path(root, "etc/apt/preferences.d/away").write_text(
            f"Package: {second}\nPin: release l=Debian-Security\nPin-Priority: -1\n"
        )
        left = installations(apt(root, "-s", "dist-upgrade", *self.only_security(root)))
        got = self.updates(self.asset("rootfs:" + root))
        self.assertEqual(set(got), set(self.by_apt))
        self.assertIn("held back", got[first]["evidence"])
        self.assertIn("pinned away", got[second]["evidence"])
        free = {name for name, t in got.items() if "held back" not in t["evidence"] and "pinned" not in t["evidence"]}
        self.assertNotIn(first, left)
        self.assertNotIn(second, left)
        self.assertLessEqual(set(left), free)


class Network(Systems):
    def serve(self, files):
        """A server on loopback for a few paths; anything else is 404."""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = files(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join, 30)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def test_repository_named_in_the_sources(self):
        root = self.variant("remote")
        release = self.list_file(root, "InRelease").read_bytes()
        packages = self.list_file(root, "Packages").read_bytes()
        line = re.search(rb"^ (\w{64}) +\d+ main/binary-amd64/Packages$", release, re.M)
        files = {
            f"/debian-security/dists/{SUITE}-security/InRelease": release,
            f"/debian-security/dists/{SUITE}-security/main/binary-amd64/by-hash/SHA256/{line[1].decode()}": packages,
        }
        base = self.serve(files.get)
        shutil.rmtree(root + "/" + LISTS)
        pathlib.Path(root, "etc/apt/sources.list").unlink()
        source = pathlib.Path(root, "etc/apt/sources.list.d/security.sources")
        source.write_text(re.sub(r"URIs: .*", f"URIs: {base}/debian-security", source.read_text()))
        asset = self.asset("rootfs:" + root, more=["--repositories"])
        got = self.updates(asset)
        self.assertEqual({n: t["fixed_version"] for n, t in got.items()}, {n: new for n, (_, new, _) in self.by_apt.items()})
        self.assertTrue(all("the network" in t["evidence"] for t in got.values()))
        self.assertEqual(self.gaps(asset), [])

    def changelog_service(self, root, base):
        pathlib.Path(root, "etc/apt/apt.conf.d/changelogs").write_text(
            f'Acquire::Changelogs::URI::Override::Label::Debian-Security "{base}/changelogs/@CHANGEPATH@_changelog";\n'
        )

    def test_changelogs_name_the_cves(self):
        root = self.variant("changelogs")
        name, (old, new, _) = sorted(self.by_apt.items())[0]

        def changelog(path):
            source, version = path.rsplit("/", 1)[1].removesuffix("_changelog").split("_", 1)
            entry = "{} ({}) x; urgency=high\n\n  * Fix {}.\n\n -- A <a@example.org>  Mon, 1 Jan 2024 00:00:00 +0000\n\n"
            return (entry.format(source, version, "CVE-2026-1111") + entry.format(source, "0~", "CVE-2000-0001")).encode()

        self.changelog_service(root, self.serve(changelog))
        got = self.updates(self.asset("rootfs:" + root, more=["--changelogs"]))
        self.assertEqual(set(got), set(self.by_apt))
        self.assertTrue(all(t["aliases"] == ["CVE-2026-1111"] for t in got.values()), got)

    def test_a_changelog_service_that_does_not_answer_is_told(self):
        root = self.variant("silent")
        self.changelog_service(root, "http://127.0.0.1:9")
        asset = self.asset("rootfs:" + root, more=["--changelogs"])
        self.assertEqual(set(self.updates(asset)), set(self.by_apt))
        self.assertEqual(len(self.gaps(asset, "CVE ids of pending updates")), 1, asset["not_assessed"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
