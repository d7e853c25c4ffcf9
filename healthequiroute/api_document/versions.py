"""Versions of the API: what is announced to end, and how answers say so.

A version is a part of the address (`/api/v1/`). Within it members, parameters, addresses and kinds of events are only
added. What has to go is announced here, works for at least HONOURED, and tells everybody who still asks for it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.http import http_date

VERSION = "1"
HONOURED = timedelta(days=365)


@dataclass(frozen=True)
class Deprecation:
    """`since`: when it was announced. `until`: the last day. `successor`: the path of what to use instead."""

    since: date
    until: date
    successor: str = ""
    why: str = ""

    def __post_init__(self):
        if self.until - self.since < HONOURED:
            raise ValueError(f"What is announced to end works for {HONOURED.days} days at least.")

    @property
    def sentence(self) -> str:
        instead = f" Use {self.successor} instead." if self.successor else ""
        return f"Ends after {self.until.day} {self.until:%B %Y}.{instead} {self.why}".strip()

    def headers(self, document: str) -> dict[str, str]:
        """Deprecation (RFC 9745), Sunset (RFC 8594) and where it is explained."""
        links = [f'<{document}>; rel="deprecation"; type="text/html"']
        if self.successor:
            links.append(f'<{self.successor}>; rel="successor-version"')
        return {
            "Deprecation": f"@{int(_moment(self.since).timestamp())}",
            "Sunset": http_date(_moment(self.until + timedelta(days=1)).timestamp()),
            "Link": ", ".join(links),
        }


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


# Name of an address and method, as `area-list:get` -> what was announced.
DEPRECATED: dict[str, Deprecation] = {}


@dataclass(frozen=True)
class Change:
    day: date
    text: str


# What programs can rely on since when, the newest first.
CHANGES = (
    Change(date(2026, 11, 23), "Questions in words at /api/v1/chat/, with conversations of one's own."),
    Change(date(2026, 11, 22), "If-Match for plans, and needed to replace a link between visits."),
    Change(date(2026, 11, 22), "Somebody's own settings at /api/v1/me/preferences/."),
    Change(date(2026, 11, 22), "Layers for map programs below /ogc/ (OGC API - Features 1.0)."),
    Change(date(2026, 11, 22), "ETag and If-None-Match for everything that is read; gzip."),
    Change(date(2026, 11, 22), "Lists give Link headers; every answer names its API-Version."),
    Change(date(2026, 11, 22), "Dashboard, inequality, saved views and similar areas."),
    Change(date(2026, 11, 22), "A Postman collection at /api/v1/postman.json and a Python client in the repository."),
)
