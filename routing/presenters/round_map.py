"""The map of one person's own round."""

from .map import map_settings, route_features
from .rounds import rounds_of


def round_map(own) -> dict:
    """`features` (GeoJSON) of this round alone, and what the map's element carries."""
    mine = [each for each in rounds_of(own.plan) if each.assignment.staff_id == own.staff.pk]
    collection = route_features(own.plan, mine, shows_homes=True)
    # What was left out of the plan is nobody's round.
    collection["features"] = [each for each in collection["features"] if each["properties"]["kind"] != "unserved"]
    points = [row["visit"].point for each in mine for row in each.rows if row["number"]]
    return {"features": collection, "rows": mine[0].rows if mine else [], **map_settings(points)}
