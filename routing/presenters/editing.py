"""The page on which a plan is changed by hand: rounds, the chosen visit, and what a change would do."""

from functools import cached_property
from urllib.parse import urlencode

from routing.editing import Effect, Move, Place, Proposal, PutIn, TakeOut, alternatives, best_places
from routing.editing.edits import EditError
from routing.models import VisitTier
from routing.plan_editing import OpenPlan

from .editing_board import Board
from .wording import counted, duration, kilometres

SHIFTS_SHOWN = 6


class EditPage:
    """`ask`: the text values of the request (a dictionary): what is chosen, or which change is looked at."""

    def __init__(self, opened: OpenPlan, ask, *, proposal: Proposal | None = None, error="", kept=None, may_undo=False):
        self.opened, self.plan, self.ask = opened, opened.plan, ask
        self.proposal, self.error, self.kept, self.may_undo = proposal, error, kept, may_undo
        self.board = Board(opened, selected=self.visit_reference, chosen_round=self.round_reference, proposal=proposal)

    @cached_property
    def visit_reference(self) -> str:
        named = self.ask.get("visit", "")
        if self.proposal is not None and not named:
            named = getattr(self.proposal.edit, "visit", "")
        return named

    @property
    def round_reference(self) -> str:
        return "" if self.visit_reference else self.ask.get("staff", "")

    @property
    def panel(self) -> str:
        """Which panel is shown: preview, stop, left, round, or none."""
        if self.proposal is not None:
            return "preview"
        if self.visit_reference in self.opened.draft.served_by:
            return "stop"
        if any(row["reference"] == self.visit_reference for row in self.board.left_out):
            return "left"
        return "round" if self.round_reference in self.opened.draft.orders else "none"

    @property
    def by_keys(self) -> bool:
        """Whether the visit is being moved by arrow keys: then its card keeps the focus."""
        return self.ask.get("by") == "keys"

    @property
    def focus(self) -> str:
        """Where the focus goes after a swap: the card, the panel, or where it was."""
        if self.by_keys or self.kept is not None:
            return "card"
        return "panel" if self.proposal is not None or self.error else ""

    @property
    def announcement(self) -> str:
        if self.error:
            return self.error
        if self.preview is not None:
            return self.preview.announcement
        if self.kept is not None:
            return f"Kept. {self.kept.summary}"
        return ""

    @cached_property
    def preview(self) -> "Preview | None":
        return None if self.proposal is None else Preview(self.opened, self.proposal, self.by_keys)

    @cached_property
    def chosen(self) -> "ChosenVisit":
        return ChosenVisit(self.opened, self.board, self.visit_reference, self.ask.get("from_staff", ""))

    @cached_property
    def round(self) -> "ChosenRound":
        return ChosenRound(self.opened, self.round_reference)

    @property
    def already_broken(self) -> list[str]:
        """Rules that the plan breaks as it is stored: the roster or the visits have changed since."""
        return self.opened.broken(self.opened.draft.standing)


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
            _part("Driving", one.drive, two.drive, duration),
            _part("Distance", one.metres, two.metres, kilometres, smallest=50),
            _part("Lateness", one.late, two.late, duration),
            _part("Overtime", one.overtime, two.overtime, duration),
            _part("Visits by the usual carer", one.with_carer, two.with_carer, str, more_is_better=True, smallest=1),
        ]
        for tier in VisitTier.values:
            left = one.unserved_by_tier.get(tier, 0), two.unserved_by_tier.get(tier, 0)
            rows.append(_part(f"Tier {tier} left out", *left, str, smallest=1))
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
        return [place_row(self.opened, place) for place in alternatives(self.opened.draft, self.proposal)]

    @cached_property
    def values(self) -> dict:
        """Hidden fields of "Keep this change"."""
        return {**edit_values(self.proposal.edit, self.opened), "version": self.opened.plan.version}


class ChosenVisit:
    """One visit in the panel."""

    def __init__(self, opened: OpenPlan, board: Board, reference: str, from_staff: str):
        self.opened, self.board, self.reference = opened, board, reference
        servers = opened.draft.served_by.get(reference, [])
        self.staff = from_staff if from_staff in servers else (servers[0] if servers else "")

    @cached_property
    def card(self) -> dict:
        cards = [stop for column in self.board.columns for stop in column["stops"] if not stop.get("is_break")]
        return next(card for card in (*cards, *self.board.left_out) if card["reference"] == self.reference)

    @property
    def visit(self):
        return self.opened.built.visits.get(self.reference)

    @property
    def name(self) -> str:
        return self.opened.people.get(self.staff, self.staff)

    @property
    def kind(self) -> str:
        return "move" if self.staff else "put_in"

    @property
    def is_double(self) -> bool:
        return self.visit is not None and self.visit.staff_required > 1

    @cached_property
    def best(self) -> list[dict]:
        """The three best places."""
        if self.visit is None or (self.is_double and not self.staff):
            return []
        try:
            places = best_places(self.opened.draft, self.reference, from_staff=self.staff or None)
        except EditError:
            return []
        return [place_row(self.opened, place) for place in places]

    @cached_property
    def targets(self) -> list[dict]:
        """Every place, by person: for the form."""
        groups = []
        for column in self.board.columns:
            if not column["is_known"]:
                continue
            others = [visit for visit in self.opened.draft.orders[column["staff"]] if visit != self.reference]
            options = [(f"{column['staff']}|", "best place"), (f"{column['staff']}|0", "first visit")]
            options += [(f"{column['staff']}|{at}", f"after {other}") for at, other in enumerate(others, start=1)]
            groups.append({"name": column["name"], "options": options})
        return groups

    @cached_property
    def swappable(self) -> list[dict]:
        groups = []
        for column in self.board.columns:
            visits = [
                {"reference": stop["reference"], "start": stop["start"]}
                for stop in column["stops"]
                if not stop.get("is_break") and stop["reference"] != self.reference
            ]
            if visits:
                groups.append({"name": column["name"], "visits": visits})
        return groups


class ChosenRound:
    """One person's day in the panel."""

    def __init__(self, opened: OpenPlan, staff: str):
        self.opened, self.staff = opened, staff

    @property
    def name(self) -> str:
        return self.opened.people.get(self.staff, self.staff)

    @property
    def visits(self) -> list[str]:
        return self.opened.draft.orders[self.staff]

    @property
    def order_text(self) -> str:
        return ", ".join(self.visits)

    @cached_property
    def breaks(self) -> list[dict]:
        person = self.opened.problem.staff_by_id.get(self.staff)
        if person is None or not self.visits:
            return []
        clock = self.opened.clock
        return [
            {
                "index": index,
                "length": duration(pause.duration),
                "hours": " or ".join(f"{clock(opens)} to {clock(closes)}" for opens, closes in pause.windows),
            }
            for index, pause in enumerate(person.breaks)
        ]

    @property
    def targets(self) -> list[tuple[str, str]]:
        options = [(f"{self.staff}|0", "before the first visit")]
        return options + [(f"{self.staff}|{at}", f"after {visit}") for at, visit in enumerate(self.visits, start=1)]


def place_row(opened: OpenPlan, place: Place) -> dict:
    """A place with what it costs, and the query that shows it."""
    after = f"after {place.after}" if place.after else "first visit"
    return {
        "name": opened.people.get(place.staff, place.staff),
        "where": after,
        "effect": effect_text(Effect(opened.problem, place.proposal)),
        "query": urlencode(edit_values(place.proposal.edit, opened) | {"version": opened.plan.version}),
    }


def effect_text(effect: Effect) -> str:
    """E.g. +4 min driving, 2 min later home; what stays the same is left away."""
    one, two = effect.before, effect.after
    words = [f"{_signed(two.drive - one.drive)} driving" if abs(two.drive - one.drive) >= 30 else "no more driving"]
    if abs(two.late - one.late) >= 30:
        words.append(f"{_signed(two.late - one.late)} lateness")
    if abs(two.overtime - one.overtime) >= 30:
        words.append(f"{_signed(two.overtime - one.overtime)} overtime")
    if two.with_carer != one.with_carer:
        words.append("to the usual carer" if two.with_carer > one.with_carer else "not the usual carer")
    return ", ".join(words)


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
        values["visits"] = ",".join(edit.visits)
    return values


def _part(label, before, after, words, *, more_is_better=False, smallest=30):
    if not before and not after:
        return None
    change = after - before
    same = abs(change) < smallest
    better = (change > 0) == more_is_better
    sign = "+" if change > 0 else "−"
    return {
        "label": label,
        "before": words(before),
        "after": words(after),
        "change": "no change" if same else f"{sign}{words(abs(change))}",
        "css": "" if same else "is-better" if better else "is-worse",
    }


def _change(before, after) -> str:
    return str(after) if before == after else f"{before} → {after}"


def _signed(seconds) -> str:
    return f"{'+' if seconds >= 0 else '−'}{duration(abs(seconds))}"
