"""Links between two visits of a day: made, changed, removed, from the page of one of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import undo
from accounts.access import requires
from accounts.permissions import Permission
from routing import services
from routing.link_forms import LinkForm
from routing.models import Visit, VisitLink

# So many visits of the day are offered while the reference is written.
MOST_OFFERED = 300


@requires(Permission.EDIT_PLANS)
def link_add(request, team_id, visit_id):
    visit = _visit(request, team_id, visit_id)
    form = LinkForm(request.POST or None, visit=visit)
    if request.method == "POST" and form.is_valid():
        try:
            link = services.link_visits(first=form.first, second=form.second, values=form.values, by=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"{link.first} and {link.second} are linked.")
            return redirect("visit", team_id, visit_id)
    return _show(request, form, visit)


@requires(Permission.EDIT_PLANS)
def link_change(request, team_id, visit_id, link_id):
    visit = _visit(request, team_id, visit_id)
    link = _link(request, visit, link_id)
    form = LinkForm(request.POST or None, visit=visit, link=link)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_link(link=link, first=form.first, second=form.second, values=form.values, by=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "The link is changed.")
            return redirect("visit", team_id, visit_id)
    return _show(request, form, visit)


@require_POST
@requires(Permission.EDIT_PLANS)
def link_remove(request, team_id, visit_id, link_id):
    visit = _visit(request, team_id, visit_id)
    link = _link(request, visit, link_id)
    names = f"{link.first} and {link.second}"
    back, done = reverse("visit", args=[team_id, visit_id]), f"{names} are linked again."
    try:
        with undo.keeping(request, kind="visit_link", thing=link, back=back, done=done) as kept:
            services.unlink_visits(link=link, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"{names} are not linked any more.", extra_tags=kept.tag)
    return redirect("visit", team_id, visit_id)


def _show(request, form, visit):
    offered = [] if form.link else form.of_the_day.order_by("reference").values_list("reference", flat=True)
    other = form.link and (form.link.second if form.link.first_id == visit.pk else form.link.first)
    context = {"form": form, "visit": visit, "team": visit.team, "offered": offered[:MOST_OFFERED], "other": other}
    return render(request, "routing/link_form.html", context, status=422 if form.is_bound else 200)


def _visit(request, team_id, visit_id) -> Visit:
    visits = Visit.objects.for_organisation(request.organisation).filter(team=team_id)
    return get_object_or_404(visits.select_related("team__organisation"), pk=visit_id)


def _link(request, visit, link_id) -> VisitLink:
    links = VisitLink.objects.for_organisation(request.organisation).filter(Q(first=visit) | Q(second=visit))
    return get_object_or_404(links.select_related("first", "second"), pk=link_id)
