"""A web server on loopback that hands out a folder as the public sources do, counts what it sends, and fails on demand."""
import email.utils
import hashlib
import http.server
import pathlib
import select
import socket
import ssl
import subprocess
import threading
import urllib.parse


def make_authority(folder):
    """A throw-away certificate authority and a certificate of 127.0.0.1: (ca.pem, server.pem, server.key)."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=throw-away authority",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    (folder / "san").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-out", "server.pem", "-extfile", "san")
    return folder / "ca.pem", folder / "server.pem", folder / "server.key"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *_):
        pass

    def count(self, data):
        self.server.sent += len(data)
        self.wfile.write(data)

    def answer(self, status, headers=(), body=b""):
        lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in headers), "", ""]
        self.count("\r\n".join(lines).encode())
        self.count(body)

    def do_GET(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        self.server.requests.append((path, {k.lower(): v for k, v in self.headers.items()}))
        faults = self.server.faults.get(path, [])
        if faults:
            fault = faults[0] if getattr(faults[0], "forever", False) else faults.pop(0)
            return fault(self)
        file = self.server.folder / path.lstrip("/")
        if not file.is_file():
            return self.answer(404)
        self.send_file(file.read_bytes(), file.stat().st_mtime)

    def send_file(self, body, modified):
        tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        headers = [("ETag", tag), ("Last-Modified", email.utils.formatdate(modified, usegmt=True))]
        if self.headers.get("If-None-Match") == tag:
            return self.answer_unchanged(headers)
        first = self.headers.get("Range", "")
        if first.startswith("bytes=") and self.headers.get("If-Range") == tag:
            start = int(first[6:].rstrip("-"))
            if start >= len(body):
                return self.answer(416, [("Content-Range", f"bytes */{len(body)}")])
            headers.append(("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}"))
            return self.answer(206, headers, body[start:])
        self.answer(200, headers, body)

    def answer_unchanged(self, headers):
        self.count("\r\n".join(["HTTP/1.1 304 x", *(f"{k}: {v}" for k, v in headers), "", ""]).encode())


class FeedServer:
    """Serves `folder`; over TLS with `certificate` and `key`, else in the clear. `faults[path]` is a queue of answers."""

    def __init__(self, folder, certificate=None, key=None):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.folder = pathlib.Path(folder)
        self.server.faults, self.server.requests, self.server.sent = {}, [], 0
        self.server.handle_error = lambda *_: None
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            # The handshake belongs to the connection's own thread.
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
            scheme = "https"
        self.port = self.server.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def fail(self, path, *faults):
        self.server.faults[path] = list(faults)

    def forget(self):
        self.server.faults, self.server.requests, self.server.sent = {}, [], 0

    def paths(self):
        return [path for path, _ in self.server.requests]

    @property
    def sent(self):
        return self.server.sent

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def status(code, headers=()):
    return lambda handler: handler.answer(code, headers)


def body(data, headers=()):
    return lambda handler: handler.answer(200, headers, data)


def cut(share):
    """Promises the whole file, sends a part of it, hangs up."""

    def fault(handler):
        data = (handler.server.folder / urllib.parse.unquote(handler.path).lstrip("/")).read_bytes()
        tag = '"' + hashlib.sha256(data).hexdigest()[:16] + '"'
        handler.count(f"HTTP/1.1 200 x\r\nContent-Length: {len(data)}\r\nETag: {tag}\r\n\r\n".encode())
        handler.count(data[: int(len(data) * share)])
        handler.wfile.flush()
        handler.close_connection = True

    return fault


def drip(stop):
    """A byte now and then, until `stop` is set."""

    def fault(handler):
        handler.count(b"HTTP/1.1 200 x\r\nContent-Length: 1000000\r\n\r\n")
        while not stop.wait(0.2):
            try:
                handler.count(b"x")
                handler.wfile.flush()
            except OSError:
                break
        handler.close_connection = True

    fault.forever = True
    return fault


def always(fault):
    def again(handler):
        return fault(handler)

    again.forever = True
    return again


class Proxy:
    """A forward proxy for CONNECT; counts the tunnels it made."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.tunnels = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client:
            client.settimeout(30)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(4096)
                if not piece:
                    return
                head += piece
            target = head.split()[1].decode()
            self.tunnels.append(target)
            host, port = target.rsplit(":", 1)
            with socket.create_connection((host, int(port)), timeout=30) as peer:
                client.sendall(b"HTTP/1.1 200 x\r\n\r\n")
                while True:
                    ready, _, _ = select.select([client, peer], [], [], 30)
                    if not ready:
                        return
                    for one in ready:
                        data = one.recv(65536)
                        if not data:
                            return
                        (peer if one is client else client).sendall(data)

    def close(self):
        self.listener.close()
