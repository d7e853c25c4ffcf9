"""Visits of a team by day, and the people on its caseload."""

from datetime import timedelta
from itertools import groupby

from django.db.models import Prefetch

from routing.civil_time import today
from routing.models import PlanState, RoutePlan, Visit
from routing.services import due_on

from .bonds import LinksOf
from .rounds import window_text
from .wording import counted, decile_text, interval_text

STATE_CSS = {
    Visit.State.OPEN: "her-tag--warning",
    Visit.State.PLANNED: "her-tag--info",
    Visit.State.DONE: "her-tag--good",
    Visit.State.NO_ACCESS: "her-tag--bad",
    Visit.State.CANCELLED: "her-tag--plain",
}
LIVE_PLANS = [PlanState.DRAFT, PlanState.OPTIMISING, PlanState.PROPOSED, *PlanState.binding()]


def with_everything(visits):
    """Visits as `visit_days` needs them."""
    plans = RoutePlan.objects.filter(state__in=LIVE_PLANS).order_by("created_at")  # unscoped: those of the visits
    return visits.for_display().prefetch_related(
        "preferred_staff", "excluded_staff", "plus_groups", Prefetch("plans", queryset=plans, to_attr="live_plans")
    )


def visit_days(visits) -> list[dict]:
    """Rows by day; `visits` come ordered by day, `with_everything`."""
    visits = list(visits)
    links, by_day = LinksOf(visits), groupby(visits, lambda visit: visit.day)
    return [{"day": day, "rows": [_row(visit, links) for visit in of_day]} for day, of_day in by_day]


def _row(visit, links) -> dict:
    return {
        "links": links.words(visit),
        "visit": visit,
        "state": {"text": visit.get_state_display(), "css": STATE_CSS[visit.state]},
        "place": visit.postcode or "no postcode",
        "decile": decile_text(visit.imd_decile),
        "window": late_window_text(visit),
        "needs": needs_text(visit),
        "people": people_text(visit),
        "due": due_text(visit),
    }


def late_window_text(visit) -> str:
    late = f", {visit.late_minutes} min late at most" if visit.late_minutes else ""
    return window_text(visit) + late


def needs_text(visit) -> str:
    """Skills, and how many people."""
    words = [skill.name for skill in visit.skills.all()]
    if visit.staff_required > 1:
        words.insert(0, f"{visit.staff_required} people")
    return ", ".join(words) or "none"


def people_text(visit) -> str:
    words = []
    if preferred := [person.display_name for person in visit.preferred_staff.all()]:
        words.append(f"preferably {', '.join(preferred)}")
    if excluded := [person.display_name for person in visit.excluded_staff.all()]:
        words.append(f"not {', '.join(excluded)}")
    return "; ".join(words)


def due_text(visit) -> str:
    words = []
    if visit.days_deferred:
        words.append(f"{counted(visit.days_deferred, 'day')} overdue")
    if visit.clinical_limit:
        words.append(f"must be done by {visit.clinical_limit:%-d %B}")
    return ", ".join(words)


def caseload_rows(entries, planned: dict) -> list[dict]:
    """`entries` for display; `planned`: the next visit by primary key of the entry."""
    day = today()
    return [_entry_row(entry, day, planned.get(entry.pk)) for entry in entries]


def _entry_row(entry, day, visit) -> dict:
    due = due_on(entry)
    window = ""
    if entry.window_opens is not None:
        window = f"{entry.window_opens:%H:%M} to {entry.window_closes:%H:%M}"
    return {
        "entry": entry,
        "due": due,
        "late": counted((day - due).days, "day") if due < day else "",
        "is_soon": day <= due <= day + timedelta(days=6),
        "interval": interval_text(entry.interval_days),
        "place": entry.postcode or "no postcode",
        "window": window or "any time",
        "needs": needs_text(entry),
        "preferred": ", ".join(person.display_name for person in entry.preferred_staff.all()),
        "groups": ", ".join(group.name for group in entry.plus_groups.all()),
        "visit": visit,
    }
