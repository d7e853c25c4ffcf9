"""Aldermoor: a fictional city and its hinterland, for demonstrations, tests and work without published data.

The island of Aldermoor lies where the Dogger Bank is, in the middle of the North Sea (about 54.9 N, 2.3 E), more than
100 km from any real LSOA: no map can show it beside or over a real place. Codes (E01900001...), postcodes (ZY...),
names, practices and figures are invented; the shares of areas in each class follow England's.

Nothing here imports Django. `build_city(seed, areas)` is deterministic: the same seed gives the same bytes.
"""

from .city import City, build_city

__all__ = ["City", "build_city"]
