#!/usr/bin/python3
"""End to end: the program, a real Docker engine, the demo's real containers, this host.

Needs root, Docker and debootstrap (script/bootstrap demo). Starts a dockerd when none answers and ends only that one.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
import feed as feeds  # noqa: E402
import oracle  # noqa: E402

PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
os.environ.setdefault("PLIMSOLL_OBSERVE", "0")  # what the network shows has tests of its own
DEMO = "plimsoll-demo-"


def run(*arguments, timeout=300, check=None, user=None, env=None):
    done = subprocess.run(
        list(arguments), capture_output=True, timeout=timeout, user=user, group=user, extra_groups=[] if user else None,
        env=dict(os.environ, **(env or {})), cwd="/",
    )
    done.out, done.err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    if check is not None and done.returncode not in check:
        raise AssertionError(f"{arguments} ended with {done.returncode}\n{done.out[-2000:]}\n{done.err[-2000:]}")
    return done


class World:
    """What all tests share: made once, taken down at the end."""

    started_dockerd = None

    @classmethod
    def up(cls):
        cls.scratch = tempfile.mkdtemp(prefix="plimsoll-e2e-")
        os.chmod(cls.scratch, 0o755)
        said = run(str(ROOT / "script" / "docker-up"), check=[0]).out.split()
        cls.started_dockerd = int(said[0]) if said else None
        cls.feed = feeds.feed_directory(cls.scratch)
        cls.db = cls.scratch + "/threats.db"
        run(PLIMSOLL, "db", "import", "--db", cls.db, "--from", cls.feed, check=[0, 3])
        os.chmod(cls.db, 0o644)
        # With the whole mirror a machine full of packages stands at 100 by itself; what a route adds is seen with few advisories.
        feeds.write_small(pathlib.Path(cls.scratch) / "small")
        cls.small_db = cls.scratch + "/small.db"
        run(PLIMSOLL, "db", "import", "--db", cls.small_db, "--from", cls.scratch + "/small", check=[0, 3])
        run(PLIMSOLL, "demo", "up", timeout=1500, check=[0])
        cls.json = cls.scan()

    @classmethod
    def scan(cls, *targets, db=None, policy=None):
        more = ["--policy", policy] if policy else []
        done = run(PLIMSOLL, "scan", "--db", db or cls.db, "--format", "json", *more, *targets, check=[0, 3])
        return json.loads(done.out)

    @classmethod
    def down(cls):
        try:
            run(PLIMSOLL, "demo", "down", "--keep-images", check=[0])
        finally:
            if cls.started_dockerd:
                os.kill(cls.started_dockerd, signal.SIGTERM)
            shutil.rmtree(cls.scratch, ignore_errors=True)


def setUpModule():
    World.up()


def tearDownModule():
    World.down()


def asset(report, name):
    return next(a for a in report["assets"] if a["name"] == name)


def host(report):
    return next(a for a in report["assets"] if a["kind"] == "host")


def packages_in(container):
    """What dpkg itself says inside a container: [(package, version, source, source version)]."""
    form = "${binary:Package}\t${Version}\t${source:Package}\t${source:Version}\n"
    lines = run("docker", "exec", DEMO + container, "dpkg-query", "-W", "-f", form, check=[0]).out.splitlines()
    return [tuple([line.split("\t")[0].split(":")[0], *line.split("\t")[1:]]) for line in lines]


def is_kernel(source):
    return source == "linux" or source.startswith("linux-signed")


class Oracle(unittest.TestCase):
    def test_debian_containers_agree_with_dpkg(self):
        compared = 0
        for container in ("nginx", "node1", "redis", "outdated", "plain"):
            installed = packages_in(container)
            binaries = {}
            for name, version, source, source_version in installed:
                binaries.setdefault((source, source_version), set()).add((name, version))
            sources = [key for key in binaries if not is_kernel(key[0])]
            expected = set()
            for record, source, version in oracle.matches(World.feed, "Debian", "Debian:12", sources, oracle.dpkg_order):
                for cve in oracle.cves_of(record):
                    expected |= {(cve, name, v) for name, v in binaries[(source, version)]}
            found = {
                (t["id"], t["package"]["name"], t["package"]["version"])
                for t in asset(World.json, DEMO + container)["threats"]
                if t["kind"] == "vulnerability" and t["package"]["type"] == "deb"
            }
            self.assertEqual(expected - found, set(), container + ": missing")
            self.assertEqual(found - expected, set(), container + ": extra")
            listed = {(p["name"], p["version"]) for p in asset(World.json, DEMO + container)["packages"] if p["type"] == "deb"}
            self.assertEqual(listed, {(p[0], p[1]) for p in installed}, container)
            compared += len(expected)
        self.assertGreater(compared, 0)

    def agree(self, directory, kind, packages, order, normal=lambda name: name):
        expected = oracle.matches(World.feed, directory, directory, packages, order, normal)
        threats = [t for t in asset(World.json, DEMO + "outdated")["threats"]
                   if t["kind"] == "vulnerability" and t["package"]["type"] == kind]
        ids = {(normal(t["package"]["name"]), i) for t in threats for i in [t["id"], *t["aliases"]]}
        for record, name, version in expected:
            self.assertTrue(any((normal(name), i) in ids for i in oracle.ids_of(record)), f"missing {record['id']} {name} {version}")
        known = {(normal(name), i) for record, name, _ in expected for i in oracle.ids_of(record)}
        for t in threats:
            self.assertTrue(any((normal(t["package"]["name"]), i) in known for i in [t["id"], *t["aliases"]]), f"extra {t['id']}")
        self.assertGreater(len(expected), 0)

    def test_npm_agrees_with_npms_semver(self):
        code = ("for f in /srv/app/node_modules/*/package.json; do cat $f; done")
        text = run("docker", "exec", DEMO + "outdated", "sh", "-c", code, check=[0]).out
        packages = [(m["name"], m["version"]) for m in map(json.loads, text.splitlines())]
        node = oracle.NodeSemver()
        try:
            self.agree("npm", "npm", packages, node.order)
        finally:
            node.close()

    def test_python_agrees_with_packaging(self):
        text = run("docker", "exec", DEMO + "outdated", "sh", "-c", "cat /usr/local/lib/python3.11/dist-packages/*/METADATA", check=[0]).out
        packages = re.findall(r"Name: (\S+)\nVersion: (\S+)", text)
        self.assertEqual(len(packages), 8)
        self.agree("PyPI", "pypi", packages, oracle.python_order, oracle.normal_python)


class Scores(unittest.TestCase):
    def score(self, name):
        return asset(World.json, DEMO + name)["score"]

    def test_order_is_a_persons(self):
        self.assertGreater(self.score("privileged"), self.score("plain"))
        self.assertGreater(self.score("socket"), self.score("plain"))
        self.assertGreater(self.score("outdated"), self.score("plain"))

    def test_redis_is_reached_from_the_internet(self):
        path = asset(World.json, DEMO + "redis")["from_outside"]["path"]
        self.assertEqual(path[0]["name"], "internet")
        self.assertEqual(path[1]["name"], DEMO + "nginx")
        self.assertRegex(path[2]["name"], DEMO + "node[123]")
        self.assertEqual(path[3]["name"], DEMO + "redis")
        self.assertEqual([step["edge"] for step in path], [1, 1, 0.2, 0.2])
        self.assertAlmostEqual(asset(World.json, DEMO + "redis")["from_outside"]["level"], 0.04)

    def test_flows_carry_their_protocol(self):
        names = {a["id"]: a["name"] for a in World.json["assets"]}
        seen = {(names.get(f["from"]["asset"], "internet"), names.get(f["to"]["asset"]), f["application"])
                for f in World.json["flows"] if f["seen"]}
        for i in "123":
            self.assertIn((DEMO + "node" + i, DEMO + "redis", "Redis"), seen)
        self.assertTrue(any(a == DEMO + "nginx" and b.startswith(DEMO + "node") and p == "HTTP" for a, b, p in seen))
        self.assertIn((DEMO + "visitor", DEMO + "nginx", "HTTP"), seen)

    def test_an_escape_weighs_on_the_host(self):
        # Without the checks of the host: on a machine that is badly kept they alone can bring it to 100.
        policy = World.scratch + "/no-host-checks.yaml"
        pathlib.Path(policy).write_text('schema: plimsoll.policy/1\nbenchmark: {off: ["host.*", "docker.*"]}\n')
        report = World.scan(db=World.small_db, policy=policy)
        with_escape = host(report)
        routes = {r["id"] for a in report["assets"] for r in a["routes"] if r["assessed"]}
        self.assertIn("esc.runtime_socket", routes)
        for name in ("privileged", "socket"):
            run("docker", "stop", "-t", "0", DEMO + name, check=[0])
        try:
            without = host(World.scan(db=World.small_db, policy=policy))
        finally:
            for name in ("privileged", "socket"):
                run("docker", "start", DEMO + name, check=[0])
        self.assertGreater(with_escape["inherited"]["level"], without["inherited"]["level"])
        self.assertGreater(with_escape["score"], without["score"])

    def test_numbers_add_up(self):
        for a in World.json["assets"]:
            points = sum(c["points"] for c in a["contributions"])
            self.assertAlmostEqual(points, 100 * a["own_threats"], places=4)
            own = min(1, a["own_threats"] + sum(x["points"] for x in a["additions"]) / 100)
            self.assertAlmostEqual(own, a["own"], places=6)
            score = 100 * (1 - (1 - a["own"]) * (1 - a["inherited"]["level"]))
            self.assertLessEqual(abs(score - a["score"]), 0.5 + 1e-6)
            if a["not_assessed"]:
                self.assertNotEqual(a["level"], "minimal")

    def test_loaded_listening_published(self):
        nginx = asset(World.json, DEMO + "nginx")
        loaded = {p["name"]: p["loaded"] for p in nginx["packages"]}
        self.assertEqual(loaded["nginx"] if "nginx" in loaded and loaded["nginx"] == "yes" else loaded.get("libc6"), "yes")
        self.assertEqual(loaded["libc6"], "yes")
        self.assertIn(80, [entry["port"] for entry in nginx["container"]["listeners"]["value"]])
        self.assertTrue(any(p["outside"] and p["container_port"] == 80 for p in nginx["container"]["published"]["value"]))


class Commands(unittest.TestCase):
    def test_json_follows_its_schema(self):
        import jsonschema
        schema = json.loads((ROOT / "data" / "schema" / "report.schema.json").read_text())
        jsonschema.validate(World.json, schema)

    def test_table_fits_80_columns(self):
        done = run(PLIMSOLL, "scan", "--db", World.db, check=[0, 3])
        self.assertIn(DEMO + "nginx"[:3], done.out)
        for line in done.out.splitlines():
            self.assertLessEqual(len(line), 80, line)
        self.assertNotIn("\x1b", done.out)

    def test_html_stands_alone(self):
        target = World.scratch + "/report.html"
        run(PLIMSOLL, "scan", "--db", World.db, "--format", "html", "-o", target, check=[0, 3])
        page = pathlib.Path(target).read_text()
        self.assertIn(DEMO + "redis", page)
        self.assertIsNone(re.search(r"<(?:script|img|link|iframe)[^>]+(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page))

    def test_explain_and_fix(self):
        text = run(PLIMSOLL, "explain", DEMO + "socket", "--db", World.db, check=[0, 3]).out
        self.assertIn("esc.runtime_socket", text)
        self.assertIn("docker.sock", text)
        text = run(PLIMSOLL, "fix", "--db", World.db, check=[0, 3]).out
        self.assertIn("socket", text)
        done = run(PLIMSOLL, "explain", "no-such-asset", "--db", World.db)
        self.assertEqual(done.returncode, 3)

    def test_fail_on(self):
        self.assertEqual(run(PLIMSOLL, "scan", "--db", World.db, "--fail-on", "1", "-q").returncode, 1)
        self.assertEqual(run(PLIMSOLL, "scan", "--fail-on", "soon").returncode, 2)

    def test_filters(self):
        done = run(PLIMSOLL, "scan", "--db", World.db, "--format", "json", "--severity", "critical", "--only-fixed", check=[0, 3])
        filtered = json.loads(done.out)
        for a in filtered["assets"]:
            for t in a["threats"]:
                self.assertEqual(t["severity"]["level"], "critical")
                self.assertTrue(t["fixed_version"])

    def test_one_container(self):
        only = World.scan("container:" + DEMO + "redis")
        self.assertEqual([a["name"] for a in only["assets"]], [DEMO + "redis"])
        done = run(PLIMSOLL, "scan", "container:nobody", "--db", World.db)
        self.assertEqual(done.returncode, 3)
        self.assertIn("nobody", done.err)

    def test_record_and_replay_agree(self):
        folder = World.scratch + "/recording"
        first = json.loads(run(PLIMSOLL, "scan", "--db", World.db, "--format", "json", "--record", folder, check=[0, 3]).out)
        again = json.loads(run(PLIMSOLL, "scan", "--db", World.db, "--format", "json", "replay:" + folder, check=[0, 3]).out)
        for report in (first, again):
            del report["sandbox"]  # of the run, not of what was recorded
        self.assertEqual(first, again)
        self.assertEqual(run(PLIMSOLL, "scan", "replay:/nonexistent", "--db", World.db).returncode, 3)

    def test_image_by_every_way_is_the_same(self):
        archive = World.scratch + "/outdated.tar"
        run("docker", "save", "-o", archive, "plimsoll-demo/outdated:1", check=[0])
        ways = [World.scan("image:plimsoll-demo/outdated:1"), World.scan("archive:" + archive)]
        running = asset(World.json, DEMO + "outdated")

        def facts(a):
            return {(t["id"], t["package"]["name"], t["package"]["version"]) for t in a["threats"] if "package" in t}

        for report in ways:
            self.assertEqual(facts(report["assets"][0]), facts(running))
            self.assertEqual(report["assets"][0]["packages_total"], running["packages_total"])

    def test_db_commands(self):
        self.assertIn("records", run(PLIMSOLL, "db", "info", "--db", World.db, check=[0]).out)
        cve = next(t["id"] for t in asset(World.json, DEMO + "outdated")["threats"] if t["kind"] == "vulnerability")
        self.assertIn(cve, run(PLIMSOLL, "db", "show", cve, "--db", World.db, check=[0]).out)
        self.assertEqual(run(PLIMSOLL, "db", "show", "CVE-0000-0000", "--db", World.db).returncode, 3)
        out = run(PLIMSOLL, "db", "query", "pkg:npm/lodash@4.17.4", "--db", World.db, check=[0]).out
        self.assertIn("CVE-2019-10744", out)
        self.assertEqual(run(PLIMSOLL, "db", "compare", "Debian", "1:1.0~rc1", "1:1.0", check=[0]).out.strip(), "<")
        self.assertEqual(run(PLIMSOLL, "db", "compare", "npm", "not a version", "1.0.0").out.strip(), "?")
        pairs = subprocess.run([PLIMSOLL, "db", "compare", "Debian", "-"], input=b"1\t2\n2\t2\n3\t2\n", capture_output=True, timeout=30)
        self.assertEqual(pairs.stdout, b"<\n=\n>\n")

    def test_damaged_database_is_refused(self):
        broken = World.scratch + "/broken.db"
        data = pathlib.Path(World.db).read_bytes()
        pathlib.Path(broken).write_bytes(data[: len(data) // 2])
        done = run(PLIMSOLL, "scan", "--db", broken, "host")
        self.assertEqual(done.returncode, 3)
        self.assertIn("broken.db", done.err)
        self.assertEqual(done.out, "")

    def test_demo_up_again_changes_nothing(self):
        before = run("docker", "ps", "-aq", "--filter", "label=plimsoll.demo=1").out
        run(PLIMSOLL, "demo", "up", check=[0])
        self.assertEqual(before, run("docker", "ps", "-aq", "--filter", "label=plimsoll.demo=1").out)
        run(PLIMSOLL, "demo", "status", check=[0])

    def test_a_word_that_is_no_command_is_named(self):
        for words, told in (
            (["scna"], r"there is no command 'scna'.*did you mean scan\?"),
            (["db", "imprt"], r"there is no command 'imprt'.*did you mean import\?"),
            (["x\x1b[31mq"], r"there is no command 'x\\x1B\[31mq'"),
        ):
            done = run(PLIMSOLL, *words, check=[2])
            self.assertRegex(done.err, told)
        self.assertIn("subcommand is required", run(PLIMSOLL, "db", check=[2]).err)

    def test_usage_errors(self):
        self.assertEqual(run(PLIMSOLL, "scan", "nonsense").returncode, 2)
        self.assertEqual(run(PLIMSOLL, "nonsense").returncode, 2)
        self.assertEqual(run(PLIMSOLL).returncode, 2)
        self.assertEqual(run(PLIMSOLL, "version").returncode, 0)
        self.assertIn("complete -F", run(PLIMSOLL, "completion").out)


class Honesty(unittest.TestCase):
    def test_without_root_it_says_what_it_could_not_see(self):
        db = World.scratch + "/public.db"
        shutil.copy(World.db, db)
        os.chmod(db, 0o644)
        done = run(PLIMSOLL, "scan", "--db", db, "--format", "json", user=65534)
        self.assertEqual(done.returncode, 3, done.err)
        report = json.loads(done.out)
        self.assertTrue(host(report)["not_assessed"])
        self.assertTrue(report["incomplete"])
        self.assertNotEqual(host(report)["level"], "minimal")

    def test_without_docker_containers_are_still_found(self):
        done = run(PLIMSOLL, "scan", "--db", World.db, "--format", "json", "--docker-socket", "/nonexistent.sock", check=[0, 3])
        containers = [a for a in json.loads(done.out)["assets"] if a["kind"] == "container"]
        self.assertGreaterEqual(len(containers), 10)
        self.assertTrue(any(a["threats"] for a in containers))

    def test_without_a_database_nothing_is_clear(self):
        done = run(PLIMSOLL, "scan", "--format", "json", env={"PLIMSOLL_DB": "", "HOME": "/nonexistent", "XDG_DATA_HOME": "/nonexistent"})
        if pathlib.Path("/var/lib/plimsoll/threats.db").exists():
            self.skipTest("a database stands at the default place")
        report = json.loads(done.out)
        self.assertEqual(done.returncode, 3)
        for a in report["assets"]:
            self.assertNotEqual(a["level"], "minimal")
            self.assertTrue(any("threat database" in n["reason"] for n in a["not_assessed"]))

    def test_hostile_archives(self):
        import io
        import tarfile
        folder = pathlib.Path(World.scratch) / "hostile"
        folder.mkdir()
        (folder / "empty.tar").write_bytes(b"")
        (folder / "noise.tar").write_bytes(os.urandom(100_000))
        layer = io.BytesIO()
        with tarfile.open(fileobj=layer, mode="w") as tar:
            for name in ("../../etc/passwd", "/etc/shadow", "a\x1b[2J\nb/package.json"):
                info = tarfile.TarInfo(name)
                info.size = 3
                tar.addfile(info, io.BytesIO(b"abc"))
            link = tarfile.TarInfo("loop")
            link.type, link.linkname = tarfile.SYMTYPE, "loop"
            tar.addfile(link)
        config = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:' + b"0" * 64 + b'"]}}'
        manifest = b'[{"Config":"c.json","RepoTags":["x:1"],"Layers":["l/layer.tar"]}]'
        for name, body in (("escape.tar", layer.getvalue()), ("cut.tar", layer.getvalue()[:700])):
            with tarfile.open(folder / name, "w") as tar:
                for part, content in (("c.json", config), ("l/layer.tar", body), ("manifest.json", manifest)):
                    info = tarfile.TarInfo(part)
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
        for name in ("empty.tar", "noise.tar", "escape.tar", "cut.tar"):
            done = run(PLIMSOLL, "scan", "archive:" + str(folder / name), "--db", World.db, timeout=60)
            self.assertEqual(done.returncode, 3, name + done.out + done.err)
            self.assertNotIn("\x1b[2J", done.out + done.err)
            self.assertNotIn("minimal", done.out)


class LastDown(unittest.TestCase):
    def test_down_removes_only_its_own(self):
        run("docker", "network", "create", "--internal", "plimsoll-e2e-bystander", check=[0])
        try:
            run(PLIMSOLL, "demo", "down", "--keep-images", check=[0])
            self.assertEqual(run("docker", "ps", "-aq", "--filter", "label=plimsoll.demo=1").out, "")
            self.assertEqual(run("docker", "network", "ls", "-q", "--filter", "label=plimsoll.demo=1").out, "")
            run("docker", "network", "inspect", "plimsoll-e2e-bystander", check=[0])
        finally:
            run("docker", "network", "rm", "plimsoll-e2e-bystander")


if __name__ == "__main__":
    loader = unittest.TestLoader()
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(c) for c in (Oracle, Scores, Commands, Honesty, LastDown))
    if len(sys.argv) > 1:
        suite = loader.loadTestsFromNames(sys.argv[1:], sys.modules[__name__])
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    sys.exit(0 if result.wasSuccessful() else 1)
