"""A small map of an area among its neighbours as SVG paths: no script, prints as it is."""

import math
from dataclasses import dataclass, field

from django.contrib.gis.geos import Polygon
from django.db.models import Case, F, Func, TextField, Value, When

from priorities.models import PriorityClass

from .selection import areas_with_scores
from .themes import FOUR

WIDTH, HEIGHT = 360, 240
# How much of the surroundings is shown: the area fills about a third of the picture.
MARGIN = 1.1
MOST_SHAPES = 400


@dataclass(frozen=True)
class Shape:
    path: str
    css: str
    title: str


@dataclass(frozen=True)
class Locator:
    view_box: str
    description: str
    shapes: list[Shape]
    legend: dict = field(default_factory=dict)


def locator(area) -> Locator | None:
    """The area (with its geometry) and what lies around it, coloured by priority."""
    west, south, east, north = area.geometry.extent
    shrink = math.cos(math.radians((south + north) / 2))
    box = _frame(west, south, east, north, shrink)
    around = (
        areas_with_scores()
        .filter(geometry__bboverlaps=Polygon.from_bbox(box))
        # The area itself is among them, however many lie there.
        .order_by(Case(When(pk=area.pk, then=0), default=1), "code")
        .values_list("pk", "name", "priority", _path(box, shrink))[:MOST_SHAPES]
    )
    shapes, present, outline = [], set(), ""
    for key, name, priority, path in around:
        present.add(priority)
        css = "her-locator__area" if priority is None else f"her-locator__class-{priority}"
        shapes.append(Shape(path, css, name))
        outline = path if key == area.pk else outline
    others = max(len(shapes) - 1, 0)
    shapes.append(Shape(outline, "her-locator__outline", ""))
    description = f"{area.name}, outlined, among {others} areas around it, coloured by priority."
    return Locator(f"0 0 {WIDTH} {HEIGHT}", description, shapes, _legend(present))


def _frame(west, south, east, north, shrink):
    """Degrees around the area in the picture's proportions."""
    width, height = (east - west) * shrink, north - south
    half_height = max(height / 2, width / 2 * HEIGHT / WIDTH, 1e-4) * (1 + MARGIN)
    half_width = half_height * WIDTH / HEIGHT / shrink
    x, y = (west + east) / 2, (south + north) / 2
    return x - half_width, y - half_height, x + half_width, y + half_height


def _path(box, shrink) -> Func:
    """The outline as a path in the picture, to a tenth of its unit. ST_AsSVG turns the y axis round."""
    scale = WIDTH / (box[2] - box[0])
    places = map(Value, (-box[0], -box[3], scale, scale / shrink))
    drawn = Func(F("geometry"), *places, function="ST_TransScale")
    # Points that fall together are drawn once.
    drawn = Func(drawn, Value(0.1), function="ST_SnapToGrid")
    return Func(drawn, Value(0), Value(1), function="ST_AsSVG", output_field=TextField())


def _legend(present) -> dict:
    items = [
        {"label": PriorityClass(number).label, "colour": FOUR[number]}
        for number in sorted((n for n in present if n is not None), reverse=True)
    ]
    if None in present:
        items.append({"label": "Not scored", "colour": "#ffffff"})
    return {"title": "Priority of the areas around", "items": items}
