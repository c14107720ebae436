#!/usr/bin/env python3
"""Compares our version orders with each ecosystem's own tool, over generated and real versions.

Usage: version_differential.py --tool version_compare_tool [--rpm-oracle PROGRAM] [--mirror DIR] SCHEME
Exit 0: every pair agrees; 1: some differ (printed); 77: the ecosystem's tool is missing (an error with PLIMSOLL_CI set).
"""
import argparse
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile

GENERATED, REAL = 6000, 6000
SIGNS = {-1: "<", 0: "=", 1: ">"}


class Missing(Exception):
    """The ecosystem's own tool is not on this machine."""


def need(condition, what):
    if not condition:
        raise Missing(f"{what} is not installed")


def run(command, text="", env=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=env)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")
    return done.stdout


def lines_of(pairs):
    return "".join(f"{a}\t{b}\n" for a, b in pairs)


# --- the tools: pairs -> signs, "?" where the tool refuses one side -------------------------------------------------

DPKG_PERL = r"""
use Dpkg::Version;
while (<STDIN>) { chomp; my ($a, $b) = split /\t/, $_, -1;
  my ($x, $y) = map { Dpkg::Version->new($_, check => 1) } ($a, $b);
  if (!defined $x || !defined $y) { print "?\n"; next }
  my $c = $x <=> $y; print $c < 0 ? "<" : $c > 0 ? ">" : "=", "\n"; }
"""


def dpkg(pairs):
    need(shutil.which("dpkg"), "dpkg")
    valid = {}
    for version in sorted({v for pair in pairs[:400] for v in pair}):
        valid[version] = subprocess.run(["dpkg", "--validate-version", version], capture_output=True).returncode == 0
    signs = run(["perl", "-e", DPKG_PERL], lines_of(pairs)).split() if shutil.which("perl") else []
    need(signs, "perl with Dpkg::Version")
    for i, (a, b) in enumerate(pairs[:400]):  # the C program itself, one process a pair
        if not (valid[a] and valid[b]):
            signs[i] = "?"
            continue
        for sign, op in (("<", "lt"), ("=", "eq"), (">", "gt")):
            if subprocess.run(["dpkg", "--compare-versions", a, op, b], capture_output=True).returncode == 0:
                signs[i] = sign
    return signs


def rpm(pairs, oracle):
    need(oracle and os.path.exists(oracle), "librpm (rpm_oracle was not built)")
    return run([oracle], lines_of(pairs)).split()


def pep440(pairs):
    python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
    script = """
import sys
from packaging.version import Version, InvalidVersion
for line in sys.stdin:
    try:
        a, b = map(Version, line.rstrip("\\n").split("\\t"))
        print("<" if a < b else ">" if a > b else "=")
    except InvalidVersion:
        print("?")
"""
    need(subprocess.run([python, "-c", "import packaging"], capture_output=True).returncode == 0, "python3-packaging")
    return run([python, "-c", script], lines_of(pairs)).split()


def semver(pairs):
    need(shutil.which("node") and shutil.which("npm"), "node with npm")
    root = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True).stdout.strip()
    places = [os.path.join(root, "npm/node_modules/semver"), os.path.join(root, "semver"),
              "/usr/share/nodejs/semver", "/usr/lib/node_modules/npm/node_modules/semver"]
    place = next((p for p in places if os.path.isdir(p)), None)
    need(place, "npm's semver module")
    script = """
const semver = require(process.argv[1]);
const out = [];
for (const line of require('fs').readFileSync(0, 'utf8').split('\\n').slice(0, -1)) {
  const [a, b] = line.split('\\t');
  if (!semver.valid(a) || !semver.valid(b)) out.push('?');
  else out.push('<=>'[semver.compare(a, b) + 1]);
}
console.log(out.join('\\n'));
"""
    return run(["node", "-e", script, place], lines_of(pairs)).split()


def rubygems(pairs):
    need(shutil.which("ruby"), "ruby")
    script = """
STDIN.each_line(chomp: true) do |line|
  a, b = line.split("\\t", -1)
  ok = [a, b].all? { |v| Gem::Version.correct?(v) && !v.strip.empty? }
  puts ok ? "<=>"[(Gem::Version.new(a) <=> Gem::Version.new(b)) + 1] : "?"
end
"""
    return run(["ruby", "-e", script], lines_of(pairs)).split()


def composer(pairs):
    need(shutil.which("php"), "php")
    need(os.path.exists("/usr/share/php/Composer/Semver/VersionParser.php"), "composer (Composer\\Semver)")
    script = r"""
require '/usr/share/php/Composer/Semver/VersionParser.php';
$parser = new Composer\Semver\VersionParser();
$norm = function ($v) use ($parser) {
  try { $n = $parser->normalize($v); } catch (UnexpectedValueException $e) { return null; }
  return strpos($n, 'dev-') === 0 ? null : $n;
};
while (($line = fgets(STDIN)) !== false) {
  [$a, $b] = array_map($norm, explode("\t", rtrim($line, "\n")));
  echo $a === null || $b === null ? '?' : '<=>'[version_compare($a, $b) + 1], "\n";
}
"""
    return run(["php", "-r", script], lines_of(pairs)).split()


def maven(pairs):
    need(shutil.which("java"), "java")
    jar = next((j for pattern in ("/usr/share/java/maven3-artifact.jar", "/usr/share/java/maven-artifact-3*.jar",
                                  "/usr/share/maven/lib/maven-artifact-3*.jar") for j in glob.glob(pattern)), None)
    need(jar, "libmaven3-core-java (maven3-artifact.jar)")
    lang = glob.glob("/usr/share/java/commons-lang3.jar") + glob.glob("/usr/share/maven/lib/commons-lang3*.jar")
    signs = []
    for start in range(0, len(pairs), 2000):  # main() compares each argument with the one after it
        chunk = pairs[start:start + 2000]
        arguments = [v for pair in chunk for v in pair]
        text = run(["java", "-cp", ":".join([jar] + lang), "org.apache.maven.artifact.versioning.ComparableVersion",
                    *arguments])
        found = [line.split(" ")[-2] for line in text.splitlines() if line.startswith("   ")]
        if len(found) != len(arguments) - 1:
            raise RuntimeError(f"Maven printed {len(found)} comparisons for {len(arguments)} versions")
        signs += ["=" if s == "==" else s for s in found[::2]]
    return signs


# --- the versions ---------------------------------------------------------------------------------------------------

NUMBERS = ["0", "1", "2", "3", "9", "10", "11", "20", "100", "2023", "20240101"]
PADDED = NUMBERS + ["00", "01", "007", "010"]


def dotted(r, numbers, low=1, high=4):
    return ".".join(r.choice(numbers) for _ in range(r.randint(low, high)))


def generate_dpkg(r):
    epoch = r.choice(["", "", "", "0:", "1:", "2:"])
    upstream = dotted(r, PADDED) + "".join(r.choice(["", "a", "~rc1", "+dfsg", "~", "b2", "+really1", "-1", ".z", "~~"])
                                           for _ in range(r.randint(0, 2)))
    revision = r.choice(["", "", "-1", "-0", "-1.1", "-2~deb12u1", "-1+b1", "-1ubuntu2", "-~", "-a"])
    return epoch + upstream + revision


def generate_rpm(r):
    epoch = r.choice(["", "", "", "0:", "1:", ":"])
    version = dotted(r, PADDED) + "".join(r.choice(["", "a", "~rc1", "^git1", "~", "^", "_3", "b", "..", "+x", "rc"])
                                          for _ in range(r.randint(0, 3)))
    return epoch + version + r.choice(["", "-1", "-1.el9", "-1.el9_2.1", "-10.el8", "-2.module_el8+1", "-1^2", "-~1"])


def generate_pep440(r):
    out = r.choice(["", "", "", "v", "1!", "0!"]) + dotted(r, PADDED)
    if r.random() < .5:
        out += r.choice(["", ".", "-", "_"]) + r.choice(["a", "b", "rc", "c", "alpha", "Beta", "pre", "preview"])
        out += r.choice(["", ".", "-", "_"]) + r.choice(["", "0", "1", "02", "10"])
    if r.random() < .4:
        out += r.choice([".post1", "-1", "post", "-r2", ".rev03", "_post.2", "-2", ".post0"])
    if r.random() < .4:
        out += r.choice([".dev1", "dev", "-dev2", "_dev.3", ".DEV0"])
    if r.random() < .3:
        out += r.choice(["+a", "+1", "+1.a", "+ubuntu-1", "+01", "+A_b.2", "+a.1", "+10"])
    return out + r.choice([""] * 12 + ["x", ".", "+", " "])


def generate_semver(r):
    out = r.choice(["", "", "", "v"]) + ".".join(r.choice(NUMBERS) for _ in range(3))
    if r.random() < .6:
        parts = ["0", "1", "2", "10", "alpha", "beta", "rc", "Alpha", "a-b", "-", "1a", "x", "20230101000000-abcdef123456"]
        out += "-" + ".".join(r.choice(parts) for _ in range(r.randint(1, 4)))
    return out + r.choice(["", "", "", "+build", "+1.2", "+incompatible"]) + r.choice([""] * 12 + ["-01", "..", "-", ".1"])


def generate_rubygems(r):
    parts = PADDED + ["a", "b", "rc1", "pre", "beta2", "A", "1a2", "alpha", "z"]
    out = r.choice(PADDED) + "".join("." + r.choice(parts) for _ in range(r.randint(0, 5)))
    return out + r.choice([""] * 6 + ["-1", "-rc.1", "-java", "-1-2", "_1", "-"])


def generate_composer(r):
    out = r.choice(["", "", "v"]) + dotted(r, PADDED[:12], 1, r.choice([3, 4, 4, 4, 5]))
    if r.random() < .1:
        out = r.choice(["20230101", "2023-01-02", "2023.01", "20230101-1", "2023:01:02.3", "20230101203040", "2010.10.10.b1"])
    if r.random() < .5:
        out += r.choice(["-", ".", "_", ""]) + r.choice(["beta", "b", "RC", "rc", "alpha", "a", "patch", "pl", "p", "Beta"])
        out += r.choice(["", "1", ".2", "-3", "10", "1.2", "01"])
    out += r.choice([""] * 5 + ["-dev", ".x-dev", "dev", "+meta", "@beta", " as 1.0", "-foo", ".*-dev", "-"])
    return out


def generate_maven(r):
    # What the specification's own grammar suggests: dotted numbers, then qualifiers each after a hyphen or none at all.
    words = ["alpha", "a", "beta", "b", "m", "milestone", "rc", "cr", "snapshot", "SNAPSHOT", "ga", "final", "Final",
             "release", "sp", "foo", "jre", "x"]
    out = dotted(r, PADDED, 1, 5)
    for _ in range(r.choice([0, 0, 1, 1, 1, 2])):
        out += r.choice(["-", "-", "."]) + r.choice(words) + r.choice(["", "", "1", "-2", "10", "01"])
    return out + r.choice(["", "", "", "-1", "-0", "-20230101.1"])


def real_versions(mirror, ecosystem):
    """The versions of an ecosystem's advisories: ranges and lists."""
    path = os.path.join(mirror, "osv", ecosystem, "all.zip")
    if not os.path.exists(path):
        return []
    found = set()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            for affected in json.loads(archive.read(name)).get("affected", []):
                found.update(affected.get("versions", [])[:20])
                for span in affected.get("ranges", []):
                    if span.get("type") != "GIT":
                        found.update(v for event in span.get("events", []) for v in event.values())
    found.discard("0")  # OSV's "since ever": no version of anybody
    return sorted(v for v in found if v and v.isascii() and v.isprintable() and "\\" not in v)


def neighbours(r, versions, count):
    """Pairs that lie close together: those are hard to order."""
    if len(versions) < 2:
        return []
    out = []
    while len(out) < count:
        i = r.randrange(len(versions))
        j = max(0, min(len(versions) - 1, i + r.randint(-4, 4))) if r.random() < .7 else r.randrange(len(versions))
        out.append((versions[i], versions[j]))
    return out


def maven_runs_in_circles(a, b):
    """Whether a or b lies on a circle of ComparableVersion (v < w <= x < v): then no order can agree with it.

    Such a pair is the only kind on which maven.cc may differ from it.
    """
    stems = {v[:i] for v in (a, b) for i in range(1, len(v) + 1) if i == len(v) or v[i] in ".-" or v[i - 1].isdigit()}
    others = sorted({a, b} | {stem.rstrip(".-") + end for stem in stems for end in ("", "-1", "-foo")})
    pairs = [(v, w) for v in others for w in others]
    order = dict(zip(pairs, maven(pairs)))
    return any(order[v, w] == "<" and order[w, x] in "<=" and order[x, v] == "<"
               for v in (a, b) for w in others for x in others)


SCHEMES = {
    "dpkg": (dpkg, generate_dpkg, "Debian"),
    "rpm": (rpm, generate_rpm, "AlmaLinux"),
    "pep440": (pep440, generate_pep440, "PyPI"),
    "semver": (semver, generate_semver, "npm"),
    "rubygems": (rubygems, generate_rubygems, "RubyGems"),
    "composer": (composer, generate_composer, "Packagist"),
    "maven": (maven, generate_maven, "Maven"),
}


def signs_of_tool(scheme, pairs, arguments):
    tool = SCHEMES[scheme][0]
    return tool(pairs, arguments.rpm_oracle) if scheme == "rpm" else tool(pairs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--rpm-oracle")
    parser.add_argument("--mirror", default="")
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("scheme", choices=SCHEMES)
    arguments = parser.parse_args()
    r = random.Random(arguments.seed)
    _, generate, ecosystem = SCHEMES[arguments.scheme]
    real = real_versions(arguments.mirror, ecosystem)
    generated = [generate(r) for _ in range(GENERATED // 2)]
    pairs = [(r.choice(generated), r.choice(generated)) for _ in range(GENERATED // 2)]
    pairs += neighbours(r, sorted(generated), GENERATED // 2) + neighbours(r, real, REAL)
    r.shuffle(pairs)
    try:
        theirs = signs_of_tool(arguments.scheme, pairs, arguments)
    except Missing as missing:
        print(f"not compared: {missing}")
        return 1 if os.environ.get("PLIMSOLL_CI") else 77
    ours = run([arguments.tool], "".join(f"{arguments.scheme}\t{a}\t{b}\n" for a, b in pairs)).split()
    if not len(ours) == len(theirs) == len(pairs):
        print(f"{len(pairs)} pairs, {len(ours)} answers of ours, {len(theirs)} of theirs")
        return 1
    wrong = [(a, b, x, y) for (a, b), x, y in zip(pairs, ours, theirs) if x != y]
    circles = 0
    if arguments.scheme == "maven" and len(wrong) < 60:
        true_faults = [w for w in wrong if not maven_runs_in_circles(w[0], w[1])]
        circles, wrong = len(wrong) - len(true_faults), true_faults
    for a, b, x, y in wrong[:40]:
        print(f"'{a}' {x} '{b}' with us, {y} with the tool")
    refused = ours.count("?")
    print(f"{arguments.scheme}: {len(pairs)} pairs ({len(real)} real versions), {refused} refused, {len(wrong)} differ"
          + (f", {circles} where the tool contradicts itself" if circles else ""))
    if refused > len(pairs) * 2 // 3:
        print("more than two thirds of the pairs were refused: the test compares too little")
        return 1
    return 1 if wrong else 0


sys.exit(main())
