"""What a measurement needs beside published data: demo accounts, two patches, a team with its days, a model and scores.

Every step looks for what is there already. The areas are those of the loaded publications; people are invented.
"""

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point

from accounts.audit import SystemActor
from accounts.demo import create_demo_accounts
from healthequiroute import demo
from healthequiroute.demo_people import make_caseload, make_people
from lsoa.models import Area, Patch
from lsoa.services import create_patch
from priorities.models import ScoreRun
from priorities.services import publish_default_model, score_areas
from routing.models import Depot, Skill, Team
from routing.services import add_staff, create_depot, create_skill, create_team

BY = SystemActor("bench:pages")
BOARD, BOARD_NAME = "E54000055", "Birmingham and Solihull"
THOUSAND_NAME = "A thousand areas"
# Victoria Square, Birmingham; degrees WGS 84.
MIDDLE = Point(-1.9026, 52.4796, srid=4326)
PATCH_OF_A_THOUSAND = 1_000
# Where bases stand: degrees from the middle.
BASES = ((0.0, 0.0), (0.02, 0.05), (0.04, -0.04))


def prepare(report) -> None:
    """Make what is missing; `report(text)` is told of each step."""
    organisation = create_demo_accounts(by=BY)
    report("accounts")
    patches = _patches(organisation)
    report("patches")
    publish_default_model(
        proposed_by=demo.account("platform1"), published_by=demo.account("platform2"), reason="For measuring"
    )
    run = ScoreRun.objects.latest_finished()
    if run is None or run.outdated_at is not None:
        score_areas(by=demo.account("platform1"))
    report("priorities")
    team = _team(organisation, patches[0])
    demo.make_shifts([team])
    make_people(team, BY)
    make_caseload(team, BY)
    report("team")
    demo.make_plans(organisation, team)
    report("plans")


def _patches(organisation) -> list[Patch]:
    known = {patch.name: patch for patch in Patch.objects.for_organisation(organisation)}
    wanted = {BOARD_NAME: {"icbs": [BOARD]}, THOUSAND_NAME: {"area_codes": _nearest_codes()}}
    return [
        known.get(name) or create_patch(organisation=organisation, name=name, by=BY, **where)
        for name, where in wanted.items()
    ]


def _nearest_codes() -> list[str]:
    nearest = Area.objects.current().order_by(Distance("centroid", MIDDLE), "code")
    return list(nearest.values_list("code", flat=True)[:PATCH_OF_A_THOUSAND])


def _team(organisation, patch) -> Team:
    """The people of the demo's city team, at work in the real patch."""
    crew = demo.CREWS[0]
    team = Team.objects.for_organisation(organisation).filter(name=crew.name).first()
    team = team or create_team(organisation=organisation, name=crew.name, patch=patch, by=BY)
    skills = {skill.code: skill for skill in Skill.objects.for_organisation(organisation)}
    for code, name in demo.SKILLS.items():
        skills[code] = skills.get(code) or create_skill(organisation=organisation, code=code, name=name, by=BY)
    bases = _bases(organisation, crew)
    known = set(team.staff.values_list("reference", flat=True))
    for number, person in enumerate(crew.people, start=1):
        reference = f"{crew.prefix}-{number:02d}"
        if reference not in known:
            add_staff(
                team=team,
                reference=reference,
                display_name=person.name,
                base=bases[number % len(bases)],
                skills=[skills[code] for code in person.skills],
                max_visits=person.max_visits,
                user=demo.account("fieldworker") if number == 1 else None,
                by=BY,
            )
    return team


def _bases(organisation, crew) -> list[Depot]:
    known = {depot.name: depot for depot in Depot.objects.for_organisation(organisation)}
    places = [Point(MIDDLE.x + east, MIDDLE.y + north, srid=4326) for east, north in BASES]
    return [
        known.get(name) or create_depot(organisation=organisation, name=name, point=point, by=BY)
        for name, point in zip(crew.bases, places, strict=True)
    ]
