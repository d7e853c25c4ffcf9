"""Valhalla by HTTP: `/sources_to_targets` for legs, `/route` for lines (valhalla.github.io, API reference).

* A matrix may have empty cells where a point was moved to a path that leads nowhere: these legs have no answer here.
* One point without a road makes Valhalla refuse a whole matrix (error 171): then `/locate` says which.
* Servers refuse 50 x 50 and more until `service_limits.*.max_matrix_location_pairs` is raised (error 150 to 159): asked
  for in halves.
* With `traffic`, times are those of the hour of departure, where the server's tiles hold speeds by hour.
"""

import time
from datetime import datetime

import numpy as np

from .great_circle import LONDON
from .http import JsonClient
from .lines import decoded
from .provider import NO_ANSWER, Legs, Profile, RouteLeg, TravelUnavailable

COSTING = {Profile.CAR: "auto", Profile.BICYCLE: "bicycle", Profile.FOOT: "pedestrian"}
TOO_BIG = range(150, 160)
NO_EDGE = (170, 171)
NO_PATH = (441, 442, 443)
# Without a version of its tiles (`/status` with verbose), answers of different tiles cannot be told apart.
UNVERSIONED = "unversioned"
VERSION_SECONDS = 300


class _Refused(Exception):
    """Valhalla's error code is the only argument."""


class ValhallaSource:
    """`pairs`: legs that the server allows in one matrix."""

    name = "valhalla"
    title = "Valhalla"
    attribution = "© OpenStreetMap contributors, ODbL"

    def __init__(self, client: JsonClient, *, pairs=2500, snap_metres=1000, traffic=False, data_version=""):
        self._client, self._snap_metres, self.depends_on_time = client, snap_metres, traffic
        self._data_version, self._asked, self._made = data_version, float("-inf"), ""
        self._side = max(1, int(pairs**0.5))

    def side(self, profile: Profile) -> int:
        """See TravelSource.side."""
        return self._side

    def data_version(self, profile: Profile, near) -> str:
        """When the tiles were made, as the server says."""
        if self._data_version:
            return self._data_version
        if time.monotonic() - self._asked > VERSION_SECONDS:
            status, answer = self._client.get("/status")
            made = answer.get("tileset_last_modified") if isinstance(answer, dict) and status == 200 else None
            self._asked, self._made = time.monotonic(), f"tiles {made}" if made else UNVERSIONED
        return self._made

    def legs(self, origins, destinations, departure: datetime, profile: Profile) -> Legs:
        """See TravelSource.legs."""
        legs = Legs.blank(len(origins), len(destinations))
        try:
            self._fill(legs, origins, destinations, departure, profile)
        except _Refused as error:
            if error.args[0] not in NO_EDGE + NO_PATH:
                raise TravelUnavailable(f"it refused the question (error {error.args[0]})") from None
            legs = Legs.blank(len(origins), len(destinations), NO_ANSWER)
            self._fill_located(legs, origins, destinations, departure, profile)
        return legs

    def route(self, points, departure, profile: Profile) -> list[RouteLeg | None]:
        """See TravelSource.route: asked for at once; leg by leg only where some leg has no way."""
        try:
            return self._route(points, departure, profile)
        except _Refused as error:
            if error.args[0] not in NO_EDGE + NO_PATH:
                raise TravelUnavailable(f"it refused the question (error {error.args[0]})") from None
            if len(points) == 2:
                return [None]
        return [self.route(points[[k, k + 1]], departure, profile)[0] for k in range(len(points) - 1)]

    def _fill_located(self, legs, origins, destinations, departure, profile):
        """The legs between points that have a road near them."""
        located = self._near_a_road(np.concatenate([origins, destinations]), profile)
        rows, columns = np.flatnonzero(located[: len(origins)]), np.flatnonzero(located[len(origins) :])
        if not len(rows) or not len(columns) or located.all():
            return
        part = Legs.blank(len(rows), len(columns))
        try:
            self._fill(part, origins[rows], destinations[columns], departure, profile)
        except _Refused as error:
            if error.args[0] not in NO_EDGE + NO_PATH:
                raise TravelUnavailable(f"it refused the question (error {error.args[0]})") from None
            return
        legs.put(np.ix_(rows, columns), *(np.where(values == NO_ANSWER, np.nan, values) for values in _both(part)))

    def _fill(self, legs, origins, destinations, departure, profile):
        try:
            legs.put(np.s_[:, :], *self._matrix(origins, destinations, departure, profile))
            return
        except _Refused as error:
            longest = max(len(origins), len(destinations))
            if error.args[0] not in TOO_BIG or longest == 1:
                raise
        side = self._side = min(self._side, -(-longest // 2))
        for top in range(0, len(origins), side):
            for left in range(0, len(destinations), side):
                at = np.s_[top : top + side, left : left + side]
                part = Legs(legs.seconds[at], legs.metres[at])
                self._fill(part, origins[at[0]], destinations[at[1]], departure, profile)

    def _matrix(self, origins, destinations, departure, profile):
        """Seconds and metres, NaN for empty cells; both forms of the answer (verbose or not) are read."""
        question = self._question(departure, profile)
        question |= {"sources": self._locations(origins), "targets": self._locations(destinations), "verbose": False}
        answer = self._post("/sources_to_targets", question)
        shape = (len(origins), len(destinations))
        try:
            cells = answer["sources_to_targets"]
            if isinstance(cells, dict):
                seconds, kilometres = cells["durations"], cells["distances"]
            else:
                seconds = [[cell["time"] for cell in row] for row in cells]
                kilometres = [[cell["distance"] for cell in row] for row in cells]
            seconds, kilometres = np.array(seconds, dtype=float), np.array(kilometres, dtype=float)
        except (KeyError, TypeError, ValueError):
            raise TravelUnavailable("its matrix cannot be read") from None
        if seconds.shape != shape or kilometres.shape != shape:
            raise TravelUnavailable("its matrix cannot be read")
        return seconds, kilometres * 1000

    def _near_a_road(self, points, profile) -> np.ndarray:
        question = {"locations": self._locations(points), "costing": COSTING[profile], "verbose": False}
        answer = self._post("/locate", question)
        if not isinstance(answer, list) or len(answer) != len(points):
            raise TravelUnavailable("its list of roads cannot be read")
        return np.array([bool(isinstance(found, dict) and found.get("edges")) for found in answer])

    def _route(self, points, departure, profile):
        question = self._question(departure, profile)
        question |= {"locations": self._locations(points), "directions_type": "none"}
        answer = self._post("/route", question)
        try:
            return [_leg(leg, start) for leg, start in zip(answer["trip"]["legs"], points[:-1], strict=True)]
        except (KeyError, IndexError, TypeError, ValueError):
            raise TravelUnavailable("its route cannot be read") from None

    def _question(self, departure, profile) -> dict:
        question = {"costing": COSTING[profile], "units": "kilometers"}
        if self.depends_on_time:
            local = departure.astimezone(LONDON)
            question["date_time"] = {"type": 1, "value": local.strftime("%Y-%m-%dT%H:%M")}
        return question

    def _locations(self, points):
        return [
            {"lon": round(float(lon), 5), "lat": round(float(lat), 5), "search_cutoff": self._snap_metres}
            for lon, lat in points
        ]

    def _post(self, path, question):
        status, answer = self._client.post(path, question)
        if status == 200:
            return answer
        code = answer.get("error_code") if isinstance(answer, dict) else None
        if isinstance(code, int):
            raise _Refused(code)
        raise TravelUnavailable(f"it refused the question (HTTP {status})")


def _both(legs):
    return legs.seconds, legs.metres


def _leg(leg, start) -> RouteLeg:
    line, summary = decoded(leg["shape"]), leg["summary"]
    if len(line) < 2:
        line = np.array([start, start], dtype=float)
    return RouteLeg(line, round(summary["time"]), round(summary["length"] * 1000))
