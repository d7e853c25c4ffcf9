"""How long it takes from place to place, and along which roads. Imports no Django.

provider      the interface of travel times, and that of every source
great_circle  estimates from straight lines: always there, always marked as estimated
osrm, valhalla, route_api   sources: networks of roads, asked by HTTP (http), left alone while they are down (breaker)
chain         TravelTimes: sources in their order, the cache, and estimates for what none of them knows
blocks        which rectangles of a matrix to ask for
cache         legs in Redis; the client comes from outside
lines         polylines for the map
"""

from .breaker import CircuitBreaker
from .cache import LegCache
from .chain import TravelTimes
from .great_circle import GreatCircleProvider
from .http import JsonClient
from .osrm import OsrmSource
from .provider import Profile, Route, RouteLeg, TravelMatrix, TravelProvider, TravelSource, TravelUnavailable
from .route_api import RateLimit, RouteApiSource
from .valhalla import ValhallaSource

__all__ = [
    "CircuitBreaker",
    "GreatCircleProvider",
    "JsonClient",
    "LegCache",
    "OsrmSource",
    "Profile",
    "RateLimit",
    "Route",
    "RouteApiSource",
    "RouteLeg",
    "TravelMatrix",
    "TravelProvider",
    "TravelSource",
    "TravelTimes",
    "TravelUnavailable",
    "ValhallaSource",
]
