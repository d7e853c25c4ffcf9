"""Pages that edit one part of a draft: a table, an input, the visit minutes. "Show effect" writes nothing."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from priorities import services
from priorities.editing import DraftContent, Edited, Problem, panels, read_edits
from priorities.editing.fields import Unreadable, number
from priorities.editing.labels import label_of
from priorities.editing.minutes import read_minutes
from priorities.models import ModelVersion

from .pages import Preview, preview_of, render_page, version_or_404

SAVE = "_save_draft"
UNREADABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def table(request, pk, index):
    """Weights and rules of one table."""
    version = version_or_404(pk)
    content = DraftContent.of(version)
    found = next((attribute for attribute in content.tables if attribute.index == index), None)
    if found is None:
        raise Http404("This version has no such table.")
    return _part_page(request, version, content, "table_form.html", label_of(found), tables=[index], inputs=[])


@require_http_methods(["GET", "HEAD", "POST"])
def threshold(request, pk, index):
    """Indicator and thresholds of one input."""
    version = version_or_404(pk)
    content = DraftContent.of(version)
    if index not in content.model.inputs:
        raise Http404("This version has no such input.")
    name = label_of(content.model.attributes[index])
    return _part_page(request, version, content, "threshold_form.html", name, tables=[], inputs=[index])


def _part_page(request, version: ModelVersion, content: DraftContent, template: str, name: str, **parts):
    is_post = request.method == "POST" and version.is_draft
    edited = read_edits(content, request.POST) if is_post else None
    problems: tuple[Problem, ...] = edited.problems if edited else ()
    if edited and SAVE in request.POST:
        problems = edited.problems_of_saving
        if not problems and _save(request, version, edited):
            return redirect(request.path)
    preview = _preview(version, content, edited)
    return render_page(
        request,
        template,
        title=f"{name}: {version}",
        version=version,
        status=UNREADABLE if problems and SAVE in request.POST else 200,
        name=name,
        panels=panels(content, edited, problems=problems, **parts),
        problems=problems,
        preview=preview,
        is_changed=bool(edited and edited.is_changed),
        revision=request.POST.get("revision", version.revision) if is_post else version.revision,
        neighbours=_neighbours(version, content, **parts),
    )


def _preview(version: ModelVersion, content: DraftContent, edited: Edited | None) -> Preview:
    if edited and edited.problems:
        return Preview(None, "There is no effect to show until the fields marked above are put right.")
    return preview_of(version, edited.content if edited else content)


def _save(request, version: ModelVersion, edited: Edited) -> bool:
    """Whether it was saved; why not is said in a message."""
    if not edited.is_changed:
        messages.info(request, "Nothing was changed, so nothing was saved.")
        return True
    try:
        revision = int(number(request.POST.get("revision", ""), least=0))
    except Unreadable:
        messages.error(request, "This form does not say which state of the draft it shows. Open the page again.")
        return False
    return save(request, version, revision, **edited.content.fields())


def save(request, version: ModelVersion, revision: int, **fields) -> bool:
    try:
        services.save_draft(version=version, by=request.user, revision=revision, **fields)
    except services.PublicationRefused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, f"{version} is saved. Nobody is affected until it is published.")
    return True


def _neighbours(version: ModelVersion, content: DraftContent, *, tables, inputs) -> list[tuple[str, str, bool]]:
    """All parts of one kind: (label, address, is this one), to go from one to the next."""
    kind = "table" if tables else "input"
    attributes = content.tables if tables else [content.model.attributes[index] for index in content.model.inputs]
    here = set(tables or inputs)
    return [
        (
            label_of(attribute),
            reverse(f"admin:priorities_modelversion_{kind}", args=[version.pk, attribute.index]),
            attribute.index in here,
        )
        for attribute in attributes
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request, pk):
    """Visit minutes and review intervals by class, and what adds to them."""
    version = version_or_404(pk)
    content = DraftContent.of(version)
    is_post = request.method == "POST" and version.is_draft
    edit = read_minutes(content, request.POST if is_post else {})
    if is_post and not edit.problems:
        if edit.minutes == content.minutes:
            messages.info(request, "Nothing was changed, so nothing was saved.")
            return redirect(request.path)
        try:
            revision = int(number(request.POST.get("revision", ""), least=0))
        except Unreadable:
            messages.error(request, "This form does not say which state of the draft it shows. Open the page again.")
        else:
            if save(request, version, revision, minutes=edit.minutes):
                return redirect(request.path)
    return render_page(
        request,
        "minutes_form.html",
        title=f"Visit minutes: {version}",
        version=version,
        status=UNREADABLE if edit.problems else 200,
        edit=edit,
        problems=edit.problems,
        revision=request.POST.get("revision", version.revision) if is_post else version.revision,
    )
