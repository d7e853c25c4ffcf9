"""The review of access: who has which role, confirmed by whom and when."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import audit
from ..access import requires
from ..list_files import asked_kind, list_file_response
from ..lists.people import review_list
from ..models import AccessReview
from ..people import reviews
from ..people.limits import RefusedChange
from ..people.presenters import review_lines
from ..permissions import Permission
from ..sessions.step_up import confirmed_recently

PER_PAGE = 50


@never_cache
@require_GET
@requires(Permission.MANAGE_MEMBERS)
def review(request):
    """The open review with everybody in it; without one, what was confirmed last and when it is due again."""
    organisation = request.organisation
    kept = AccessReview.objects.for_organisation(organisation)
    current = kept.open().first()
    # Who is left to confirm comes first, so that the first page is where one goes on.
    lines = sorted(reviews.lines(current, request.user), key=lambda line: line.confirmed is not None) if current else []
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    audit.record_reading(request, "members.review", [line.membership.user for line in page])
    context = {
        "review": current,
        "due": reviews.due(organisation),
        "page": page,
        "rows": review_lines(page),
        "number": len(lines),
        "done": sum(line.confirmed is not None for line in lines),
        "query": "",
        "finished": kept.finished().select_related("finished_by")[:20],
    }
    return render(request, "accounts/access_review.html", context)


@require_POST
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def begin(request):
    reviews.begin(organisation=request.organisation, by=request.user)
    return redirect("access-review")


@require_POST
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def confirm(request, pk):
    """`member`: ids of memberships whose roles are still needed."""
    chosen = [value for value in request.POST.getlist("member") if value.isdecimal() and len(value) < 10]
    try:
        number = reviews.confirm(review=_review(request, pk), memberships=map(int, chosen), by=request.user)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Confirmed for {number} {'person' if number == 1 else 'people'}.")
    return redirect("access-review")


@require_POST
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def finish(request, pk):
    try:
        reviews.finish(review=_review(request, pk), by=request.user)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The review is finished.")
    return redirect("access-review")


@require_GET
@requires(Permission.VIEW_AUDIT)
def as_file(request, pk):
    """A file, for administrators and auditors: each person with their roles, who confirmed them and when."""
    found = _review(request, pk)
    lines = reviews.lines(found, request.user) if found.finished_at is None else []
    listed, people = review_list(found, lines)
    audit.record_reading(request, "members.review", people)
    details = {"people": len(people)}
    audit.record(
        action="access_review.exported", by=request.user, organisation=found.organisation, target=found, details=details
    )
    return list_file_response(request, listed, asked_kind(request) or "csv")


def _review(request, pk) -> AccessReview:
    kept = AccessReview.objects.for_organisation(request.organisation).select_related("organisation")
    return get_object_or_404(kept, pk=pk)
