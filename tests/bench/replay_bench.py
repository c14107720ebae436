#!/usr/bin/python3
"""Packets/s and Gbit/s of `plimsoll network replay` on one core, against nDPI's own reader on the same capture.

Usage: tests/bench/replay_bench.py [--megabytes N] [--rounds N] [--keep FILE]
Needs ndpiReader (libndpi-bin) and taskset. Makes a capture of several protocols from whole sessions written here, each
flow with addresses of its own; runs both programs on it in turn on one core; prints the best round of each and their
ratio. Whole runs are timed, with the start of the process.
"""
import argparse
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
SYN, ACK, FIN, PSH = 2, 16, 1, 8
MSS = 1448


def frame(protocol, from_client, ports, transport, payload):
    """An Ethernet frame whose client address is patched in later (10.x.x.x at a place patch_frame knows)."""
    client, server = b"\x0a\x00\x00\x01", b"\xc0\x00\x02\x50"
    source, destination = (client, server) if from_client else (server, client)
    length = 20 + len(transport) + len(payload)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, length, 1, 0x4000, 64, protocol, 0) + source + destination
    ports = struct.pack("!HH", *(ports if from_client else ports[::-1]))
    return b"\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\x00" + ip + ports + transport[4:] + payload


def tcp_session(server_port, exchange):
    """exchange: (from_client, bytes) in order. Three-way handshake, segments of an MSS, an ACK for every other, FINs."""
    packets, seq = [], {True: 1000, False: 9000}

    def add(from_client, flags, payload=b""):
        header = b"\0\0\0\0" + struct.pack("!IIBBHHH", seq[from_client] & 0xFFFFFFFF, seq[not from_client] if flags & ACK else 0,
                                           0x50, flags, 65000, 0, 0)
        packets.append((from_client, frame(6, from_client, (40000, server_port), header, payload)))
        seq[from_client] += len(payload) + (1 if flags & (SYN | FIN) else 0)

    add(True, SYN)
    add(False, SYN | ACK)
    add(True, ACK)
    for from_client, data in exchange:
        for at in range(0, len(data), MSS):
            add(from_client, ACK | PSH, data[at:at + MSS])
            if at // MSS % 2:
                add(not from_client, ACK)
    add(True, FIN | ACK)
    add(False, FIN | ACK)
    add(True, ACK)
    return packets


def udp_session(server_port, exchange):
    return [(c, frame(17, c, (40000, server_port), b"\0\0\0\0" + struct.pack("!HH", 8 + len(d), 0), d)) for c, d in exchange]


def http(size):
    body = (b"the quick brown fox jumps over the lazy dog\n" * (size // 44 + 1))[:size]
    return [(True, b"GET /index.html HTTP/1.1\r\nHost: www.example.test\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"),
            (False, b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % size + body)]


def dns():
    question = b"\x03www\x07example\x04test\0\0\1\0\1"
    return [(True, b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + question),
            (False, b"\x12\x34\x81\x80\0\1\0\1\0\0\0\0" + question + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\x50")]


def redis(count):
    out = []
    for _ in range(count):
        out += [(True, b"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n"), (False, b"$5\r\nvalue\r\n")]
    return out


def mysql():
    greeting = b"\x0a10.11.6-MariaDB\0" + b"\1\0\0\0" + b"abcdefgh\0" + b"\xfe\xf7\x2d\2\0\xff\x81\x15" + b"\0" * 6 + b"\x1d\0\0\0" + b"ijklmnopqrst\0mysql_native_password\0"
    login = b"\x85\xa6\xff\x01\0\0\0\1\x2d" + b"\0" * 23 + b"app\0\x14" + b"x" * 20 + b"mysql_native_password\0"
    packet = lambda number, body: struct.pack("<I", len(body))[:3] + bytes([number]) + body
    out = [(False, packet(0, greeting)), (True, packet(1, login)), (False, packet(2, b"\0\0\0\2\0\0\0"))]
    for _ in range(8):
        out += [(True, packet(0, b"\3SELECT 1")), (False, packet(1, b"\1") + b"\0" * 60)]
    return out


def tls(size):
    name = b"www.example.test"
    sni = struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    versions = b"\0\x2b\0\3\2\3\4"
    extensions = sni + versions
    hello = b"\3\3" + b"r" * 32 + b"\0" + b"\0\4\x13\1\x13\2" + b"\1\0" + struct.pack("!H", len(extensions)) + extensions
    answer = b"\3\3" + b"s" * 32 + b"\0\x13\1\0\0\6\0\x2b\0\2\3\4"
    record = lambda kind, body: struct.pack("!BHH", kind, 0x0303, len(body)) + body
    message = lambda kind, body: bytes([kind]) + struct.pack("!I", len(body))[1:] + body
    data = b"".join(record(23, os.urandom(8192)) for _ in range(max(1, size // 8192)))
    return [(True, record(22, message(1, hello))), (False, record(22, message(2, answer))), (True, record(23, b"f" * 60)), (False, data)]


def sessions():
    """Of 20 flows: many short ones, some that carry much, as between services."""
    return ([tcp_session(80, http(900))] * 6 + [udp_session(53, dns())] * 4 + [tcp_session(6379, redis(10))] * 3 +
            [tcp_session(3306, mysql())] * 2 + [tcp_session(443, tls(40_000))] * 2 + [tcp_session(8080, http(60_000))] * 2 +
            [tcp_session(80, http(400_000))])


def write_capture(path, megabytes):
    kinds = sessions()
    stamp, flow, packets, size = 1_700_000_000_000_000, 0, 0, 0
    with open(path, "wb", buffering=1 << 22) as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        while size < megabytes << 20:
            # Twenty flows at a time, a packet of each in turn.
            running = []
            for kind in kinds:
                flow += 1
                running.append((struct.pack("!I", 0x0A000000 + flow % 0xFFFFFF), struct.pack("!H", 20000 + flow % 40000), kind, [0]))
            while running:
                for address, port, kind, at in running:
                    from_client, data = kind[at[0]]
                    at[0] += 1
                    if from_client:
                        data = data[:26] + address + data[30:34] + port + data[36:]
                    else:
                        data = data[:30] + address + data[34:36] + port + data[38:]
                    stamp += 2
                    out.write(struct.pack("<IIII", stamp // 1_000_000, stamp % 1_000_000, len(data), len(data)))
                    out.write(data)
                    packets += 1
                    size += len(data) + 16
                running = [one for one in running if one[3][0] < len(one[2])]
    return packets, size, flow


def timed(command):
    began = time.monotonic()
    done = subprocess.run(["taskset", "-c", str(os.cpu_count() - 1), *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=600)
    return time.monotonic() - began, done


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep")
    options = parser.parse_args()
    if not shutil.which("ndpiReader"):
        sys.exit("ndpiReader is missing: apt-get install libndpi-bin")
    directory = tempfile.mkdtemp(prefix="plimsoll-replay-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    try:
        capture = options.keep or directory + "/big.pcap"
        packets, size, flows = write_capture(capture, options.megabytes)
        print(f"capture: {packets} packets, {flows} flows, {size / 1e6:.0f} MB")
        best = {}
        for _ in range(options.rounds):
            for name, command in (("ndpiReader", ["ndpiReader", "-q", "-i", capture]),
                                  ("plimsoll", [PLIMSOLL, "network", "replay", capture, "--format", "json"])):
                seconds, done = timed(command)
                if done.returncode not in (0, 3):
                    sys.exit(f"{name} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
                best[name] = min(best.get(name, seconds), seconds)
        for name, seconds in best.items():
            print(f"{name}: {seconds:.2f} s, {packets / seconds / 1e6:.2f} M packets/s, {size * 8 / seconds / 1e9:.2f} Gbit/s")
        print(f"ratio: {best['ndpiReader'] / best['plimsoll']:.2f} of ndpiReader's rate (aim: at least 0.9)")
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
