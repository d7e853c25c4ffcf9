"""Equity of a plan, a week, four weeks: page and file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed, requires
from accounts.permissions import Permission
from lsoa.exports.streaming import download
from routing.equity_file import equity_csv, file_name
from routing.equity_forms import PeriodForm
from routing.equity_reading import equity_of_period
from routing.models import Team
from routing.presenters.equity import EquityPage


@require_safe
@requires(Permission.VIEW_PLANS)
def equity(request):
    form = PeriodForm(request.GET, organisation=request.organisation)
    asked = form.cleaned_data.get("asked") if form.is_valid() else None
    page = EquityPage(equity_of_period(asked)) if asked else None
    context = {
        "page": page,
        "form": form if form.errors else form.shown(asked),
        "has_team": Team.objects.for_organisation(request.organisation).exists(),
        "may_create": allowed(request.user, Permission.EDIT_PLANS, request.organisation),
    }
    return render(request, "routing/equity.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Permission.VIEW_PLANS)
def equity_download(request):
    form = PeriodForm(request.GET, organisation=request.organisation)
    if not form.is_valid() or form.cleaned_data.get("asked") is None:
        errors = [text for texts in form.errors.values() for text in texts]
        return HttpResponse(" ".join(errors) or "There is no plan yet.", status=422, content_type="text/plain")
    found = equity_of_period(form.cleaned_data["asked"])
    return download(request, equity_csv(found), file_name(found))
