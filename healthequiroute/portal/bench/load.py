"""Requests against the portal: every address alone, and twenty people at once who think between two pages."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from .people import DAY, ROLES, signed_in, things_of
from .report import line, summary
from .server import processor_seconds

THINKING = (3.0, 8.0)
TIMEOUT = 60
# Held against every address: the 95th percentile and the worst, in milliseconds.
SLOW_P95, SLOW_MAX = 100, 500


@dataclass
class Taken:
    """Milliseconds and errors by name of the address."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, session, url: str, name: str) -> None:
        begun = time.perf_counter()
        try:
            status = session.get(url, timeout=TIMEOUT).status_code
        except requests.RequestException:
            status = 599
        milliseconds = 1000 * (time.perf_counter() - begun)
        with self.lock:
            self.times[name].append(milliseconds)
            if status >= 500:
                self.errors[name] += 1
            elif status >= 400:
                self.refused[name] += 1

    def report(self, write) -> dict:
        rows = {name: summary(times) for name, times in self.times.items()}
        for name, figures in sorted(rows.items(), key=lambda row: -row[1]["p95"]):
            notes = "".join(
                f"  {count[name]} {word}"
                for word, count in (("SERVER ERRORS", self.errors), ("refused", self.refused))
                if count[name]
            )
            write(line(name, figures) + notes)
        slow = [name for name, row in rows.items() if row["p95"] > SLOW_P95 or row["max"] > SLOW_MAX]
        write(f"over {SLOW_P95} ms p95 or {SLOW_MAX} ms max: {', '.join(sorted(slow)) or 'none'}")
        return {"addresses": rows, "slow": slow, "server_errors": dict(self.errors), "refused": dict(self.refused)}


def measure_alone(portal, *, runs: int, write) -> dict:
    """Every address of every role `runs` times after one that is not counted, one request at a time."""
    things = things_of(portal.url, signed_in(portal.url, "planner"))
    taken, processor = Taken(), {}
    for role, steps in ROLES.items():
        session = signed_in(portal.url, role)
        for name, template, _weight in steps:
            address = things.address(template, 0)
            if address is None or name in taken.times:
                continue
            session.get(portal.url + address, timeout=TIMEOUT)
            before = processor_seconds(portal.processes)
            for _ in range(runs):
                taken.ask(session, portal.url + address, name)
            processor[name] = round(1000 * (processor_seconds(portal.processes) - before) / runs, 1)
    figures = taken.report(write)
    if portal.processes:
        most = sorted(processor.items(), key=lambda row: -row[1])[:10]
        write("most of a processor, ms per request: " + ", ".join(f"{name} {ms:.0f}" for name, ms in most))
    return figures | {"processor_ms": processor}


def measure_load(portal, *, users: int, seconds: int, seed: int, write) -> dict:
    """The load in a process of its own, so that measuring does not wait for what is measured."""
    with TemporaryDirectory(prefix="her-load-") as folder:
        told = Path(folder) / "figures.json"
        numbers = map(str, (users, seconds, seed))
        command = [sys.executable, "-m", "healthequiroute.portal.bench.load_process", portal.url, *numbers, str(told)]
        before = processor_seconds(portal.processes)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for text in process.stdout:
                write(text.rstrip("\n"))
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        figures = json.loads(told.read_text())
    if portal.processes:
        figures["processor_seconds"] = round(processor_seconds(portal.processes) - before, 1)
        write(f"web processes: {figures['processor_seconds']:.0f} s on a processor")
    return figures


def run_load(url: str, users: int, seconds: int, seed: int, write) -> dict:
    """`users` people, each a thread that mostly waits, for so many seconds after all have signed in."""
    roles = [role for role, count in DAY for _ in range(count)]
    people = [(roles[number % len(roles)], random.Random(f"{seed}-{number}")) for number in range(users)]
    sessions = [signed_in(url, role) for role, _ in people]
    things = things_of(url, signed_in(url, "planner"))
    taken = Taken()
    ends = time.monotonic() + seconds
    workers = [
        threading.Thread(target=_work, args=(url, role, chance, session, things, taken, ends))
        for (role, chance), session in zip(people, sessions, strict=True)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    everything = [value for times in taken.times.values() for value in times]
    write(f"{users} people, {seconds} s, {len(everything)} requests, {len(everything) / seconds:.1f} a second")
    write(line("everything", summary(everything)))
    figures = taken.report(write)
    return {"users": users, "seconds": seconds, "everything": summary(everything), **figures}


def _work(url, role, chance, session, things, taken, ends):
    steps = ROLES[role]
    # Nobody begins the day at the same second.
    pause = chance.uniform(0, THINKING[1])
    while time.monotonic() + pause < ends:
        time.sleep(pause)
        ((name, template, _),) = chance.choices(steps, weights=[step[2] for step in steps])
        address = things.address(template, chance.randrange(1000))
        if address is not None:
            taken.ask(session, url + address, name)
        pause = chance.uniform(*THINKING)
