"""A small made-up town on a grid, with priorities, a team and its people.

west                      east
E01900000  E01900001 ...           each area is a square of 0.01 by 0.01 degrees, in rows of `COLUMNS`
"""

from datetime import date, time
from itertools import count

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.contrib.postgres.fields import ArrayField
from django.utils import timezone

from accounts.audit import SystemActor
from lsoa.models import Area, Dataset, Indicator, IndicatorValue, Patch, Postcode
from lsoa.services import refresh_profile
from priorities.models import ModelVersion, PriorityScore, ScoreRun
from routing import services

ORIGIN = (-1.95, 52.45)
STEP = 0.01
COLUMNS = 5
DAY = date(2026, 11, 23)  # a Monday
SETUP = SystemActor("tests")
_numbers = count()


def dataset() -> Dataset:
    return Dataset.objects.create(
        publication=f"test-{next(_numbers)}",
        title="Made-up town",
        publisher="Tests",
        release="1",
        licence="None",
        standing=Dataset.Standing.SYNTHETIC,
        file_name="none",
        file_sha256="0" * 64,
    )


def town(priorities=(3, 3, 2, 2, 1, 1, 0, 0), deciles=(1, 4, 2, 5, 7, 8, 9, 10), *, with_postcodes=True) -> list[Area]:
    """One area for each DEX class and IMD decile given, each with a current score and two residential postcodes."""
    source = dataset()
    areas = Area.objects.bulk_create(_area(index, source) for index in range(len(priorities)))
    _profile(areas, source, imd_decile=deciles, population=[1_600] * len(areas))
    version = ModelVersion.objects.create(
        name=f"Test {next(_numbers)}",
        number=1,
        definition="",
        definition_sha256="0" * 64,
        inputs={},
        minutes={"review_hours": [2016, 1008, 336, 48]},
    )
    run = ScoreRun.objects.create(model_version=version, started_at=timezone.now(), finished_at=timezone.now())
    PriorityScore.objects.bulk_create(
        _score(run, area, priority) for area, priority in zip(areas, priorities, strict=True)
    )
    if with_postcodes:
        Postcode.objects.bulk_create(
            Postcode(
                postcode=f"ZZ{index + 1} {house + 1}AA",
                area_code=area.code,
                point=Point(area.centroid.x + 0.001 * house, area.centroid.y, srid=4326),
                dataset=source,
            )
            for index, area in enumerate(areas)
            for house in range(2)
        )
    return areas


def _score(run, area, priority) -> PriorityScore:
    return PriorityScore(
        run=run,
        area=area,
        is_current=True,
        priority=priority,
        lowest=priority,
        highest=priority,
        probability=1,
        source=0,
        visit_minutes=(20, 30, 45, 60)[priority],
        visit_minutes_lowest=20,
        visit_minutes_highest=60,
        # What explains a score is no matter of visit planning.
        **{field.name: [] for field in PriorityScore._meta.fields if isinstance(field, ArrayField)},
    )


def _area(index, source) -> Area:
    west, south = ORIGIN[0] + STEP * (index % COLUMNS), ORIGIN[1] + STEP * (index // COLUMNS)
    square = Polygon.from_bbox((west, south, west + STEP, south + STEP))
    return Area(
        code=f"E019{index:05}",
        vintage=2021,
        index=index,
        name=f"Testham {index:03}A",
        geometry=MultiPolygon(square, srid=4326),
        centroid=Point(west + STEP / 2, south + STEP / 2, srid=4326),
        dataset=source,
    )


def _profile(areas, source, **figures):
    for code, values in figures.items():
        indicator, _ = Indicator.objects.get_or_create(
            code=code, defaults={"name": code, "unit": "", "polarity": Indicator.Polarity.NEUTRAL, "source": "tests"}
        )
        IndicatorValue.objects.bulk_create(
            IndicatorValue(area=area, indicator=indicator, dataset=source, period="2025", value=value)
            for area, value in zip(areas, values, strict=False)
        )
    refresh_profiles()


def refresh_profiles():
    refresh_profile()


def patch(organisation, areas) -> Patch:
    made = Patch.objects.create(organisation=organisation, name="Testham", slug=f"testham-{next(_numbers)}")
    made.areas.set(areas)
    return made


def team(organisation, areas=None, *, people=2, day=DAY, starts=time(8, 0), ends=time(16, 30)):
    """A team with a base in the middle of the town and `people` nurses on shift; the first has every skill."""
    made = services.create_team(
        organisation=organisation,
        name=f"Testham nurses {next(_numbers)}",
        patch=patch(organisation, areas if areas is not None else town()),
        by=SETUP,
    )
    base = services.create_depot(
        organisation=organisation,
        name=f"Testham clinic {next(_numbers)}",
        point=Point(ORIGIN[0] + 2.5 * STEP, ORIGIN[1] + STEP, srid=4326),
        by=SETUP,
    )
    skills = skills_of(organisation)
    staff = [
        services.add_staff(
            team=made,
            reference=f"nurse-{number + 1:02}",
            display_name=f"Nurse {number + 1:02}",
            base=base,
            skills=skills if number == 0 else skills[:1],
            by=SETUP,
        )
        for number in range(people)
    ]
    if staff:
        services.add_shifts(people=staff, days=[day], starts=starts, ends=ends, by=SETUP)
    return made


def skills_of(organisation):
    from routing.models import Skill

    known = list(Skill.objects.for_organisation(organisation).order_by("pk"))
    return known or [
        services.create_skill(organisation=organisation, code=code, name=name, by=SETUP)
        for code, name in (("wound-care", "Wound care"), ("insulin", "Insulin"))
    ]


def draft_plan(made_team, *, count=8, day=DAY, seconds=1):
    """A draft from priorities, with a short search."""
    return services.plan_from_priorities(team=made_team, day=day, count=count, seconds=seconds, by=SETUP)


def proposed_plan(made_team, *, count=8, day=DAY):
    """A draft optimised in place for a few solutions, without a job."""
    from routing.optimisation import search
    from routing.problem_building import build_problem

    plan = draft_plan(made_team, count=count, day=day)
    built = build_problem(plan)
    solution = search(built, seconds=5, seed=1, iterations=50)
    return services.store_solution(plan=plan, built=built, solution=solution, by=SETUP)
