"""What was noticed in the trail, what people decided about it, and from which numbers on it is noticed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from .. import audit
from ..access import allowed, requires
from ..models import ActorPseudonym, UnusualBehaviour
from ..permissions import Permission
from ..sessions.step_up import confirmed_recently
from ..trail import noticing
from ..trail.unusual import COUNTED
from ..trail.view_forms import DecisionForm, ThresholdsForm, UnusualForm

PER_PAGE = 25


@require_GET
@requires(Permission.VIEW_AUDIT)
def unusual(request):
    """What was noticed in the organisation, the newest first."""
    return _list(request, UnusualBehaviour.objects.for_organisation(request.organisation), platform=False)


@require_GET
@requires(Permission.USE_ADMIN)
def platform(request):
    return _list(request, _of_platform(), platform=True)


@require_POST
@requires(Permission.VIEW_AUDIT)
def decide(request, pk):
    return _decide(request, UnusualBehaviour.objects.for_organisation(request.organisation), pk, platform=False)


@require_POST
@requires(Permission.USE_ADMIN)
def platform_decide(request, pk):
    return _decide(request, _of_platform(), pk, platform=True)


@requires(Permission.MANAGE_ORGANISATION)
@confirmed_recently
def limits(request):
    """From which number on each rule speaks up here."""
    return _limits(request, request.organisation, "audit-unusual")


@requires(Permission.USE_ADMIN)
@confirmed_recently
def platform_limits(request):
    return _limits(request, None, "audit-unusual-platform")


def _of_platform():
    return UnusualBehaviour.objects.of_platform()  # unscoped: what concerns the platform belongs to no organisation


def _list(request, found, *, platform, bound=None, status=200):
    form = UnusualForm(request.GET)
    page = Paginator(form.chosen(found).select_related("decided_by"), PER_PAGE).get_page(request.GET.get("page"))
    people = _people(page)
    audit.record_reading(request, "unusual", [*people.values(), *(each.decided_by for each in page if each.decided_by)])
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": [_row(finding, people, request.user, bound) for finding in page],
        "bound": bound[1] if bound else None,
        "waiting": found.waiting().count(),
        "query": query.urlencode(),
        "is_platform": platform,
        "may_set": platform or allowed(request.user, Permission.MANAGE_ORGANISATION, request.organisation),
    }
    return render(request, "accounts/audit_unusual.html", context, status=status)


def _people(page) -> dict:
    known = ActorPseudonym.objects.filter(actor_id__in={each.actor_id for each in page if each.actor_id})
    return {str(each.actor_id): each.user for each in known.select_related("user")}


def _row(finding, people, reader, bound) -> dict:
    user = people.get(finding.actor_id)
    form = bound[1] if bound and bound[0] == finding.pk else DecisionForm(prefix=f"f{finding.pk}")
    return {
        "finding": finding,
        "who": str(user) if user else "Erased person" if finding.actor_id else "Nobody in particular",
        "is_own": user is not None and user.pk == reader.pk,
        "counted": COUNTED[finding.rule],
        "form": form,
        "is_open": bool(bound and bound[0] == finding.pk),
    }


def _decide(request, found, pk, *, platform):
    finding = get_object_or_404(found, pk=pk)
    form = DecisionForm(request.POST, prefix=f"f{pk}")
    if form.is_valid():
        try:
            noticing.decide(finding=finding, by=request.user, **form.cleaned_data)
        except noticing.OwnBehaviour as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Your decision is written down.")
        return redirect("audit-unusual-platform" if platform else "audit-unusual")
    return _list(request, found, platform=platform, bound=(pk, form), status=422)


def _limits(request, organisation, back):
    form = ThresholdsForm(request.POST if request.method == "POST" else None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        noticing.set_thresholds(organisation=organisation, numbers=form.numbers, by=request.user)
        messages.success(request, "The numbers are saved. They apply from the next check.")
        return redirect(back)
    context = {"form": form, "back": back, "is_platform": organisation is None}
    return render(request, "accounts/audit_unusual_limits.html", context, status=422 if form.errors else 200)
