"""Teams, their people, bases, skills and shifts."""

from datetime import date, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.civil_time import clock, instant
from routing.models import Depot, Shift, Skill, StaffMember, Team
from routing.rota_files import LONGEST_SHIFT

BREAK_MINUTES = 30
BREAK_WINDOW = (time(11, 30), time(13, 30))
MOST_CLASHES_NAMED = 5


@transaction.atomic
def create_team(*, organisation, name, patch, by) -> Team:
    """A team that looks after a patch of its own organisation. ValidationError otherwise."""
    _same_organisation(organisation, patch)
    team = Team(organisation=organisation, name=name, patch=patch)
    team.full_clean()
    team.save()
    audit.record(action="team.created", by=by, organisation=organisation, target=team)
    return team


@transaction.atomic
def create_skill(*, organisation, code, name, by) -> Skill:
    skill = Skill(organisation=organisation, code=code, name=name)
    skill.full_clean()
    skill.save()
    audit.record(action="skill.created", by=by, organisation=organisation, target=skill, details={"code": code})
    return skill


@transaction.atomic
def create_depot(*, organisation, name, point, by) -> Depot:
    """A base at a point (EPSG 4326) from which people start."""
    depot = Depot(organisation=organisation, name=name, point=point)
    depot.full_clean()
    depot.save()
    audit.record(action="depot.created", by=by, organisation=organisation, target=depot)
    return depot


@transaction.atomic
def add_staff(*, team, reference, display_name, base, skills=(), max_visits=14, user=None, by) -> StaffMember:
    """Somebody who visits for the team, from a base and with skills of the same organisation; they travel as new staff
    of the organisation do.
    """
    _same_organisation(team.organisation, base, *skills)
    person = StaffMember(
        team=team,
        reference=reference,
        display_name=display_name,
        base=base,
        max_visits=max_visits,
        user=user,
        travel_profile=team.organisation.travel_profile,
    )
    person.full_clean()
    person.save()
    person.skills.set(skills)
    audit.record(
        action="staff.added",
        by=by,
        organisation=team.organisation,
        target=person,
        details={"team": str(team.pk), "skills": sorted(skill.code for skill in skills)},
    )
    return person


@transaction.atomic
def add_shifts(
    *,
    people,
    days: list[date],
    starts: time,
    ends: time,
    break_minutes: int = BREAK_MINUTES,
    break_window: tuple[time, time] | None = BREAK_WINDOW,
    by,
) -> list[Shift]:
    """The same working time for each person on each day, in local time; an end before the start is on the next day.

    The break starts within `break_window`; a shift that does not reach over the window and the break after it has no
    break (none is due in a short shift). NoSuchTime where the clocks jump over a time; ValidationError when somebody
    already works then, or for a shift of more than LONGEST_SHIFT.
    """
    # One at a time for each person: the constraint would refuse the second without a sentence.
    list(StaffMember.objects.filter(pk__in=[person.pk for person in people]).order_by("pk").select_for_update())
    shifts = [
        _shift(person, day, starts, ends, break_minutes, break_window) for day in sorted(days) for person in people
    ]
    _check_hours(shifts)
    for shift in shifts:
        shift.full_clean()
        shift.save()
    for team in {person.team for person in people}:
        of_team = sum(shift.staff.team_id == team.pk for shift in shifts)
        audit.record(
            action="shifts.added",
            by=by,
            organisation=team.organisation,
            target=team,
            details={"shifts": of_team, "first_day": str(min(days)), "last_day": str(max(days))},
        )
    return shifts


@transaction.atomic
def remove_shift(*, shift, by) -> None:
    """Take a shift out of the roster. ValidationError when a plan builds on it."""
    if shift.assignments.exists():
        raise ValidationError("This shift is part of a plan and cannot be removed.")
    team = shift.staff.team
    audit.record(
        action="shift.removed",
        by=by,
        organisation=team.organisation,
        target=shift,
        details={"staff": str(shift.staff_id), "day": str(shift.day)},
    )
    shift.delete()


def _shift(person, day, starts, ends, break_minutes, break_window) -> Shift:
    begins = instant(day, starts)
    finishes = instant(day if ends > starts else day + timedelta(days=1), ends)
    shift = Shift(staff=person, day=day, starts_at=begins, ends_at=finishes, break_minutes=0)
    if break_minutes and break_window:
        earliest, latest = (instant(day, at) for at in break_window)
        if begins <= earliest and latest + timedelta(minutes=break_minutes) <= finishes:
            shift.break_minutes, shift.break_earliest, shift.break_latest = break_minutes, earliest, latest
    return shift


def _check_hours(shifts: list[Shift]) -> None:
    """ValidationError for shifts that are too long, or during which the person works already."""
    long = next((shift for shift in shifts if shift.ends_at - shift.starts_at > LONGEST_SHIFT), None)
    if long is not None:
        hours = (long.ends_at - long.starts_at) / timedelta(hours=1)
        most = LONGEST_SHIFT / timedelta(hours=1)
        words = f"The shift would last {hours:g} hours, and {most:g} is the most."
        raise ValidationError(f"{words} An end before the start is on the next day.")
    if not shifts:
        return
    within = (min(shift.starts_at for shift in shifts), max(shift.ends_at for shift in shifts))
    there = Shift.objects.filter(
        staff__in={shift.staff_id for shift in shifts}, starts_at__lt=within[1], ends_at__gt=within[0]
    )
    clashes = [
        f"{shift.staff} already works on {other.day:%-d %B %Y} from {clock(other.starts_at)} to {clock(other.ends_at)}."
        for other in there
        for shift in shifts
        if shift.staff_id == other.staff_id and shift.starts_at < other.ends_at and other.starts_at < shift.ends_at
    ]
    if clashes:
        more = len(clashes) - MOST_CLASHES_NAMED
        raise ValidationError(
            clashes[:MOST_CLASHES_NAMED] + ([f"So it is for {more} more. Nothing was added."] if more > 0 else [])
        )


def _same_organisation(organisation, *things):
    for thing in things:
        if thing.organisation_id != organisation.pk:
            raise ValidationError(f"{thing} does not belong to {organisation}.")
