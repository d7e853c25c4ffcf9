"""Who works when: two weeks of a team, and the days on which nobody has a skill."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from routing.caseload import is_bank_holiday
from routing.civil_time import clock
from routing.models import Absence, RotaFile, Shift, Skill, Visit

from .wording import counted

DAYS = 14
REJECTED_SHOWN = 100


@dataclass(frozen=True)
class Cell:
    """One person on one day. `times`: start and end of each shift; `away`: the kind of absence, blank for none."""

    day: date
    times: tuple[tuple[str, str], ...] = ()
    away: str = ""

    @property
    def works(self) -> bool:
        return bool(self.times) and not self.away

    @property
    def shifts(self) -> str:
        return ", ".join(f"{starts}–{ends}" for starts, ends in self.times)


class RotaGrid:
    """Rows of people and of skills over `DAYS` days from `first_day` on."""

    def __init__(self, team, first_day: date):
        self.team, self.first_day = team, first_day
        self.days = [first_day + timedelta(days=number) for number in range(DAYS)]

    @property
    def last_day(self) -> date:
        return self.days[-1]

    @property
    def earlier(self) -> date:
        return self.first_day - timedelta(days=DAYS)

    @property
    def later(self) -> date:
        return self.first_day + timedelta(days=DAYS)

    @property
    def span(self) -> str:
        return f"{self.first_day:%-d %B %Y} to {self.last_day:%-d %B %Y}"

    @cached_property
    def people(self) -> list:
        return list(self.team.staff.active().prefetch_related("skill_records__skill"))

    @cached_property
    def heads(self) -> list[dict]:
        return [{"day": day, "is_weekend": day.weekday() >= 5, "is_holiday": is_bank_holiday(day)} for day in self.days]

    @cached_property
    def rows(self) -> list[dict]:
        """Of each person, a Cell for each day."""
        shifts, away = self._shifts, self._away
        return [
            {
                "person": person,
                "cells": [
                    Cell(day, tuple(shifts[person.pk, day]), away.get((person.pk, day), "")) for day in self.days
                ],
            }
            for person in self.people
        ]

    @cached_property
    def _shifts(self) -> dict:
        texts = defaultdict(list)
        of_team = Shift.objects.of_team(self.team)  # unscoped: of the team handed over
        for shift in of_team.filter(day__range=(self.days[0], self.last_day)).order_by("starts_at"):
            texts[shift.staff_id, shift.day].append((clock(shift.starts_at), clock(shift.ends_at)))
        return texts

    @property
    def absences(self):
        """Those of the people that touch these days, the earliest first."""
        absences = Absence.objects.filter(staff__in=self.people)  # unscoped: of the team handed over
        return absences.filter(first_day__lte=self.last_day, last_day__gte=self.first_day)

    @cached_property
    def _away(self) -> dict:
        return {
            (absence.staff_id, day): absence.get_kind_display()
            for absence in self.absences
            for day in self.days
            if absence.first_day <= day <= absence.last_day
        }

    @cached_property
    def working(self) -> list[int]:
        """How many people work on each day."""
        return [sum(row["cells"][place].works for row in self.rows) for place in range(DAYS)]

    @cached_property
    def skills(self) -> list[dict]:
        """Of each skill, for each day: how many people who work have it, and how many visits need it."""
        skills = Skill.objects.for_organisation(self.team.organisation)
        return [
            {"skill": skill, "cells": [self._skill_cell(skill, place) for place in range(DAYS)]} for skill in skills
        ]

    def _skill_cell(self, skill, place) -> dict:
        day, needed = self.days[place], self._needs[skill.pk, self.days[place]]
        holders = [row for row in self.rows if skill.code in row["person"].skill_codes(day)]
        able = sum(row["cells"][place].works for row in holders)
        # A hole: a visit needs it, or people work but none of those of the team who have it.
        is_hole = not able and (needed > 0 or bool(holders and self.working[place]))
        return {"day": day, "able": able, "needed": needed, "is_hole": is_hole}

    @cached_property
    def _needs(self) -> Counter:
        visits = Visit.objects.filter(  # unscoped: of the team handed over
            team=self.team,
            day__range=(self.days[0], self.last_day),
            state__in=[Visit.State.OPEN, Visit.State.PLANNED],
            skills__isnull=False,
        )
        return Counter(visits.values_list("skills", "day"))

    @cached_property
    def holes(self) -> list[dict]:
        """Days on which nobody at work has a skill, in order of days."""
        return [
            {"day": day, "skills": names, "needed": needed}
            for place, day in enumerate(self.days)
            if (names := [row["skill"].name for row in self.skills if row["cells"][place]["is_hole"]])
            for needed in [sum(row["cells"][place]["needed"] for row in self.skills if row["cells"][place]["is_hole"])]
        ]

    @cached_property
    def list_of_days(self) -> list[dict]:
        """The same by day, for narrow screens."""
        return [
            {
                **head,
                "number": self.working[place],
                "count": counted(self.working[place], "person", "people"),
                "at_work": [(row["person"], row["cells"][place]) for row in self.rows if row["cells"][place].works],
                "away": [(row["person"], row["cells"][place]) for row in self.rows if row["cells"][place].away],
                "holes": [row["skill"].name for row in self.skills if row["cells"][place]["is_hole"]],
            }
            for place, head in enumerate(self.heads)
        ]


class RotaFilePage:
    """What a file of shifts or absences would change, or has changed."""

    def __init__(self, file: RotaFile):
        self.file, self.report = file, file.report
        self.rejected = self.report.get("rejected", [])

    @property
    def is_open(self) -> bool:
        return self.file.state == RotaFile.State.CHECKED

    @property
    def changes_something(self) -> bool:
        return any(self.report.get(name) for name in ("added", "changed", "removed"))

    @property
    def lead(self) -> str:
        rows = counted(self.report["rows"], "row")
        if not self.report.get("people"):
            return f"{rows}; none of them can be taken."
        people = counted(self.report["people"], "person", "people")
        first, last = self._day("first_day"), self._day("last_day")
        return f"{rows} for {people}, {first if first == last else f'{first} to {last}'}."

    def _day(self, name) -> str:
        return f"{date.fromisoformat(self.report[name]):%-d %B %Y}"

    @property
    def figures(self) -> list[tuple[str, int]]:
        things = "Shifts" if self.file.kind == RotaFile.Kind.SHIFTS else "Absences"
        return [
            (f"{things} added", self.report["added"]),
            (f"{things} changed", self.report["changed"]),
            (f"{things} removed", self.report["removed"]),
            (f"{things} that were there already", self.report["unchanged"]),
            ("Rows refused", len(self.rejected)),
        ]

    @property
    def refused(self) -> str:
        return f"{counted(len(self.rejected), 'row')} refused"

    @property
    def rejected_shown(self) -> list[dict]:
        return self.rejected[:REJECTED_SHOWN]

    @property
    def rejected_left(self) -> int:
        return max(0, len(self.rejected) - REJECTED_SHOWN)
