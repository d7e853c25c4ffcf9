"""Several days planned together: list, create, one week, its progress."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import jobs
from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.people.flags import Flag, needs_flag
from accounts.permissions import Permission
from routing import services
from routing.lists.plans import week_day_list, week_list_file
from routing.models import Team, WeekPlan, WeekState
from routing.presenters.plans import plan_rows
from routing.presenters.progress import ProgressPanel
from routing.presenters.weeks import WeekPage, week_rows
from routing.source_forms import FROM_CASELOAD, FROM_FILE, WISHES
from routing.week_forms import WeekForm

PER_PAGE = 25


@require_safe
@requires(Permission.VIEW_PLANS)
@needs_flag(Flag.WEEK_PLANS)
def week_list(request):
    weeks = WeekPlan.objects.for_organisation(request.organisation)
    services.settle_interrupted_weeks(weeks=weeks)
    if kind := asked_kind(request):
        return list_file_response(request, week_list_file(request.organisation, week_rows(weeks)), kind)
    page = Paginator(weeks, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": week_rows(weeks.filter(pk__in=[week.pk for week in page.object_list])),
        "list_label": "Weeks",
        "may_create": allowed(request.user, Permission.EDIT_PLANS, request.organisation),
    }
    return render(request, "routing/week_list.html", context)


@requires(Permission.EDIT_PLANS)
@needs_flag(Flag.WEEK_PLANS)
def week_create(request):
    form = WeekForm(request.POST or None, request.FILES or None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("week", _create(form, request.user).pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    has_team = Team.objects.for_organisation(request.organisation).exists()
    status = 422 if form.is_bound else 200
    return render(request, "routing/week_form.html", {"form": form, "has_team": has_team}, status=status)


def _create(form, by) -> WeekPlan:
    data = form.cleaned_data
    common = {name: data[name] for name in ("team", "first_day", "days", "name", "seconds")} | {"by": by}
    if data["source"] == FROM_FILE:
        week = services.week_from_file(file=data["visit_file"], **common)
    elif data["source"] == FROM_CASELOAD:
        week = services.week_from_caseload(**common)
    else:
        week = services.week_from_priorities(count=data["count"], **common)
    return services.set_week_wishes(week=week, by=by, **form.wishes)


@require_safe
@requires(Permission.VIEW_PLANS)
@needs_flag(Flag.WEEK_PLANS)
def week_detail(request, week_id):
    week = _settled(request, week_id)
    if kind := asked_kind(request):
        plans = week.plans.listed().with_counts().order_by("day")
        return list_file_response(request, week_day_list(week, plan_rows(plans)), kind)
    page = WeekPage(week, may_optimise=allowed(request.user, Permission.OPTIMISE_PLANS, request.organisation))
    return render(request, "routing/week.html", {"page": page, "week": week})


@require_safe
@requires(Permission.VIEW_PLANS)
@needs_flag(Flag.WEEK_PLANS)
def week_progress(request, week_id):
    """The panel that replaces itself every second; once the week is settled, the whole page is loaded once."""
    week = _settled(request, week_id)
    if week.state != WeekState.OPTIMISING:
        if not request.htmx:
            return redirect("week", week.pk)
        return HttpResponse(headers={"HX-Refresh": "true"})
    panel = ProgressPanel(week, may_stop=allowed(request.user, Permission.OPTIMISE_PLANS, request.organisation))
    return render(request, "routing/_week_progress.html", {"panel": panel, "week": week})


@require_POST
@requires(Permission.OPTIMISE_PLANS)
@needs_flag(Flag.WEEK_PLANS)
def week_optimise(request, week_id):
    week = _settled(request, week_id)
    try:
        services.optimise_week(week=week, by=request.user)
    except services.PlanStateError as error:
        messages.error(request, error.messages[0])
        return redirect("week", week.pk)
    return redirect(f"{reverse('week', args=[week.pk])}#week-state")


@require_POST
@requires(Permission.OPTIMISE_PLANS)
@needs_flag(Flag.WEEK_PLANS)
def week_stop(request, week_id):
    week = _settled(request, week_id)
    if week.state == WeekState.OPTIMISING and week.job:
        jobs.request_cancel(job=week.job, by=request.user)
        _settled(request, week_id)
    return redirect(f"{reverse('week', args=[week.pk])}#week-state")


@require_POST
@requires(Permission.OPTIMISE_PLANS)
@needs_flag(Flag.WEEK_PLANS)
def week_wishes(request, week_id):
    """Say what the week is to keep, and have its open days planned with that."""
    week = _settled(request, week_id)
    wishes = {name: bool(request.POST.get(name)) for name in WISHES}
    try:
        week = services.set_week_wishes(week=week, by=request.user, **wishes)
        services.optimise_week(week=week, by=request.user)
    except services.PlanStateError as error:
        messages.error(request, error.messages[0])
    return redirect("week", week_id)


@require_POST
@requires(Permission.OPTIMISE_PLANS)
@needs_flag(Flag.WEEK_PLANS)
def week_price(request, week_id):
    """Have the open days planned without equity, in the background."""
    week = _settled(request, week_id)
    try:
        services.queue_week_price(week=week, by=request.user)
        messages.success(request, "The same days are being planned without equity. This week does not change.")
    except services.PlanStateError as error:
        messages.error(request, error.messages[0])
    return redirect("week", week_id)


def _settled(request, week_id) -> WeekPlan:
    """The organisation's week; a search whose worker died has been told to it before anybody looks."""
    weeks = WeekPlan.objects.for_organisation(request.organisation)
    services.settle_interrupted_weeks(weeks=weeks.filter(pk=week_id))
    return get_object_or_404(weeks.select_related("team", "job", "price_job", "organisation"), pk=week_id)
