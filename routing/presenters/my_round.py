"""One person's own round on a phone: where they are, what comes next, what they have recorded."""

from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import quote
from uuid import uuid4

from django.db.models import Max

from routing.civil_time import LONDON, clock
from routing.day_forecast import forecast
from routing.models import PlanState, PlanVersion, RouteStop, VisitRecord
from routing.own_rounds import OwnRound, first_day
from routing.services.rounds import NO_ACCESS_REASONS
from routing.standing_day import RecordedRound, recorded_rounds

from .rounds import window_text
from .wording import counted, duration, kilometres

# Smaller differences from the plan are not worth a word.
WORTH_SAYING = timedelta(minutes=5)
STATUS = {"": "To do", "arrived": "There", "done": "Done", "no_access": "No access"}
STATUS_CSS = {"": "", "arrived": "her-tag--info", "done": "her-tag--good", "no_access": "her-tag--warning"}


def long_day(day) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


class StopCard:
    """One stop of the list; a break has no `visit`."""

    def __init__(self, stop, number: int | None, record: VisitRecord | None, expected, partners: list[str]):
        self.stop, self.number, self.record, self.expected = stop, number, record, expected
        self.visit = stop.visit
        self.partners = partners
        self.is_current = False

    @property
    def state(self) -> str:
        if self.record is None:
            return "planned"
        return self.record.outcome or ("arrived" if self.record.arrived_at else "planned")

    @property
    def is_settled(self) -> bool:
        return self.state in ("done", "no_access")

    @property
    def planned(self) -> str:
        return f"{clock(self.stop.starts_at)} to {clock(self.stop.leaves_at)}"

    @property
    def status(self) -> str:
        key = "" if self.state == "planned" else self.state
        at = {"arrived": self.record and self.record.arrived_at}.get(key, self.record and self.record.finished_at)
        if not key or at is None:
            return STATUS[key]
        return f"{STATUS[key]}{' since' if key == 'arrived' else ''} {clock(at)}"

    @property
    def status_css(self) -> str:
        return STATUS_CSS.get(self.state, "")

    @property
    def now_text(self) -> str:
        """When the visit is expected, where that differs from the plan; blank once somebody is there."""
        if self.expected is None or self.state != "planned" or abs(self.expected.delay) < WORTH_SAYING:
            return ""
        late = self.expected.delay > timedelta()
        by = duration(int(abs(self.expected.delay).total_seconds()))
        return f"expected {clock(self.expected.starts_at)}, {by} {'late' if late else 'early'}"

    @property
    def is_late(self) -> bool:
        """Whether the visit is expected after its window."""
        closes = self.visit.window_end if self.visit else None
        return bool(self.expected and closes and self.state == "planned" and self.expected.starts_at > closes)

    @property
    def window(self) -> str:
        return window_text(self.visit)

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.visit.postcode, self.visit.area.name) if part)

    @property
    def drive(self) -> str:
        estimated = " (estimated)" if self.stop.is_travel_estimated else ""
        return f"{duration(self.stop.travel_seconds)}, {kilometres(self.stop.travel_metres)}{estimated}"

    @property
    def skills(self) -> str:
        return ", ".join(skill.name for skill in self.visit.skills.all())

    @property
    def maps_link(self) -> str:
        """RFC 5870, with the label that map programs on phones read."""
        at = f"{self.visit.point.y:.5f},{self.visit.point.x:.5f}"
        return f"geo:{at}?q={quote(f'{at}({self.visit.reference})')}"

    @property
    def notes(self) -> list[str]:
        return self.record.note.split("\n") if self.record and self.record.note else []


class MyRoundPage:
    """`refused`: what could not be kept, as {"visit", "text", "note"}; None where all is well."""

    reasons = NO_ACCESS_REASONS

    def __init__(self, own: OwnRound, *, now: datetime, may_record: bool, others=(), refused: dict | None = None):
        self.plan, self.staff, self.now = own.plan, own.staff, now
        self.may_record = may_record and own.plan.state in PlanState.running() and not self.is_ahead
        self.others = others
        self.refused = refused
        self.as_of = clock(now)

    @property
    def new_id(self) -> str:
        """An identifier for a form, so that a form that is sent twice is kept once."""
        return str(uuid4())

    @cached_property
    def standing(self) -> RecordedRound | None:
        return next(iter(recorded_rounds(self.plan, staff=self.staff)), None)

    @property
    def day(self) -> str:
        return long_day(self.plan.day)

    @property
    def is_today(self) -> bool:
        """Whether the round may be under way: today's, or at night that of the day before."""
        return first_day(self.now) <= self.plan.day <= self.now.astimezone(LONDON).date()

    @property
    def is_ahead(self) -> bool:
        return self.plan.day > self.now.astimezone(LONDON).date()

    @cached_property
    def stops(self) -> list[StopCard]:
        if self.standing is None:
            return []
        expected, number, cards = forecast(self.standing.state, self.now), 0, []
        for stop in self.standing.assignment.stops.all():
            number += stop.visit_id is not None
            is_foreseen = self.is_today and self.plan.state in PlanState.running()
            cards.append(
                StopCard(
                    stop,
                    number if stop.visit_id else None,
                    self.standing.records.get(stop.visit_id),
                    expected.of(stop.visit_id) if is_foreseen else None,
                    self.partners.get(stop.visit_id, []),
                )
            )
        current = self.standing.state.here or next(iter(self.standing.state.open_stops), None)
        for card in cards:
            card.is_current = current is not None and card.stop.visit_id == current.visit
        return cards

    @cached_property
    def partners(self) -> dict:
        """Names of those who come to the same visit, by visit."""
        together = (
            RouteStop.objects.for_organisation(self.plan.organisation)
            .filter(assignment__plan=self.plan, visit__in=[stop.visit_id for stop in self.standing.visit_stops])
            .exclude(assignment__staff=self.staff)
            .values_list("visit", "assignment__staff__display_name")
        )
        names: dict = {}
        for visit, name in together:
            names.setdefault(visit, []).append(name)
        return names

    @property
    def visits(self) -> list[StopCard]:
        return [card for card in self.stops if card.visit is not None]

    @property
    def settled(self) -> int:
        return sum(card.is_settled for card in self.visits)

    @property
    def progress(self) -> str:
        return f"{self.settled} of {counted(len(self.visits), 'visit')} settled"

    @property
    def stage(self) -> str:
        """before, out, or over."""
        if self.standing is None or self.plan.state == PlanState.CLOSED:
            return "over"
        state = self.standing.state
        if state.finished_at is not None:
            return "over"
        return "out" if state.set_off_at is not None else "before"

    @property
    def times(self) -> str:
        if self.standing is None:
            return ""
        assignment = self.standing.assignment
        return f"{clock(assignment.departs_at)} to {clock(assignment.returns_at)}"

    @property
    def departs(self) -> str:
        return clock(self.standing.assignment.departs_at)

    @property
    def starts_from(self) -> str:
        return "home" if self.staff.starts_from == "home" else self.staff.base.name

    @property
    def back(self) -> str:
        """When the round is expected to be over."""
        if self.stage == "over":
            finished = self.standing and self.standing.state.finished_at
            return f"Finished at {clock(finished)}" if finished else ""
        if not self.is_today:
            return ""
        return f"Back about {clock(forecast(self.standing.state, self.now).returns_at)}"

    @property
    def last_sign(self) -> str:
        safe = [event for event in self.standing.events if event.kind == "safe"] if self.standing else []
        return f"Last check-in {clock(safe[-1].happened_at)}" if safe else ""

    @cached_property
    def change(self) -> str:
        """What changed since the round was published; blank where nothing did."""
        since = self.plan.published_at
        changed = [PlanVersion.Origin.REPLANNED, PlanVersion.Origin.MOVED, PlanVersion.Origin.RESTORED]
        newest = self.plan.versions.filter(made_at__gt=since, origin__in=changed).aggregate(at=Max("made_at"))["at"]
        return f"The plan was changed at {clock(newest)}. Look at the stops again." if newest else ""
