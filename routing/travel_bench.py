"""`manage.py bench travel`: the configured road network over made-up places, cold, from the cache, with new places, and
the line of a round. Speed claims live here, never in tests.
"""

import json
import time
import uuid
from datetime import datetime

import numpy as np
import redis
from django.conf import settings
from django.core.management.base import CommandError

from .civil_time import LONDON
from .travel import LegCache, Profile, TravelTimes
from .travel_sources import travel_times

STOPS = 12


def add_arguments(parser):
    """Options of the command line."""
    parser.add_argument("--sizes", default="110", help="places, with commas between (default 110)")
    parser.add_argument("--profiles", default="car", help="car, bicycle, foot, with commas between (default car)")
    parser.add_argument(
        "--box", default="-3.03,51.56,-2.95,51.60", help="west,south,east,north of the places (default: Newport, Wales)"
    )
    parser.add_argument("--new", type=int, default=10, help="new places beside kept ones (default 10)")
    parser.add_argument("--repeats", type=int, default=5, help="times each is measured; the median counts (default 5)")


def run(options, write):
    """One JSON line per size and profile: median wall and CPU milliseconds of this process, and shares estimated."""
    configured = travel_times()
    if not configured.sources:
        raise CommandError("No road network is configured (TRAVEL_PROVIDER). See docs/travel.md: make osrm EXTRACT=...")
    west, south, east, north = map(float, options["box"].split(","))
    for profile in map(Profile, options["profiles"].split(",")):
        for size in map(int, options["sizes"].split(",")):
            places = np.random.default_rng(size).uniform((west, south), (east, north), (size + options["new"], 2))
            row = measure(configured, profile, places, options["new"], options["repeats"])
            write(json.dumps({"places": size, "profile": str(profile), "provider": configured.name} | row))


def measure(configured, profile, places, new, repeats) -> dict:
    """Figures of one size: `cold` and `added` each in an empty cache, `kept` wholly from it."""
    departure = datetime(2026, 3, 3, 10, tzinfo=LONDON)
    known = places[: len(places) - new]
    rows: dict[str, list] = {"cold": [], "kept": [], "added": [], "route": []}
    for _ in range(repeats):
        times, forget = _with_a_cache_of_its_own(configured)
        for name, points in (("cold", known), ("kept", known), ("added", places)):
            rows[name].append(_timed(times.matrix, points, departure, profile))
        rows["route"].append(_timed(times.route, known[:STOPS], departure, profile))
        forget()
    result = {}
    for name, measured in rows.items():
        wall, cpu = (float(np.median([each[part] for each in measured])) for part in (0, 1))
        result |= {f"{name}_ms": round(wall, 1), f"{name}_cpu_ms": round(cpu, 1)}
    return result | {
        "estimated": round(float(rows["cold"][-1][2].estimated.mean()), 4),
        "kept_estimated": round(float(rows["kept"][-1][2].estimated.mean()), 4),
        "line_points": sum(len(leg.line) for leg in rows["route"][-1][2].legs),
    }


def _with_a_cache_of_its_own(configured):
    """The configured sources with an empty cache, and what empties it again."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    prefix = f"bench-{uuid.uuid4().hex}"
    times = TravelTimes(
        configured.sources, cache=LegCache(client, prefix=prefix, secret=b"bench"), estimates=configured.estimates
    )

    def forget():
        for key in client.scan_iter(f"{prefix}:*", count=1000):
            client.delete(key)
        client.close()

    return times, forget


def _timed(action, *arguments):
    wall, cpu = time.perf_counter(), time.process_time()
    made = action(*arguments)
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000, made
