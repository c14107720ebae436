#!/usr/bin/python3
"""Holds data/schema/policy.schema.json against policies that the program takes or refuses: the built-in one, the examples of
docs/respond.md and docs/policy.md, and small ones below. Usage: validate_policies.py SOURCE_ROOT PLIMSOLL. Exit 77: a library is missing."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

ROOT, PLIMSOLL = pathlib.Path(sys.argv[1]), sys.argv[2]
HEAD = "schema: plimsoll.policy/1\n"
RULE = HEAD + "responses: {rules: [{id: a, when: {score: 1}, do: [%s]%s}]}\n"
EXCEPTION = HEAD + "exceptions: [{owner: me, reason: why, %s, %s}]\n"
FINE = [
    HEAD,
    HEAD + "levels: {high: 75}\nbenchmark: {off: [\"host.ssh.*\"]}\n",
    RULE % ("alert, pause", ", mode: ask, expires: 0, cooldown: 5m"),
    RULE % ("block: {port: 22}", ""),
    RULE % ("capture: {for: 5s}, disconnect: {network: front}", ""),
    HEAD + "responses: {protected: [], rules: [{id: escape-open, mode: ask}]}\n",
    HEAD + "threats: {severity_order: [NVD, highest]}\nbenchmark: {count: [cis-docker]}\n",
    HEAD + "scoped: [{scope: {name: a}, levels: {high: 75}, benchmark: {off: [host.ssh.*], count: all}}]\n",
    EXCEPTION % ("threat: [CVE-1, \"CVE-2*\"]", "expires: 2027-01-01, scope: {kind: host}"),
    EXCEPTION % ("threat: CVE-1", "expires: 2027-01-01T10:00:00Z, id: a, package: b"),
]
WRONG = [
    "levels: {high: 75}\n",
    HEAD + "levels: {hihg: 75}\n",
    HEAD + "levels: {high: 750}\n",
    RULE % ("alarm", ""),
    RULE % ("block", ""),
    RULE % ("block: {port: 0}", ""),
    RULE % ("pause: {for: 3s}", ""),
    RULE % ("alert", ", mode: enforced"),
    RULE % ("alert", ", expires: soon"),
    RULE % ("alert", ", limit: {most: 3}"),
    HEAD + "responses: {rules: [{when: {score: 1}, do: [alert]}]}\n",
    HEAD + "responses: {rules: [{id: a, when: {scor: 1}, do: [alert]}]}\n",
    HEAD + "responses: {rules: [{id: a, when: {}, do: [alert]}]}\n",
    HEAD + "benchmark: {count: none}\n",
    HEAD + "scoped: [{levels: {high: 75}}]\n",
    HEAD + "scoped: [{scope: {}, levels: {high: 75}}]\n",
    HEAD + "scoped: [{scope: {name: a}, edges: {connections_seen: 0.1}}]\n",
    HEAD + "scoped: [{scope: {nam: a}}]\n",
    EXCEPTION % ("threat: CVE-1", ""),
    EXCEPTION % ("threat: \"*\"", "expires: 2027-01-01"),
    EXCEPTION % ("threat: CVE-1", "expires: tomorrow"),
    EXCEPTION % ("threat: CVE-1", "expires: 2027-01-01, scope: {}"),
]


class Plain(yaml.SafeLoader):
    """YAML 1.2: `on`, `off`, `yes`, `no` and dates are texts, as the program reads them."""


Plain.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in rows if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for letter, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def program_takes(text):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([PLIMSOLL, "policy", "check", file.name], capture_output=True, text=True, timeout=60)
        if done.returncode not in (0, 3):
            raise AssertionError((done.returncode, done.stderr))
        if done.returncode == 3 and not re.search(r"\.yaml:\d+:\d+: ", done.stderr):
            raise AssertionError("a refusal without a place: " + done.stderr)
        return done.returncode == 0


validator = jsonschema.Draft202012Validator(json.loads((ROOT / "data/schema/policy.schema.json").read_text()))
jsonschema.Draft202012Validator.check_schema(validator.schema)
examples = []
for page in ("docs/respond.md", "docs/policy.md"):
    found = re.findall(r"```yaml\n(schema: plimsoll.policy/1\n.*?)```", (ROOT / page).read_text(), re.S)
    assert found, page + " has no example"
    examples += found
faults = 0
for text, fine in [((ROOT / "data/policies/default.yaml").read_text(), True)] + [(t, True) for t in FINE + examples] + [(t, False) for t in WRONG]:
    by_schema, by_program = validator.is_valid(yaml.load(text, Plain)), program_takes(text)
    if (by_schema, by_program) != (fine, fine):
        faults += 1
        print(f"schema {by_schema}, program {by_program}, expected {fine}:\n{text[:400]}")
print(f"{faults} disagree")
sys.exit(1 if faults else 0)
