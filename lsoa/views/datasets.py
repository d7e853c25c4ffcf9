"""Which datasets there are, and everything about one of them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission

from .. import services
from ..lists import dataset_list, figure_list, reject_list
from ..models import Dataset
from ..presenters.datasets import DatasetList, DatasetPage, DatasetQuestion
from ..presenters.wording import rejects as rejects_in_words

REJECTS_A_PAGE = 100


@require_safe
@requires(Permission.VIEW_AREAS)
def datasets(request):
    """All datasets in force by theme; `?history=1` adds the earlier releases."""
    listing = DatasetList(DatasetQuestion.from_querydict(request.GET), request.organisation)
    if kind := asked_kind(request):
        question = listing.question
        filters = [f"{label}: {text}" for label, text in (
            ("Words", question.text), ("Theme", question.theme), ("Publisher", question.publisher),
            ("Earlier releases", "included" if question.with_history else ""),
        ) if text]  # fmt: skip
        return list_file_response(request, dataset_list([row.dataset for row in listing.rows], filters), kind)
    return render(request, "lsoa/datasets.html", {"list": listing, "question": listing.question})


@require_safe
@requires(Permission.VIEW_AREAS)
def dataset(request, pk):
    found = _dataset(request, pk)
    return render(request, "lsoa/dataset.html", {"page": DatasetPage(found, request.user, request.organisation)})


@require_safe
@requires(Permission.VIEW_AREAS)
def rejects(request, pk):
    """Rejected rows, a page after another by their place: `?after=` is the last one seen."""
    found = _dataset(request, pk)
    after = request.GET.get("after", "")
    rows = found.rejects.order_by("pk")
    if after.isascii() and after.isdigit() and len(after) < 18:
        rows = rows.filter(pk__gt=int(after))
    rows = list(rows[: REJECTS_A_PAGE + 1])
    more = len(rows) > REJECTS_A_PAGE
    rows = rows[:REJECTS_A_PAGE]
    context = {"dataset": found, "rows": rows, "next": rows[-1].pk if more else None, "is_first": not after}
    return render(request, "lsoa/rejects.html", context | {"lead": rejects_in_words(found)})


@require_safe
@requires(Permission.VIEW_AREAS)
def rejects_csv(request, pk):
    """All rejected rows."""
    found = _dataset(request, pk)
    return list_file_response(request, reject_list(found), asked_kind(request) or "csv")


@require_safe
@requires(Permission.VIEW_AREAS, Permission.EXPORT_AREAS)
def figures_csv(request, pk):
    """Every figure of a dataset with its line in the file, in the order of areas; ?indicator= for one alone."""
    found = _dataset(request, pk)
    listed = figure_list(found, request.GET.get("indicator", ""))
    return list_file_response(request, listed, asked_kind(request) or "csv")


@require_POST
@requires(Permission.LOAD_DATA)
def put_in_force(request, pk):
    """Choose this release: it stays in force although there are newer ones."""
    return _switch(request, pk, services.put_in_force, "{} is in force now, and stays so.")


@require_POST
@requires(Permission.LOAD_DATA)
def unpin(request, pk):
    """Back to the newest release."""
    return _switch(request, pk, services.unpin, "{} is no longer chosen: the newest release is in force.")


def _switch(request, pk, service, told):
    found = get_object_or_404(Dataset.objects.public(), pk=pk)
    reason = " ".join(request.POST.get("reason", "").split())[:300]
    if not reason:
        messages.error(request, "Say why: the reason goes into the audit trail.")
        return redirect("dataset", pk=pk)
    try:
        service(dataset=found, by=request.user, reason=reason)
    except ValueError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told.format(found))
    return redirect("dataset", pk=pk)


def _dataset(request, pk) -> Dataset:
    """404 for other organisations' datasets: whether they exist is nobody else's business."""
    found = Dataset.objects.visible_to(request.organisation).select_related("loaded_by", "organisation")
    row = found.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
