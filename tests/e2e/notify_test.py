#!/usr/bin/python3
"""What leaves the machine on purpose, end to end: plimsoll serve, and real receivers on loopback. Needs root and openssl.

PLIMSOLL_DOWN_SECONDS (5): for how long a receiver is away.
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import signal
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import receivers
from serve_test import PLIMSOLL, Service, until

PREFIX = "plimsoll-notify-"
SECRET, PASSWORD = "whsec_" + base64.b64encode(b"a key of the tests, 32 bytes long").decode(), "mail-pass-7f3a"
DOWN = float(os.environ.get("PLIMSOLL_DOWN_SECONDS", "5"))
BACK = 120 + min(DOWN, 300)  # until what waited is tried again: tries are up to 5 minutes apart by then


def place():
    path = tempfile.mkdtemp(prefix=PREFIX)
    os.chmod(path, 0o755)
    receivers.make_authority(path)
    for name, text in {"key": SECRET, "password": PASSWORD}.items():
        file = pathlib.Path(path, name)
        file.write_text(text + "\n")
        file.chmod(0o600)
    return path


def write_settings(path, settings):
    pathlib.Path(path, "plimsoll.yaml").write_text(json.dumps(settings))  # JSON is YAML
    return str(pathlib.Path(path, "plimsoll.yaml"))


def signature_of(headers, body):
    key = base64.b64decode(SECRET[len("whsec_"):])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def processes_below(pid):
    found = []
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child)] + processes_below(int(child))
    return found


def status_of(pid):
    return dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)


def memory_holds(pid, needle):
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            words = line.split()
            if "w" not in words[1]:
                continue
            begin, end = (int(part, 16) for part in words[0].split("-"))
            try:
                memory.seek(begin)
                if needle in memory.read(end - begin):
                    return True
            except (OSError, ValueError):
                continue
    return False


class Receivers(unittest.TestCase):
    """All kinds of receivers, one service."""

    @classmethod
    def setUpClass(cls):
        cls.place = place()
        context = receivers.server_context(cls.place)
        cls.hook, cls.chat, cls.alerts = receivers.Webhook(context=context), receivers.Webhook(), receivers.Webhook()
        cls.starttls = receivers.Mail(context, "plimsoll", PASSWORD)
        cls.smtps = receivers.Mail(context, "plimsoll", PASSWORD, implicit=True)
        cls.udp, cls.tcp, cls.tls = receivers.SyslogUdp(), receivers.Syslog(), receivers.Syslog(context=context)
        ca, files = cls.place + "/ca.pem", cls.place + "/reports"
        mail = {"kind": "email", "user": "plimsoll", "password_file": cls.place + "/password", "ca_file": ca,
                "from": "plimsoll@example.org", "to": ["ops@example.org", "dev@example.org"]}
        settings = {
            "receivers": {
                "hook": {"kind": "webhook", "url": f"https://127.0.0.1:{cls.hook.port}/in?x=1", "ca_file": ca,
                         "secret_file": cls.place + "/key"},
                "stranger": {"kind": "webhook", "url": f"https://127.0.0.1:{cls.hook.port}/stranger"},
                "slack": {"kind": "slack", "url": f"http://127.0.0.1:{cls.chat.port}/slack"},
                "teams": {"kind": "teams", "url": f"http://127.0.0.1:{cls.chat.port}/teams"},
                "am": {"kind": "alertmanager", "url": f"http://127.0.0.1:{cls.alerts.port}"},
                "mail": {**mail, "url": f"smtp://127.0.0.1:{cls.starttls.port}"},
                "smtps": {**mail, "url": f"smtps://127.0.0.1:{cls.smtps.port}"},
                "udp": {"kind": "syslog", "url": f"udp://127.0.0.1:{cls.udp.port}"},
                "tcp": {"kind": "syslog", "url": f"tcp://127.0.0.1:{cls.tcp.port}"},
                "tls": {"kind": "syslog", "url": f"tls://127.0.0.1:{cls.tls.port}", "ca_file": ca},
                "files": {"kind": "directory", "path": files},
            },
            "reports": {
                "page": {"to": ["mail", "files"], "format": "html", "when": "monthly 1 00:00"},
                "table": {"to": "files", "format": "table", "when": "* * * * *"},
                "trend": {"to": ["hook", "files"], "format": "csv", "trend_days": 7, "when": "monthly 1 00:00"},
            },
        }
        cls.service = Service("--config", write_settings(cls.place, settings))
        cls.service.set_up()
        until("the courier is there", lambda: cls.listed()["connected"])
        until("the first scan", lambda: cls.service.call("GET", "/readyz")[0] == 200)

    @classmethod
    def tearDownClass(cls):
        cls.service.end()
        for server in (cls.hook, cls.chat, cls.alerts, cls.starttls, cls.smtps, cls.udp, cls.tcp, cls.tls):
            server.stop()
        shutil.rmtree(cls.place)

    @classmethod
    def listed(cls):
        return cls.service.call("GET", "/api/v1/receivers")[1]

    def send_test(self, name):
        status, body, _ = self.service.call("POST", f"/api/v1/receivers/{name}/test")
        self.assertEqual(status, 200, body)
        return body

    def arrives(self, name, server, count=1):
        before = len(server.kept.all())
        body = self.send_test(name)
        self.assertTrue(body["delivered"], body)
        until("it arrived", lambda: len(server.kept.all()) >= before + count, 10)
        return server.kept.all()[before:]

    def test_webhook_is_signed(self):
        ((path, headers, body),) = self.arrives("hook", self.hook)
        self.assertEqual(path, "/in?x=1")
        self.assertEqual(headers["webhook-signature"], signature_of(headers, body))
        message = json.loads(body)
        self.assertEqual((message["schema"], message["purpose"], message["id"]),
                         ("plimsoll.message/1", "test", headers["webhook-id"]))
        self.assertLess(abs(int(headers["webhook-timestamp"]) - time.time()), 300)

    def test_a_certificate_that_nobody_vouches_for_is_refused(self):
        body = self.send_test("stranger")
        self.assertFalse(body["delivered"])
        self.assertIn("certificate", body["why"])
        self.assertFalse([path for path, _, _ in self.hook.kept.all() if path == "/stranger"])

    def test_chats(self):
        ((_, _, body),) = self.arrives("slack", self.chat)
        self.assertIn("messages of Plimsoll arrive here", json.loads(body)["text"])
        ((_, _, body),) = self.arrives("teams", self.chat)
        card = json.loads(body)["attachments"][0]
        self.assertEqual(card["contentType"], "application/vnd.microsoft.card.adaptive")

    def test_alertmanager(self):
        ((path, _, body),) = self.arrives("am", self.alerts)
        self.assertEqual(path, "/api/v2/alerts")
        (alert,) = json.loads(body)
        self.assertEqual(alert["labels"]["alertname"], "plimsoll")
        self.assertLess(alert["startsAt"], alert["endsAt"])

    def test_mail(self):
        for name, server in (("mail", self.starttls), ("smtps", self.smtps)):
            ((recipients, mail),) = self.arrives(name, server)
            self.assertEqual(recipients, ["ops@example.org", "dev@example.org"])
            self.assertIn("messages of Plimsoll arrive here", mail["Subject"])
            self.assertIn("There is nothing to do.", mail.get_content())
            self.assertFalse(mail.defects)

    def test_syslog(self):
        for name, server in (("udp", self.udp), ("tcp", self.tcp), ("tls", self.tls)):
            (line,) = self.arrives(name, server)
            self.assertRegex(line, r"^<110>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S+ plimsoll - test \[plimsoll@32473 id=\"[0-9a-f]{32}\"")

    def test_reports_on_demand(self):
        before = len(self.starttls.kept.all())
        status, body, _ = self.service.call("POST", "/api/v1/schedules/page/run")
        self.assertEqual(status, 202, body)
        until("the mail", lambda: len(self.starttls.kept.all()) > before, 30)
        _, mail = self.starttls.kept.all()[before]
        self.assertEqual(mail["X-Plimsoll-Message"], body["message"])
        (page,) = list(mail.iter_attachments())
        self.assertIn("<!doctype html", page.get_content().lower()[:200])
        files = pathlib.Path(self.place, "reports")
        until("the file", lambda: list(files.glob("page-*.html")), 30)
        self.assertEqual(list(files.glob("page-*.html"))[0].read_text(), page.get_content().replace("\r\n", "\n"))
        status, body, _ = self.service.call("POST", "/api/v1/schedules/trend/run")
        self.assertEqual(status, 202, body)
        until("the trend", lambda: list(files.glob("trend-*.csv")), 30)
        self.assertTrue(list(files.glob("trend-*.csv"))[0].read_text().startswith("name,kind,node,fate,before,after"))

    def test_reports_by_the_clock(self):
        files = pathlib.Path(self.place, "reports")
        until("a report of this minute", lambda: list(files.glob("table-*.txt")), 90)
        _, body, _ = self.service.call("GET", "/api/v1/schedules")
        (table,) = [item for item in body["items"] if item["name"] == "table"]
        self.assertEqual(table["fault"], "")
        self.assertLess(table["last"], table["next"])

    def test_who_delivers_has_no_rights_and_who_serves_no_secrets(self):
        listed = self.listed()
        self.assertTrue(all(layer["in_force"] for layer in listed["confinement"]), listed["confinement"])
        self.assertEqual({layer["name"] for layer in listed["confinement"]},
                         {"user", "capabilities", "process", "landlock", "seccomp"})
        speaker = self.service.speaker()
        self.assertFalse(memory_holds(speaker, PASSWORD.encode()))
        couriers = [pid for pid in processes_below(self.service.process.pid)
                    if pid != speaker and status_of(pid)["Seccomp"].strip() == "2" and memory_holds(pid, PASSWORD.encode())]
        self.assertEqual(len(couriers), 1, couriers)
        status = status_of(couriers[0])
        self.assertEqual(int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapBnd"], 16), 0)
        self.assertNotIn("0", status["Uid"].split())
        self.assertEqual(status["NoNewPrivs"].strip(), "1")

    def test_a_killed_courier_comes_back(self):
        speaker = self.service.speaker()
        (courier,) = [pid for pid in processes_below(self.service.process.pid)
                      if pid != speaker and status_of(pid)["Seccomp"].strip() == "2" and memory_holds(pid, PASSWORD.encode())]
        os.kill(courier, signal.SIGKILL)
        until("the end is seen", lambda: not self.listed()["connected"], 10)
        until("another one is there", lambda: self.listed()["connected"], 30)
        self.arrives("tcp", self.tcp)

    def test_no_secret_is_shown(self):
        text = json.dumps(self.listed()) + self.service.text()
        for secret in (SECRET, PASSWORD, "x=1"):
            self.assertNotIn(secret, text)


class Outage(unittest.TestCase):
    """Receivers that are away, slow, or refuse; a service that is killed."""

    def setUp(self):
        self.place = place()
        self.hook, self.log = receivers.Webhook(), receivers.Syslog()
        self.services = []

    def tearDown(self):
        for service in self.services:
            if service.process.poll() is None:
                service.end()
        self.hook.stop()
        self.log.stop()
        shutil.rmtree(self.place)

    def start(self, settings, state=None):
        service = Service("--config", write_settings(self.place, settings), state=state)
        if state and self.services:
            service.cookie, service.csrf = self.services[-1].cookie, self.services[-1].csrf
        else:
            service.set_up()
        self.services.append(service)
        return service

    def settings(self, **more):
        return {
            "receivers": {"hook": {"kind": "webhook", "url": f"http://127.0.0.1:{self.hook.port}/in"},
                          "log": {"kind": "syslog", "url": f"tcp://127.0.0.1:{self.log.port}"}},
            **more,
        }

    def stream_settings(self):
        return self.settings(streams={"all": {"to": "hook", "format": "json", "from": "beginning"},
                                      "lines": {"to": "log", "format": "syslog", "from": "beginning"}})

    def make_events(self, service, count):
        for _ in range(count):
            status, body, _ = service.call("POST", "/api/v1/scan")
            self.assertEqual(status, 202, body)

    def newest(self, service):
        _, body, _ = service.call("GET", "/api/v1/events?newest_first=true&limit=1")
        return body["items"][0]["sequence"]

    def hooked(self):
        return [json.loads(line)["sequence"] for _, _, body in self.hook.kept.all() for line in body.splitlines()]

    def logged(self):
        return [int(re.search(r'sequence="(\d+)"', line).group(1)) for line in self.log.kept.all()]

    def test_streams_lose_nothing(self):
        service = self.start(self.stream_settings())
        self.make_events(service, 5)
        newest = self.newest(service)
        until("all events went on", lambda: {*range(1, newest + 1)} <= {*self.hooked()} and {*range(1, newest + 1)} <= {*self.logged()})
        # Both receivers go away; meanwhile things happen, and the service is killed and started again.
        hook_port, log_port = self.hook.port, self.log.port
        seen = len(self.hooked())
        self.hook.stop()
        self.log.stop()
        kept = (self.hook.kept, self.log.kept)
        self.make_events(service, 20)
        time.sleep(DOWN / 2)
        service.process.send_signal(signal.SIGKILL)
        service.process.wait(30)
        service = self.start(self.stream_settings(), state=service.scratch)
        self.make_events(service, 20)
        time.sleep(DOWN / 2)
        self.hook, self.log = receivers.Webhook(hook_port), receivers.Syslog(log_port)
        self.hook.kept, self.log.kept = kept
        newest = self.newest(service)
        until("nothing is lost", lambda: {*range(1, newest + 1)} <= {*self.hooked()} and {*range(1, newest + 1)} <= {*self.logged()}, BACK)
        # In the order of the chain; what came twice has the id it had the first time.
        order = list(dict.fromkeys(self.hooked()))
        self.assertEqual(order, sorted(order))
        by_id = {}
        for _, headers, body in self.hook.kept.all():
            self.assertEqual(by_id.setdefault(headers["webhook-id"], body), body)
        self.assertLess(seen, len(self.hooked()))
        lines = {}
        for line in self.log.kept.all():
            self.assertEqual(lines.setdefault(re.search(r'sequence="(\d+)"', line).group(1), line), line)

    def test_messages_survive_kill_and_outage(self):
        settings = self.settings(reports={"r": {"to": ["hook", "gone"], "format": "json", "when": "monthly 1 00:00"}})
        settings["receivers"]["gone"] = {"kind": "webhook", "url": "http://127.0.0.1:9/nobody"}
        service = self.start(settings)
        until("the first scan", lambda: service.call("GET", "/readyz")[0] == 200)
        self.hook.status = 503
        sent = []
        for _ in range(3):
            status, body, _ = service.call("POST", "/api/v1/schedules/r/run")
            self.assertEqual(status, 202, body)
            sent.append(body["message"])
        until("it was tried", lambda: self.hook.refused.all(), 30)
        service.process.send_signal(signal.SIGKILL)
        service.process.wait(30)
        service = self.start(settings, state=service.scratch)
        time.sleep(DOWN)
        self.hook.status = 200
        until("all arrive", lambda: {*sent} <= {headers["webhook-id"] for _, headers, _ in self.hook.kept.all()}, BACK)
        self.assertIn(self.hook.refused.all()[0][1]["webhook-id"], sent)
        by_name = {item["name"]: item for item in service.call("GET", "/api/v1/receivers")[1]["receivers"]}
        self.assertEqual(by_name["gone"]["waiting"], 3)
        self.assertNotEqual(by_name["gone"]["fault"], "")
        until("it is told", lambda: "notify.receiver-failing" in json.dumps(
            service.call("GET", "/api/v1/events?kind=notify.&limit=100")[1]), 60)

    def test_a_slow_receiver_delays_nobody(self):
        settings = self.settings(reports={"r": {"to": ["hook", "quick"], "format": "json", "when": "monthly 1 00:00"}})
        quick = receivers.Webhook()
        try:
            settings["receivers"]["quick"] = {"kind": "webhook", "url": f"http://127.0.0.1:{quick.port}/in"}
            service = self.start(settings)
            until("the first scan", lambda: service.call("GET", "/readyz")[0] == 200)
            self.hook.hold = threading.Event()
            for i in range(3):
                service.call("POST", "/api/v1/schedules/r/run")
                until("the other one has it", lambda: len(quick.kept.all()) == i + 1, 15)
            self.assertFalse(self.hook.kept.all())
            self.hook.hold.set()
            until("and it has its own, late", lambda: len(self.hook.kept.all()) == 3, 60)
        finally:
            quick.stop()

    def test_a_refused_message_holds_up_no_other(self):
        service = self.start(self.settings(reports={"r": {"to": "hook", "format": "json", "when": "monthly 1 00:00"}}))
        until("the first scan", lambda: service.call("GET", "/readyz")[0] == 200)
        self.hook.status = 400
        service.call("POST", "/api/v1/schedules/r/run")
        until("it was given up, and that is told", lambda: "notify.given-up" in json.dumps(
            service.call("GET", "/api/v1/events?kind=notify.&limit=100")[1]), 60)
        self.hook.status = 200
        service.call("POST", "/api/v1/schedules/r/run")
        until("the next one arrives", lambda: len(self.hook.kept.all()) == 1, 60)


class Settings(unittest.TestCase):
    def setUp(self):
        self.place = place()

    def tearDown(self):
        shutil.rmtree(self.place)

    def plimsoll(self, *arguments):
        return subprocess.run([PLIMSOLL, *arguments], capture_output=True, text=True, timeout=120)

    def test_faults_have_line_and_remedy(self):
        file = pathlib.Path(self.place, "bad.yaml")
        file.write_text("receivers:\n  ops:\n    kind: webhook\n    ulr: https://a.example\n")
        for command in (["notify", "check"], ["serve", "--listen", "127.0.0.1:0", "--state", self.place + "/state"]):
            done = self.plimsoll(*command, "--config", str(file))
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("bad.yaml:4:5: unknown key \"ulr\"", done.stderr)
            self.assertIn("did you mean \"url\"?", done.stderr)

    def test_open_secrets_are_refused(self):
        pathlib.Path(self.place, "key").chmod(0o644)
        config = write_settings(self.place, {"receivers": {"ops": {
            "kind": "webhook", "url": "https://127.0.0.1:1", "secret_file": self.place + "/key"}}})
        done = self.plimsoll("serve", "--listen", "127.0.0.1:0", "--state", self.place + "/state", "--config", config)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("chmod 600", done.stderr)

    def test_a_test_from_the_command_line(self):
        hook = receivers.Webhook()
        try:
            config = write_settings(self.place, {"receivers": {"ops": {
                "kind": "webhook", "url": f"http://127.0.0.1:{hook.port}/in", "secret_file": self.place + "/key"}}})
            done = self.plimsoll("notify", "test", "ops", "--config", config)
            self.assertEqual(done.returncode, 0, done.stderr)
            ((_, headers, body),) = hook.kept.all()
            self.assertEqual(headers["webhook-signature"], signature_of(headers, body))
            hook.status = 500
            done = self.plimsoll("notify", "test", "ops", "--config", config)
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn("500", done.stderr)
            self.assertEqual(self.plimsoll("notify", "test", "opps", "--config", config).returncode, 2)
        finally:
            hook.stop()


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("needs root")
    unittest.main(verbosity=2)
