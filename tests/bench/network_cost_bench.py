#!/usr/bin/python3
"""What watching costs: a redis benchmark between two containers' networks with the watcher on and off, and the watcher at rest beside 50
containers' namespaces. Needs root, redis-server, redis-tools and iproute2. Prints figures, asserts none. Nothing leaves the machine.

Two runs of such a benchmark differ by more than watching costs. Where perf is installed (linux-perf) the kernel's own samples tell that
cost: how much of the time goes into what the watcher has put on the way of each packet.

Usage: network_cost_bench.py [--rounds N] [--sources LIST] [--containers N]
"""
import argparse
import csv
import io
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLIMSOLL = os.environ.get("PLIMSOLL", str(ROOT / "build" / "release" / "plimsoll"))
NAME = "plbench"
TICK = os.sysconf("SC_CLK_TCK")


def run(*arguments, check=True, timeout=300):
    return subprocess.run(arguments, check=check, capture_output=True, text=True, timeout=timeout).stdout


def docker_up():
    run(str(ROOT / "script" / "docker-up"))
    docker_down()
    run("sh", "-c", f"tar -C / -c bin/busybox | docker import - {NAME}-image")
    run("docker", "network", "create", "--internal", NAME)


def docker_down():
    left = run("docker", "ps", "-aq", "--filter", "name=" + NAME).split()
    if left:
        run("docker", "rm", "-f", *left)
    run("docker", "network", "rm", NAME, check=False)
    run("docker", "rmi", NAME + "-image", check=False)


def sleeper(name):
    """A container that does nothing; its first process on the host."""
    run("docker", "run", "-d", "--name", f"{NAME}-{name}", "--network", NAME, NAME + "-image", "/bin/busybox", "sleep", "100000")
    return run("docker", "inspect", "-f", "{{.State.Pid}}", f"{NAME}-{name}").strip()


def family(pid):
    """A process and those it has started."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(pid)] + [one for child in children for one in family(child)]


def usage(pid):
    """(seconds of processor, KiB resident) of a process and those it has started."""
    ticks, resident = 0, 0
    for one in family(pid):
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
        # Pages of its own: those of the program itself are shared by all of the family.
        rollup = pathlib.Path(f"/proc/{one}/smaps_rollup").read_text()
        resident += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1))
    return ticks / TICK, resident


def benchmark(client, address):
    """{test: (requests a second, p50 ms, p99 ms)} and the seconds of processor that the client took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = run("nsenter", "-t", client, "-n", "redis-benchmark", "-h", address, "-p", "7391", "-n", "100000", "-c", "20", "-t", "set,get", "--csv")
    rows = csv.DictReader(io.StringIO(out))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {row["test"]: (float(row["rps"]), float(row["p50_latency_ms"]), float(row["p99_latency_ms"])) for row in rows}
    return figures, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Watch:
    def __init__(self, sources):
        self.sources = sources

    def __enter__(self):
        self.process = subprocess.Popen([PLIMSOLL, "network", "watch", "--format", "json", "--sources", self.sources],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(2)
        return self.process.pid

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)


# Kernel functions that run only where a program is attached or packets are captured.
WATCHING = re.compile(r"bpf_prog_|__cgroup_bpf_run|run_save_cb|bpf_skb_load_bytes|bpf_get_netns_cookie|bpf_prog_run|bpf_sk_fullsock|packet_rcv|"
                      r"dev_queue_xmit_nit|htab_|lru_hash")


def shares(data, key):
    """[(percent of all samples, name)]"""
    out = run("perf", "report", "-i", str(data), "--no-children", "-s", key)
    return [(float(percent), name.strip()) for percent, name in re.findall(r"^\s+([\d.]+)%\s+(.*)$", out, re.M)]


def profile(sources, client, address, scratch):
    data = pathlib.Path(scratch) / "perf.data"
    with Watch(sources):
        run("perf", "record", "-q", "-a", "-F", "4999", "-e", "cpu-clock", "-o", str(data), "--", "nsenter", "-t", client, "-n", "redis-benchmark",
            "-h", address, "-p", "7391", "-n", "300000", "-c", "20", "-t", "set,get", "--csv")
    whole = sum(percent for percent, name in shares(data, "comm") if name.startswith("redis"))
    rows = [(percent / whole, name) for percent, name in shares(data, "sym") if WATCHING.search(name)]
    print(f"{sources}: of the processor time of client and server {sum(part for part, _ in rows):.2%} is watching: " +
          ", ".join(f"{name.split()[-1]} {part:.2%}" for part, name in rows if part > 0.001))


def cost_of_traffic(sources, rounds):
    server_pid, client_pid = sleeper("server"), sleeper("client")
    address = run("docker", "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", NAME + "-server").strip()
    with tempfile.TemporaryDirectory() as scratch:
        server = subprocess.Popen(["nsenter", "-t", server_pid, "-n", "redis-server", "--port", "7391", "--bind", address, "--save", "",
                                   "--protected-mode", "no", "--dir", scratch], stdout=subprocess.DEVNULL)
        try:
            time.sleep(1)
            benchmark(client_pid, address)  # warm
            def measured():
                began = usage(server.pid)[0]
                figures, client = benchmark(client_pid, address)
                return figures, client + usage(server.pid)[0] - began

            plain, seen, burnt, work_plain, work_seen = [], [], [], [], []
            for _ in range(rounds):  # in turn, so that what else the machine does meets both
                figures, work = measured()
                plain.append(figures)
                work_plain.append(work)
                with Watch(sources) as pid:
                    before, began = usage(pid)[0], time.monotonic()
                    figures, work = measured()
                    seen.append(figures)
                    work_seen.append(work)
                    burnt.append((usage(pid)[0] - before) / (time.monotonic() - began))
            if shutil.which("perf"):
                profile(sources, client_pid, address, scratch)
        finally:
            server.terminate()
            server.wait()
    # On a machine that does other things too, steadier than requests a second: what the kernel adds is in it.
    changes = [seen / plain - 1 for plain, seen in zip(work_plain, work_seen)]
    print(f"{sources}: processor time of client and server for the same requests: {statistics.median(work_plain):.2f} -> "
          f"{statistics.median(work_seen):.2f} s (median change {statistics.median(changes):+.2%})")
    for test in plain[0]:
        middle = lambda results, index: statistics.median(result[test][index] for result in results)
        changes = [seen[i][test][0] / plain[i][test][0] - 1 for i in range(rounds)]
        spread = [plain[i][test][0] / plain[i - 1][test][0] - 1 for i in range(1, rounds)]
        print(f"{sources}: {test}: {middle(plain, 0):.0f} -> {middle(seen, 0):.0f} requests/s (median change {statistics.median(changes):+.2%}; "
              f"two runs without differ by up to {max(map(abs, spread), default=0):.1%}); p50 {middle(plain, 1):.3f} -> {middle(seen, 1):.3f} ms, "
              f"p99 {middle(plain, 2):.3f} -> {middle(seen, 2):.3f} ms; watcher {statistics.median(burnt):.1%} of a core")


def cost_at_rest(sources, count):
    for i in range(count):
        sleeper(i)
    with Watch(sources) as pid:
        time.sleep(5)
        before, began = usage(pid)[0], time.monotonic()
        time.sleep(20)
        burnt, memory = usage(pid)
        print(f"{sources}: at rest with {count} containers: {(burnt - before) / (time.monotonic() - began):.2%} of a core, {memory / 1024:.1f} MiB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sources", default="ebpf,tables,packets")
    parser.add_argument("--containers", type=int, default=50)
    chosen = parser.parse_args()
    docker_up()
    try:
        if chosen.rounds:
            cost_of_traffic(chosen.sources, chosen.rounds)
        if chosen.containers:
            cost_at_rest(chosen.sources, chosen.containers)
    finally:
        docker_down()


if __name__ == "__main__":
    main()
