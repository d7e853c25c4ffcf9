"""The small-number rule through every door: a planted three is found nowhere, and exports less each other are nothing.

`COUNTING` lists where rows are counted outside services, and why that needs no rule: new counting fails here until
somebody has thought about it (docs/small-numbers.md).
"""

import ast
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.small_numbers import RULE
from accounts.tests.files import content_of, csv_rows
from routing.models import (
    PlanState,
    PlusGroup,
    RouteAssignment,
    RoutePlan,
    RouteStop,
    Shift,
    UnservedVisit,
    Visit,
)

from . import factories as make

SINGLE = "stands beside the single visits or people that it counts"
COUNTING = {
    "routing/presenters/life.py": (1, "people made up in a scenario"),
    "routing/presenters/weeks.py": (2, SINGLE),
    "routing/views/staff.py": (1, "absences of one person, to those who keep the team"),
    "routing/views/caseload.py": (4, SINGLE),
    "routing/plan_editing.py": (2, "a key of the cache, shown nowhere"),
    "routing/problem_building/people.py": (1, "staff at work, to those who plan their day"),
    "routing/trail_subjects.py": (1, "whether rows lie in the reader's own teams, shown nowhere"),
    "routing/models/teams.py": (3, SINGLE),
    "routing/models/plans.py": (1, SINGLE),
    "routing/due_visits.py": (1, "areas"),
    "insights/demand_rows.py": (3, "shown as shares by published_share, and as hours"),
    "healthequiroute/portal/dashboard/heatmap.py": (1, "areas"),
    "healthequiroute/portal/dashboard/versions.py": (3, "what figures follow from, shown nowhere"),
    "healthequiroute/portal/presenters/home.py": (1, "alerts about data"),
    "healthequiroute/portal/presenters/rounds_today.py": (1, "alerts on rounds, to those who plan"),
    "healthequiroute/portal/presenters/area.py": (1, "postcodes, published"),
    "healthequiroute/portal/selection.py": (2, "areas"),
    "healthequiroute/portal/dashboard/visits.py": (3, "no counting: the type of numbers that may be shown"),
    "insights/assistant/tools/areas.py": (6, "areas"),
    "insights/assistant/tools/comparing.py": (4, "areas"),
    "insights/assistant/tools/scopes.py": (5, "areas"),
    "healthequiroute/portal/versions.py": (3, "publications, runs and areas of patches, shown nowhere"),
}
ELSEWHERE = ("/tests/", "/migrations/", "/planning/", "/management/", "/travel/", "/services/")
AGGREGATES = {"Count", "Sum", "Avg", "count"}
# Served, left out, all: by area of a day. The first area has three visits on Monday.
MONDAY, TUESDAY = (3, 24, 24, 24, 24, 24), (12, 24, 24, 24, 24, 24)


def counting_calls(text: str) -> int:
    """Aggregates in the source: Count(...), Sum(...), and .count() without an argument."""
    found = 0
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            of_rows = isinstance(node.func, ast.Attribute) and not node.args
            found += name in AGGREGATES and (name != "count" or of_rows)
    return found


def test_nothing_is_counted_that_nobody_thought_about():
    found = {}
    for folder in ("routing", "healthequiroute/portal", "insights"):
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*.py")):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            if not any(each in f"/{name}" for each in ELSEWHERE) and (number := counting_calls(path.read_text())):
                found[name] = number
    told = {name: number for name, (number, _) in COUNTING.items()}
    assert found == told, "say in COUNTING why it needs no rule, or return accounts.small_numbers.Count"


@pytest.fixture
def team(organisation, make_user):
    """Two approved days. Of 24 visits of an area twelve are left out; of the few of the first area, none."""
    areas = make.town((1,) * 6, (1, 2, 4, 6, 8, 10))
    team, approver = make.team(organisation, areas, people=1), make_user(["approver"])
    day = make.DAY
    make.services.add_shifts(
        people=list(team.staff.all()), days=[day + timedelta(days=1)], starts=make.time(8), ends=make.time(16, 30),
        by=make.SETUP,
    )  # fmt: skip
    for number, sizes in enumerate((MONDAY, TUESDAY)):
        day_plan(team, areas, approver, make.DAY + timedelta(days=number), sizes)
    planted = PlusGroup.objects.create(organisation=organisation, code="planted", name="Planted group")
    for visit in Visit.objects.filter(team=team, area=areas[3], day=make.DAY).order_by("reference")[:3]:
        visit.plus_groups.set([planted])
    return team


def day_plan(team, areas, approver, day, sizes):
    now, organisation = timezone.now(), team.organisation
    plan = RoutePlan.objects.create(
        organisation=organisation, team=team, day=day, name=f"{day}", state=PlanState.APPROVED,
        approved_by=approver, approved_at=now, optimised_at=now,
    )  # fmt: skip
    shift = Shift.objects.get(staff__team=team, day=day)
    route = RouteAssignment.objects.create(plan=plan, staff_id=shift.staff_id, shift=shift)
    start = datetime.combine(day, make.time(9), tzinfo=timezone.get_default_timezone())
    places = [(area, index) for area, size in zip(areas, sizes, strict=True) for index in range(size)]
    visits = Visit.objects.bulk_create(
        Visit(
            organisation=organisation, team=team, reference=f"p{number:03}", day=day, area=area, minutes=30, tier=3,
            point=Point(area.centroid.x, area.centroid.y, srid=4326), first_due=day, source="csv", state="open",
            imd_decile=(1, 2, 4, 6, 8, 10)[areas.index(area)],
        )
        for number, (area, _) in enumerate(places)
    )  # fmt: skip
    plan.visits.set(visits)
    made = [visit for visit, (_, index) in zip(visits, places, strict=True) if index < 12]
    RouteStop.objects.bulk_create(
        RouteStop(
            assignment=route, sequence=number, visit=visit, arrives_at=start, starts_at=start, leaves_at=start,
            travel_seconds=600,
        )
        for number, visit in enumerate(made, start=1)
    )  # fmt: skip
    UnservedVisit.objects.bulk_create(
        UnservedVisit(plan=plan, visit=visit, reason="full") for visit in visits if visit not in set(made)
    )


QUESTIONS = [
    f"period=week&day={make.DAY}",
    f"period=four-weeks&day={make.DAY}",
    f"period=week&day={make.DAY + timedelta(days=3)}",
]


def rows_of(answer):
    return csv_rows(answer)


@pytest.mark.django_db
def test_a_planted_three_is_found_nowhere(team, client_as, api_client_as):
    reader, caller = client_as("analyst"), api_client_as("analyst")
    monday = RoutePlan.objects.get(team=team, day=make.DAY)
    for question in [*QUESTIONS, f"period=plan&plan={monday.pk}"]:
        page = reader.get(f"/equity/?team={team.pk}&{question}").content.decode()
        row = re.search(r"<tr>\s*<th[^>]*>Planted group.*?</tr>", page, re.DOTALL)[0]
        assert "not shown" in row and not re.search(r">\s*\d", row), question
        rows = rows_of(reader.get(f"/equity/figures.csv?team={team.pk}&{question}"))
        planted = [row for row in rows if row["group"] == "Planted group" and row["measure"] == "coverage"]
        assert {row[name] for row in planted for name in ("value", "visits", "served")} == {"[c]"}
        numbers = [row[name] for row in rows for name in ("visits", "served") if row[name] not in ("", "[c]")]
        assert numbers and all(int(number) % RULE.base == 0 for number in numbers)
        told = caller.get(f"/api/v1/equity/?team={team.pk}&{question}").json()["planned"]
        assert told["plus"]["Planted group"] == {
            **dict.fromkeys(("n", "served", "coverage", "low", "high")),
            "hidden": True,
            "suppressed": "small_number_rule",
        }


@pytest.mark.django_db
def test_whole_tables_less_their_rows_leave_one_to_seven_open(team, client_as):
    """Monday: three visits in one area of Core20. Core20 less its other area, all fifths less four of them: nothing."""
    monday = RoutePlan.objects.get(team=team, day=make.DAY)
    rows = rows_of(client_as("analyst").get(f"/equity/figures.csv?period=plan&plan={monday.pk}"))
    told = {(row["group_kind"], row["group"]): row for row in rows if row["measure"] == "coverage"}
    areas = {code: row for (kind, code), row in told.items() if kind == "lsoa"}
    small = min(areas)
    assert areas[small]["visits"] == "[c]"
    neighbour = sorted(areas)[1]
    assert "[c]" in (areas[neighbour]["visits"], told["core20", "Core20"]["visits"]), "else the one less the other"


@pytest.mark.django_db
def test_two_exports_of_one_week_are_the_same_for_everybody(team, client_as):
    def export(role, question):
        """All of it but the minute in which it was made."""
        content = content_of(client_as(role).get(f"/equity/figures.csv?team={team.pk}&{question}"))
        lines = content.splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(b"# Made: ")]
        assert len(kept) == len(lines) - 1
        return b"".join(kept)

    first, _, later = QUESTIONS
    assert export("analyst", first) == export("analyst", later) == export("planner", first) == export("auditor", first)


@pytest.mark.django_db
def test_one_visit_more_leaves_what_is_hidden_hidden(team, client_as):
    def planted():
        rows = rows_of(client_as("analyst").get(f"/equity/figures.csv?team={team.pk}&{QUESTIONS[0]}"))
        return [row["visits"] for row in rows if row["group"] == "Planted group"]

    before = planted()
    group = PlusGroup.objects.get(code="planted")
    another = Visit.objects.filter(team=team, day=make.DAY, plus_groups=None).order_by("-reference").first()
    another.plus_groups.add(group)
    assert planted() == before == ["[c]"]
