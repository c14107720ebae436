#!/usr/bin/env python3
"""Holds the reports that PROGRAM writes against the report's JSON Schema, and shows that the schema refuses wrong ones.
Usage: validate_reports.py PROGRAM SCHEMA"""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def faults_of(validator, report):
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}"[:300] for e in validator.iter_errors(report)]


def wrong_ones(rich):
    """Each a change that must be refused: the schema is as strict as it claims."""

    def changed(change):
        report = copy.deepcopy(rich)
        change(report)
        return report

    asset = lambda r: r["assets"][0]
    yield "unknown member", changed(lambda r: r.update(extra=1))
    yield "unknown member of a threat", changed(lambda r: asset(r)["threats"][0].update(extra=1))
    yield "no schema", changed(lambda r: r.pop("schema"))
    yield "no not_assessed", changed(lambda r: asset(r).pop("not_assessed"))
    yield "score above 100", changed(lambda r: asset(r).update(score=101))
    yield "unknown severity", changed(lambda r: asset(r)["threats"][0]["severity"].update(level="awful"))
    yield "minimal although not assessed", changed(lambda r: asset(r).update(level="minimal"))
    yield "unknown fact without a reason", changed(lambda r: asset(r)["container"]["listeners"].pop("unknown"))
    yield "time without zone", changed(lambda r: r.update(generated_at="2026-11-24T08:00:00"))


def main():
    try:
        import jsonschema
    except ImportError:
        print("python3-jsonschema is not installed")
        return 1 if os.environ.get("PLIMSOLL_CI") else 77
    schema = json.loads(pathlib.Path(sys.argv[2]).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    bad, reports = [], {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        for file in sorted(pathlib.Path(folder).iterdir()):
            reports[file.name] = json.loads(file.read_text(encoding="utf-8"))
    for name, report in reports.items():
        bad += [f"{name}: {fault}" for fault in faults_of(validator, report)]
    for what, report in wrong_ones(reports["rich.json"]):
        if not faults_of(validator, report):
            bad.append(f"accepted, though wrong: {what}")
    print("\n".join(bad) if bad else f"{len(reports)} reports are as the schema says")
    return 1 if bad or len(reports) < 3 else 0


sys.exit(main())
