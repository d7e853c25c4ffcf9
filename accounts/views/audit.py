"""The audit trail: of the organisation, of the platform, of one thing, of one person."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .. import audit
from ..access import requires
from ..list_files import asked_kind, list_file_response
from ..list_files.words import filters_of
from ..lists.trail import entry_list
from ..models import ActorPseudonym
from ..permissions import Permission
from ..presenters import audit_rows, chain_panel, names_in, object_name
from ..sessions.step_up import confirmed_recently
from ..trail import checking, reading, row_history
from ..trail.forms import TrailForm
from ..trail.readers import subject_of

# More are an export of their own, signed.
MOST_IN_LIST = 5_000


@require_GET
@requires(Permission.VIEW_AUDIT)
def trail(request):
    """Every event of the organisation, newest first; every filter is in the address."""
    form = TrailForm(request.GET, organisation=request.organisation)
    form.is_valid()
    if kind := asked_kind(request):
        return _file(request, form, str(request.organisation), kind)
    return _page(request, form.filter(), "accounts/audit.html", {"form": form})


@require_GET
@requires(Permission.USE_ADMIN)
def platform(request):
    """Events that belong to no organisation: data loads, models, accounts, seals."""
    form = TrailForm(request.GET, organisation=None)
    form.is_valid()
    if kind := asked_kind(request):
        return _file(request, form, "platform", kind)
    return _page(request, form.filter(), "accounts/audit.html", {"form": form, "is_platform": True})


@confirmed_recently
def _file(request, form, place, kind):
    """The newest entries in words; whole exports with a signed manifest are made by `audit-export`."""
    events = list(form.filter().events().order_by("-sequence")[:MOST_IN_LIST])
    names, people = names_in(events)
    audit.record_reading(request, "audit.trail", people)
    listed = entry_list(place, audit_rows(events, names), filters_of(form), most=MOST_IN_LIST)
    return list_file_response(request, listed, kind)


@require_GET
@requires(Permission.VIEW_AUDIT)
def about_object(request, target_type, target_id):
    """What happened to one thing, as far as it happened in the organisation."""
    filters = reading.Filter(request.organisation.pk, target_type=target_type, target_id=target_id)
    context = {
        "heading": object_name(target_type, target_id),
        "target_type": target_type,
        "target_id": target_id,
        "has_rows": target_type in row_history.histories(),
        "has_readers": subject_of(request.organisation, target_type, target_id) is not None,
    }
    return _page(request, filters, "accounts/audit_object.html", context)


@require_GET
@requires(Permission.VIEW_AUDIT)
def by_person(request, actor_id):
    """What one person did in the organisation. 404 for somebody who did nothing here."""
    filters = reading.Filter(request.organisation.pk, actor=str(actor_id))
    if not filters.events().exists():
        raise Http404("Nobody of that pseudonym did anything in this organisation.")
    known = ActorPseudonym.objects.filter(actor_id=actor_id).select_related("user").first()
    context = {"person": str(known.user) if known else "Erased person", "actor_id": actor_id}
    return _page(request, filters, "accounts/audit_person.html", context, what="audit.person")


def _page(request, filters, template, context, what="audit.trail"):
    return render(request, template, context | page_context(request, filters, what=what))


def page_context(request, filters, *, what, more=()) -> dict:
    """Entries with their pager; the names on the page are a reading, and so is `more`."""
    page = reading.page_of(filters, before=_key(request, "before"), after=_key(request, "after"))
    number, is_exact = reading.count(filters)
    query = request.GET.copy()
    for key in ("before", "after"):
        query.pop(key, None)
    names, people = names_in(page.events)
    audit.record_reading(request, what, [*people, *more])
    return {
        "rows": audit_rows(page.events, names),
        "page": page,
        "number": number,
        "is_exact": is_exact,
        "query": query.urlencode(),
        "chain": chain_panel(checking.latest()),
    }


def _key(request, name) -> int | None:
    """A number of an entry in the address; nonsense is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
