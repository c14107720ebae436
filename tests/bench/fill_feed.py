#!/usr/bin/python3
"""The feed behind tests/bench/fill_journal.cc: two advisories for each package of its 200 images, 20 000 in all.
Usage: fill_feed.py DIRECTORY     then: plimsoll db import --db DB --from DIRECTORY
"""
import json
import pathlib
import random
import sys
import zipfile

IMAGES, PACKAGES = 200, 50
VECTORS = [
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",  # 9.8
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",  # 7.5
    "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",  # 7.8
    "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:L/A:N",  # 4.2
    "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N",  # 2.5
]
TITLES = [
    "A heap overflow in the parser of compressed headers",
    "Use after free when a connection is closed during a handshake",
    "Certificates with a name constraint are accepted too easily",
    "A crafted archive writes outside its directory",
    "Memory is used up by a nested document",
]


def record(image, package, number, dice):
    weight = [1, 6, 8, 50, 35] if image % 4 else [6, 20, 20, 34, 20]
    out = {
        "id": f"DEBIAN-CVE-2026-{number}", "upstream": [f"CVE-2026-{number}"], "modified": "2026-11-01T00:00:00Z",
        "published": "2026-10-01T00:00:00Z", "summary": dice.choice(TITLES),
        "severity": [{"type": "CVSS_V3", "score": dice.choices(VECTORS, weight)[0]}],
        "affected": [{"package": {"ecosystem": "Debian:12", "name": f"lib{image}-{package}"},
                      "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}],
    }
    if dice.random() < 0.6:
        out["affected"][0]["ranges"][0]["events"].append({"fixed": "1.0-2"})
    return out


def main():
    directory = pathlib.Path(sys.argv[1])
    folder = directory / "osv" / "Debian"
    folder.mkdir(parents=True)
    dice = random.Random(1)
    number, exploited = 10_000, []
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for image in range(IMAGES):
            for package in range(PACKAGES):
                for _ in range(2):
                    number += 1
                    one = record(image, package, number, dice)
                    archive.writestr(one["id"] + ".json", json.dumps(one))
                    if dice.random() < 0.003:
                        exploited.append({"cveID": one["upstream"][0], "dateAdded": "2026-10-10"})
    (directory / "osv" / "ecosystems.txt").write_text("Debian\n")
    (directory / "kev").mkdir()
    (directory / "kev" / "known_exploited_vulnerabilities.json").write_text(
        json.dumps({"title": "Known exploited", "catalogVersion": "2026.11.01", "dateReleased": "2026-11-01T00:00:00Z",
                    "count": len(exploited), "vulnerabilities": exploited}))


main()
