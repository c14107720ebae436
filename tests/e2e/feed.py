"""The feed the end-to-end tests use: ../shared/mirror when it is there, else a small one of ours."""
import json
import pathlib
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
MIRROR = HERE.parents[2] / "shared" / "mirror"

# Facts: the ids, packages and fixed versions of published advisories; test ids for Debian, whose images change with time.
SMALL = {
    "npm": [
        {"id": "GHSA-jf85-cpcp-j695", "aliases": ["CVE-2019-10744"], "fixed": "4.17.12", "name": "lodash",
         "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H"}]},
        {"id": "GHSA-xvch-5gv4-984h", "aliases": ["CVE-2021-44906"], "fixed": "0.2.4", "name": "minimist",
         "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]},
    ],
    "PyPI": [
        {"id": "PYSEC-2020-96", "aliases": ["CVE-2020-1747"], "fixed": "5.3.1", "name": "pyyaml",
         "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]},
    ],
    "Debian": [
        {"id": "x_TEST-2026-1", "upstream": ["CVE-2026-99999991"], "fixed": "999:1", "name": "perl", "severity": []},
        {"id": "x_TEST-2026-2", "upstream": ["CVE-2026-99999992"], "fixed": "5.36.0-7+deb12u4", "name": "perl", "severity": []},
        {"id": "x_TEST-2026-3", "upstream": ["CVE-2026-99999993"], "fixed": "0:0.1", "name": "bash", "severity": []},
    ],
}


def write_small(directory):
    for ecosystem, rows in SMALL.items():
        folder = pathlib.Path(directory) / "osv" / ecosystem
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
            for row in rows:
                record = {k: v for k, v in row.items() if k not in ("fixed", "name")}
                record |= {
                    "modified": "2026-11-01T00:00:00Z",
                    "affected": [{
                        "package": {"ecosystem": ecosystem + (":12" if ecosystem == "Debian" else ""), "name": row["name"]},
                        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": row["fixed"]}]}],
                    }],
                }
                zipped.writestr(row["id"] + ".json", json.dumps(record))
    (pathlib.Path(directory) / "osv" / "ecosystems.txt").write_text("\n".join(SMALL) + "\n")


def feed_directory(scratch):
    if MIRROR.is_dir():
        return str(MIRROR)
    write_small(pathlib.Path(scratch) / "feed")
    return str(pathlib.Path(scratch) / "feed")
