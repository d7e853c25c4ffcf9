"""Pages that show a version: what it is, what it changes, and its file."""

from django.http import HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from priorities.dex.model import ModelError
from priorities.models import ModelVersion
from priorities.version_checks import standing_problems
from priorities.version_diff import differences

from .overview import Overview
from .pages import preview_of, render_page, version_or_404
from .steps import steps_for


@require_safe
def overview(request, pk):
    """Everything about one version: where it stands, what it changes, its parts, and what can be done next."""
    version = version_or_404(pk)
    other = in_force_beside(version)
    is_in_work = version.state in (ModelVersion.State.DRAFT, ModelVersion.State.REVIEW)
    return render_page(
        request,
        "version.html",
        title=str(version),
        version=version,
        overview=Overview(version),
        steps=steps_for(version, request.user),
        standing=[message for _, message in standing_problems(version)] if is_in_work else [],
        in_force=other,
        changes=changes_of(other, version) if other else (),
        preview=preview_of(version, version) if is_in_work else None,
    )


@require_safe
def differences_page(request, pk):
    """What differs between two versions, in words and in its effect."""
    version = version_or_404(pk)
    wanted = request.GET.get("with", "")
    others = list(ModelVersion.objects.national().filter(name=version.name).exclude(pk=version.pk))
    other = version_or_404(wanted) if wanted else in_force_beside(version) or next(iter(others), None)
    preview = preview_of(version, version, against=_compiled(other)) if other else None
    return render_page(
        request,
        "differences.html",
        title=f"Differences: {version}",
        version=version,
        other=other,
        others=others,
        changes=changes_of(other, version) if other else (),
        preview=preview,
    )


@require_safe
def export(request, pk):
    """The model as a .dxi file, as other DEX software reads it."""
    version = version_or_404(pk)
    response = HttpResponse(version.definition.encode(), content_type="application/xml; charset=utf-8")
    name = f"{slugify(version.name) or 'model'}-version-{version.number}.dxi"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def in_force_beside(version: ModelVersion) -> ModelVersion | None:
    """The published version of the same model, when it is another one."""
    return ModelVersion.objects.national().published().filter(name=version.name).exclude(pk=version.pk).first()


def changes_of(old: ModelVersion, new: ModelVersion) -> list[str]:
    return list(differences(old, new))


def _compiled(version: ModelVersion):
    """None where it is not complete: then the scores in force are compared with."""
    try:
        return version.compiled if version.thresholds else None
    except (ModelError, ValueError):
        return None
