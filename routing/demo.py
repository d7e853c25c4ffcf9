"""A fictional community nursing team for demonstrations: people, skills, bases and shifts around today."""

from datetime import date, time, timedelta

from django.contrib.gis.geos import Point
from django.db import transaction

from . import services
from .civil_time import today
from .models import Depot, Skill, Team

TEAM_NAME = "Community nursing"
DAYS_AHEAD = 21

SKILLS = {
    "wound-care": "Wound care",
    "insulin": "Insulin",
    "palliative": "Palliative care",
    "catheter": "Catheter care",
    "phlebotomy": "Phlebotomy",
    "iv-therapy": "Intravenous therapy",
}
# Starts and ends of the working day; every pattern over six hours holds a break.
FULL, EARLY, LATE, SHORT = (
    (time(8, 0), time(16, 30)),
    (time(7, 30), time(15, 30)),
    (time(9, 30), time(18, 0)),
    (time(9, 0), time(13, 30)),
)
# Invented people: name, pattern, index of the base, skills, most visits in a day.
PEOPLE = (
    ("Amara Khan", FULL, 0, ("wound-care", "insulin", "catheter"), 14),
    ("Bethan Lewis", FULL, 1, ("wound-care", "palliative", "phlebotomy"), 14),
    ("Chidi Mensah", EARLY, 2, ("insulin", "phlebotomy"), 14),
    ("Danuta Novak", FULL, 0, ("wound-care", "insulin", "palliative", "catheter"), 14),
    ("Esther Owusu", FULL, 1, ("wound-care", "catheter", "iv-therapy"), 14),
    ("Faisal Patel", LATE, 2, ("insulin", "palliative"), 14),
    ("Grace Quinn", FULL, 0, ("wound-care", "phlebotomy"), 14),
    ("Hanna Rossi", EARLY, 1, ("wound-care", "insulin", "iv-therapy"), 14),
    ("Imran Shah", FULL, 2, ("palliative", "catheter", "phlebotomy"), 14),
    ("Joy Tembo", FULL, 0, ("wound-care", "insulin"), 14),
    ("Kieran Udall", LATE, 1, ("wound-care", "catheter", "insulin"), 14),
    ("Lena Vogt", SHORT, 2, ("phlebotomy", "insulin"), 7),
)
BASES = ("Aspen Health Centre", "Birch Lane Clinic", "Cedar House")


@transaction.atomic
def create_demo_team(organisation, patch, by, days: list[date] | None = None) -> Team:
    """The demo team of an organisation, with shifts on `days` (default: the working days from today to three weeks on).

    Idempotent: a team that is there already only gets the shifts that it lacks.
    """
    team = Team.objects.for_organisation(organisation).filter(name=TEAM_NAME).first()
    if team is None:
        team = services.create_team(organisation=organisation, name=TEAM_NAME, patch=patch, by=by)
    skills = _skills(organisation, by)
    bases = _bases(organisation, patch, by)
    staff = {person.reference: person for person in team.staff.all()}
    for number, (name, pattern, base, codes, most) in enumerate(PEOPLE, start=1):
        reference = f"nurse-{number:02}"
        person = staff.get(reference) or services.add_staff(
            team=team,
            reference=reference,
            display_name=name,
            base=bases[base],
            skills=[skills[code] for code in codes],
            max_visits=most,
            by=by,
        )
        _shifts(person, days or working_days(), pattern, by)
    return team


def working_days(ahead: int = DAYS_AHEAD) -> list[date]:
    """Mondays to Fridays from today on."""
    days = (today() + timedelta(days=number) for number in range(ahead + 1))
    return [day for day in days if day.weekday() < 5]


def _shifts(person, days, pattern, by):
    there = set(person.shifts.filter(day__in=days).values_list("day", flat=True))
    missing = [day for day in days if day not in there]
    if missing:
        services.add_shifts(people=[person], days=missing, starts=pattern[0], ends=pattern[1], by=by)


def _skills(organisation, by) -> dict[str, Skill]:
    there = {skill.code: skill for skill in Skill.objects.for_organisation(organisation)}
    for code, name in SKILLS.items():
        if code not in there:
            there[code] = services.create_skill(organisation=organisation, code=code, name=name, by=by)
    return there


def _bases(organisation, patch, by) -> list[Depot]:
    """Three bases: in the middle of the western, central and eastern third of the patch."""
    there = {depot.name: depot for depot in Depot.objects.for_organisation(organisation)}
    points = sorted((point.x, point.y) for point in patch.areas.values_list("centroid", flat=True))
    bases = []
    for number, name in enumerate(BASES):
        if name not in there:
            third = points[number * len(points) // 3 : (number + 1) * len(points) // 3] or points
            middle = sorted(third, key=lambda point: point[1])[len(third) // 2]
            there[name] = services.create_depot(
                organisation=organisation, name=name, point=Point(*middle, srid=4326), by=by
            )
        bases.append(there[name])
    return bases
