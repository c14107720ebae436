#!/usr/bin/python3
"""What makes `plimsoll serve` read again by itself: programs installed inside a container, an image that is pulled.

Needs root and Docker (script/bootstrap demo). What it makes carries the prefix below; the registry is on loopback.
"""
import gzip
import hashlib
import http.server
import json
import pathlib
import shutil
import sys
import tarfile
import tempfile
import threading
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import serve_test
from serve_test import Service, run, until

PREFIX = "plimsoll-triggers-"
IMAGE = PREFIX + "image:1"
WEB = PREFIX + "web"
STATUS = "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.9-1\n\n"


MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class Registry:
    """The image of a directory that `docker save` was unpacked in, by the distribution API, read only."""

    def __init__(self, saved):
        blobs = {}

        def descriptor(kind, data):
            digest = "sha256:" + hashlib.sha256(data).hexdigest()
            blobs[digest] = data
            return {"mediaType": "application/vnd.docker." + kind, "size": len(data), "digest": digest}

        image = json.loads(pathlib.Path(saved, "manifest.json").read_text())[0]
        manifest = descriptor("distribution.manifest.v2+json", json.dumps({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": descriptor("container.image.v1+json", pathlib.Path(saved, image["Config"]).read_bytes()),
            "layers": [descriptor("image.rootfs.diff.tar.gzip", gzip.compress(pathlib.Path(saved, layer).read_bytes(), mtime=0))
                       for layer in image["Layers"]],
        }).encode())["digest"]

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                words = self.path.strip("/").split("/")
                if words == ["v2"]:
                    return self.answer(b"{}", "application/json", None)
                digest = words[-1] if words[-1].startswith("sha256:") else manifest
                if digest not in blobs:
                    return self.send_error(404)
                kind = MANIFEST if words[-2] == "manifests" else "application/octet-stream"
                return self.answer(blobs[digest], kind, digest)

            do_HEAD = do_GET

            def answer(self, data, kind, digest):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                if digest:
                    self.send_header("Docker-Content-Digest", digest)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = "127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()


class Triggers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        serve_test.IMAGE = IMAGE
        serve_test.make_image()
        run("docker", "rm", "-f", WEB, check=False)
        run("docker", "run", "-d", "--network", "none", "--name", WEB, IMAGE)
        cls.place = tempfile.mkdtemp(prefix=PREFIX)
        cls.service = Service()
        cls.service.set_up()
        until("it is scored", lambda: WEB in cls.service.assets())

    @classmethod
    def tearDownClass(cls):
        cls.service.end()
        run("docker", "rm", "-f", WEB, check=False)
        run("docker", "rmi", "-f", IMAGE, check=False)
        shutil.rmtree(cls.place, ignore_errors=True)

    def packages(self, asset):
        path = "/api/v1/assets/" + urllib.parse.quote(asset["id"], safe="") + "/packages?limit=1000"
        status, body, _ = self.service.call("GET", path)
        self.assertEqual(status, 200, body)
        return {one["name"]: one["version"] for one in body["items"]}

    def test_a_package_that_is_installed_is_seen(self):
        web = self.service.assets()[WEB]
        self.assertEqual(self.packages(web), {"openssl": "3.0.9-1"})
        status = pathlib.Path(self.place, "status")
        status.write_text(STATUS + STATUS.replace("openssl", "zlib1g"))
        run("docker", "cp", str(status), WEB + ":/var/lib/dpkg/status")
        until("the package is there", lambda: "zlib1g" in self.packages(web))

    def test_an_image_that_is_pulled_is_scored(self):
        saved = self.place + "/saved"
        run("docker", "save", "-o", saved + ".tar", IMAGE)
        with tarfile.open(saved + ".tar") as archive:
            archive.extractall(saved)
        registry = Registry(saved)
        name = registry.address + "/shop/web:7"
        try:
            run("docker", "pull", "-q", name)
            find = lambda: [one for one in self.service.assets().values() if one["kind"] == "image" and one["name"] == name]
            image = until("the image is there", find)[0]
            self.assertEqual(self.packages(image), {"openssl": "3.0.9-1"})
            self.assertGreater(image["score"], 0)
        finally:
            registry.end()
            run("docker", "rmi", "-f", name, check=False)


if __name__ == "__main__":
    unittest.main(verbosity=2)
