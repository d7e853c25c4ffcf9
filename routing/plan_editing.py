"""A plan laid open for changes by hand: its problem, its routes, and how its people and times are called."""

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, time
from functools import cached_property
from time import monotonic

from django.utils import timezone

from .broken_rules import broken_rules
from .civil_time import clock, instant, moment_of, seconds_into
from .editing import (
    Clear,
    Draft,
    DraftUnderWay,
    Edit,
    EditError,
    Improve,
    Move,
    MoveBreak,
    Proposal,
    PutIn,
    Reorder,
    SetStart,
    Swap,
    TakeOut,
)
from .editing.timing import broken_rules as broken_of
from .editing.words import Names, span, summary, told
from .models import PlanState, RoutePlan, Visit
from .planning.check import Verdict, Violation
from .problem_building import build_problem, solution_of
from .standing_day import standing_day

KINDS = ("move", "swap", "take_out", "put_in", "move_break", "set_start", "reorder", "improve", "clear")
DAY = 24 * 3600
# A night shift ends on the next day.
DAY_IS_OVER = 36 * 3600
TIME = re.compile(r"(\d{1,2})[:.](\d{2})")
# Reading a plan takes longer than judging a change: a hundred visits 60 ms against 3 ms.
LOOK_SECONDS, MOST_LOOKED_AT = 20, 8
WHY_NOT = {
    PlanState.DRAFT: "The plan has no routes yet: optimise it first.",
    PlanState.OPTIMISING: "The plan is being optimised: wait for the result, or stop the search.",
    PlanState.APPROVED: "The plan is approved. Take the approval back before you change it.",
    PlanState.REJECTED: "The plan was rejected: optimise it again, or go back to an earlier version.",
    PlanState.CLOSED: "The plan is closed.",
}


# Plans in front of planners, in this process: (when read, OpenPlan) by what must not have changed.
_looked_at: OrderedDict = OrderedDict()
_lock = threading.Lock()


def _remembered(key, read) -> "OpenPlan":
    with _lock:
        when, opened = _looked_at.get(key, (0, None))
    if opened is not None and monotonic() - when < LOOK_SECONDS:
        return opened
    opened = read()
    with _lock:
        _looked_at[key] = monotonic(), opened
        _looked_at.move_to_end(key)
        while len(_looked_at) > MOST_LOOKED_AT:
            _looked_at.popitem(last=False)
    return opened


def why_not_editable(plan: RoutePlan) -> str:
    """Why the plan cannot be changed by hand in its state; empty where it can."""
    if plan.state in PlanState.running():
        return "" if present(plan) < DAY_IS_OVER else "The day of this plan is over: close the plan."
    return "" if plan.state == PlanState.PROPOSED else WHY_NOT[PlanState(plan.state)]


def present(plan: RoutePlan, now: datetime | None = None) -> int:
    """A moment (this one unless given) in seconds of the plan's day; 0 before the day has come."""
    return max(0, seconds_into(plan.day, now or timezone.now()))


class OpenPlan:
    """A plan as it is stored now; one that was published as a day under way at this moment, with `standing` (a
    StandingDay; None otherwise). NothingToPlan where nobody or nothing is left to plan, UnfitDisruption
    where a day under way does not know what is stored any more. `visits`: see `build_problem`; `now`: see `present`.
    """

    def __init__(
        self,
        plan: RoutePlan,
        alike: "OpenPlan | None" = None,
        *,
        visits: list[Visit] | None = None,
        now: datetime | None = None,
    ):
        self.plan = plan
        if alike is not None:
            self.standing, self.built, self.draft = alike.standing, alike.built, alike.draft
        elif plan.state in PlanState.published():
            self.standing = standing_day(plan, present(plan, now), visits=visits)
            self.built = self.standing.built
            self.draft = DraftUnderWay(self.standing.going_on(), self.standing.why_begun)
        else:
            self.standing, self.built = None, build_problem(plan, visits=visits)
            self.draft = Draft(self.built.problem, solution_of(self.built))
        self.problem = self.draft.problem

    @classmethod
    def to_look_at(cls, plan: RoutePlan) -> "OpenPlan":
        """For previews, which follow each other quickly: read from the database at most every `LOOK_SECONDS` while the
        plan keeps its version, what people fixed in it and what they recorded of its day. What is kept in the end is
        judged on what is stored then.
        """
        key = (plan.pk, plan.version, plan.state, repr(list(plan.adjustments.values_list())))
        if plan.state in PlanState.published():
            key += (present(plan) // LOOK_SECONDS, plan.round_events.count(), plan.records.count())
        return cls(plan, _remembered(key, lambda: cls(plan)))

    @property
    def is_under_way(self) -> bool:
        """Whether what has begun is a fact."""
        return self.standing is not None

    def has_begun(self, visit: str) -> bool:
        return self.is_under_way and self.draft.has_begun(visit)

    def is_away(self, staff: str) -> bool:
        """Whether somebody does no more of a day under way."""
        return self.is_under_way and staff in self.draft.away

    def is_break_over(self, staff: str, index: int) -> bool:
        """Whether a break of a day under way is over, or has begun."""
        return self.is_under_way and index in self.draft.day.positions[staff].spent

    def state_of(self, staff: str, visit: str) -> str:
        """What is known of a visit that somebody has begun, for its card; empty where it has not."""
        if not self.is_under_way or visit not in self.draft.begun.get(staff, ()):
            return ""
        part = self.standing.parts.get((staff, visit))
        if part is None:
            return "Begun by the plan"
        if part.left is None:
            return f"There since {self.clock(part.arrived)}"
        is_done = self.built.visits[visit].state != Visit.State.NO_ACCESS
        return f"{'Done' if is_done else 'No access'} {self.clock(part.left)}"

    @cached_property
    def runs_late(self) -> list[str]:
        """What cannot be kept any more if nothing changes, in words; allowed as it will be, and no later."""
        if not self.is_under_way or not self.draft.going.known:
            return []
        problem, verdict = self.draft.going.was
        return list(dict.fromkeys(told(problem, verdict, each, self.names) for each in self.draft.going.known))

    def why_begun(self, visit: str) -> str:
        """Why a visit that has begun stays where it is, in words."""
        words, staff = self.standing.why_begun(visit)
        return EditError(f"{visit} stays where it is: {words}", *staff).in_words(self.names.person)

    @cached_property
    def dropped(self) -> list[str]:
        """Visits that are on the round of somebody who is away: they are left out as soon as a change is kept."""
        if not self.is_under_way:
            return []
        return [visit for visit in self.draft.day.loose if visit in self.built.visits]

    @cached_property
    def people(self) -> dict[str, str]:
        """Names by staff id, of those at work and of those who still have a round."""
        known = {reference: shift.staff.display_name for reference, shift in self.built.shifts.items()}
        if set(self.draft.orders) - set(known):
            known |= dict(self.plan.assignments.values_list("staff__reference", "staff__display_name"))
        return known

    @cached_property
    def skills(self) -> dict[str, str]:
        """Names by code, of the skills that the plan's visits ask for."""
        return {skill.code: skill.name for visit in self.built.visits.values() for skill in visit.skills.all()}

    @cached_property
    def names(self) -> Names:
        return Names(
            person=lambda reference: self.people.get(reference, reference),
            skill=lambda code: self.skills.get(code, code).lower(),
            clock=self.clock,
            span=span,
        )

    def clock(self, seconds: int) -> str:
        return clock(moment_of(self.plan.day, seconds))

    def broken(self, verdict: Verdict) -> list[str]:
        """Every rule that keeps a plan from being stored, in words, each once."""
        return list(dict.fromkeys(self.told(verdict, violation) for violation in broken_of(verdict)))

    def refused(self, error: EditError) -> str:
        """Why a change makes no sense, in words."""
        return error.in_words(self.names.person)

    def summary(self, proposal: Proposal) -> str:
        return summary(proposal, self.names)

    def told(self, verdict: Verdict, violation: Violation) -> str:
        """A rule that a plan breaks, in words."""
        if violation.rule == "unknown":
            return broken_rules(self.built, [violation])[0]
        if violation in getattr(verdict, "ahead_only", ()):
            return self._told_ahead(*verdict.ahead, violation)
        return told(self.problem, verdict, violation, self.names)

    def told_plainly(self, verdict: Verdict, violation: Violation) -> str:
        """A rule that the rounds break by rota and visits alone, whatever happened, in words."""
        return told(self.built.problem, verdict, violation, self.names)

    def _told_ahead(self, problem, verdict, violation) -> str:
        """A rule that only the rest of the day knows: nobody is asked for anything before now."""
        if violation.rule == "shift" and violation.visit is not None:
            free = self.clock(problem.staff_by_id[violation.staff].shift[0])
            return f"{self.names.person(violation.staff)} is not free before {free} and cannot be at {violation.visit}."
        return told(problem, verdict, violation, self.names)

    def edit_from(self, data: Mapping) -> Edit:
        """What a form, an address or an API request asks for. EditError for what cannot be read.

        Texts: `kind` and, as it needs them, `visit`, `other`, `staff`, `from_staff`, `place` (visits that come before),
        `to` ("person|place" in one), `start` (HH:MM; blank: as early as possible), `visits` (separated by commas, or a
        list).
        """
        kind = str(data.get("kind", ""))
        if kind not in KINDS:
            raise EditError(f"There is no change called {kind or 'nothing'}: expected one of {', '.join(KINDS)}.")
        return getattr(self, f"_{kind}")(_Values(data))

    def _move(self, values):
        staff, place = values.target()
        return Move(values.needed("visit"), staff, place, values.text("from_staff") or None)

    def _swap(self, values):
        return Swap(values.needed("visit"), values.needed("other"))

    def _take_out(self, values):
        return TakeOut(values.needed("visit"))

    def _put_in(self, values):
        if not values.text("to") and not values.text("staff"):
            return PutIn(values.needed("visit"))
        staff, place = values.target()
        return PutIn(values.needed("visit"), staff, () if place is None else ((staff, place),))

    def _move_break(self, values):
        staff, place = values.target()
        start = values.text("start")
        return MoveBreak(
            staff,
            None if start else place,
            self._seconds(start, staff) if start else None,
            values.number("index") or 0,
        )

    def _set_start(self, values):
        visit, start = values.needed("visit"), values.text("start")
        servers = self.draft.served_by.get(visit)
        return SetStart(visit, self._seconds(start, servers[0]) if start and servers else None)

    def _reorder(self, values):
        return Reorder(values.needed("staff"), values.listed("visits"))

    def _improve(self, values):
        return Improve(values.needed("staff"))

    def _clear(self, values):
        return Clear(values.needed("staff"))

    def _seconds(self, text, staff) -> int:
        """Seconds into the plan's day; times before a night shift begins are on the next day."""
        try:
            hour, minute = _hour_and_minute(text)
            seconds = seconds_into(self.plan.day, instant(self.plan.day, time(int(hour), int(minute))))
        except ValueError as error:
            raise EditError(f"{text[:20]} is no time of that day: write it as 14:30.") from error
        person = self.problem.staff_by_id.get(staff)
        if person is not None and seconds < person.shift[0] and person.shift[1] > DAY:
            return seconds + DAY
        return seconds


def _hour_and_minute(text):
    found = TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found.groups()


class _Values:
    """Texts of a request."""

    def __init__(self, data: Mapping):
        self.data = data

    def text(self, name) -> str:
        value = self.data.get(name)
        if value is None:
            return ""
        if not isinstance(value, str | int):
            raise EditError(f"{name}: a text is expected.")
        return str(value).strip()

    def needed(self, name) -> str:
        value = self.text(name)
        if not value:
            raise EditError(f"Say which {name} is meant.")
        return value

    def number(self, name) -> int | None:
        value = self.text(name)
        if not value:
            return None
        if not value.isdecimal() or len(value) > 4:
            raise EditError(f"{name}: a number is expected, found {value[:20]}.")
        return int(value)

    def target(self) -> tuple[str, int | None]:
        """(person, place or None)."""
        both = self.text("to")
        if not both:
            return self.needed("staff"), self.number("place")
        staff, _, place = both.partition("|")
        return staff, _Values({"place": place}).number("place")

    def listed(self, name) -> tuple[str, ...]:
        value = self.data.get(name)
        if isinstance(value, list | tuple):
            return tuple(str(each) for each in value)
        text = self.needed(name)
        found = _json_list(text)  # as the page itself hands an order on: references may hold commas
        if found is not None:
            return found
        return tuple(part.strip() for part in text.split(",") if part.strip())


def _json_list(text) -> tuple[str, ...] | None:
    """The texts of a list written as JSON; None for anything else, and for what is half of a surrogate pair."""
    try:
        found = json.loads(text)
        names = tuple(str(each) for each in found) if isinstance(found, list) else None
        "".join(names or ()).encode()
    except (ValueError, RecursionError):
        return None
    return names
