"""Wording and shapes for the pages about API keys."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Q, Sum
from django.utils import timezone

from ..models import ApiKey
from ..permissions import Permission
from .key_use import Refusal, state_of
from .keys import GRACE, WARNED_BEFORE

DAYS_SHOWN = 30
STATES = {
    None: ("In use", "her-tag--good", ""),
    Refusal.REVOKED: ("Revoked", "her-tag--bad", "It was revoked. What used it needs another key."),
    Refusal.EXPIRED: ("Expired", "her-tag--bad", "It has expired. What uses it needs another key."),
    Refusal.RESTING: (
        "Paused",
        "her-tag--warning",
        "Whoever made it may not act for the organisation now, so every call with it is refused. It works again when "
        "their rights come back; otherwise make a new key.",
    ),
}


@dataclass(frozen=True)
class KeyRow:
    """A key in the list. `is_alive`: it can be given a new secret or be revoked."""

    key: ApiKey
    state: str
    tag: str
    why: str
    expires_soon: bool
    is_alive: bool
    shown: str
    scopes: list[str]


def key_row(key: ApiKey) -> KeyRow:
    """The maker must be selected."""
    found = state_of(key)
    state, tag, why = STATES[found]
    alive = found not in (Refusal.REVOKED, Refusal.EXPIRED)
    return KeyRow(
        key=key,
        state=state,
        tag=tag,
        why=why,
        expires_soon=alive and key.expires_at <= timezone.now() + WARNED_BEFORE,
        is_alive=alive,
        shown=f"her_{key.prefix}_…",
        scopes=[Permission(scope).description for scope in key.scopes],
    )


@dataclass(frozen=True)
class UsageDay:
    """Requests of a day. `refused` are answers of 400 to 499, `faults` of 500 and above."""

    day: date
    requests: int
    refused: int
    faults: int
    statuses: str


@dataclass(frozen=True)
class KeyPage:
    row: KeyRow
    facts: list[tuple[str, str]]
    held_back: list[str]
    days: list[UsageDay]
    operations: list["UsageOperation"]
    counts: list[int]
    sentence: str
    grace_until: str


def key_page(key: ApiKey) -> KeyPage:
    """Three queries: the maker's roles, and the use of the last 30 days by day and by operation."""
    today = timezone.localdate()
    first = today - timedelta(days=DAYS_SHOWN - 1)
    days = _days(key, first)
    by_day = {day.day: day.requests for day in days}
    now = timezone.now()
    in_grace = key.previous_until is not None and key.previous_until > now and key.revoked_at is None
    return KeyPage(
        row=key_row(key),
        facts=_facts(key),
        held_back=_held_back(key),
        days=days,
        operations=_operations(key, first),
        counts=[by_day.get(first + timedelta(days=step), 0) for step in range(DAYS_SHOWN)],
        sentence=_sentence(days),
        grace_until=_moment(key.previous_until) if in_grace else "",
    )


def _facts(key) -> list[tuple[str, str]]:
    return [
        ("Begins with", f"her_{key.prefix}_"),
        ("Made by", f"{key.made_by or 'Somebody whose account has gone'}, {_moment(key.created_at)}"),
        ("Expires", _moment(key.expires_at)),
        ("Last used", _moment(key.last_used_at) if key.last_used_at else "Never"),
        ("Requests a minute", f"At most {key.requests_per_minute:,}"),
        ("May be used from", ", ".join(key.networks) or "Anywhere"),
    ]


def _held_back(key) -> list[str]:
    """Scopes that count for nothing at present, because the maker has not got the right any more."""
    held = key.made_by.permissions_in(key.organisation) if key.made_by else frozenset()
    return [Permission(scope).description for scope in key.scopes if scope not in held]


def _days(key, first) -> list[UsageDay]:
    counted = defaultdict(Counter)
    for day, status, requests in key.usage.filter(day__gte=first).values_list("day", "status", "requests"):
        counted[day][status] += requests
    return [_day(day, counted[day]) for day in sorted(counted, reverse=True)]


@dataclass(frozen=True)
class UsageOperation:
    """How often an operation was asked for. `name`: method and name of the address."""

    name: str
    requests: int
    refused: int
    faults: int
    last: date


def _operations(key, first) -> list[UsageOperation]:
    """What the key is used for, the most asked first."""
    rows = key.usage.filter(day__gte=first).values("operation")
    summed = rows.annotate(
        all=Sum("requests"),
        refused=Sum("requests", filter=Q(status__gte=400, status__lt=500), default=0),
        faults=Sum("requests", filter=Q(status__gte=500), default=0),
        last=Max("day"),
    )
    return [
        UsageOperation(row["operation"] or "Not known", row["all"], row["refused"], row["faults"], row["last"])
        for row in summed.order_by("-all", "operation")
    ]


def _day(day, by_status) -> UsageDay:
    return UsageDay(
        day=day,
        requests=sum(by_status.values()),
        refused=sum(n for status, n in by_status.items() if 400 <= status < 500),
        faults=sum(n for status, n in by_status.items() if status >= 500),
        statuses=", ".join(f"{status}: {by_status[status]:,}" for status in sorted(by_status)),
    )


def _sentence(days) -> str:
    if not days:
        return f"No requests in the last {DAYS_SHOWN} days."
    requests = sum(day.requests for day in days)
    busiest = max(days, key=lambda day: day.requests)
    times = "1 request" if requests == 1 else f"{requests:,} requests"
    on = "1 day" if len(days) == 1 else f"{len(days)} days"
    return (
        f"{times} on {on} of the last {DAYS_SHOWN}; most on {busiest.day.day} {busiest.day:%B}: {busiest.requests:,}."
    )


def _moment(at) -> str:
    local = timezone.localtime(at)
    return f"{local.day} {local:%B %Y, %H:%M}"


GRACE_HOURS = int(GRACE.total_seconds() // 3600)
