"""Legs that were answered before, in Redis, so that they survive restarts and are shared by all processes.

One value for each origin: a row of records (destination, seconds, metres), 16 bytes each, read with one MGET for a
whole matrix and added to with APPEND, so that two workers never undo each other's work; of two records for one leg the
later counts. A row lives `seconds` from its first leg on, and so cannot grow without end.

Under the key of a row: source, profile, hour band, data version, and the origin. Places are coordinates rounded to five
decimals (about a metre) that went through BLAKE2b with a secret key: whoever reads the memory or the files of Redis
learns no address. A leg without an answer is kept as such; it need not be asked for again.

Redis is a help, never a condition: when it fails, the cache is empty for a while, and one warning is logged.
"""

import logging
import time
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from .provider import NOT_ASKED, Legs

log = logging.getLogger(__name__)

RECORD = np.dtype([("place", "<u8"), ("seconds", "<i4"), ("metres", "<i4")])
DECIMALS = 5
ROWS_AT_ONCE = 500
# After a failure Redis is not waited for again during this time.
PAUSE_SECONDS = 30


def rounded(points: np.ndarray) -> np.ndarray:
    """The places that legs are asked for and kept under: (n, 2) degrees, to about a metre."""
    return np.round(points, DECIMALS) + 0.0  # no negative zero


@dataclass(frozen=True)
class Scope:
    """What legs are kept apart by."""

    source: str
    profile: str
    band: str
    version: str

    @property
    def key(self) -> str:
        return f"{self.source}:{self.profile}:{self.band}:{self.version}"


class LegCache:
    """`client`: a redis-py client with time limits. `secret`: keys the places. `seconds`: life of a row."""

    def __init__(self, client, *, prefix: str, secret: bytes, seconds=14 * 24 * 3600, most_points=2000):
        self._client, self._prefix, self._seconds = client, f"{prefix}:travel", seconds
        self._secret = blake2b(secret, digest_size=32).digest()
        self.most_points = most_points
        self._paused_until, self._has_warned = float("-inf"), False

    def places(self, points: np.ndarray) -> np.ndarray:
        """The names under which points are kept: uint64."""
        whole = np.rint(np.asarray(points) * 10**DECIMALS).astype("<i4")
        names = [blake2b(row.tobytes(), digest_size=8, key=self._secret).digest() for row in whole]
        return np.frombuffer(b"".join(names), dtype="<u8")

    def read(self, scope: Scope, origins: np.ndarray, destinations: np.ndarray) -> Legs:
        """What is known of the legs between places (from `places`): seconds, NO_ANSWER, or NOT_ASKED."""
        legs = Legs.blank(len(origins), len(destinations))
        values = self._try(lambda: self._client.mget(self._keys(scope, origins))) if len(origins) else None
        if not values:
            return legs
        rows = [_records(value) for value in values]
        records = np.concatenate(rows)
        row = np.repeat(np.arange(len(rows)), [len(part) for part in rows])
        order = np.argsort(destinations, kind="stable")
        inside = np.searchsorted(destinations, records["place"], sorter=order).clip(max=len(order) - 1)
        column = order[inside]
        known = destinations[column] == records["place"]
        legs.seconds[row[known], column[known]] = records["seconds"][known]
        legs.metres[row[known], column[known]] = records["metres"][known]
        return legs

    def write(self, scope: Scope, origins: np.ndarray, destinations: np.ndarray, legs: Legs, fresh: np.ndarray):
        """Keep the legs where the bool array `fresh` is true and there was an answer, or none."""
        keys = self._keys(scope, origins)
        chosen = fresh & (legs.seconds != NOT_ASKED)
        rows = [index for index in range(len(origins)) if chosen[index].any()]
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = {
                keys[row]: _packed(destinations, legs, row, chosen[row]) for row in rows[start : start + ROWS_AT_ONCE]
            }
            self._try(lambda part=part: self._append(part))

    def remember_version(self, source: str, profile: str, version: str):
        """So that kept legs can be used while the server is away."""
        self._try(lambda: self._client.set(self._version_key(source, profile), version, ex=self._seconds))

    def last_version(self, source: str, profile: str) -> str | None:
        """The version that was remembered last."""
        value = self._try(lambda: self._client.get(self._version_key(source, profile)))
        return value.decode() if value else None

    def is_open(self, name: str) -> bool:
        """See Switchboard: whether another process found this server down."""
        return bool(self._try(lambda: self._client.exists(f"{self._prefix}:down:{name}")))

    def open(self, name: str, seconds: float):
        """See Switchboard."""
        self._try(lambda: self._client.set(f"{self._prefix}:down:{name}", 1, px=int(seconds * 1000)))

    def close(self, name: str):
        """See Switchboard."""
        self._try(lambda: self._client.delete(f"{self._prefix}:down:{name}"))

    def _append(self, rows: dict):
        with self._client.pipeline(transaction=False) as pipeline:
            for key, value in rows.items():
                pipeline.append(key, value)
                pipeline.expire(key, self._seconds, nx=True)
            pipeline.execute()

    def _try(self, action):
        """The action's answer, or None while Redis is away."""
        # Imported where it is used: whoever has no cache needs no Redis.
        from redis.exceptions import RedisError

        if time.monotonic() < self._paused_until:
            return None
        try:
            answer = action()
        except (RedisError, OSError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            if not self._has_warned:
                log.warning("travel_cache_unavailable: %s", type(error).__name__)
            self._has_warned = True
            return None
        self._has_warned = False
        return answer

    def _keys(self, scope, places) -> list[str]:
        return [f"{self._prefix}:{scope.key}:{place:016x}" for place in places.tolist()]

    def _version_key(self, source, profile):
        return f"{self._prefix}:version:{source}:{profile}"


def _records(value) -> np.ndarray:
    # A value of another length was not written here; an empty row makes its legs be asked for again.
    if value is None or len(value) % RECORD.itemsize:
        return np.empty(0, RECORD)
    return np.frombuffer(value, RECORD)


def _packed(destinations, legs, row, chosen) -> bytes:
    records = np.empty(int(chosen.sum()), RECORD)
    records["place"] = destinations[chosen]
    records["seconds"], records["metres"] = legs.seconds[row][chosen], legs.metres[row][chosen]
    return records.tobytes()
