"""The audit trail of one person or thing: who was shown the person's data, what happened to the rows."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .. import audit
from ..access import requires
from ..list_files import asked_kind, list_file_response
from ..list_files.words import filters_of
from ..lists.trail import change_list, reader_list
from ..models import ActorPseudonym
from ..permissions import Permission
from ..presenters import audit_rows, names_in, object_name, system_name
from ..trail import exports, reading, row_history
from ..trail.readers import Subject, subject_of
from ..trail.view_forms import ReadersForm, RowsForm
from .audit import page_context

PER_PAGE = 50


@require_GET
@requires(Permission.VIEW_AUDIT)
def readers(request, target_type, target_id):
    """Who was shown data about one person, newest first."""
    subject, form, filters = _asked_of(request, target_type, target_id)
    context = {"subject": subject, "form": form, "target_type": target_type, "target_id": target_id}
    context["has_rows"] = target_type in row_history.histories()
    context |= page_context(request, filters, what="audit.readers", more=[(subject.label, subject.pk)])
    return render(request, "accounts/audit_readers.html", context)


@require_GET
@requires(Permission.VIEW_AUDIT)
def readers_csv(request, target_type, target_id):
    """The same as a file, at most as many entries as an export holds."""
    subject, form, filters = _asked_of(request, target_type, target_id)
    events = list(filters.events().order_by("-sequence")[: exports.MOST_ENTRIES])
    names, people = names_in(events)
    audit.record_reading(request, "audit.readers", [(subject.label, subject.pk), *people])
    listed = reader_list(subject, audit_rows(events, names), filters_of(form))
    return _file(request, listed, "readers", target_type, target_id)


def _asked_of(request, target_type, target_id) -> tuple[Subject, ReadersForm, reading.Filter]:
    subject = subject_of(request.organisation, target_type, target_id)
    if subject is None:
        raise Http404("There is nobody of this kind in this organisation.")
    form = ReadersForm(request.GET, organisation=request.organisation)
    form.is_valid()
    return subject, form, subject.filter(request.organisation, **form.asked())


@require_GET
@requires(Permission.VIEW_AUDIT)
def rows(request, target_type, target_id):
    """What happened to the row of one thing: old and new values, by whom."""
    form, changes = _changes_of(request, target_type, target_id)
    page = Paginator(changes, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "heading": object_name(target_type, target_id),
        "target_type": target_type,
        "target_id": target_id,
        "form": form,
        "page": page,
        "changes": [(change, _actor(request, change)) for change in page],
        "untold": row_history.untold(target_type),
        "query": query.urlencode(),
        "has_readers": subject_of(request.organisation, target_type, target_id) is not None,
    }
    return render(request, "accounts/audit_rows.html", context)


@require_GET
@requires(Permission.VIEW_AUDIT)
def rows_csv(request, target_type, target_id):
    """The same as a file, a line for each field that changed."""
    form, changes = _changes_of(request, target_type, target_id)
    told = [(change, _actor(request, change)) for change in changes]
    listed = change_list(object_name(target_type, target_id), target_id, told, filters_of(form))
    return _file(request, listed, "rows", target_type, target_id)


def _changes_of(request, target_type, target_id):
    if target_type not in row_history.histories() or not row_history.is_of(
        request.organisation, target_type, target_id
    ):
        raise Http404("No history is kept of this, or it is not of this organisation.")
    form = RowsForm(request.GET)
    form.is_valid()
    found = row_history.changes(target_type, target_id)
    known = ActorPseudonym.objects.filter(actor_id__in={each.actor_id for each in found if each.actor_kind == "user"})
    request.known_actors = {str(each.actor_id): each.user for each in known.select_related("user")}
    people = [*request.known_actors.values(), *row_history.people_named(target_type, target_id)]
    audit.record_reading(request, "audit.rows", people)
    return form, form.chosen(found)


def _actor(request, change) -> str:
    if not change.actor_kind:
        return "Not known (outside the portal)"
    if change.actor_kind == "system":
        return system_name(change.actor_id)
    return str(request.known_actors.get(change.actor_id, "Erased person"))


def _file(request, listed, kind, target_type, target_id):
    details = {"kind": kind, "model": target_type, "object": target_id, "rows": listed.number}
    audit.record(action="audit.history_taken", by=request.user, organisation=request.organisation, details=details)
    return list_file_response(request, listed, asked_kind(request) or "csv")
