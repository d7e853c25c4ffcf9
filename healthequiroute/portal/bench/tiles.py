"""Tiles of the map: those made at import, those made when somebody looks, and the same from the cache."""

import random
import re
import time

from .people import SIGN_IN_SECONDS, signed_in
from .report import held, summary

TEMPLATE = re.compile(r'data-tiles-url="([^"]+)"')
# Around Birmingham, (x, y) of zoom 6: the tiles below it hold areas.
PARENT = (6, 31, 21)
STORED, MADE = range(6, 10), range(10, 15)
EACH = 12
GOALS = {"stored": 50, "fresh": 250, "cached": 50}


def measure(portal, *, seed: int, write) -> dict:
    """p95 by kind. Of a portal that ran before the measurement, "fresh" may have been made already."""
    session = signed_in(portal.url, "analyst")
    page = session.get(f"{portal.url}/explore/?patch=all", timeout=SIGN_IN_SECONDS).text
    template = TEMPLATE.search(page).group(1).replace("&amp;", "&")
    chance = random.Random(seed)
    made = _addresses(template, MADE, chance)
    asked = {"stored": _addresses(template, STORED, chance), "fresh": made, "cached": made}
    figures = {}
    for kind, addresses in asked.items():
        times = [_milliseconds(session, portal.url + address) for address in addresses]
        figures[kind] = summary(times)
        write(held(f"tiles, {kind}, {len(times)}, p95", figures[kind]["p95"], GOALS[kind]))
    if not portal.is_fresh:
        write("the portal ran before: some tiles called fresh may have come from its cache")
    return figures


def _addresses(template, zooms, chance) -> list[str]:
    zoom, x, y = PARENT
    addresses = []
    for z in zooms:
        factor = 2 ** (z - zoom)
        for _ in range(EACH):
            column, row = x * factor + chance.randrange(factor), y * factor + chance.randrange(factor)
            addresses.append(template.format(z=z, x=column, y=row))
    return list(dict.fromkeys(addresses))


def _milliseconds(session, url) -> float:
    begun = time.perf_counter()
    session.get(url, timeout=SIGN_IN_SECONDS).raise_for_status()
    return 1000 * (time.perf_counter() - begun)
