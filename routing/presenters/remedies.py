"""What would help: remedies of visits left out, and what is certain before optimising, with names for references."""

import re
from dataclasses import fields
from functools import cached_property

from routing.civil_time import clock, moment_of
from routing.models import RoutePlan, Skill, StaffMember
from routing.models.people import DayEnd
from routing.planning.prechecks import Finding
from routing.planning.remedies import KINDS
from routing.planning.remedy_words import in_words
from routing.planning.solution import Remedy
from routing.problem_building.travel import PROFILE_WORDS, main_of

from .wording import counted, duration, reason_label

# Where reasons (`planning.reasons`, `planning.precheck_capacity`) name skills and people.
SKILLS_NAMED = re.compile(
    r"(?<=Nobody on shift has )[^.]+|(?<=Nobody with ).+?(?= works )|(?<=Needs )[^:]+(?=: nobody)|"
    r"(?<=visits that need ).+?(?= take )|(?<=people with ).+?(?= have )|(?<=one person with ).+?(?= has )"
)
PERSON_NAMED = re.compile(r"(?<=the day of )[\w-]+")
CODE = re.compile(r"[\w-]+")
KNOWN = {field.name for field in fields(Remedy)}
LISTED_AT_ONCE = 1
VISITS_NAMED = 5


class Wording:
    """Remedies of one plan in words. Names are fetched once, and only where there is something to word."""

    def __init__(self, plan: RoutePlan):
        self.plan = plan

    @cached_property
    def people(self) -> dict[str, str]:
        staff = StaffMember.objects.for_organisation(self.plan.organisation).filter(team=self.plan.team_id)
        return dict(staff.values_list("reference", "display_name"))

    @cached_property
    def skills(self) -> dict[str, str]:
        return dict(Skill.objects.for_organisation(self.plan.organisation).values_list("code", "name"))

    def detail(self, text: str) -> str:
        """A reason with the names of skills and people in place of their codes and references."""
        text = SKILLS_NAMED.sub(lambda part: CODE.sub(self._skill_of, part[0]), text)
        return PERSON_NAMED.sub(lambda found: self.people.get(found[0], found[0]), text)

    def _skill_of(self, found) -> str:
        return self.skills.get(found[0], found[0]).lower()

    def change(self, remedy: Remedy) -> str:
        if remedy.kind not in KINDS:
            return remedy.change
        return in_words(
            remedy,
            name=lambda reference: self.people.get(reference, reference),
            skill=lambda code: self.skills.get(code, code).lower(),
            clock=lambda seconds: clock(moment_of(self.plan.day, seconds)),
            assumed=self._assumed(remedy) if remedy.kind == "extra" else "",
        )

    def _assumed(self, remedy) -> str:
        """Of one more person: from where and how the time was reckoned. Nobody's home is told."""
        base = self.bases.get(remedy.staff)
        where = f"from {base}" if base else "from where somebody's day begins"
        return f"{where}, {PROFILE_WORDS[main_of(self.plan.travel.get('profiles', ()))]}, no break"

    @cached_property
    def bases(self) -> dict[str, str]:
        """Names of the bases of people whose day begins there."""
        staff = StaffMember.objects.for_organisation(self.plan.organisation).filter(team=self.plan.team_id)
        at_base = staff.filter(starts_from=DayEnd.BASE).select_related("base")
        return {person.reference: person.base.name for person in at_base}

    def remedies(self, stored: list[dict]) -> dict:
        """The cheapest `first`, the `others` behind a heading; each with its change and what it does to the driving."""
        rows = [
            self._row(Remedy(**{key: each[key] for key in each if key in KNOWN})) | {"number": number}
            for number, each in enumerate(stored)
        ]
        first, others = rows[:LISTED_AT_ONCE], rows[LISTED_AT_ONCE:]
        return {"first": first, "others": others, "more": counted(len(others), "other way") if others else ""}

    def _row(self, remedy):
        effect = driving_text(remedy.travel_change) if remedy.kind else ""
        return {"change": self.change(remedy), "effect": effect, "can_try": remedy.kind in KINDS}

    def findings(self, found: list[Finding]) -> list[dict]:
        return [
            {
                "label": reason_label(finding.code),
                "detail": self.detail(finding.detail),
                "visits": _named(finding.visits),
                "remedies": [self.change(remedy) for remedy in finding.changes] or list(finding.remedies),
            }
            for finding in found
        ]


def driving_text(seconds: float) -> str:
    """What a change does to the driving of the day, e.g. 12 min more driving."""
    if abs(seconds) < 30:
        return "no more driving"
    return f"{duration(abs(seconds))} {'more' if seconds > 0 else 'less'} driving"


def _named(visits) -> str:
    named = ", ".join(visits[:VISITS_NAMED])
    more = len(visits) - VISITS_NAMED
    return f"{named} and {more:,} more" if more > 0 else named
