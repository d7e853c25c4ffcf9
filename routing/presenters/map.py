"""Routes as GeoJSON (RFC 7946) for the map of a plan and for other programs."""

from lsoa.models import Area
from lsoa.tiles import tile_url_template

from .wording import reason_label

MARGIN = 0.01  # degrees around a single point


def route_features(plan, rounds) -> dict:
    """A FeatureCollection: lines per person (along the roads, or straight where these are not known), a point per stop,
    per base and per visit left out.
    """
    features = [line for each in rounds if each.visit_count for line in _lines(each)]
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


def _lines(each) -> list[dict]:
    """The round's drives, those that follow each other in one kind joined. The first names the person at a stop."""
    base = each.assignment.staff.base.point
    features, start = [], base
    rows = [row for row in each.rows if row["number"] is not None]
    back = (base, each.assignment.return_path, each.assignment.is_return_estimated)
    for end, path, is_estimated in [*((row["visit"].point, row["path"], row["is_estimated"]) for row in rows), back]:
        # From the door to the road and back: a house may stand a way off.
        line = [_coordinates(start), *(_rounded(*place) for place in (path or ())), _coordinates(end)]
        kind = (path is None, is_estimated)
        if features and features[-1][0] == kind:
            features[-1][1].extend(line)
        else:
            features.append((kind, line))
        start = end
    made = [_line(each, line, *kind) for kind, line in features]
    made[0]["properties"]["label_at"] = _coordinates(rows[0]["visit"].point)
    return made


def _line(each, coordinates, is_straight, is_estimated) -> dict:
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": coordinates},
        "properties": {
            "kind": "route",
            "staff": each.name,
            "colour_index": each.colour_index,
            "dash": each.dash,
            "travel_seconds": each.assignment.travel_seconds,
            "travel_metres": each.assignment.travel_metres,
            "is_straight_line": is_straight,
            "is_estimated": is_estimated,
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
    return _rounded(point.x, point.y)


def _rounded(longitude, latitude) -> list[float]:
    # Six decimals are a tenth of a metre.
    return [round(longitude, 6), round(latitude, 6)]
