"""Reading the trail: filters that indexes serve, pages by key instead of by number, counts that never take long."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import CharField, F, Func, QuerySet, Value

from ..models import AuditEvent
from .recording import READING

LONDON = ZoneInfo("Europe/London")
PER_PAGE = 50
# Up to here entries are counted; beyond, the planner's estimate is shown as one.
COUNTED = 10_000


@dataclass(frozen=True)
class Filter:
    """What somebody wants to see. `organisation_id` None stands for events of the platform; it always applies.

    `group` is the first part of an action, `actor` a pseudonym or the name of a part of the system, `subject` the id of
    somebody whose data was read, `subjects` ids of whom one was among them, `page` what `record_reading` calls a page,
    `since` and `until` civil days in Europe/London (both included).
    """

    organisation_id: object = None
    group: str = ""
    action: str = ""
    actor: str = ""
    target_type: str = ""
    target_id: str = ""
    subject: str = ""
    subjects: tuple[str, ...] = ()
    page: str = ""
    since: date | None = None
    until: date | None = None

    def events(self) -> QuerySet:
        """Matching events, in no order."""
        return self._narrowed(_between(AuditEvent.objects.order_by(), self.since, self.until))

    def _narrowed(self, events):
        if self.organisation_id is None:
            events = events.filter(organisation_id__isnull=True)
        else:
            events = events.filter(organisation_id=self.organisation_id)
        if self.group or self.action:
            # The expression that is indexed.
            first = Func(F("action"), Value("."), Value(1), function="split_part", output_field=CharField())
            events = events.alias(action_group=first).filter(action_group=self.group or self.action.partition(".")[0])
        for name in ("action", "target_type", "target_id"):
            if getattr(self, name):
                events = events.filter(**{name: getattr(self, name)})
        if self.actor:
            events = events.filter(actor_id=self.actor)
        if self.subject:
            # Written so that the index of readings serves it.
            events = events.extra(
                where=["action = %s AND (details -> 'subjects') @> %s::jsonb"],
                params=[READING, json.dumps([self.subject])],
            )
        if self.subjects:
            events = events.extra(
                where=["action = %s AND (details -> 'subjects') ?| %s::text[]"],
                params=[READING, list(self.subjects)],
            )
        return events.filter(details__page=self.page) if self.page else events


def _between(events, since, until):
    """Numbers grow with time: two look-ups in the index of times give a range of the key."""
    if since is not None:
        first = _first_at_or_after(datetime.combine(since, time(), LONDON))
        events = events.none() if first is None else events.filter(sequence__gte=first)
    if until is not None:
        beyond = _first_at_or_after(datetime.combine(until + timedelta(days=1), time(), LONDON))
        events = events if beyond is None else events.filter(sequence__lt=beyond)
    return events


def _first_at_or_after(moment) -> int | None:
    events = AuditEvent.objects.filter(occurred_at__gte=moment).order_by("occurred_at", "sequence")
    return events.values_list("sequence", flat=True).first()


@dataclass(frozen=True)
class Page:
    """Entries, newest first, and the keys of the pages around them (None where there is none)."""

    events: list[AuditEvent]
    newer: int | None
    older: int | None


def page_of(filters: Filter, *, before: int | None = None, after: int | None = None) -> Page:
    """The PER_PAGE entries below `before`, or right above `after`, or the newest."""
    events = filters.events()
    if after is not None:
        found = list(events.filter(sequence__gt=after).order_by("sequence")[: PER_PAGE + 1])
        more, found = len(found) > PER_PAGE, found[:PER_PAGE][::-1]
        if not found:
            return page_of(filters)
        return Page(found, found[0].sequence if more else None, found[-1].sequence)
    if before is not None:
        events = events.filter(sequence__lt=before)
    found = list(events.order_by("-sequence")[: PER_PAGE + 1])
    more, found = len(found) > PER_PAGE, found[:PER_PAGE]
    newer = found[0].sequence if before is not None and found else None
    return Page(found, newer, found[-1].sequence if more else None)


def count(filters: Filter) -> tuple[int, bool]:
    """How many entries match, and whether that is exact (up to COUNTED) or the planner's estimate."""
    events = filters.events()
    counted = events.values("sequence")[: COUNTED + 1].count()
    if counted <= COUNTED:
        return counted, True
    return max(_estimate(events), COUNTED), False


def _estimate(events) -> int:
    sql, params = events.values("sequence").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        return int(cursor.fetchone()[0][0]["Plan"]["Plan Rows"])


def stream(filters: Filter, *, upto: int, most: int) -> Iterator[AuditEvent]:
    """The newest `most` matching entries up to number `upto`, oldest first, in pieces of a few hundred."""
    first = _first_of(filters, upto, most)
    events = filters.events().filter(sequence__lte=upto, sequence__gte=first).order_by("sequence")
    last = 0
    while piece := list(events.filter(sequence__gt=last)[:500]):
        yield from piece
        last = piece[-1].sequence


def _first_of(filters, upto, most) -> int:
    events = filters.events().filter(sequence__lte=upto).order_by("-sequence")
    return events.values_list("sequence", flat=True)[most - 1 : most].first() or 1
