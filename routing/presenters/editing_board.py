"""The rounds as cards, as they stand or as a change would make them."""

from functools import cached_property
from urllib.parse import urlencode

from lsoa.written_numbers import percent
from routing.civil_time import LONDON, moment_of
from routing.editing import Proposal
from routing.plan_editing import OpenPlan
from routing.planning.solution import BreakStop, VisitStop

from .rounds import COLOURS, window_text
from .wording import counted, duration, reason_label

SHORTEST_WAIT = 60
LONG_DRIVE = 60


class Board:
    """`selected`: reference of the chosen visit; `chosen_round`: staff id; `proposal`: what is shown instead of the
    plan as it stands.
    """

    def __init__(self, opened: OpenPlan, *, selected="", chosen_round="", proposal: Proposal | None = None):
        self.opened, self.selected, self.chosen_round = opened, selected, chosen_round
        self.proposal = proposal
        self.verdict = proposal.verdict if proposal else opened.draft.standing
        self.routes = {route.staff: route for route in self.verdict.routes}
        self.adjustments = list(opened.plan.adjustments.select_related("visit"))

    @cached_property
    def order(self) -> list[str]:
        """Staff ids by name; those to whom no search gave a visit come last. What is moved by hand has no say: no round
        jumps to another place while somebody works, and the arrow key that goes back leads to where a visit was.
        """
        people = self.opened.people
        used = self.opened.plan.versions.staff_not_by_hand()
        return sorted(
            self.opened.draft.orders, key=lambda name: (name not in used, people.get(name, name).lower(), name)
        )

    @cached_property
    def before(self) -> dict:
        """Starts by (staff, visit) as the plan stands, to show what a change does to them."""
        if self.proposal is None:
            return {}
        return {
            (route.staff, stop.visit): stop.start
            for route in self.proposal.before.routes
            for stop in route.stops
            if isinstance(stop, VisitStop)
        }

    @cached_property
    def broken(self) -> set:
        """(staff, visit) pairs that break a rule."""
        return {(violation.staff, violation.visit) for violation in self.verdict.violations}

    @cached_property
    def pinned(self) -> set:
        return {each.visit.reference for each in self.adjustments if each.kind == each.Kind.VISIT_PINNED}

    @cached_property
    def with_whom(self) -> dict[str, list[str]]:
        served = {}
        for route in self.verdict.routes:
            for visit in route.visits:
                served.setdefault(visit, []).append(route.staff)
        return served

    @cached_property
    def columns(self) -> list[dict]:
        return [self._column(index, name) for index, name in enumerate(self.order)]

    def _column(self, index, name):
        route, fact = self.routes.get(name), self.verdict.facts.get(name)
        count = len(route.visits) if route else 0
        return {
            "staff": name,
            "name": self.opened.people.get(name, name),
            "id": f"round-{index}",
            "colour_index": index % COLOURS,
            "count": counted(count, "visit"),
            "facts": self._facts(name, fact) if count else "No visits yet",
            "load": self._load(name, fact),
            "stops": self._stops(name, route) if route else [],
            "is_chosen": name == self.chosen_round,
            "is_broken": (name, None) in self.broken,
            "is_known": name in self.opened.problem.staff_by_id and not self.opened.is_away(name),
            "query": urlencode({"staff": name}),
        }

    def _facts(self, name, fact):
        if self.opened.is_away(name):
            return "Away from now on"
        if fact is None or fact.returns is None or fact.departs is None:
            return "Not at work in this plan any more"
        clock = self.opened.clock
        return f"{clock(fact.departs)} to {clock(fact.returns)}, {duration(fact.drive)} driving"

    def _load(self, name, fact) -> str:
        person = self.opened.problem.staff_by_id.get(name)
        if person is None or fact is None:
            return ""
        paid = person.shift[1] - person.shift[0] - sum(pause.duration for pause in person.breaks)
        return percent((fact.service + fact.drive) / paid) if paid > 0 else ""

    def _stops(self, name, route):
        stops, place, free, number = [], self._start_of(name), None, 0
        for at, stop in enumerate(route.stops):
            if isinstance(stop, BreakStop):
                stops.append(self._pause(stop))
                continue
            number += 1
            card = self._card(name, stop, number, f"{name}-{at}")
            task = self.opened.problem.visit_by_id.get(stop.visit)
            if task is not None:
                card["drive"] = self._drive(name, place, task.location)
                place = task.location
            if free is not None and stop.arrive is not None and stop.start - stop.arrive >= SHORTEST_WAIT:
                card["wait"] = f"waits {duration(stop.start - stop.arrive)}"
            free = stop.leave
            stops.append(card)
        return stops

    def _start_of(self, name):
        person = self.opened.problem.staff_by_id.get(name)
        return None if person is None else person.start

    def _drive(self, name, one, two):
        person = self.opened.problem.staff_by_id.get(name)
        if person is None or one is None:
            return ""
        seconds = self.opened.problem.duration_of(person).item(one, two)
        return f"{duration(seconds)} drive" if seconds >= LONG_DRIVE else ""

    def _pause(self, stop):
        clock = self.opened.clock
        return {"is_break": True, "start": clock(stop.start), "leave": clock(stop.leave), "seconds": stop.start}

    def _card(self, name, stop, number, key):
        clock, visit = self.opened.clock, self.opened.built.visits.get(stop.visit)
        before = self.before.get((name, stop.visit))
        moved = self.proposal is not None and before is None
        card = {
            "id": f"stop-{key}",
            "reference": stop.visit,
            "number": number,
            "seconds": stop.start,
            "start": clock(stop.start),
            "leave": clock(stop.leave),
            "was": clock(before) if before is not None and clock(before) != clock(stop.start) else "",
            "is_moved": moved,
            "is_selected": stop.visit == self.selected,
            "is_broken": bool({(name, stop.visit), (None, stop.visit)} & self.broken),
            "is_pinned": stop.visit in self.pinned,
            "state": self.opened.state_of(name, stop.visit),
            "with": " and ".join(
                self.opened.people.get(other, other) for other in self.with_whom[stop.visit] if other != name
            ),
            "query": urlencode({"visit": stop.visit, "from_staff": name}),
        }
        return card | (details_of(visit) if visit is not None else {"tier": "", "window": "not to be planned any more"})

    @cached_property
    def left_out(self) -> list[dict]:
        """Visits that are in no round, those that may be put in first."""
        reasons = {row.visit_id: row for row in self.opened.plan.unserved.all()}
        rows = [self._left(self.opened.built.visits[name], reasons) for name in self.verdict.unserved]
        aside = [*self.opened.built.set_aside, *((visit, "") for visit in self.opened.built.taken)]
        excluded = {each.visit_id for each in self.adjustments if each.kind == each.Kind.VISIT_EXCLUDED}
        return rows + [
            self._left(visit, reasons)
            | {"is_aside": True, "reason": why or reason_label("planned"), "may_return": visit.pk in excluded}
            for visit, why in aside
            if visit.reference not in self.with_whom
        ]

    def _left(self, visit, reasons):
        row = reasons.get(visit.pk)
        return details_of(visit) | {
            "id": f"left-{visit.pk}",
            "reference": visit.reference,
            "reason": reason_label(row.reason) if row else "Taken out by this change",
            "detail": row.detail if row else "",
            "is_selected": visit.reference == self.selected,
            "is_moved": self.proposal is not None and row is None,
            "query": urlencode({"visit": visit.reference}),
            "is_aside": False,
        }

    @property
    def timeline(self) -> list[dict]:
        """For `{% chart_timeline %}`: people with visits."""
        return [
            self._row(column, self.routes[column["staff"]])
            for column in self.columns
            if column["staff"] in self.routes and column["staff"] in self.verdict.facts
        ]

    def _row(self, column, route):
        person = self.opened.problem.staff_by_id[column["staff"]]
        fact = self.verdict.facts[person.id]
        segments, free, pauses, number = [], fact.departs, [], 0
        for stop in route.stops:
            if isinstance(stop, BreakStop):
                pauses.append((stop.start, stop.leave))
                continue
            number += 1
            segments += self._leg(free, stop.arrive, pauses)
            if stop.start - stop.arrive >= SHORTEST_WAIT:
                segments.append(self._segment("wait", stop.arrive, stop.start, "Wait"))
            visit = self.opened.built.visits.get(stop.visit)
            more = {"text": str(number), "tier": visit.tier if visit else None}
            segments.append(self._segment("visit", stop.start, stop.leave, f"Visit {number}: {stop.visit}") | more)
            free, pauses = stop.leave, []
        segments += self._leg(free, fact.returns, pauses)
        return {
            "name": column["name"],
            "colour_index": column["colour_index"],
            "shift": tuple(map(self._on_clock, person.shift)),
            "segments": segments,
        }

    def _leg(self, free, until, pauses):
        segments = []
        for start, end in pauses:
            if free is not None and start > free:
                segments.append(self._segment("drive", free, min(start, until), "Drive"))
            segments.append(self._segment("break", start, end, "Break"))
            free = end if free is None else max(free, end)
        if free is not None and until is not None and until > free:
            segments.append(self._segment("drive", free, until, "Drive"))
        return segments

    def _segment(self, kind, start, end, label):
        words = f"{label}, {self.opened.clock(start)} to {self.opened.clock(end)}"
        return {"kind": kind, "start": self._on_clock(start), "end": self._on_clock(max(start, end)), "label": words}

    def _on_clock(self, seconds) -> int:
        """Seconds that the clock on the wall has moved since midnight of the plan's day."""
        local = moment_of(self.opened.plan.day, seconds).astimezone(LONDON)
        days = (local.date() - self.opened.plan.day).days
        return ((days * 24 + local.hour) * 60 + local.minute) * 60 + local.second


def details_of(visit) -> dict:
    """What a card says of a visit."""
    return {
        "tier": visit.tier,
        "is_core20": visit.is_core20,
        "minutes": visit.minutes,
        "window": "" if visit.window_start is None else window_text(visit),
        "skills": ", ".join(skill.name for skill in visit.skills.all()),
        "place": visit.postcode or "no postcode",
        "area": visit.area.name,
        "is_at_limit": visit.is_at_limit,
        "people": visit.staff_required if visit.staff_required > 1 else "",
    }
