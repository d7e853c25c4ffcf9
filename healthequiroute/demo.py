"""A whole small world to try the product in: a fictional city, a trust with its people, and plans around today.

Everything goes through the services that real data and real people use. Each step looks for what is there already, so
a seed that was interrupted goes on, and one that is complete does nothing.
"""

import time as clock
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.utils import timezone

from accounts import audit
from accounts.demo import DOMAIN, create_demo_accounts
from accounts.models import AuditEvent, User
from insights.services.forecasts import make_forecasts
from lsoa.models import Patch, Practice
from lsoa.services import create_patch, load_paths, make_demo_feeds
from lsoa.sources.synthetic.city import fingerprint
from lsoa.sources.synthetic.names import AUTHORITIES, ICBS
from priorities.models import ScoreRun, ValidationReport
from priorities.services import publish_default_model, published_version, score_areas, validate_priorities
from routing.models import Depot, PlanState, RoutePlan, Shift, Skill, Team
from routing.services import (
    add_shifts,
    add_staff,
    approve_plan,
    create_depot,
    create_skill,
    create_team,
    plan_from_priorities,
    publish_plan,
    store_solution,
)

from .demo_demand import make_requests, make_rota_ahead
from .demo_people import make_caseload, make_double_handed, make_people

ACTOR = audit.SystemActor("command:seed_demo")
STAMP = "demo.seeded"
# Raise it when what is seeded changes; the fictional city has a fingerprint of its own.
VERSION = "8"
SYNTHETIC, ACTIVITY = "synthetic:", "synthetic-activity:"
# Shifts reach this many days ahead.
DAYS_AHEAD = 7
CITY_PATCH, WHOLE_PATCH = "Aldermoor city", "Aldermoor and the Isles"

SKILLS = {
    "wound-care": "Wound care",
    "insulin": "Insulin and diabetes",
    "catheter": "Catheter care",
    "palliative": "End of life care",
    "mental-health": "Mental health support",
    "frailty": "Frailty assessment",
}
# Days from today, visits for each person at work, the state in which the plan is left, seconds of search.
PLANS = ((0, 5, PlanState.PUBLISHED, 3), (1, 8, PlanState.PROPOSED, 5), (2, 6, PlanState.DRAFT, 0))
MOST_VISITS = 120
DAY, LATE, SHORT = (time(8), time(16, 30)), (time(11), time(19, 30)), (time(9), time(14))


@dataclass(frozen=True)
class Person:
    name: str
    skills: tuple[str, ...]
    hours: tuple[time, time] = DAY
    weekends: bool = False
    max_visits: int = 14


# A drawing of who works: invented names; every skill is held by several, and some of each team work at weekends.
CITY_TEAM = (
    Person("Femi Fieldworker", ("wound-care", "insulin", "frailty"), weekends=True),
    Person("Bronwen Hale", ("wound-care", "catheter", "palliative"), weekends=True),
    Person("Chidi Marlow", ("insulin", "frailty"), weekends=True),
    Person("Dilys Thorne", ("wound-care", "mental-health"), weekends=True),
    Person("Ewan Sallow", ("catheter", "palliative", "frailty"), weekends=True),
    Person("Farida Quill", ("insulin", "wound-care"), LATE),
    Person("Gareth Osier", ("mental-health", "frailty")),
    Person("Hana Linden", ("wound-care", "insulin", "catheter"), weekends=True),
    Person("Idris Carrow", ("palliative", "wound-care"), LATE, weekends=True),
    Person("Jaya Reeve", ("frailty", "mental-health"), SHORT, max_visits=8),
    Person("Kofi Brand", ("insulin", "catheter"), weekends=True),
    Person("Lowri Penn", ("wound-care", "frailty"), SHORT, weekends=True, max_visits=8),
    Person("Mabli Wharf", ("wound-care", "palliative"), weekends=True),
    Person("Noor Sedge", ("mental-health", "insulin"), weekends=True),
    Person("Osian Drake", ("catheter", "frailty"), weekends=True),
    Person("Perpetua Rowe", ("wound-care", "mental-health"), LATE, weekends=True),
)
ISLES_TEAM = (
    Person("Marged Fell", ("wound-care", "insulin"), weekends=True),
    Person("Nikhil Strand", ("catheter", "palliative", "wound-care")),
    Person("Oonagh Pike", ("frailty", "mental-health"), weekends=True),
    Person("Piotr Heron", ("insulin", "frailty")),
    Person("Rhian Gull", ("wound-care", "catheter"), SHORT, max_visits=8),
)


@dataclass(frozen=True)
class Crew:
    """A team to make: its patch, its people, how many bases, and the prefix of references."""

    name: str
    patch: str
    people: tuple[Person, ...]
    bases: tuple[str, ...]
    prefix: str


CREWS = (
    Crew(
        "City community nursing", CITY_PATCH, CITY_TEAM, ("Central clinic", "Northside clinic", "Quays clinic"), "city"
    ),
    Crew("Coast and country nursing", WHOLE_PATCH, ISLES_TEAM, ("Kelderness hospital",), "isles"),
)


def world_version() -> str:
    """Names what a complete seed holds."""
    return f"{VERSION}-{fingerprint(1, 1200)[:12]}"


def is_complete() -> bool:
    """Whether this version was seeded, today or yesterday: then there are shifts and a plan for today and tomorrow."""
    last = AuditEvent.objects.filter(action=STAMP).order_by("-sequence").first()
    if last is None or last.details.get("version") != world_version():
        return False
    return date.fromisoformat(last.details["day"]) >= timezone.localdate() - timedelta(days=1)


def seed(*, report: Callable[[str, float], None] = lambda step, seconds: None) -> bool:
    """Make the demo world or bring it up to today; False when there was nothing to do.

    `report(step, seconds)` is told of every step. NotInDemoMode outside the demo mode; RuntimeError when the fictional
    city is refused.
    """
    if is_complete():
        return False

    def step(name, work, *args):
        started = clock.monotonic()
        result = work(*args)
        report(name, clock.monotonic() - started)
        return result

    organisation = step("Organisation and accounts", lambda: create_demo_accounts(by=ACTOR))
    step("Fictional city and its map", _load_city)
    step("Fictional activity", _load_activity)
    step("Forecasts", lambda: make_forecasts(by=ACTOR))
    patches = step("Patches", _make_patches, organisation)
    step("Decision model, published by two administrators", _publish_model)
    step("Priorities of every area", _score)
    step("How well the priorities hold", _validate)
    teams = step("Teams, skills and bases", _make_teams, organisation, patches)
    step("Shifts", make_shifts, teams)
    step("Homes, bicycles, certificates and leave", make_people, teams[0], ACTOR)
    step("Caseload", make_caseload, teams[0], ACTOR)
    step("Rota of the weeks ahead", _make_rota_ahead, teams)
    step("Visits and plans", make_plans, organisation, teams[0])
    step("A visit for two", make_double_handed, teams[0], ACTOR)
    step("Requests of past weeks and of those ahead", make_requests, teams)
    step("Fictional live feeds", lambda: make_demo_feeds(by=ACTOR))
    audit.record(
        action=STAMP,
        by=ACTOR,
        organisation=organisation,
        target=organisation,
        details={"version": world_version(), "day": timezone.localdate().isoformat()},
    )
    return True


def account(name: str) -> User:
    """A demo person by the name before the @."""
    return User.objects.get(email=f"{name}@{DOMAIN}")


def _load_city():
    outcome = load_paths(paths=[SYNTHETIC], by=ACTOR)[0]
    if not outcome.ok:
        raise RuntimeError(f"The fictional city was refused: {outcome.message}")


def _load_activity():
    """Monthly figures of the fictional boards and trusts, as far as a publication would have them today."""
    outcome = load_paths(paths=[ACTIVITY], by=ACTOR)[0]
    if not outcome.ok:
        raise RuntimeError(f"The fictional activity was refused: {outcome.message}")


def _make_patches(organisation) -> dict[str, Patch]:
    wanted = {
        CITY_PATCH: {"local_authorities": [AUTHORITIES[0][0]]},
        WHOLE_PATCH: {"icbs": [code for code, _ in ICBS]},
    }
    known = {patch.name: patch for patch in Patch.objects.for_organisation(organisation).filter(name__in=wanted)}
    return {
        name: known.get(name) or create_patch(organisation=organisation, name=name, by=ACTOR, **where)
        for name, where in wanted.items()
    }


def _publish_model():
    return publish_default_model(
        proposed_by=account("platform1"),
        published_by=account("platform2"),
        reason="Default model with thresholds from the loaded data",
    )


def _score():
    run = ScoreRun.objects.finished().order_by("-started_at").first()
    if run is None or run.outdated_at is not None or run.model_version.state != run.model_version.State.PUBLISHED:
        score_areas(by=account("platform1"))


def _validate():
    """The city has no published outcomes; the page shows which parts need real data."""
    version = published_version()
    if not ValidationReport.objects.filter(model_version=version).exists():
        validate_priorities(by=account("platform1"), version=version)


def _make_teams(organisation, patches) -> list[Team]:
    skills = {skill.code: skill for skill in Skill.objects.for_organisation(organisation)}
    for code, name in SKILLS.items():
        if code not in skills:
            skills[code] = create_skill(organisation=organisation, code=code, name=name, by=ACTOR)
    return [_make_team(organisation, crew, patches[crew.patch], skills) for crew in CREWS]


def _make_team(organisation, crew: Crew, patch, skills) -> Team:
    team = Team.objects.for_organisation(organisation).filter(name=crew.name).first()
    if team is None:
        team = create_team(organisation=organisation, name=crew.name, patch=patch, by=ACTOR)
    bases = _make_bases(organisation, crew)
    known = set(team.staff.values_list("reference", flat=True))
    for number, person in enumerate(crew.people, start=1):
        reference = f"{crew.prefix}-{number:02d}"
        if reference in known:
            continue
        add_staff(
            team=team,
            reference=reference,
            display_name=person.name,
            base=bases[number % len(bases)],
            skills=[skills[code] for code in person.skills],
            max_visits=person.max_visits,
            # The field worker who can sign in has a round of their own.
            user=account("fieldworker") if reference == "city-01" else None,
            by=ACTOR,
        )
    return team


def _make_bases(organisation, crew: Crew) -> list[Depot]:
    """Bases stand where practices of the crew's own part of the island are: first in the list, then evenly apart."""
    known = {depot.name: depot for depot in Depot.objects.for_organisation(organisation)}
    codes = Patch.objects.for_organisation(organisation).get(name=CITY_PATCH).areas.values("code")
    practices = Practice.objects.filter(dataset__publication="synthetic").order_by("code")
    is_city = crew.patch == CITY_PATCH
    practices = list(practices.filter(area_code__in=codes) if is_city else practices.exclude(area_code__in=codes))
    bases = []
    for place, name in enumerate(crew.bases):
        point = practices[place * len(practices) // len(crew.bases)].point
        bases.append(known.get(name) or create_depot(organisation=organisation, name=name, point=point, by=ACTOR))
    return bases


def make_shifts(teams):
    """Working hours from today on, for everybody who has none yet."""
    days = [timezone.localdate() + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    for team, crew in zip(teams, CREWS[: len(teams)], strict=True):
        taken = set(Shift.objects.for_organisation(team.organisation).of_team(team).values_list("staff", "day"))
        persons = {f"{crew.prefix}-{number:02d}": person for number, person in enumerate(crew.people, start=1)}
        # Together: one audit event says it for the team, and the round trips are few.
        for hours in (DAY, LATE, SHORT):
            for day in days:
                people = [
                    member
                    for member in team.staff.active().select_related("team", "base")
                    if _works(persons.get(member.reference), hours, day) and (member.pk, day) not in taken
                ]
                if people:
                    add_shifts(people=people, days=[day], starts=hours[0], ends=hours[1], by=ACTOR)


def _make_rota_ahead(teams):
    hours = {
        f"{crew.prefix}-{number:02d}": person.hours
        for crew in CREWS
        for number, person in enumerate(crew.people, start=1)
    }
    make_rota_ahead(teams, hours, timezone.localdate() + timedelta(days=DAYS_AHEAD - 1), ACTOR)


def _works(person: Person | None, hours, day: date) -> bool:
    return person is not None and person.hours == hours and (person.weekends or day.weekday() < 5)


def make_plans(organisation, team):
    """Today's published plan, tomorrow's proposal of up to 120 visits, and a draft for the day after."""
    today = timezone.localdate()
    planned = set(RoutePlan.objects.for_organisation(organisation).filter(team=team).values_list("day", flat=True))
    planner = account("planner")
    for ahead, each, state, seconds in PLANS:
        day = today + timedelta(days=ahead)
        people = Shift.objects.for_organisation(organisation).of_team(team).on_day(day).count()
        if day in planned or not people:
            continue
        count = min(each * people, MOST_VISITS)
        plan = plan_from_priorities(team=team, day=day, count=count, seconds=30, by=planner)
        if state != PlanState.DRAFT:
            plan = _optimise(plan, seconds=seconds)
        if state == PlanState.PUBLISHED:
            approver = account("approver")
            approve_plan(plan=plan, by=approver, reason="What is left out today is on tomorrow's list.")
            publish_plan(plan=plan, by=approver)


def _optimise(plan, *, seconds: int):
    """In this process: a demo must not need a worker to be there first."""
    # Loading the optimiser takes half a second, which a seed with nothing to do should not pay.
    from routing.optimisation import search
    from routing.problem_building import build_problem

    built = build_problem(plan)
    solution = search(built, seconds=seconds, seed=plan.seed)
    return store_solution(
        plan=plan, built=built, solution=solution, note=f"Searched for {solution.seconds:.0f} seconds.", by=ACTOR
    )
