"""One person of a team: what runs out, when they are away, and which plans reckon with them."""

from datetime import timedelta

from django.urls import reverse

from routing.civil_time import today
from routing.models import DayEnd, PlanState, StaffSkill
from routing.services import plans_holding

from .wording import counted

# Skills that expire within so many days are named, so that training can be booked.
DAYS_OF_WARNING = 60


def team_tabs(team, current: str, *, may_plan: bool) -> list[dict]:
    """Links between the pages of a team; visits and caseloads are for those who make plans."""
    tabs = [("team", "People"), ("rota", "Rota")]
    if may_plan:
        tabs += [("caseload", "Caseload"), ("team-visits", "Visits"), ("team-slots", "Find a slot")]
    return [{"name": name, "text": text, "is_current": name == current} for name, text in tabs]


def skill_warnings(people) -> list[dict]:
    """Skills that have expired or soon will, the first to expire first. `people`: a QuerySet of staff."""
    day = today()
    soon = day + timedelta(days=DAYS_OF_WARNING)
    records = (
        StaffSkill.objects.filter(staff__in=people, expires_on__lte=soon)  # unscoped: of the people handed over
        .select_related("staff", "skill")
        .order_by("expires_on", "staff__display_name")
    )
    return [
        {"record": record, "text": expiry_text(record, day), "is_over": not record.is_valid_on(day)}
        for record in records
    ]


def expiry_text(record, day) -> str:
    """E.g. expires in 12 days (3 December 2026)."""
    if record.expires_on is None:
        return ""
    left, date = (record.expires_on - day).days, f"{record.expires_on:%-d %B %Y}"
    if left < 0:
        return f"expired on {date}"
    if left > DAYS_OF_WARNING:
        return f"valid to {date}"
    return f"expires today ({date})" if left == 0 else f"expires in {counted(left, 'day')} ({date})"


def skill_form_rows(form, person) -> list[dict]:
    """Fields of a StaffSkillsForm with the state of what is known."""
    day, held = today(), {record.skill_id: record for record in person.skill_records.all()}
    return [_skill_row(*form.fields_of(skill), held.get(skill.pk), day) for skill in form.skills]


def _skill_row(has, until, record, day) -> dict:
    text = expiry_text(record, day) if record else ""
    css = "her-tag--plain"
    if record and not record.is_valid_on(day):
        css = "her-tag--bad"
    elif text.startswith("expires"):
        css = "her-tag--warning"
    return {"has": has, "until": until, "text": text, "css": css}


def skills_text(person, day) -> str:
    """Valid skills of somebody; expired ones are named as such."""
    words = []
    for record in person.skill_records.all():
        words.append(record.skill.name if record.is_valid_on(day) else f"{record.skill.name} (expired)")
    return ", ".join(words) or "none"


def day_ends_text(person) -> str:
    """Where the days of somebody begin and end, without saying where that home is."""
    words = {DayEnd.BASE: person.base.name, DayEnd.HOME: "home"}
    starts, ends = words[person.starts_from], words[person.ends_at]
    return starts if starts == ends else f"{starts}, ends at {ends}"


def absence_rows(person, absences) -> list[dict]:
    """Absences with the plans that reckon with the person on these days."""
    return [
        {
            "absence": absence,
            "days": _days(absence),
            "plans": [
                _plan_link(plan) for plan in plans_holding(person, max(absence.first_day, today()), absence.last_day)
            ],
        }
        for absence in absences
    ]


def _plan_link(plan) -> dict:
    """Where the plan is mended: a day that is published by saying what happened, another by optimising it again."""
    if plan.state in PlanState.running():
        return {"text": f"{plan.name}: something happened", "url": reverse("plan-disruption-new", args=[plan.pk])}
    return {"text": plan.name, "url": reverse("plan", args=[plan.pk])}


def _days(absence) -> str:
    first, last = absence.first_day, absence.last_day
    if first == last:
        return f"{first:%A %-d %B %Y}"
    return f"{first:%a %-d %B %Y} to {last:%a %-d %B %Y} ({counted((last - first).days + 1, 'day')})"
