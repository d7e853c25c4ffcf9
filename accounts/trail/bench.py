"""`manage.py bench audit`: what an event costs at the size of the trail, alone and with many writers at once, beside a
plain INSERT of a row of about the same width in the same run; how long the checks and the pages' questions take.

Fills the trail up to --events through the same triggers. Events cannot be removed again: use a database of its own.
"""

import os
import statistics
import threading
import time
from pathlib import Path

from django.db import connection, transaction

from ..models import AuditEvent, Job
from .partitions import PARTITION_ENTRIES, entries_left, make_ahead
from .recording import SystemActor, record
from .verification import head, verify

BENCH = SystemActor("command:bench")
BATCH = 50_000
FILL = """
INSERT INTO accounts_auditevent
    (actor_kind, actor_id, organisation_id, action, target_type, target_id, details, request_id)
SELECT 'user', md5((n %% 400)::text)::uuid::text, md5((n %% 20)::text)::uuid,
       (ARRAY['sign_in.succeeded', 'plan.created', 'plan.approved', 'visit.changed', 'member.roles_granted',
              'job.queued', 'personal_data.read'])[1 + n %% 7],
       'routing.routeplan', md5((n / 9)::text)::uuid::text,
       jsonb_build_object('number', n, 'subjects', jsonb_build_array(md5((n %% 5000)::text)::uuid::text)), md5(n::text)
FROM generate_series(1, %s) AS n
"""


def add_arguments(parser):
    parser.add_argument("--events", type=int, default=20_000, help="entries that the trail has at least")
    parser.add_argument("--measured", type=int, default=1_000, help="events and plain rows that are timed")
    parser.add_argument("--writers", type=int, default=0, help="writers at once, each event a transaction of its own")
    parser.add_argument("--seconds", type=int, default=10, help="how long the writers write")
    parser.add_argument("--full", action="store_true", help="also check the whole chain")


def run(options, write):
    """One line per measurement: median, 95th percentile and mean in milliseconds."""
    _fill(options["events"], write)
    write(f"{head()[0]:,} entries in the trail, {entries_left():,} more until the partitions that are made are full")
    write("within a transaction, as services record (fastest hundred by the clock; processor time of all):")
    plain, event = (_in_transactions(options["measured"], act) for act in (_plain_row, _event))
    for name, mine, theirs in zip(("clock", "processor"), event, plain, strict=True):
        write(f"  {name}: plain INSERT {theirs:.2f} ms, event {mine:.2f} ms, {mine / theirs:.2f} times")
    plain, event = (_timed(options["measured"], act) for act in (_plain_row, _event))
    write("each in a transaction of its own, with its commit:")
    Job.objects.filter(kind="bench").delete()
    write(f"  plain INSERT of a row: {_line(plain)}")
    write(f"  event of the trail:    {_line(event)}")
    write(f"  an event costs {statistics.median(event) / statistics.median(plain):.2f} times a plain INSERT (medians)")
    if options["writers"]:
        _write_together(options["writers"], options["seconds"], write)
    _pages(write)
    _checks(options["full"], write)


def _fill(events, write):
    started, before = time.monotonic(), head()[0]
    while (missing := events - head()[0]) > 0:
        if entries_left() < PARTITION_ENTRIES:
            make_ahead()
        with connection.cursor() as cursor:
            cursor.execute(FILL, [min(BATCH, missing)])
    if head()[0] > before:
        took, filled = time.monotonic() - started, head()[0] - before
        write(f"filled with {filled:,} entries in {took:.0f} s, {1e3 * took / filled:.3f} ms each")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_size_pretty(sum(pg_total_relation_size(inhrelid))) FROM pg_inherits"
                           " WHERE inhparent = 'accounts_auditevent'::regclass")  # fmt: skip
            write(f"the trail with its indexes takes {cursor.fetchone()[0]}")


def _event():
    record(action="bench.measured", by=BENCH, details={"number": 1, "state": "measured"})


def _plain_row():
    Job.objects.create(kind="bench", title="Measured", payload={"number": 1, "state": "measured"})


def _in_transactions(number, act, size=100) -> tuple[float, float]:
    """Milliseconds of a call without the commit: the fastest transaction of `size` calls, and processor time of all."""
    walls, used = [], 0.0
    for _ in range(max(5, number // size)):
        with transaction.atomic():
            act()
            used_before, started = _processor_seconds(), time.perf_counter()
            for _ in range(size):
                act()
            walls.append(1e3 * (time.perf_counter() - started) / size)
            used += _processor_seconds() - used_before
    return min(walls), 1e3 * used / (size * len(walls))


def _processor_seconds() -> float:
    """Of this process, and of its server process where that runs on this machine. A busy machine adds none."""
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    server = 0.0
    if connection.settings_dict["HOST"].startswith("/") and stat.exists():
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        server = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return time.process_time() + server


def _timed(number, act) -> list[float]:
    """Milliseconds of each call; the first few, which make plans and connections, are left out."""
    for _ in range(10):
        act()
    times = []
    for _ in range(number):
        started = time.perf_counter()
        act()
        times.append(1e3 * (time.perf_counter() - started))
    return times


def _line(times) -> str:
    ordered = sorted(times)
    high = ordered[int(0.95 * (len(ordered) - 1))]
    return (
        f"median {statistics.median(ordered):.2f} ms, 95 % under {high:.2f} ms, mean {statistics.mean(ordered):.2f} ms"
    )


def _write_together(writers, seconds, write):
    first = head()[0] + 1
    together, times, failures = threading.Barrier(writers), [], []
    ends: list[float] = []

    def work():
        mine = []
        try:
            connection.ensure_connection()
            together.wait(timeout=60)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                started = time.perf_counter()
                _event()
                mine.append(1e3 * (time.perf_counter() - started))
            ends.append(time.monotonic())
        except Exception as error:
            failures.append(error)
        finally:
            times.extend(mine)
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verify(first=first)
    rate = len(times) / seconds
    write(f"{writers} writers, {seconds} s: {len(times):,} events, {rate:,.0f} a second, {1e3 / rate:.2f} ms each")
    write(f"  as each writer waited for it: {_line(times)}")
    written = head()[0] - first + 1
    chain = "one unforked chain" if found.intact and written == len(times) else f"BROKEN: {found.words or written}"
    write(f"  {len(failures)} failures, entries {first:,} to {head()[0]:,}: {chain}")


def _pages(write):
    """What the pages ask, at this size."""
    from .reading import Filter, count, page_of

    organisations = list(AuditEvent.objects.values_list("organisation_id", flat=True)[:200])
    known = next((pk for pk in organisations if pk is not None), None)
    questions = {
        "newest entries": {},
        "of one group": {"group": "member"},
        "readings only": {"group": "personal_data"},
        "of nobody": {"actor": "nobody"},
    }
    for name, filters in questions.items():
        started = time.perf_counter()
        page_of(Filter(known, **filters))
        asked = time.perf_counter()
        count(Filter(known, **filters))
        write(f"page, {name}: {1e3 * (asked - started):.1f} ms, its count {1e3 * (time.perf_counter() - asked):.1f} ms")


def _checks(full, write):
    last = head()[0]
    for name, first in (("10,000 entries (a page)", last - 9_999), ("the whole chain", 1)):
        if first == 1 and not full:
            continue
        started = time.monotonic()
        found = verify(first=first)
        took = time.monotonic() - started
        write(f"check of {name}: {took:.2f} s, {'unbroken' if found.intact else found.words}")
