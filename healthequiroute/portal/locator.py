"""A small map of an area among its neighbours as SVG paths: no script, prints as it is."""

import math
from dataclasses import dataclass, field

from django.contrib.gis.geos import Polygon

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
        .only("name", "code", "geometry", "vintage", "index")
        .order_by("code")[:MOST_SHAPES]
    )
    scale = WIDTH / ((box[2] - box[0]) * shrink)

    def place(x, y):
        return (x - box[0]) * shrink * scale, (box[3] - y) * scale

    shapes, present = [], set()
    for neighbour in around:
        present.add(neighbour.priority)
        css = "her-locator__area" if neighbour.priority is None else f"her-locator__class-{neighbour.priority}"
        shapes.append(Shape(_path(neighbour.geometry, place), css, neighbour.name))
    shapes.append(Shape(_path(area.geometry, place), "her-locator__outline", ""))
    description = f"{area.name}, outlined, among {max(len(shapes) - 2, 0)} areas around it, coloured by priority."
    return Locator(f"0 0 {WIDTH} {HEIGHT}", description, shapes, _legend(present))


def _frame(west, south, east, north, shrink):
    """Degrees around the area in the picture's proportions."""
    width, height = (east - west) * shrink, north - south
    half_height = max(height / 2, width / 2 * HEIGHT / WIDTH, 1e-4) * (1 + MARGIN)
    half_width = half_height * WIDTH / HEIGHT / shrink
    x, y = (west + east) / 2, (south + north) / 2
    return x - half_width, y - half_height, x + half_width, y + half_height


def _path(geometry, place) -> str:
    parts = []
    for polygon in geometry:
        for ring in polygon:
            points = ["{:.1f} {:.1f}".format(*place(x, y)) for x, y, *_ in ring.coords]
            parts.append("M" + "L".join(_without_repeats(points)) + "Z")
    return "".join(parts)


def _without_repeats(points):
    return [point for i, point in enumerate(points) if not i or point != points[i - 1]]


def _legend(present) -> dict:
    items = [
        {"label": PriorityClass(number).label, "colour": FOUR[number]}
        for number in sorted((n for n in present if n is not None), reverse=True)
    ]
    if None in present:
        items.append({"label": "Not scored", "colour": "#ffffff"})
    return {"title": "Priority of the areas around", "items": items}
