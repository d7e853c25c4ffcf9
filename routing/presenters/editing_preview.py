"""What a change by hand would do: verdict, cost in parts, whose day changes, what could be done instead."""

import json
from functools import cached_property
from urllib.parse import urlencode

from routing.editing import Effect, Move, Place, Proposal, PutIn, TakeOut
from routing.models import VisitTier
from routing.plan_editing import OpenPlan

from .wording import counted, duration, kilometres

SHIFTS_SHOWN = 6


class Preview:
    """What a change would do."""

    def __init__(self, opened: OpenPlan, proposal: Proposal, by_keys=False):
        self.opened, self.proposal, self.by_keys = opened, proposal, by_keys
        self.effect = Effect(opened.problem, proposal)

    @cached_property
    def summary(self) -> str:
        return self.opened.summary(self.proposal)

    @property
    def feasible(self) -> bool:
        return self.proposal.feasible

    @cached_property
    def broken(self) -> list[str]:
        return self.opened.broken(self.proposal.verdict)

    @cached_property
    def warnings(self) -> list[str]:
        """What an approver will have to decide."""
        before = {v.visit for v in self.proposal.before.violations if v.rule == "required"}
        return [
            self.opened.told(self.proposal.verdict, violation)
            for violation in self.proposal.verdict.violations
            if violation.rule == "required" and violation.visit not in before
        ]

    @property
    def verdict(self) -> str:
        if self.feasible:
            return "No rule is broken."
        return f"This breaks {counted(len(self.broken), 'rule')} and cannot be kept."

    @property
    def announcement(self) -> str:
        what = [self.summary + ".", self.verdict if self.feasible else "Breaks a rule: " + " ".join(self.broken[:2])]
        what.append(effect_text(self.effect) + ".")
        if self.by_keys:
            what.append("Enter keeps it, Escape gives up." if self.feasible else "Escape gives up.")
        return " ".join(what)

    @cached_property
    def parts(self) -> list[dict]:
        """Each part of the cost: before, after, change; parts that are nothing before and after are left away."""
        one, two = self.effect.before, self.effect.after
        rows = [
            _part("Driving", one.drive, two.drive, duration, change=_minutes_more),
            _part("Distance", one.metres, two.metres, kilometres),
            _part("Lateness", one.late, two.late, duration, change=_minutes_more),
            _part("Overtime", one.overtime, two.overtime, duration, change=_minutes_more),
            _part("Usual carer", one.with_carer, two.with_carer, str, more_is_better=True),
        ]
        for tier in VisitTier.values:
            left = one.unserved_by_tier.get(tier, 0), two.unserved_by_tier.get(tier, 0)
            rows.append(_part(f"Tier {tier} left out", *left, str))
        return [row for row in rows if row is not None]

    @cached_property
    def people(self) -> list[dict]:
        """Whose day changes."""
        return [
            {
                "name": self.opened.people.get(name, name),
                "visits": _change(before.visits, after.visits),
                "drive": _change(duration(before.drive), duration(after.drive)),
                "back": _change(self._clock(before.returns), self._clock(after.returns)),
            }
            for name, (before, after) in self.effect.rounds.items()
        ]

    @cached_property
    def shifts(self) -> list[dict]:
        """Visits with another start or person."""
        return [self._shift(each) for each in self.effect.shifted]

    @property
    def shifts_at_once(self):
        return self.shifts[:SHIFTS_SHOWN]

    @property
    def more_shifts(self):
        return self.shifts[SHIFTS_SHOWN:]

    def _shift(self, each):
        before, after = each.before, each.after
        who = ", ".join(self.opened.people.get(name, name) for name in (after or before))
        one, two = min(before.values(), default=None), min(after.values(), default=None)
        return {
            "visit": each.visit,
            "who": who,
            "before": self._clock(one),
            "after": self._clock(two),
            "change": _signed(two - one) if one is not None and two is not None else "",
            "is_moved": set(before) != set(after),
        }

    def _clock(self, seconds):
        return "none" if seconds is None else self.opened.clock(seconds)

    @cached_property
    def alternatives(self) -> list[dict]:
        if self.feasible:
            return []
        start = self.opened.draft.nearest_start(self.proposal)
        if start is not None:
            return [start_row(self.opened, start)]
        return [place_row(self.opened, place) for place in self.opened.draft.alternatives(self.proposal)]

    @cached_property
    def values(self) -> dict:
        """Hidden fields of "Keep this change"."""
        return {**edit_values(self.proposal.edit, self.opened), "version": self.opened.plan.version}


def place_row(opened: OpenPlan, place: Place) -> dict:
    """A place with what it costs, and the query that shows it."""
    after = f"after {place.after}" if place.after else "first visit"
    return {
        "name": opened.people.get(place.staff, place.staff),
        "where": after,
        "effect": effect_text(Effect(opened.problem, place.proposal)),
        "query": urlencode(edit_values(place.proposal.edit, opened) | {"version": opened.plan.version}),
    }


def start_row(opened: OpenPlan, proposal: Proposal) -> dict:
    """A start that can be kept, as `place_row`."""
    return {
        "name": proposal.edit.visit,
        "where": f"start at {opened.clock(proposal.edit.start)}",
        "effect": effect_text(Effect(opened.problem, proposal)),
        "query": urlencode(edit_values(proposal.edit, opened) | {"version": opened.plan.version}),
    }


def effect_text(effect: Effect) -> str:
    """E.g. +4 min driving, +2 min lateness; what stays the same is left away."""
    one, two = effect.before, effect.after
    driving = _minutes_more(one.drive, two.drive)
    words = [f"{_signed(driving)} driving" if driving else "no more driving"]
    for label, before, after in (("lateness", one.late, two.late), ("overtime", one.overtime, two.overtime)):
        more = _minutes_more(before, after)
        if more:
            words.append(f"{_signed(more)} {label}")
    if two.with_carer != one.with_carer:
        words.append("to the usual carer" if two.with_carer > one.with_carer else "not the usual carer")
    return ", ".join(words)


def _minutes_more(before, after) -> int:
    """Seconds, in whole minutes: the difference of the figures as they are shown."""
    return (round(after / 60) - round(before / 60)) * 60


def edit_values(edit, opened: OpenPlan) -> dict:
    """The change as a form or an address states it; read back by `OpenPlan.edit_from`."""
    kind = {"takeout": "take_out", "putin": "put_in", "movebreak": "move_break", "setstart": "set_start"}
    values = {"kind": kind.get(type(edit).__name__.lower(), type(edit).__name__.lower())}
    if isinstance(edit, PutIn):
        values["visit"] = edit.visit
        if len(edit.places) == 1:
            values["to"] = f"{edit.places[0][0]}|{edit.places[0][1]}"
        elif edit.staff:
            values["staff"] = edit.staff
    elif isinstance(edit, Move):
        values |= {"visit": edit.visit, "to": f"{edit.staff}|{edit.place}", "from_staff": edit.from_staff}
    elif isinstance(edit, TakeOut):
        values["visit"] = edit.visit
    else:
        values |= _rest_of(edit, opened)
    return {key: value for key, value in values.items() if value is not None}


def _rest_of(edit, opened):
    values = {
        name: getattr(edit, name) for name in ("visit", "other", "staff", "place", "index") if hasattr(edit, name)
    }
    if getattr(edit, "start", None) is not None:
        values["start"] = opened.clock(edit.start)
    if hasattr(edit, "visits"):
        values["visits"] = json.dumps(edit.visits)
    return values


def _part(label, before, after, words, *, change=None, more_is_better=False):
    """`change`: a function of before and after; None: the difference."""
    if not before and not after:
        return None
    more = change(before, after) if change else after - before
    if words(before) == words(after) or not more:
        text, css = "no change", ""
    else:
        text = f"{'+' if more > 0 else '−'}{words(abs(more))}"
        css = "is-better" if (more > 0) == more_is_better else "is-worse"
    return {"label": label, "before": words(before), "after": words(after), "change": text, "css": css}


def _change(before, after) -> str:
    return str(after) if before == after else f"{before} → {after}"


def _signed(seconds) -> str:
    return f"{'+' if seconds >= 0 else '−'}{duration(abs(seconds))}"
