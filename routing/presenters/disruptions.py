"""What happened, who changes, what moves: in plain words, as table rows and as two timelines."""

from datetime import datetime, time
from functools import cached_property

from lsoa.written_numbers import percent, signed
from routing.civil_time import LONDON, clock, moment_of, today
from routing.models import Disruption, PlanState, RoutePlan, StaffMember, Visit
from routing.services.bookings import OPEN_STATES

from .after_disruption import NextStep, next_steps
from .mended_map import MendedMap
from .remedies import driving_text
from .wording import counted, reason_label

Kind, State = Disruption.Kind, Disruption.State

KINDS = [
    {"kind": Kind.SICK, "title": "Somebody is sick", "text": "They make no more visits from a time that you give."},
    {"kind": Kind.LATE, "title": "Somebody is late", "text": "By so many minutes, wherever they are on their round."},
    {"kind": Kind.URGENT, "title": "An urgent visit", "text": "A new one, or an open visit of the team."},
    {"kind": Kind.OVERRUN, "title": "A visit takes longer", "text": "Somebody is there and needs more time."},
    {"kind": Kind.NO_ACCESS, "title": "No access", "text": "A visit cannot be done that day."},
]
TAGS = {
    State.WORKING: "her-tag--plain",
    State.PROPOSED: "her-tag--warning",
    State.APPLIED: "her-tag--good",
    State.DISCARDED: "her-tag--plain",
    State.FAILED: "her-tag--bad",
}
TITLES = {"few": "As few people as possible", "best": "The best plan for the rest of the day"}
SOFT_COSTS = (
    ("overtime", "Cost of overtime"),
    ("late", "Cost of lateness"),
    ("preference", "Cost of other people than usual"),
)
NOTES = {
    "few": "Everybody else keeps their round as it is.",
    "best": "More may change: the rest of the day is planned again.",
}


def what_happened(disruption: Disruption) -> str:
    """One sentence, e.g. Nurse 01 is sick from 11:00."""
    at, who, visit = clock(disruption.at), disruption.staff, disruption.visit
    return {
        Kind.SICK: f"{who} is sick from {at}",
        Kind.LATE: f"{who} is {counted(disruption.minutes or 0, 'minute')} late at {at}",
        Kind.URGENT: f"Urgent visit {visit} from {at}",
        Kind.OVERRUN: f"{visit} takes {counted(disruption.minutes or 0, 'minute')} longer",
        Kind.NO_ACCESS: f"No access at {visit}, {at}",
    }[disruption.kind]


class DisruptionsPanel:
    """On the page of a plan: what happened so far, and the way to say more."""

    def __init__(self, plan: RoutePlan, *, may_edit=False):
        self.plan = plan
        self.can_report = may_edit and plan.state in PlanState.running()
        self.can_book = may_edit and plan.state in OPEN_STATES and plan.scenario_of_id is None
        self.can_book = self.can_book and plan.day > today()

    @cached_property
    def rows(self) -> list[dict]:
        told = self.plan.disruptions.select_related("staff", "visit", "made_by")
        return [
            {
                "pk": each.pk,
                "text": what_happened(each),
                "state": each.get_state_display(),
                "css": TAGS[each.state],
                "by": each.made_by.get_full_name() if each.made_by else "",
                "made_at": each.made_at,
            }
            for each in told
        ]

    @property
    def is_shown(self) -> bool:
        return self.can_report or bool(self.rows)


class DisruptionPage:
    """Everything the template shows of one disruption."""

    def __init__(self, disruption: Disruption, *, may_edit=False, may_keep_teams=False):
        self.disruption, self.plan, self.answer = disruption, disruption.plan, disruption.answer
        self.may_edit, self.may_keep_teams = may_edit, may_keep_teams
        self.title = what_happened(disruption)
        self.tag = {"text": disruption.get_state_display(), "css": TAGS[disruption.state]}
        self.is_working = disruption.state == State.WORKING
        self.is_running = self.plan.state in PlanState.running()
        is_open = may_edit and self.is_running
        self.is_outdated = disruption.state == State.PROPOSED and disruption.based_on != self.plan.version
        self.can_apply = is_open and disruption.state == State.PROPOSED and not self.is_outdated
        self.can_try_again = is_open and (disruption.state == State.FAILED or self.is_outdated)
        self.can_discard = is_open and disruption.state in (State.PROPOSED, State.FAILED)
        self.can_stop = may_edit and self.is_working
        self.asks_absence = self.can_apply and disruption.kind == Kind.SICK

    @property
    def has_nothing_to_use(self) -> bool:
        return not self.is_working and not self.alternatives and self.disruption.state in (State.PROPOSED, State.FAILED)

    @property
    def next_steps(self) -> list[NextStep]:
        if not self.has_nothing_to_use:
            return []
        return next_steps(self.disruption, may_edit=self.may_edit, may_keep_teams=self.may_keep_teams)

    @property
    def percent(self) -> int:
        return self.disruption.job.progress if self.disruption.job else 0

    @property
    def message(self) -> str:
        job = self.disruption.job
        if job is None or not job.message:
            return "It starts after the searches before it. The plan stays as it is until you use a change."
        return f"{job.message}. The plan stays as it is until you use a change."

    @property
    def relaxed(self) -> list[str]:
        """Rules that nobody can keep any more."""
        return [self._named(text) for text in self.answer.get("relaxed", ())]

    def _named(self, text: str) -> str:
        first, _, rest = text.partition(" ")
        return f"{self.name(first)} {rest}."

    @cached_property
    def alternatives(self) -> list[dict]:
        applied = self.answer.get("applied")
        told = self.answer.get("alternatives", ())
        return [self._alternative(each) for each in told if applied in (None, each["key"])]

    @cached_property
    def staff(self) -> dict[str, StaffMember]:
        found = StaffMember.objects.for_organisation(self.plan.organisation).filter(team=self.plan.team_id)
        return {person.reference: person for person in found.select_related("base")}

    def name(self, reference: str) -> str:
        return self.staff[reference].display_name if reference in self.staff else reference

    @cached_property
    def visits(self) -> dict[str, Visit]:
        found = Visit.objects.for_organisation(self.plan.organisation).due(self.plan.team, self.plan.day)
        return {visit.reference: visit for visit in found.for_display()}

    def _tier(self, reference):
        return self.visits[reference].tier if reference in self.visits else None

    def _alternative(self, told) -> dict:
        before, moved = self.answer["before"], told["moved"]
        drawn = self._map(before, told)
        marks = {person["staff"].reference: person for person in drawn.people}
        planned_out = {move["visit"] for move in moved if move["kind"] == "left out"}
        reasons = {entry["visit"]: entry for entry in told["left_out"]}
        return {
            "key": told["key"],
            "title": TITLES[told["key"]],
            "note": NOTES[told["key"]],
            "lead": self._lead(told, planned_out),
            "css": "her-verdict--warning" if planned_out else "",
            "people": [self._person(name, before, told, marks.get(name)) for name in self._in_order(told["people"])],
            "map": drawn if marks else None,
            "moves": [self._move(move) for move in moved],
            "left_out": [self._left_out(name, reasons.get(name)) for name in sorted(planned_out)],
            "figures": self._figures(before, told),
            "timeline": self._timeline(before["days"], told["days"], told["people"]),
        }

    def _lead(self, told, planned_out) -> str:
        if not told["moved"]:
            return "Nobody's round changes: the plan stays as it is."
        others = counted(len(told["others"]), "person's day changes", "people's days change")
        moved = counted(len(told["moved"]), "visit moves", "visits move")
        left = "every visit keeps a place"
        if planned_out:
            left = counted(len(planned_out), "visit is not served any more", "visits are not served any more")
        return f"{others}, {moved}, {left}."

    def _in_order(self, people) -> list[str]:
        """As in the timeline and on the map."""
        return sorted(people, key=self.name)

    def _map(self, before, told) -> MendedMap:
        people = [self.staff[name] for name in self._in_order(told["people"]) if name in self.staff]
        return MendedMap(told["key"], before, told, people, self.visits, self._clock)

    def _person(self, name, before, told, mark) -> dict:
        """What the map shows, in words: visits with their start, and when the last visit ends."""
        gives, takes, shifts = [], [], []
        for move in told["moved"]:
            was, is_now = move["before"].get(name), move["after"].get(name)
            if was is not None and is_now is None:
                gives.append(f"{move['visit']} ({self._clock(was)})")
            elif was is None and is_now is not None:
                takes.append(f"{move['visit']} ({self._clock(is_now)})")
            elif was is not None:
                shifts.append(f"{move['visit']} ({self._clock(was)} to {self._clock(is_now)})")
        ends = [self._end(side["days"].get(name, ())) for side in (before, told)]
        return {
            "name": self.name(name),
            "mark": mark,
            "gives": gives,
            "takes": takes,
            "shifts": shifts,
            "ended": ends[0],
            "ends": ends[1],
        }

    def _end(self, stops) -> str:
        leaves = [stop["leave"] for stop in stops if stop["visit"]]
        return self._clock(leaves[-1]) if leaves else "no visit"

    def _move(self, move) -> dict:
        return {
            "visit": move["visit"],
            "tier": self._tier(move["visit"]),
            "before": self._who(move["before"], "not in the plan"),
            "after": self._who(move["after"], "not served"),
        }

    def _who(self, starts, nobody) -> str:
        if not starts:
            return nobody
        return " and ".join(f"{self.name(name)}, {self._clock(start)}" for name, start in sorted(starts.items()))

    def _left_out(self, name, entry) -> dict:
        reason = reason_label(entry["reason"]) if entry else "Not placed"
        return {"visit": name, "tier": self._tier(name), "reason": (entry and entry["detail"]) or reason}

    def _figures(self, before, after) -> list[dict]:
        rows = []
        for tier in sorted({*before["served"], *after["served"]}):
            rows.append(_row(f"Tier {tier} visits served", before["served"].get(tier, 0), after["served"].get(tier, 0)))
        driving = after["driving"] - before["driving"]
        rows.append(
            {
                "label": "Driving",
                "before": _hours(before["driving"]),
                "after": _hours(after["driving"]),
                "change": driving_text(driving),
            }
        )
        for key, label in SOFT_COSTS:
            if before["cost"].get(key) or after["cost"].get(key):
                rows.append(_row(label, before["cost"].get(key, 0), after["cost"].get(key, 0)))
        rows.append(_row("Cost, in seconds of travel", before["cost"]["total"], after["cost"]["total"]))
        ratios = [_ratio(each["equity"]) for each in (before, after)]
        rows.append(
            {"label": "Core20 coverage ratio", "before": ratios[0], "after": ratios[1], "change": _changed(ratios)}
        )
        shares = [_share(each["equity"]) for each in (before, after)]
        rows.append(
            {"label": "Coverage in Core20", "before": shares[0], "after": shares[1], "change": _changed(shares)}
        )
        return rows

    def _timeline(self, before, after, people) -> list[dict]:
        rows = []
        for index, name in enumerate(self._in_order(people)):
            for when, days in (("before", before), ("after", after)):
                segments = self._segments(days.get(name, ()))
                label = self.name(name) if when == "before" else "after"
                rows.append({"name": label, "colour_index": index % 10, "segments": segments})
        return rows

    def _segments(self, stops) -> list[dict]:
        segments, number = [], 0
        for stop in stops:
            if not stop["visit"]:
                segments.append(self._segment("break", stop["start"], stop["leave"], "Break"))
                continue
            number += 1
            if stop["drive"]:
                segments.append(self._segment("drive", stop["arrive"] - stop["drive"], stop["arrive"], "Drive"))
            if stop["start"] - stop["arrive"] >= 60:
                segments.append(self._segment("wait", stop["arrive"], stop["start"], "Wait"))
            visit = self._segment("visit", stop["start"], stop["leave"], f"Visit {number}: {stop['visit']}")
            segments.append(visit | {"tier": self._tier(stop["visit"]), "text": str(number)})
        return segments

    def _segment(self, kind, start, end, label) -> dict:
        label = f"{label}, {self._clock(start)} to {self._clock(end)}"
        return {"kind": kind, "start": self._on_clock(start), "end": self._on_clock(end), "label": label}

    def _on_clock(self, seconds) -> int:
        local = moment_of(self.plan.day, seconds).astimezone(LONDON).replace(tzinfo=None)
        return int((local - datetime.combine(self.plan.day, time.min)).total_seconds())

    def _clock(self, seconds) -> str:
        return clock(moment_of(self.plan.day, seconds))


def _row(label, before, after) -> dict:
    change = after - before
    return {
        "label": label,
        "before": f"{before:,}",
        "after": f"{after:,}",
        "change": "the same" if not change else signed(change),
    }


def _hours(seconds) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def _changed(texts) -> str:
    """Shares and ratios speak for themselves where they differ."""
    return "the same" if texts[0] == texts[1] else ""


def _ratio(equity) -> str:
    return "too few visits" if equity.get("ratio") is None else f"{equity['ratio']:.2f}"


def _share(equity) -> str:
    return percent((equity.get("core20") or {}).get("coverage"))
