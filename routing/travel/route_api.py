"""A hosted route service that is asked leg by leg, with a key in a header: the way Ordnance Survey's services work.

Request:  GET {address}/route?point=LAT,LON&point=LAT,LON&vehicle=car|bike|foot&points_encoded=true&instructions=false
          with the header `key: ...`
Answer:   {"paths": [{"distance": metres, "time": milliseconds, "points": "encoded polyline of 5 decimals"}]}

That is the published request of GraphHopper's route service, in whose form (`/route?point=...&point=...`) the Routes
API that Ordnance Survey ran as a beta was asked as well. The key in a header and the limits (600 requests a minute in
live mode, 50 in development, HTTP 429 beyond) are those of the OS Data Hub. Ordnance Survey offers no public route
service at the time of writing, so nobody has tried this adapter against one: see docs/travel.md.

A matrix of 110 places has 11,990 legs, twenty minutes at 600 a minute. So at most `most_legs` are asked for at once,
the shortest first, because these are the ones that rounds are made of; the others are NOT_ASKED, and estimated by
whoever asked. The cache of legs makes the next matrix more complete.
"""

import threading
import time
from urllib.parse import urlencode

import numpy as np

from .great_circle import great_circle_metres
from .http import JsonClient
from .lines import decoded
from .provider import Legs, Profile, RouteLeg, TravelUnavailable

VEHICLES = {Profile.CAR: "car", Profile.BICYCLE: "bike", Profile.FOOT: "foot"}


class RateLimit:
    """At most `per_minute` calls of `wait` a minute, evenly spaced, over all threads of this process."""

    def __init__(self, per_minute: float, clock=time.monotonic, sleep=time.sleep):
        self._spacing, self._clock, self._sleep = 60 / per_minute, clock, sleep
        self._next, self._lock = float("-inf"), threading.Lock()

    def wait(self):
        """Return when the next call may be made."""
        with self._lock:
            now = self._clock()
            at = max(now, self._next)
            self._next = at + self._spacing
        if at > now:
            self._sleep(at - now)


class RouteApiSource:
    """One request for each leg. `most_legs`: legs of one call of `legs`."""

    name = "ordnance-survey"
    title = "the route service"
    depends_on_time = False

    def __init__(
        self, client: JsonClient, limit: RateLimit, *, most_legs=500, attribution="", data_version="unversioned"
    ):
        self._client, self._limit, self._most_legs = client, limit, most_legs
        self.attribution, self._data_version = attribution, data_version

    def side(self, profile: Profile) -> int:
        """See TravelSource.side: a whole matrix, so that the shortest of all legs come first."""
        return 1 << 30

    def data_version(self, profile: Profile, near) -> str:
        """The service does not say; set by whoever configures it."""
        return self._data_version

    def legs(self, origins, destinations, departure, profile: Profile) -> Legs:
        """See TravelSource.legs; what was answered before the service gave up is kept."""
        legs = Legs.blank(len(origins), len(destinations))
        straight = great_circle_metres(origins, destinations)
        nearest = np.argsort(straight, axis=None, kind="stable")
        nearest = nearest[straight.ravel()[nearest] > 0][: self._most_legs]
        for position, index in enumerate(nearest):
            row, column = divmod(int(index), len(destinations))
            try:
                leg = self._leg(origins[row], destinations[column], profile)
            except TravelUnavailable:
                if position == 0:
                    raise
                break
            at = (row, column)
            legs.put(at, *((leg.seconds, leg.metres) if leg else (np.nan, np.nan)))
        same = straight == 0
        legs.seconds[same], legs.metres[same] = 0, 0
        return legs

    def route(self, points, departure, profile: Profile) -> list[RouteLeg | None]:
        """See TravelSource.route."""
        return [self._leg(start, end, profile) for start, end in zip(points[:-1], points[1:], strict=True)]

    def _leg(self, start, end, profile) -> RouteLeg | None:
        self._limit.wait()
        question = [("point", f"{latitude:.5f},{longitude:.5f}") for longitude, latitude in (start, end)]
        question += [("vehicle", VEHICLES[profile]), ("points_encoded", "true"), ("instructions", "false")]
        status, answer = self._client.get(f"/route?{urlencode(question)}")
        if status == 400 and _knows_no_way(answer):
            return None
        try:
            path = answer["paths"][0]
            line = decoded(path["points"], precision=5)
            seconds, metres = round(path["time"] / 1000), round(path["distance"])
        except (KeyError, IndexError, TypeError, ValueError):
            raise TravelUnavailable(f"its route cannot be read (HTTP {status})") from None
        return RouteLeg(line if len(line) >= 2 else np.array([start, end], dtype=float), seconds, metres)


def _knows_no_way(answer) -> bool:
    """Whether the service was asked rightly, and has no road at a point or no connection."""
    hints = answer.get("hints") if isinstance(answer, dict) else None
    if not isinstance(hints, list):
        return False
    details = " ".join(str(hint.get("details")) for hint in hints if isinstance(hint, dict))
    return "PointNotFound" in details or "ConnectionNotFound" in details
