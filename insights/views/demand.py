"""Demand and capacity: all teams, and one."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from insights.demand_lists import demand_list, team_demand_list
from insights.demand_nobody import nobody_by
from insights.demand_reading import demand_of
from insights.presenters.demand import DemandPage, TeamPage


@require_safe
@requires(Permission.VIEW_PLANS)
def demand(request):
    page = DemandPage(demand_of(request.organisation), request.GET)
    if kind := asked_kind(request):
        return list_file_response(request, demand_list(request.organisation, page), kind)
    return render(request, "insights/demand.html", {"page": page, **_rights(request)})


@require_safe
@requires(Permission.VIEW_PLANS)
def demand_team(request, team_id):
    now = timezone.now()
    found = demand_of(request.organisation, now=now)
    try:
        team = found.team(team_id)
    except KeyError:
        raise Http404("No such team in this organisation.") from None
    if kind := asked_kind(request):
        return list_file_response(request, team_demand_list(team), kind)
    page = TeamPage(found, team, nobody_by(request.organisation, team_id, now=now))
    return render(request, "insights/demand_team.html", {"page": page, **_rights(request)})


def _rights(request) -> dict:
    return {
        "may_manage": allowed(request.user, Permission.MANAGE_TEAMS, request.organisation),
        "may_plan": allowed(request.user, Permission.EDIT_PLANS, request.organisation),
    }
