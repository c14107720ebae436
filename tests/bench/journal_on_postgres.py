#!/usr/bin/python3
"""journal_bench on a PostgreSQL of its own, behind a Unix socket. Usage: journal_on_postgres.py [ASSETS THREATS_OF_EACH]
(root; ninja journal_bench)"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from serve_postgres_test import Server  # noqa: E402
from serve_test import PLIMSOLL  # noqa: E402

server = Server()
try:
    os.environ["PLIMSOLL_JOURNAL_KEY"] = server.place + "/journal.key"
    url = f"postgresql:///plimsoll?host={server.place}&port={server.port}&user=plimsoll"
    sys.exit(subprocess.run(["stdbuf", "-oL", str(pathlib.Path(PLIMSOLL).parent / "tests" / "journal_bench"), url, *sys.argv[1:]]).returncode)
finally:
    server.end()
