"""When a new visit could be promised: the three cheapest slots in a plan, or in the team's days ahead; book one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.permissions import Permission
from routing import services
from routing.civil_time import today
from routing.models import RoutePlan, Team
from routing.presenters.people import team_tabs
from routing.presenters.slots import SlotsPage
from routing.services.bookings import OPEN_STATES
from routing.slot_finding import plans_open, search_slots
from routing.slot_forms import BookingForm, SlotForm


@requires(Permission.EDIT_PLANS)
def plan_slots(request, plan_id):
    """In one plan."""
    plan = _plan(request, plan_id)
    if plan.state not in OPEN_STATES or plan.day <= today():
        messages.error(request, "Visits are booked into proposed, approved and published plans from tomorrow on.")
        return redirect("plan", plan.pk)
    return _search(request, team=plan.team, plan=plan)


@requires(Permission.EDIT_PLANS)
def team_slots(request, team_id):
    """In the plans of the team's days ahead."""
    teams = Team.objects.for_organisation(request.organisation).select_related("organisation")
    team = get_object_or_404(teams, pk=team_id)
    return _search(request, team=team, plan=None)


def _search(request, *, team, plan):
    form = SlotForm(request.POST or None, team=team, plan=plan)
    found = None
    if request.method == "POST" and form.is_valid():
        plans = [plan] if plan else plans_open(team, form.cleaned_data["first_day"], form.cleaned_data["last_day"])
        try:
            found = search_slots(plans, form.booking)
        except ValidationError as error:
            form.add_refusal(error)
    page = SlotsPage(team, plan, form, found)
    wanted = "routing/slots/_found.html" if request.htmx else "routing/slots/slots.html"
    status = 422 if form.is_bound and found is None and not request.htmx else 200
    tabs = [] if plan else team_tabs(team, "team-slots", may_plan=True)
    context = {"page": page, "form": form, "team": team, "plan": plan, "tabs": tabs}
    return render(request, wanted, context, status=status)


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_slot_book(request, plan_id):
    plan = _plan(request, plan_id)
    form = BookingForm(request.POST, team=plan.team, plan=plan)
    if not form.is_valid():
        return render(
            request,
            "routing/slots/slots.html",
            {"page": SlotsPage(plan.team, plan, form, None), "form": form, "team": plan.team, "plan": plan},
            status=422,
        )
    try:
        visit = services.book_slot(plan=plan, asked=form.booking(plan.day), by=request.user, **form.slot)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("plan-slots", plan.pk)
    messages.success(request, f"{visit.reference} is in the plan.")
    return redirect("plan", plan.pk)


def _plan(request, plan_id) -> RoutePlan:
    plans = RoutePlan.objects.for_organisation(request.organisation).select_related(
        "team__organisation", "organisation"
    )
    return get_object_or_404(plans, pk=plan_id)
