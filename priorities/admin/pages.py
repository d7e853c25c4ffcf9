"""What every page of a version needs: the version itself, the frame of the admin, and the effect of a draft."""

import json
from dataclasses import dataclass

from django.contrib import admin
from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from lsoa.models import Area
from lsoa.tiles import tile_url_template
from priorities.dex.model import ModelError
from priorities.effect_panel import EffectPanel, effect_panel
from priorities.models import ModelVersion
from priorities.moves import LABELS, MOST_STEPS, PALETTE, keep_moves
from priorities.preview import Effect, effect_of

EXTENT_KEY, EXTENT_SECONDS = "areas-extent", 10 * 60


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
class MovesMap:
    """What the map of moves needs: addresses, extent, and its classes with their colours and numbers of areas."""

    tiles_url: str
    theme_url: str
    label_url: str
    bounds: str
    palette: str
    labels: str
    legend: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Preview:
    """The effect of a draft over all areas, or why there is none. ``areas_url``: ends so that parameters can follow."""

    effect: EffectPanel | None
    why_none: str = ""
    map: MovesMap | None = None
    areas_url: str = ""


def preview_of(version: ModelVersion, content, *, against=None) -> Preview:
    """``content``: anything with `compiled`, of ``version`` as it is or as a form would make it. ``against``: another
    compiled version; None for the scores in force."""
    try:
        compiled = content.compiled
    except (ModelError, ValueError) as fault:
        return Preview(None, f"There is no effect to show until this is put right. {fault}")
    if not compiled.thresholds:
        return Preview(None, "There is no effect to show before the inputs have thresholds.")
    effect = effect_of(compiled, against=against)
    if not effect.areas:
        return Preview(None, "There is no effect to show, because no areas are loaded.")
    name = keep_moves(version, effect)
    areas = reverse("admin:priorities_modelversion_areas", args=[version.pk])
    return Preview(effect_panel(effect), map=_map(version, effect, name), areas_url=f"{areas}?draft={name}&")


def _map(version: ModelVersion, effect: Effect, name: str) -> MovesMap:
    steps = effect.steps.clip(-MOST_STEPS, MOST_STEPS) + MOST_STEPS
    known = effect.before >= 0
    counts = [int(((steps == place) & known).sum()) for place in range(len(LABELS))]
    theme = reverse("admin:priorities_modelversion_moves", args=[version.pk])
    return MovesMap(
        tiles_url=tile_url_template(),
        theme_url=f"{theme}?draft={name}",
        label_url=reverse("area-label"),
        bounds=json.dumps(_extent()),
        palette=json.dumps(PALETTE),
        labels=json.dumps(LABELS),
        legend=tuple(reversed(list(zip(LABELS, PALETTE, counts, strict=True)))),
    )


def _extent() -> tuple[float, float, float, float] | None:
    """West, south, east, north of all areas in degrees; the same until areas are loaded, which is seldom."""
    found = cache.get(EXTENT_KEY)
    if found is None:
        found = Area.objects.current().aggregate(extent=Extent("centroid"))["extent"]
        cache.set(EXTENT_KEY, found, EXTENT_SECONDS)
    return found
