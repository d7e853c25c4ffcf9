"""The versions of a plan: the list, and one of them stop by stop."""

from functools import cached_property

from routing.civil_time import clock, moment_of
from routing.models import PlanVersion, RoutePlan, StaffMember

from .wording import counted, duration, reason_label


class VersionFacts:
    """What one version says, with names for references. Reads the version's own copy of the routes."""

    def __init__(self, version: PlanVersion, people: dict[str, str] | None = None, tiers: dict[str, int] | None = None):
        self.version, self.plan = version, version.plan
        self.people = people if people is not None else names_of(version.plan)
        self.tiers = tiers if tiers is not None else tiers_of(version.plan)

    def name(self, reference: str) -> str:
        return self.people.get(reference, reference)

    @cached_property
    def places(self) -> dict[str, dict[str, int]]:
        """Start of service in seconds by staff reference, by reference of the visit."""
        placed: dict[str, dict[str, int]] = {}
        for route in self.version.routes:
            for stop in route["stops"]:
                if "visit" in stop:
                    placed.setdefault(stop["visit"], {})[route["staff"]] = stop["start"]
        return placed

    @cached_property
    def left_out(self) -> dict[str, str]:
        """Reason in words of each visit that is not on a route, by reference."""
        reasons = {each["visit"]: reason_label(each.get("reason", "")) for each in self.version.unserved}
        return {
            reference: reasons.get(reference, "Not placed") for reference in self.tiers if reference not in self.places
        }

    @property
    def tier_one(self) -> tuple[int, int]:
        """Served, of how many."""
        urgent = [reference for reference, tier in self.tiers.items() if tier == 1]
        return sum(reference in self.places for reference in urgent), len(urgent)

    @property
    def served(self) -> str:
        return f"{len(self.places)} of {max(len(self.tiers), len(self.places))}"

    @property
    def rounds(self) -> list[dict]:
        """For the page of one version."""
        day = self.plan.day
        return [
            {
                "name": self.name(route["staff"]),
                "count": counted(sum("visit" in stop for stop in route["stops"]), "visit"),
                "stops": [
                    {
                        "reference": stop.get("visit", "Break"),
                        "tier": self.tiers.get(stop.get("visit"), ""),
                        "start": clock(moment_of(day, stop["start"])),
                        "end": clock(moment_of(day, stop["leave"])),
                    }
                    for stop in route["stops"]
                ],
            }
            for route in sorted(self.version.routes, key=lambda route: self.name(route["staff"]))
        ]

    @property
    def missing(self) -> list[dict]:
        order = sorted(self.left_out, key=lambda reference: (self.tiers[reference], reference))
        return [{"reference": each, "tier": self.tiers[each], "reason": self.left_out[each]} for each in order]


class VersionList:
    """Rows of the list, the newest first."""

    def __init__(self, plan: RoutePlan):
        self.plan = plan

    @cached_property
    def rows(self) -> list[dict]:
        people, tiers = names_of(self.plan), tiers_of(self.plan)
        versions = self.plan.versions.select_related("made_by", "plan")
        return [self._row(version, VersionFacts(version, people, tiers)) for version in versions]

    def _row(self, version, facts) -> dict:
        return {
            "version": version,
            "is_current": version.number == self.plan.version,
            "who": version.made_by.get_full_name() if version.made_by else "the optimiser",
            "origin": version.get_origin_display(),
            "summary": version.summary,
            "served": facts.served,
            "travel": duration(version.cost.get("travel", 0)),
            "cost": f"{version.cost.get('total', 0):,}",
        }

    @property
    def numbers(self) -> list[int]:
        return [row["version"].number for row in self.rows]


def names_of(plan: RoutePlan) -> dict[str, str]:
    """Display names by reference, of everybody in the team and of those made up."""
    staff = StaffMember.objects.for_organisation(plan.organisation).filter(team=plan.team_id)
    return dict(staff.values_list("reference", "display_name"))


def tiers_of(plan: RoutePlan) -> dict[str, int]:
    return dict(plan.visits.values_list("reference", "tier"))
