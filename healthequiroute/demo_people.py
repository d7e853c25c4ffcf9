"""The demo world's people as they are in life: one starts at home, one cycles, a certificate runs out, somebody is on
leave; and a caseload with a double-handed visit. Each step looks for what is there already.
"""

from datetime import date, time, timedelta
from itertools import cycle

from django.utils import timezone

from lsoa.models import Area, Postcode
from routing.caseload import WEEKDAYS
from routing.models import CaseloadEntry, PlanState, PlusGroup, RoutePlan, Skill, StaffMember, Team, TravelProfile
from routing.places import planned_in
from routing.services import (
    add_visit,
    change_staff,
    save_absence,
    save_caseload_entry,
    save_plus_group,
    set_staff_skills,
)

GROUPS = {"homeless": "People experiencing homelessness", "migrants": "Vulnerable migrants", "roma": "Roma people"}
HOME_STARTER, CYCLIST, ON_LEAVE, WITH_OVERTIME = "city-03", "city-10", "city-07", "city-08"
# Reference -> code of the skill, days from today to its last valid day.
EXPIRING = {"city-02": ("catheter", 20), "city-04": ("mental-health", 45), "city-13": ("palliative", -3)}
CASELOAD = 36
INTERVALS = (2, 7, 7, 14, 28)
WINDOWS = ((time(8), time(10)), None, (time(13), time(16)), None)
DOUBLE_HANDED = "DOUBLE-01"


def make_people(team: Team, by) -> None:
    """Details, skills and absences of some people of the city team."""
    people = {person.reference: person for person in StaffMember.objects.filter(team=team)}
    changes = {
        HOME_STARTER: _home(team) | {"starts_from": "home", "ends_at": "home"},
        CYCLIST: {"travel_profile": TravelProfile.BICYCLE},
        WITH_OVERTIME: {"overtime_minutes": 30, "max_drive_minutes": 180},
    }
    for reference, values in changes.items():
        if any(getattr(people[reference], name) != value for name, value in values.items() if name != "home"):
            change_staff(person=people[reference], values=values, by=by)
    for reference, (code, days) in EXPIRING.items():
        _let_expire(people[reference], code, timezone.localdate() + timedelta(days=days), by)
    absent, first = people[ON_LEAVE], timezone.localdate() + timedelta(days=2)
    if not absent.absences.filter(last_day__gte=timezone.localdate()).exists():
        save_absence(person=absent, first_day=first, last_day=first + timedelta(days=4), kind="leave", by=by)


def make_caseload(team: Team, by) -> None:
    """People on the caseload, some of them overdue, and the PLUS groups of the organisation."""
    known = {group.code: group for group in PlusGroup.objects.for_organisation(team.organisation)}
    groups = [
        known.get(code) or save_plus_group(organisation=team.organisation, code=code, name=name, by=by)
        for code, name in GROUPS.items()
    ]
    taken = set(CaseloadEntry.objects.filter(team=team).values_list("reference", flat=True))
    skills, people = list(Skill.objects.for_organisation(team.organisation)), list(team.staff.active()[:6])
    today, homes = timezone.localdate(), _homes(team, CASELOAD)
    for number, (home, interval, window) in enumerate(zip(homes, cycle(INTERVALS), cycle(WINDOWS), strict=False)):
        reference = f"CL-{number + 1:03}"
        if reference in taken:
            continue
        values = {
            **_place(home),
            "reference": reference,
            "minutes": 20 + 10 * (number % 4),
            "interval_days": interval,
            "next_due": WEEKDAYS.on_or_after(today + timedelta(days=number % 11 - 3)),
            "most_days_late": 5 if number % 3 else None,
            "window_opens": window and window[0],
            "window_closes": window and window[1],
            "staff_required": 2 if number == 5 else 1,
            "skills": [skills[number % len(skills)]] if number % 2 else [],
            "preferred_staff": [people[number % len(people)]] if number % 4 == 0 else [],
            "plus_groups": [groups[number % len(groups)]] if number % 5 == 0 else [],
        }
        save_caseload_entry(team=team, values=values, by=by)


def make_double_handed(team: Team, by) -> None:
    """One visit for two people in the draft, if there is one."""
    plan = RoutePlan.objects.filter(team=team, state=PlanState.DRAFT, day__gte=timezone.localdate()).first()
    if plan is None or plan.visits.filter(reference=DOUBLE_HANDED).exists():
        return
    place = _place(_homes(team, 1)[0])
    area = Area.objects.filter(pk=place["area"].pk).values_list("profile__values__imd_decile", flat=True).first()
    priority = planned_in([place["area"]], team.organisation)[0].get(place["area"].pk)
    values = {**place, "reference": DOUBLE_HANDED, "minutes": 45, "staff_required": 2, "tier": 2, "priority": priority}
    add_visit(plan=plan, values=values | {"imd_decile": None if area is None else int(area)}, by=by)


def _let_expire(person, code, last: date, by):
    skills = {record.skill: record.expires_on for record in person.skill_records.select_related("skill")}
    skill = next((skill for skill in skills if skill.code == code), None)
    if skill is not None and skills[skill] is None:
        set_staff_skills(person=person, skills=skills | {skill: last}, by=by)


def _home(team) -> dict:
    home = _homes(team, 2)[1]
    return {"home_postcode": home.postcode, "home": home.point}


def _homes(team, number: int) -> list[Postcode]:
    """Residential postcodes of the team's patch, spread over it, the same every time."""
    codes = team.patch.areas.values_list("code", flat=True)
    homes = Postcode.objects.live().located().filter(area_code__in=codes, is_residential=True).order_by("postcode")
    total = homes.count()
    return [homes[place * total // number] for place in range(number)] if total else []


def _place(home: Postcode) -> dict:
    area = Area.objects.current().defer("geometry").get(code=home.area_code)
    return {"area": area, "postcode": home.postcode, "point": home.point}
