"""The page on which a plan is changed by hand: the rounds, and what is chosen beside them."""

from functools import cached_property

from routing.editing import Proposal
from routing.editing.edits import EditError
from routing.plan_editing import OpenPlan
from routing.planning.solution import BreakStop, VisitStop

from .editing_board import Board
from .editing_preview import Preview, place_row
from .wording import duration

NOBODY_COMES = (
    "The person who has these visits is away. They are left out as soon as a change is kept, unless you give them to"
    " somebody."
)
# Said after a visit was kept or freed, or a change given up: by what was asked for.
FIXED = {
    "given_up": "Given up. Nothing was changed for {}.",
    "pin": "{} is kept where it is, by later searches, too.",
    "unpin": "{} may move again.",
    "take_in": "{} is to be planned again.",
}
RUNS_LATE = "The day runs late. If nothing is changed, this is so, and no change may make it worse."


class EditPage:
    """`ask`: the text values of the request (a dictionary): what is chosen, or which change is looked at. `error`: why
    it makes no sense; `news`: what came of it where there is no change to look at.
    """

    def __init__(
        self, opened: OpenPlan, ask, *, proposal: Proposal | None = None, error="", news="", kept=None, may_undo=False
    ):
        self.opened, self.plan, self.ask = opened, opened.plan, ask
        self.proposal, self.error, self.news, self.kept, self.may_undo = proposal, error, news, kept, may_undo
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
        """Where the focus goes after a swap: the card, the panel, the name of the visit in it, or where it was."""
        if self.by_keys or self.kept is not None:
            return "card"
        if self.ask.get("fixed") in ("take_in", "given_up"):
            return "visit"
        return "panel" if self.proposal is not None or self.error or self.news else ""

    @property
    def announcement(self) -> str:
        if self.error or self.news:
            return self.error or self.news
        if self.preview is not None:
            return self.preview.announcement
        if self.kept is not None:
            return f"Kept. {self.kept.summary}"
        return FIXED.get(self.ask.get("fixed"), "").format(self.visit_reference)

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
    def notes(self) -> list[dict]:
        """What is to be known of a day under way before anything is changed: `head`, then `lines`."""
        opened, notes = self.opened, []
        if opened.dropped:
            notes.append({"head": NOBODY_COMES, "lines": opened.dropped})
        if opened.runs_late:
            notes.append({"head": RUNS_LATE, "lines": opened.runs_late})
        return notes

    @property
    def already_broken(self) -> list[str]:
        """Rules that the plan breaks as it is stored: the roster or the visits have changed since."""
        return self.opened.broken(self.opened.draft.standing)


class ChosenVisit:
    """One visit in the panel."""

    def __init__(self, opened: OpenPlan, board: Board, reference: str, from_staff: str):
        self.opened, self.board, self.reference = opened, board, reference
        servers = opened.draft.served_by.get(reference, [])
        self.staff = from_staff if from_staff in servers else (servers[0] if servers else "")

    @property
    def why_begun(self) -> str:
        """Why it cannot be changed; empty where it can."""
        return self.opened.why_begun(self.reference) if self.opened.has_begun(self.reference) else ""

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
            places = self.opened.draft.best_places(self.reference, from_staff=self.staff or None)
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
            begun = sum(map(self.opened.has_begun, others))
            options = [(f"{column['staff']}|", "best place")]
            options += [(f"{column['staff']}|0", "first visit")] if not begun else []
            options += [
                (f"{column['staff']}|{at}", f"after {other}") for at, other in enumerate(others, start=1) if at >= begun
            ]
            groups.append({"name": column["name"], "options": options})
        return groups

    @cached_property
    def swappable(self) -> list[dict]:
        groups = []
        for column in self.board.columns:
            visits = [
                {"reference": stop["reference"], "start": stop["start"]}
                for stop in column["stops"]
                if not stop.get("is_break") and stop["reference"] != self.reference and not stop["state"]
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
    def is_at_work(self) -> bool:
        """Somebody who fell ill after the plan was made has a round and does not work."""
        return self.staff in self.opened.problem.staff_by_id and not self.opened.is_away(self.staff)

    @property
    def has_visits_ahead(self) -> bool:
        return any(not self.opened.has_begun(visit) for visit in self.visits)

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
                "targets": self._targets(index),
                "length": duration(pause.duration),
                "hours": " or ".join(f"{clock(opens)} to {clock(closes)}" for opens, closes in pause.windows),
            }
            for index, pause in enumerate(person.breaks)
            if not self.opened.is_break_over(self.staff, index)
        ]

    def _targets(self, index) -> list[tuple[str, str, bool]]:
        """(value, words, whether the break is there now)."""
        before = 0
        for stop in self.opened.draft.routes[self.staff].stops:
            if isinstance(stop, BreakStop) and stop.index == index:
                break
            before += isinstance(stop, VisitStop)
        places = ["before the first visit", *(f"after {visit}" for visit in self.visits)]
        begun = sum(map(self.opened.has_begun, self.visits))
        return [(f"{self.staff}|{at}", words, at == before) for at, words in enumerate(places) if at >= begun]
