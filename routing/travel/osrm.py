"""OSRM by HTTP: `/table` for legs, `/route` for lines (project-osrm.org, API v1; one server for each profile).

* A point further than `snap_metres` from any road has no answer; without that limit OSRM moves it to the nearest road
  of its data, be it 210 km away. One such point makes OSRM refuse a whole table (HTTP 400, NoSegment): then every point
  is tried alone (`/nearest`), and those without a road are left out.
* A table larger than the server allows (HTTP 400, TooBig) is asked for in halves.
* After a visit people may drive off either way (continue_straight=false): by default OSRM forbids to turn at a stop,
  and then the line of a round is longer than its legs.
* Times do not depend on the hour.
"""

import threading
import time

import numpy as np

from .http import JsonClient
from .lines import decoded, joined
from .provider import NO_ANSWER, Legs, Profile, RouteLeg, TravelUnavailable

VERSION_SECONDS = 300
UNVERSIONED = "unversioned"
# Addresses of GET requests grow with the points; this many still fit what servers take.
LARGEST_SIDE = 1000


class _TooBig(Exception):
    """The table is larger than the server allows."""


class _NoSegment(Exception):
    """A point has no road near it."""


class OsrmSource:
    """`clients`: a JsonClient for each profile that is served. `side`: origins and destinations of one table.

    `data_version`: used where the servers do not name theirs (osrm-extract --data_version).
    """

    name = "osrm"
    title = "OSRM"
    attribution = "© OpenStreetMap contributors, ODbL"
    depends_on_time = False

    def __init__(self, clients: dict[Profile, JsonClient], *, side=100, snap_metres=1000, data_version=""):
        self._clients, self._snap_metres, self._data_version = clients, snap_metres, data_version
        self._sides = dict.fromkeys(Profile, max(1, min(side, LARGEST_SIDE)))
        self._versions: dict[Profile, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def side(self, profile: Profile) -> int:
        """See TravelSource.side; shrinks when the server says that it was too large."""
        return self._sides[profile]

    def data_version(self, profile: Profile, near: np.ndarray) -> str:
        """What the server says of its data, asked every five minutes at most."""
        if self._data_version:
            return self._data_version
        asked, version = self._versions.get(profile, (float("-inf"), ""))
        if time.monotonic() - asked > VERSION_SECONDS:
            answer = self._get(profile, f"/nearest/v1/{profile}/{_places([near])}?generate_hints=false")
            version = self._note_version(profile, answer)
        return version

    def legs(self, origins, destinations, departure, profile: Profile) -> Legs:
        """See TravelSource.legs."""
        points, places = np.unique(np.concatenate([origins, destinations]), axis=0, return_inverse=True)
        rows, columns = places.ravel()[: len(origins)], places.ravel()[len(origins) :]
        legs = Legs.blank(len(origins), len(destinations))
        try:
            self._fill(legs, points, rows, columns, profile)
        except _NoSegment:
            legs = Legs.blank(len(origins), len(destinations), NO_ANSWER)
            self._fill_near_roads(legs, points, rows, columns, profile)
        return legs

    def route(self, points, departure, profile: Profile) -> list[RouteLeg | None]:
        """See TravelSource.route: asked for at once; leg by leg only where some leg has no way."""
        try:
            return self._route(points, profile)
        except _NoSegment:
            if len(points) == 2:
                return [None]
        except _TooBig:
            if len(points) == 2:
                raise TravelUnavailable("it refuses even a single leg as too large") from None
        return [self.route(points[[k, k + 1]], departure, profile)[0] for k in range(len(points) - 1)]

    def _fill_near_roads(self, legs, points, rows, columns, profile):
        """The legs between those points that have a road near them."""
        served = self._near_a_road(points, profile)
        known_rows, known_columns = np.flatnonzero(served[rows]), np.flatnonzero(served[columns])
        if not len(known_rows) or not len(known_columns):
            return
        part = Legs.blank(len(known_rows), len(known_columns))
        try:
            self._fill(part, points, rows[known_rows], columns[known_columns], profile)
        except _NoSegment:
            raise TravelUnavailable("it finds a road near a point, and then none") from None
        legs.put(np.ix_(known_rows, known_columns), _or_nan(part.seconds), _or_nan(part.metres))

    def _fill(self, legs, points, rows, columns, profile):
        try:
            legs.put(np.s_[:, :], *self._table(points, rows, columns, profile))
        except _TooBig:
            longest = max(len(rows), len(columns))
            if longest == 1:
                raise TravelUnavailable("it refuses even a single leg as too large") from None
            with self._lock:
                self._sides[profile] = min(self._sides[profile], -(-longest // 2))
            self._fill_halves(legs, points, rows, columns, profile)

    def _fill_halves(self, legs, points, rows, columns, profile):
        side = -(-max(len(rows), len(columns)) // 2)
        for top in range(0, len(rows), side):
            for left in range(0, len(columns), side):
                at = np.s_[top : top + side, left : left + side]
                part = Legs(legs.seconds[at], legs.metres[at])
                self._fill(part, points, rows[at[0]], columns[at[1]], profile)

    def _table(self, points, rows, columns, profile):
        """Seconds and metres of one table, NaN where OSRM knows no way."""
        used, places = np.unique(np.concatenate([rows, columns]), return_inverse=True)
        sources, targets = places.ravel()[: len(rows)], places.ravel()[len(rows) :]
        answer = self._get(
            profile,
            f"/table/v1/{profile}/{_places(points[used])}?annotations=duration,distance&generate_hints=false"
            f"&skip_waypoints=true&radiuses={self._radiuses(len(used))}"
            f"&sources={_joined(sources)}&destinations={_joined(targets)}",
        )
        self._note_version(profile, answer)
        return tuple(_array(answer.get(key), (len(rows), len(columns))) for key in ("durations", "distances"))

    def _near_a_road(self, points, profile) -> np.ndarray:
        """Whether each point has a road near it."""
        served = np.ones(len(points), dtype=bool)
        for index, point in enumerate(points):
            path = f"/nearest/v1/{profile}/{_places([point])}?generate_hints=false&radiuses={self._radiuses(1)}"
            try:
                self._get(profile, path)
            except _NoSegment:
                served[index] = False
        return served

    def _route(self, points, profile):
        answer = self._get(
            profile,
            f"/route/v1/{profile}/{_places(points)}?overview=false&steps=true&geometries=polyline6"
            f"&generate_hints=false&skip_waypoints=true&continue_straight=false"
            f"&radiuses={self._radiuses(len(points))}",
        )
        try:
            legs = answer["routes"][0]["legs"]
            lines = [joined([decoded(step["geometry"]) for step in leg["steps"]]) for leg in legs]
            made = [
                RouteLeg(_at_least_two(line, start, end), round(leg["duration"]), round(leg["distance"]))
                for leg, line, start, end in zip(legs, lines, points[:-1], points[1:], strict=True)
            ]
        except (KeyError, IndexError, TypeError, ValueError):
            raise TravelUnavailable("its route cannot be read") from None
        return made

    def _get(self, profile, path) -> dict:
        client = self._clients.get(profile)
        if client is None:
            raise TravelUnavailable(f"no server for journeys by {profile} is configured")
        status, answer = client.get(path)
        code = answer.get("code") if isinstance(answer, dict) else None
        if status == 200 and code == "Ok":
            return answer
        if code == "TooBig" or status in (413, 414, 431):
            raise _TooBig
        if code in ("NoSegment", "NoRoute", "NoTable"):
            raise _NoSegment
        reason = code if isinstance(code, str) and code.isalpha() else "no reason"
        raise TravelUnavailable(f"it refused the question (HTTP {status}, {reason})")

    def _note_version(self, profile, answer):
        version = str(answer.get("data_version") or UNVERSIONED)[:80]
        self._versions[profile] = (time.monotonic(), version)
        return version

    def _radiuses(self, count):
        return ";".join([f"{self._snap_metres:g}"] * count)


def _places(points) -> str:
    return ";".join(f"{longitude:.5f},{latitude:.5f}" for longitude, latitude in points)


def _joined(indexes) -> str:
    return ";".join(map(str, indexes))


def _array(rows, shape) -> np.ndarray:
    """A table of numbers and nulls as floats; TravelUnavailable for anything else."""
    try:
        array = np.array(rows, dtype=float)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.shape != shape:
        raise TravelUnavailable("its table cannot be read")
    return array


def _or_nan(values):
    return np.where(values == NO_ANSWER, np.nan, values)


def _at_least_two(line, start, end):
    """A leg between two points at one place has a line, too."""
    if len(line) >= 2:
        return line
    return np.array([line[0], line[0]]) if len(line) else np.array([start, end], dtype=float)
