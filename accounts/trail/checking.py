"""Checks that are remembered: by the hourly and the nightly task, by the command, and a short one by the page."""

import time
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from ..models import AuditCheck
from .findings import Verification
from .keys import KeyProblem
from .seal_checks import verify_with_seals
from .seals import NoPlaceForSeals, is_configured
from .verification import head, verify

PAGE_KEY = "audit-chain-check"
PAGE_SECONDS = 60
# What a page recomputes: a tenth of a second's work, however long the trail is.
PAGE_ENTRIES = 10_000


def check(
    *, full: bool, folder: Path | None = None, keys=None, workers: int = 1, report=None, goes_on: bool = False
) -> AuditCheck:
    """Check the chain, against the seals where there are any, and keep what was found.

    Not `full`: since the last seal. Without seals all of it, or, where `goes_on`, since the last check that found
    everything whole.
    """
    started = time.monotonic()
    if folder is None and is_configured() and Path(settings.AUDIT_SEAL_DIRECTORY).is_dir():
        folder = Path(settings.AUDIT_SEAL_DIRECTORY)
    if folder is not None:
        found = verify_with_seals(folder, keys=keys, full=full, workers=workers, report=report)
    else:
        found = verify(first=_unchecked() if goes_on and not full else 1, workers=workers, report=report)
    return remember(found, time.monotonic() - started)


def remember(found: Verification, seconds: float) -> AuditCheck:
    """Keep a finding where pages and the health check see it, until the next one."""
    cache.delete(PAGE_KEY)
    check = _as_check(found, seconds)
    check.save()
    return check


def _as_check(found: Verification, seconds: float) -> AuditCheck:
    return AuditCheck(
        seconds=seconds,
        first_sequence=found.first,
        last_sequence=found.events,
        head=found.head,
        seals=found.seals,
        is_intact=found.intact,
        broken_sequence=found.broken_sequence,
        kind=found.kind,
        words=found.words,
    )


def _unchecked() -> int:
    """The first entry after those that the last check found whole."""
    last = AuditCheck.objects.latest_one()
    return last.last_sequence + 1 if last is not None and last.is_intact and last.last_sequence <= head()[0] else 1


def latest() -> AuditCheck:
    """What a page says: a kept check that found something wrong, else the newest entries recomputed (not kept).

    Never more than PAGE_ENTRIES entries, at most once a minute: the whole trail is the worker's business.
    """
    shown = cache.get(PAGE_KEY)
    if shown is None:
        shown = _for_page()
        cache.set(PAGE_KEY, shown, PAGE_SECONDS)
    return shown


def _for_page() -> AuditCheck:
    return _known_as_broken() or _as_check(verify(first=head()[0] - PAGE_ENTRIES + 1), seconds=0)


def _known_as_broken() -> AuditCheck | None:
    """The last check, where it found something wrong."""
    kept = AuditCheck.objects.latest_one()
    return kept if kept is not None and not kept.is_intact else None


def state() -> str:
    """For the health page: "ok", or what is wrong in a few words that help no attacker."""
    return "broken" if _known_as_broken() else "ok"


__all__ = ["KeyProblem", "NoPlaceForSeals", "check", "latest", "remember", "state"]
