"""Receivers for tests of what leaves the machine: real servers on loopback that keep what they were sent."""
import base64
import email
import email.policy
import http.server
import os
import socket
import socketserver
import ssl
import subprocess
import threading


def make_authority(place):
    """ca.pem, and server.pem with server.key for 127.0.0.1, signed by it."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)

    def path(name):
        return os.path.join(place, name)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=Test authority", "-keyout", path("ca.key"), "-out", path("ca.pem"))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=receiver", "-keyout",
            path("server.key"), "-out", path("server.csr"))
    with open(path("server.ext"), "w") as ext:
        ext.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl("x509", "-req", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-days", "2",
            "-extfile", path("server.ext"), "-out", path("server.pem"))


def server_context(place):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(place, "server.pem"), os.path.join(place, "server.key"))
    return context


class Kept:
    """What arrived, for the thread of the test."""

    def __init__(self):
        self.lock = threading.Lock()
        self.items = []

    def add(self, item):
        with self.lock:
            self.items.append(item)

    def all(self):
        with self.lock:
            return list(self.items)


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, handler, port=0, context=None):
        super().__init__(("127.0.0.1", port), handler)
        self.kept = Kept()
        self.port = self.server_address[1]
        self.context = context
        self.open = set()
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def get_request(self):
        connection, address = super().get_request()
        self.open.add(connection)
        return connection, address

    def handle_error(self, request, client_address):
        pass  # clients that break off are part of the tests

    def stop(self):
        self.shutdown()
        self.server_close()
        for connection in self.open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()
        self.thread.join(10)


class Webhook(Server):
    """Keeps (path, headers, body) of each POST that it accepts. `status`: what it answers; `hold`: not until this is set."""

    def __init__(self, port=0, context=None):
        self.status, self.hold, self.refused = 200, None, Kept()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def setup(self):
                if self.server.context:
                    self.request = self.server.context.wrap_socket(self.request, server_side=True)
                super().setup()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.server.hold is not None and not self.server.hold.wait(60):
                    return
                status = self.server.status
                (self.server.kept if status < 300 else self.server.refused).add((self.path, self.headers, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        super().__init__(Handler, port, context)


class Syslog(Server):
    """TCP or TLS, octets counted (RFC 6587): keeps each line."""

    def __init__(self, port=0, context=None):
        class Handler(socketserver.StreamRequestHandler):
            timeout = 60

            def setup(self):
                if self.server.context:
                    self.request = self.server.context.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self):
                while True:
                    count = b""
                    while not count.endswith(b" "):
                        byte = self.rfile.read(1)
                        if not byte:
                            return
                        count += byte
                    line = self.rfile.read(int(count))
                    if len(line) < int(count):
                        return
                    self.server.kept.add(line.decode())

        super().__init__(Handler, port, context)


class SyslogUdp:
    def __init__(self):
        self.kept = Kept()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]
        self.ending = False
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while not self.ending:
            try:
                self.kept.add(self.socket.recv(65536).decode())
            except TimeoutError:
                pass

    def stop(self):
        self.ending = True
        self.thread.join(10)
        self.socket.close()


class Mail(Server):
    """SMTP with STARTTLS (or TLS from the start) and AUTH PLAIN; takes mail only over TLS from who knows the password."""

    def __init__(self, context, user, password, implicit=False):
        self.credentials, self.implicit = (user, password), implicit

        class Handler(socketserver.StreamRequestHandler):
            timeout = 60

            def over_tls(self):
                self.request = self.server.context.wrap_socket(self.request, server_side=True)
                super(Handler, self).setup()

            def setup(self):
                self.secure = self.server.implicit
                if self.secure:
                    self.request = self.server.context.wrap_socket(self.request, server_side=True)
                super().setup()

            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")
                self.wfile.flush()

            def handle(self):
                self.say("220 mail.test ESMTP")
                known, recipients = False, []
                while True:
                    line = self.rfile.readline().decode().strip()
                    verb = line.split(" ")[0].upper()
                    if not line or verb == "QUIT":
                        if line:
                            self.say("221 bye")
                        return
                    if verb == "EHLO":
                        self.say("250-mail.test")
                        self.say("250 " + ("AUTH PLAIN" if self.secure else "STARTTLS"))
                    elif verb == "STARTTLS" and not self.secure:
                        self.say("220 go on")
                        self.over_tls()
                        self.secure, known = True, False
                    elif verb == "AUTH" and self.secure:
                        words = line.split(" ")
                        if len(words) == 2:
                            self.say("334 ")
                            words.append(self.rfile.readline().decode().strip())
                        plain = base64.b64decode(words[2]).decode().split("\0")
                        known = (plain[1], plain[2]) == self.server.credentials
                        self.say("235 welcome" if known else "535 no")
                    elif verb == "MAIL":
                        recipients = []
                        self.say("250 ok" if known else "530 sign in first")
                    elif verb == "RCPT":
                        recipients.append(line.split("<")[1].split(">")[0])
                        self.say("250 ok")
                    elif verb == "DATA":
                        self.say("354 go on")
                        raw = b""
                        while not raw.endswith(b"\r\n.\r\n"):
                            piece = self.rfile.readline()
                            if not piece:
                                return
                            raw += piece
                        raw = raw[:-3].replace(b"\r\n..", b"\r\n.")
                        self.server.kept.add((recipients, email.message_from_bytes(raw, policy=email.policy.default)))
                        self.say("250 taken")
                    else:
                        self.say("502 no")

        super().__init__(Handler, 0, context)
