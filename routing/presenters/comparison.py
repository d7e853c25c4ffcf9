"""Two versions side by side: of one plan, or of two plans of the same day and team."""

from collections import defaultdict
from functools import cached_property

from lsoa.written_numbers import percent, signed
from routing.civil_time import clock, moment_of
from routing.models import PlanVersion

from .rules import version_rules
from .versions import VersionFacts
from .wording import counted, duration

# A start that moves by less is the same to everybody.
SAME_SECONDS = 60
DASH = "–"


class Comparison:
    """What changes from `left` to `right` (PlanVersion)."""

    def __init__(self, left: PlanVersion, right: PlanVersion):
        self.left, self.right = VersionFacts(left), VersionFacts(right)
        self.day = right.plan.day

    @property
    def is_one_plan(self) -> bool:
        return self.left.plan.pk == self.right.plan.pk

    @property
    def heads(self) -> tuple[str, str]:
        """What the two columns are called."""
        return _head(self.left, self.is_one_plan), _head(self.right, self.is_one_plan)

    @cached_property
    def rules(self) -> list[dict]:
        """What the judge says now of each of the two, with the name of its column."""
        sides = zip(self.heads, (self.left, self.right), strict=True)
        return [{"name": head} | said for head, facts in sides if (said := version_rules(facts.version))]

    @property
    def is_same(self) -> bool:
        return not (self.people or self.moved or self.unserved)

    @cached_property
    def people(self) -> list[dict]:
        """Who gains and who loses which visits, by name."""
        gains, losses = defaultdict(list), defaultdict(list)
        for reference in self.left.places.keys() | self.right.places.keys():
            before, after = self._who(self.left, reference), self._who(self.right, reference)
            for name in after - before:
                gains[name].append(reference)
            for name in before - after:
                losses[name].append(reference)
        return [
            {"name": name, "gains": sorted(gains[name]), "losses": sorted(losses[name])}
            for name in sorted(gains.keys() | losses.keys())
        ]

    @cached_property
    def moved(self) -> list[dict]:
        """Visits that stay with somebody and start at another time."""
        rows = []
        for reference, before in self.left.places.items():
            after = self.right.places.get(reference, {})
            for staff in before.keys() & after.keys():
                shift = after[staff] - before[staff]
                if abs(shift) >= SAME_SECONDS:
                    rows.append((before[staff], reference, self.right.name(staff), after[staff], shift))
        return [
            {
                "reference": reference,
                "name": name,
                "before": self._clock(start),
                "after": self._clock(then),
                "shift": f"{duration(abs(shift))} {'later' if shift > 0 else 'earlier'}",
            }
            for start, reference, name, then, shift in sorted(rows)
        ]

    @cached_property
    def unserved(self) -> list[dict]:
        """Visits that only one of the two serves."""
        known = self.left.tiers | self.right.tiers
        rows = []
        for reference in sorted(self.left.places.keys() ^ self.right.places.keys()):
            now_served = reference in self.right.places
            without, head = (self.left, self.heads[1]) if now_served else (self.right, self.heads[0])
            change = "now served" if now_served else "now left out"
            if reference not in without.tiers:
                change = f"only in {head}"
            reason = without.left_out.get(reference, "")
            rows.append({"reference": reference, "tier": known.get(reference, 0), "change": change, "reason": reason})
        return sorted(rows, key=lambda row: (row["tier"], row["reference"]))

    @property
    def summary(self) -> str:
        if self.is_same:
            return "The same people make the same visits at the same times."
        gained = sum(row["change"] == "now served" for row in self.unserved)
        lost = self.leaves_more_out
        parts = [
            (gained, f"{counted(gained, 'visit')} more served"),
            (lost, f"{counted(lost, 'visit')} more left out"),
            (len(self.people), f"{counted(len(self.people), 'person', 'people')} with other visits"),
            (len(self.moved), f"{counted(len(self.moved), 'visit')} at another time"),
        ]
        return "; ".join(text for number, text in parts if number) + "."

    @property
    def leaves_more_out(self) -> int:
        """Visits that the later of two versions leaves out and the earlier served."""
        return sum(row["change"] == "now left out" for row in self.unserved)

    @property
    def figures(self) -> list[dict]:
        """KPIs side by side with the difference."""
        left, right = self.left, self.right
        tier_one = [facts.tier_one for facts in (left, right)]
        return [
            _number("Tier 1 visits served", *(served for served, _ in tier_one), more_is_better=True),
            _number("Visits served", len(left.places), len(right.places), more_is_better=True),
            _seconds("Driving", *(facts.version.cost.get("travel", 0) for facts in (left, right))),
            _seconds("Overtime, weighted", *(facts.version.cost.get("overtime", 0) for facts in (left, right))),
            _seconds("Lateness, weighted", *(facts.version.cost.get("late", 0) for facts in (left, right))),
            _seconds("Broken preferences", *(facts.version.cost.get("preference", 0) for facts in (left, right))),
            _number("People with visits", len(left.version.routes), len(right.version.routes)),
            _number("Cost", *(facts.version.cost.get("total", 0) for facts in (left, right)), more_is_better=False),
        ]

    @property
    def equity(self) -> list[dict]:
        """Coverage of Core20 and of the others, side by side."""
        left, right = (facts.version.equity or {} for facts in (self.left, self.right))
        rows = [_ratio("Core20 coverage ratio", left.get("ratio"), right.get("ratio"))]
        for label, key in (("Coverage in Core20", "core20"), ("Coverage elsewhere", "rest")):
            shares = [(each.get(key) or {}).get("coverage") for each in (left, right)]
            rows.append(_share(label, *shares))
        return rows

    def _who(self, facts, reference) -> set[str]:
        return {facts.name(staff) for staff in facts.places.get(reference, ())}

    def _clock(self, seconds) -> str:
        return clock(moment_of(self.day, seconds))


def _head(facts, is_one_plan) -> str:
    version = f"version {facts.version.number}"
    return version.capitalize() if is_one_plan else f"{facts.plan.name}, {version}"


def _row(label, left, right, change, better=None) -> dict:
    css = "" if better is None else "her-change--better" if better else "her-change--worse"
    return {"label": label, "left": left, "right": right, "change": change, "css": css}


def _better(difference, more_is_better):
    return None if more_is_better is None or not difference else (difference > 0) == more_is_better


def _number(label, left, right, more_is_better=None):
    change = signed(right - left) if right != left else "no change"
    return _row(label, f"{left:,}", f"{right:,}", change, _better(right - left, more_is_better))


def _seconds(label, left, right):
    difference = right - left
    sign = "+" if difference > 0 else "−"
    change = "no change" if abs(difference) < 30 else f"{sign}{duration(abs(difference))}"
    better = None if abs(difference) < 30 else difference < 0
    return _row(label, duration(left), duration(right), change, better)


def _ratio(label, left, right):
    shown = [DASH if value is None else f"{value:.2f}" for value in (left, right)]
    if None in (left, right):
        return _row(label, *shown, "too few to compare")
    difference = round(right - left, 2)
    return _row(label, *shown, signed(difference, 2) if difference else "no change", _better(difference, True))


def _share(label, left, right):
    if None in (left, right):
        return _row(label, percent(left), percent(right), "too few to compare")
    points = round((right - left) * 100)
    change = f"{signed(points)} point{'' if abs(points) == 1 else 's'}" if points else "no change"
    return _row(label, percent(left), percent(right), change, _better(points, True))
