"""Visits one by one: a team's list by day, one added to a draft, changed, removed."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit, undo
from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from accounts.safe_redirects import safe_address
from routing import services
from routing.civil_time import today
from routing.lists.visits import visit_list
from routing.models import PlanState, RoutePlan, Skill, Team, Visit, VisitTier
from routing.presenters.bonds import LinksOf
from routing.presenters.people import team_tabs
from routing.presenters.visits import visit_days, with_everything
from routing.visit_forms import VisitForm

PER_PAGE = 50


@require_safe
@requires(Permission.VIEW_PLANS)
def team_visits(request, team_id):
    """`?day=` (2026-11-23; from today on without one), `state`, `tier`, `skill`, `due=overdue`."""
    team = get_object_or_404(Team.objects.for_organisation(request.organisation), pk=team_id)
    asked = {name: request.GET.get(name, "") for name in ("day", "state", "tier", "skill")}
    visits = _chosen(Visit.objects.for_organisation(request.organisation).filter(team=team), asked)
    visits = with_everything(visits).order_by("day", "tier", "reference")
    if kind := asked_kind(request):
        audit.record_reading(request, "visits.list", visits)
        filters = [f"{name.capitalize()}: {value}" for name, value in asked.items() if value]
        return list_file_response(request, visit_list(team, visit_days(visits), filters), kind)
    page = Paginator(visits, PER_PAGE).get_page(request.GET.get("page"))
    audit.record_reading(request, "visits.list", page.object_list)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "team": team,
        "tabs": _tabs(request, team),
        "page": page,
        "days": visit_days(page.object_list),
        "asked": asked,
        "states": Visit.State.choices,
        "tiers": VisitTier.choices,
        "skills": Skill.objects.for_organisation(request.organisation),
        "query": query.urlencode(),
        "may_edit": allowed(request.user, Permission.EDIT_PLANS, request.organisation),
    }
    return render(request, "routing/team_visits.html", context)


def _chosen(visits, asked):
    day = _day(asked["day"])
    visits = visits.filter(day=day) if day else visits.filter(day__gte=today())
    if asked["state"] in Visit.State.values:
        visits = visits.filter(state=asked["state"])
    if asked["tier"] in map(str, VisitTier.values):
        visits = visits.filter(tier=int(asked["tier"]))
    if asked["skill"]:
        visits = visits.filter(skills__code=asked["skill"])
    return visits


def _day(text) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@requires(Permission.EDIT_PLANS)
def visit_add(request, plan_id):
    plan = get_object_or_404(
        RoutePlan.objects.for_organisation(request.organisation).select_related("team__organisation"), pk=plan_id
    )
    if plan.state != PlanState.DRAFT:
        messages.error(request, "Visits are added to a draft only.")
        return redirect("plan", plan.pk)
    form = VisitForm(request.POST or None, team=plan.team, day=plan.day)
    if request.method == "POST" and form.is_valid():
        try:
            visit = services.add_visit(plan=plan, values=form.values, by=request.user)
        except ValidationError as error:
            _refused(form, error)
        else:
            messages.success(request, f"Visit {visit} is added.")
            again = request.POST.get("again")
            return redirect("visit-add", plan.pk) if again else redirect("plan", plan.pk)
    context = {"form": form, "team": plan.team, "plan": plan, "day": plan.day}
    return render(request, "routing/visit_form.html", context, status=422 if form.is_bound else 200)


@requires(Permission.EDIT_PLANS)
def visit_edit(request, team_id, visit_id):
    visit = _visit(request, team_id, visit_id)
    form = VisitForm(request.POST or None, team=visit.team, day=visit.day, visit=visit)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_visit(visit=visit, values=form.values, by=request.user)
        except ValidationError as error:
            _refused(form, error)
        else:
            messages.success(request, f"Visit {visit} is changed.")
            return redirect(_back(request, visit))
    context = {
        "form": form,
        "team": visit.team,
        "visit": visit,
        "day": visit.day,
        "is_free": services.is_free(visit),
        "links": LinksOf([visit]).rows(visit),
        "plans": visit.plans.exclude(state=PlanState.REJECTED),
        "next": request.GET.get("next", ""),
    }
    return render(request, "routing/visit_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.EDIT_PLANS)
def visit_remove(request, team_id, visit_id):
    visit = _visit(request, team_id, visit_id)
    back = _back(request, visit)
    try:
        with undo.keeping(request, kind="visit", thing=visit, back=back, done=f"Visit {visit} is back.") as kept:
            services.remove_visit(visit=visit, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"Visit {visit} is removed.", extra_tags=kept.tag)
    return redirect(back)


def _back(request, visit):
    """Where the reader came from: a page of this site, else the visits of that day."""
    visits = f"{reverse('team-visits', args=[visit.team_id])}?day={visit.day}"
    return safe_address(request, request.POST.get("next"), otherwise=visits)


def _refused(form, error):
    known = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
    form.add_error(None, error if known else error.messages)


def _tabs(request, team):
    manages = allowed(request.user, Permission.MANAGE_TEAMS, request.organisation)
    return team_tabs(team, "team-visits", may_plan=True) if manages else []


def _visit(request, team_id, visit_id) -> Visit:
    visits = Visit.objects.for_organisation(request.organisation).filter(team=team_id)
    return get_object_or_404(visits.for_display().select_related("team__organisation", "area"), pk=visit_id)
