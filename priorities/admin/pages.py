"""What every page of a version needs: the version itself, the frame of the admin, and the effect of a draft."""

from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render

from priorities.dex.model import ModelError
from priorities.effect_panel import EffectPanel, effect_panel
from priorities.models import ModelVersion
from priorities.preview import effect_of


def version_or_404(pk) -> ModelVersion:
    """A version that may come into force; scenarios of organisations are not found here."""
    try:
        version = ModelVersion.objects.national().with_people().filter(pk=pk).first()
    except ValidationError:
        version = None
    if version is None:
        raise Http404("There is no such version of the model.")
    return version


def render_page(request, template: str, *, title: str, version: ModelVersion | None = None, status=200, **context):
    frame = admin.site.each_context(request)
    opts = ModelVersion._meta
    context = {**frame, "opts": opts, "title": title, "version": version, **context}
    return render(request, f"admin/priorities/{template}", context, status=status)


@dataclass(frozen=True)
class Preview:
    """The effect of a draft over all areas, or why there is none."""

    effect: EffectPanel | None
    why_none: str = ""


def preview_of(content, *, against=None) -> Preview:
    """``content``: anything with `compiled`. ``against``: another compiled version; None for the scores in force."""
    try:
        compiled = content.compiled
    except (ModelError, ValueError) as fault:
        return Preview(None, f"There is no effect to show until this is put right. {fault}")
    if not compiled.thresholds:
        return Preview(None, "There is no effect to show before the inputs have thresholds.")
    effect = effect_of(compiled, against=against)
    if not effect.areas:
        return Preview(None, "There is no effect to show, because no areas are loaded.")
    return Preview(effect_panel(effect))
