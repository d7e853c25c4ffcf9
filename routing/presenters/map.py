"""Routes as GeoJSON (RFC 7946) for the map of a plan and for other programs."""

from lsoa.models import Area
from lsoa.tiles import tile_url_template

from .wording import reason_label

MARGIN = 0.01  # degrees around a single point


def route_features(plan, rounds) -> dict:
    """A FeatureCollection: a line per person, a point per stop, per base and per visit left out."""
    features = [_line(each) for each in rounds if each.visit_count]
    features += [_stop(each, row) for each in rounds for row in each.rows if row["number"] is not None]
    bases = {each.assignment.staff.base_id: each.assignment.staff.base for each in rounds}
    features += [_point(base.point, kind="depot", label=f"Base: {base.name}") for base in bases.values()]
    for left in plan.unserved.select_related("visit"):
        visit = left.visit
        label = f"Left out: {visit.reference}, tier {visit.tier}. {reason_label(left.reason)}"
        properties = {"kind": "unserved", "label": label, "visit": visit.reference, "reason": left.reason}
        features.append(_point(visit.point, tier=visit.tier, **properties))
    return {"type": "FeatureCollection", "features": features}


def map_settings(features: dict) -> dict:
    """What the map's element carries: outlines of areas as ground, and what to show at first."""
    points = [
        point
        for feature in features["features"]
        for point in (
            feature["geometry"]["coordinates"]
            if feature["geometry"]["type"] == "LineString"
            else [feature["geometry"]["coordinates"]]
        )
    ]
    bounds = None
    if points:
        longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
        bounds = [
            min(longitudes) - MARGIN,
            min(latitudes) - MARGIN,
            max(longitudes) + MARGIN,
            max(latitudes) + MARGIN,
        ]
    return {
        "tiles_url": tile_url_template(),
        "area_count": Area.objects.current().count(),
        "bounds": bounds,
    }


def _line(each) -> dict:
    base = each.assignment.staff.base.point
    stops = [row["visit"].point for row in each.rows if row["number"] is not None]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [_coordinates(point) for point in (base, *stops, base)]},
        "properties": {
            "kind": "route",
            "staff": each.name,
            "colour_index": each.colour_index,
            "dash": each.dash,
            "travel_seconds": each.assignment.travel_seconds,
            "travel_metres": each.assignment.travel_metres,
            "is_straight_line": True,
        },
    }


def _stop(each, row) -> dict:
    return _point(
        row["visit"].point,
        kind="stop",
        label=f"{each.name}, stop {row['number']} at {row['start']}: {row['reference']}, tier {row['tier']}",
        sequence=row["number"],
        staff=each.name,
        colour_index=each.colour_index,
        tier=row["tier"],
        visit=row["reference"],
        start=row["start"],
    )


def _point(point, **properties) -> dict:
    geometry = {"type": "Point", "coordinates": _coordinates(point)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _coordinates(point) -> list[float]:
    # Six decimals are a tenth of a metre.
    return [round(point.x, 6), round(point.y, 6)]
