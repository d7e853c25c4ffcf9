"""Slots for a booking, in words."""

from routing.civil_time import clock, moment_of
from routing.models import PlanState, StaffMember
from routing.slot_finding import FoundSlot, SlotSearch

from .remedies import driving_text
from .wording import counted, duration

# What the search asked, carried along to the booking.
CARRIED = ("postcode", "area_code", "visit_minutes", "tier", "opens", "closes", "two_people")
EFFECTS = {
    PlanState.PROPOSED: "Goes into the proposal at once.",
    PlanState.APPROVED: "Changes a plan that is approved.",
    PlanState.PUBLISHED: "Changes a published plan: the person who makes the visit is told.",
}


class SlotsPage:
    """`found` is None before anything was asked."""

    def __init__(self, team, plan, form, found: SlotSearch | None):
        self.team, self.plan, self.form, self.found = team, plan, form, found

    @property
    def lead(self) -> str:
        if not self.found.plans:
            return "There is no proposed, approved or published plan on these days."
        searched = counted(self.found.plans, "plan")
        if not self.found.slots:
            return f"No slot in {searched}: nobody with these skills has the time."
        cheapest = counted(len(self.found.slots), "slot costs", "slots cost")
        return f"{cheapest} least, of {searched}. Everybody else keeps their person and order."

    @property
    def unusable(self) -> list[str]:
        return [f"{plan.name} breaks a rule as people and visits are now: optimise it again." for plan in self._broken]

    @property
    def _broken(self):
        return self.found.unusable if self.found else []

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Names and values of the hidden fields."""
        data = self.form.data
        pairs = [(name, data[name]) for name in CARRIED if data.get(name)]
        return pairs + [("skills", value) for value in data.getlist("skills")]

    @property
    def rows(self) -> list[dict]:
        staff = StaffMember.objects.for_organisation(self.team.organisation).filter(team=self.team)
        names = dict(staff.values_list("reference", "display_name"))
        return [self._row(slot, names) for slot in self.found.slots]

    def _row(self, slot: FoundSlot, names) -> dict:
        start, latest = (clock(moment_of(slot.plan.day, each)) for each in (slot.start, slot.latest))
        until = "" if start == latest else f", or any time until {latest}"
        return {
            "plan": slot.plan,
            "people": " and ".join(names.get(name, name) for name, _ in slot.places),
            "time": f"{start}{until}",
            "start": start,
            "travel": driving_text(slot.added_travel),
            "pushed": [f"{visit} starts {duration(seconds)} later" for visit, seconds in slot.pushed if seconds >= 60],
            "effect": EFFECTS[slot.plan.state],
            "places": ",".join(f"{name}:{place}" for name, place in slot.places),
            "start_seconds": slot.start,
            "latest_seconds": slot.latest,
            "version": slot.plan.version,
        }
