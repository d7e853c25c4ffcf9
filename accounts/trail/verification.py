"""Recomputing the chain, in stretches, so that neither memory nor patience depends on the length of the trail."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections

from .diagnosis import diagnose
from .findings import Verification

# Entries that one statement recomputes: half a second's work.
STRETCH = 50_000


class OutOfTime(Exception):
    """The check did not end in the seconds that it was given."""


def head() -> tuple[int, str]:
    """Number and digest of the last entry; (0, "") for an empty trail."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequence, encode(digest, 'hex') FROM public.accounts_auditevent ORDER BY sequence DESC LIMIT 1"
        )
        return cursor.fetchone() or (0, "")


def digest_at(sequence: int) -> str:
    """Digest of one entry in hexadecimal; "" where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(digest, 'hex') FROM public.accounts_auditevent WHERE sequence = %s", [sequence])
        return (cursor.fetchone() or ("",))[0]


def verify(
    *,
    first: int = 1,
    workers: int = 1,
    seconds: float | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Verification:
    """Recompute every link from entry `first` to the end, in the database (about a second for 100,000 entries).

    `workers` connections share the work; `report(checked up to, last)` is called as it goes on. OutOfTime after
    `seconds`. Rows cut off at the end, and a chain made anew as a whole, show only against seals
    (`accounts.trail.seals`).
    """
    last, digest = head()
    first = max(1, first)
    ends = time.monotonic() + seconds if seconds is not None else None
    for reached, broken in _breaks(_stretches(first, last), workers):
        if broken is not None:
            sequence, reason = broken
            kind, words = diagnose(sequence, reason)
            return Verification(False, last, digest, sequence, reason, str(kind), words, first)
        if report is not None:
            report(reached, last)
        if ends is not None and reached < last and time.monotonic() > ends:
            raise OutOfTime(f"Entries up to {reached:,} of {last:,} were checked in {seconds:g} s.")
    return Verification(True, last, digest, first=first)


def _stretches(first: int, last: int) -> list[tuple[int, int]]:
    starts = range(first, last + 1, STRETCH)
    return [(start, min(start + STRETCH - 1, last)) for start in starts]


def _breaks(stretches, workers) -> Iterator[tuple[int, tuple[int, str] | None]]:
    """In the order of the trail: the end of each stretch, and its first broken link or None."""
    if workers == 1 or len(stretches) < 2:
        for start, end in stretches:
            yield end, _break_between(start, end)
        return
    with ThreadPoolExecutor(workers) as pool:
        try:
            waiting = [(end, pool.submit(_break_in_thread, start, end)) for start, end in stretches]
            for end, future in waiting:
                yield end, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _break_in_thread(start, end):
    try:
        return _break_between(start, end)
    finally:
        # Each stretch is long: a connection of its own costs nothing beside it, and none is left behind.
        connections.close_all()


def _break_between(start: int, end: int) -> tuple[int, str] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT broken_sequence, reason FROM public.audit_chain_break(%s, %s)", [start, end])
        return cursor.fetchone()
