"""Routes as GeoJSON (RFC 7946) for the map of a plan and for other programs."""

from lsoa.models import Vintage
from lsoa.tile_sets import current_set
from lsoa.tiles import tile_url_template

from .rounds import Round
from .wording import reason_label

MARGIN = 0.01  # degrees around a single point
# Where people live is not for everybody: a leg from or to a home is left out with it.
HIDDEN = None


def route_features(plan, rounds, *, shows_homes=False) -> dict:
    """A FeatureCollection: lines per person (along the roads, or straight where these are not known), a point per stop,
    per base and per visit left out; homes, and the ways from and to them, only with `shows_homes`.
    """
    features = [line for each in rounds if each.visit_count for line in _lines(each, shows_homes)]
    features += [_stop(each, row) for each in rounds for row in each.rows if row["number"] is not None]
    features += _bases(rounds)
    if shows_homes:
        features += [_home(each) for each in rounds if "home" in (each.starts_from, each.ends_at)]
    for left in plan.unserved.select_related("visit"):
        visit = left.visit
        label = f"Left out: {visit.reference}, {_kind_of(visit.tier, visit.is_core20)}. {reason_label(left.reason)}"
        properties = {"kind": "unserved", "label": label, "visit": visit.reference, "reason": left.reason}
        features.append(feature_point(visit.point, tier=visit.tier, is_core20=visit.is_core20, **properties))
    return {"type": "FeatureCollection", "features": features}


def map_settings(points) -> dict:
    """What the map's element carries: outlines of areas as ground, and what to show at first. `points`: what must be
    seen.
    """
    bounds = None
    if points:
        longitudes, latitudes = [point.x for point in points], [point.y for point in points]
        bounds = [
            min(longitudes) - MARGIN,
            min(latitudes) - MARGIN,
            max(longitudes) + MARGIN,
            max(latitudes) + MARGIN,
        ]
    tile_set = current_set(Vintage.CENSUS_2021)
    return {
        "tiles_url": tile_url_template(tile_set=tile_set) if tile_set else "",
        "area_count": tile_set.area_count if tile_set else 0,
        "bounds": bounds,
    }


def _bases(rounds) -> list[dict]:
    bases = {each.assignment.staff.base_id: each.assignment.staff.base for each in rounds}
    return [feature_point(base.point, kind="depot", label=f"Base: {base.name}") for base in bases.values()]


def _home(each: Round) -> dict:
    return feature_point(
        each.assignment.staff.home, kind="home", label=f"Home of {each.name}", staff=each.name, mark=each.label
    )


def _lines(each: Round, shows_homes) -> list[dict]:
    """The round's drives, those that follow each other in one kind joined. The first names the person at a stop."""
    assignment, staff = each.assignment, each.assignment.staff
    start = HIDDEN if each.starts_from == "home" and not shows_homes else staff.start_point
    end = HIDDEN if each.ends_at == "home" and not shows_homes else staff.end_point
    rows = [row for row in each.rows if row["number"] is not None]
    legs = [(row["visit"].point, row["path"], row["is_estimated"]) for row in rows]
    legs.append((end, assignment.return_path, assignment.is_return_estimated))
    drawn = []
    for end, path, is_estimated in legs:
        if start is not HIDDEN and end is not HIDDEN:
            # From the door to the road and back: a house may stand a way off.
            line = [_coordinates(start), *(_rounded(*place) for place in (path or ())), _coordinates(end)]
            kind = (path is None, is_estimated)
            if drawn and drawn[-1][0] == kind:
                drawn[-1][1].extend(line[1:])
            else:
                drawn.append((kind, line))
        start = end
    made = [_line(each, line, *kind) for kind, line in drawn]
    if made:
        made[0]["properties"]["label_at"] = _coordinates(rows[0]["visit"].point)
    return made


def feature_line(start, way, end, **properties) -> dict:
    """A line from door to door; `way`: longitudes and latitudes between."""
    coordinates = [_coordinates(start), *(_rounded(*place) for place in way), _coordinates(end)]
    geometry = {"type": "LineString", "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": "route", **properties}}


def _line(each: Round, coordinates, is_straight, is_estimated) -> dict:
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": coordinates},
        "properties": {
            "kind": "route",
            "staff": each.name,
            "mark": each.label,
            "colour_index": each.colour_index,
            "dash": each.dash,
            "travel_seconds": each.assignment.travel_seconds,
            "is_straight_line": is_straight,
            "is_estimated": is_estimated,
        },
    }


def _stop(each: Round, row) -> dict:
    told = _kind_of(row["tier"], row["is_core20"])
    return feature_point(
        row["visit"].point,
        kind="stop",
        label=f"{each.name}, stop {row['number']} at {row['start']}: {row['reference']}, {told}",
        sequence=row["number"],
        key=row["key"],
        staff=each.name,
        mark=each.label,
        colour_index=each.colour_index,
        tier=row["tier"],
        is_core20=row["is_core20"],
        visit=row["reference"],
        start=row["start"],
    )


def _kind_of(tier, is_core20) -> str:
    return f"tier {tier}{', Core20' if is_core20 else ''}"


def feature_point(point, **properties) -> dict:
    """A point with what is told of it."""
    geometry = {"type": "Point", "coordinates": _coordinates(point)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _coordinates(point) -> list[float]:
    return _rounded(point.x, point.y)


def _rounded(longitude, latitude) -> list[float]:
    # Six decimals are a tenth of a metre.
    return [round(longitude, 6), round(latitude, 6)]
