"""Travel times: which road networks are asked, in which order. docs/travel.md says how to run them."""

from urllib.parse import urlsplit

from environs import validate

from .environment import env

TRAVEL_PROVIDERS = ["osrm", "valhalla", "ordnance-survey", "great-circle"]


def _address(value):
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise validate.ValidationError("Not an address such as http://osrm.example.org:5000.")


def _address_or_none(value):
    if value:
        _address(value)


def _where_used(provider: str, **rules) -> dict:
    """A variable of this provider is needed, and has the right form, when the provider is used."""
    return rules if provider in TRAVEL_PROVIDER else {"default": ""}


# Asked in this order; what none of them knows is estimated, and marked so.
TRAVEL_PROVIDER = env.list("TRAVEL_PROVIDER", ["great-circle"], validate=validate.ContainsOnly(TRAVEL_PROVIDERS)) or []
# Seconds that one question to a server may take.
TRAVEL_SECONDS = env.float("TRAVEL_SECONDS", 30, validate=validate.Range(min=0.1, max=600))
# A place further from any road than this has no answer.
TRAVEL_SNAP_METRES = env.int("TRAVEL_SNAP_METRES", 1000, validate=validate.Range(min=1, max=50_000))
TRAVEL_CACHE_DAYS = env.int("TRAVEL_CACHE_DAYS", 14, validate=validate.Range(min=1, max=366))

OSRM_URL_CAR = env.str("OSRM_URL_CAR", **_where_used("osrm", validate=_address))
# Where there is none, journeys by bicycle or on foot are estimated.
OSRM_URL_BICYCLE = env.str("OSRM_URL_BICYCLE", "", validate=_address_or_none)
OSRM_URL_FOOT = env.str("OSRM_URL_FOOT", "", validate=_address_or_none)
OSRM_TABLE_LIMIT = env.int("OSRM_TABLE_LIMIT", 100, validate=validate.Range(min=1, max=10_000))
OSRM_DATA_VERSION = env.str("OSRM_DATA_VERSION", "")

VALHALLA_URL = env.str("VALHALLA_URL", **_where_used("valhalla", validate=_address))
VALHALLA_MATRIX_PAIRS = env.int("VALHALLA_MATRIX_PAIRS", 2500, validate=validate.Range(min=1))
VALHALLA_TRAFFIC = env.bool("VALHALLA_TRAFFIC", False)

OS_API_URL = env.str("OS_API_URL", **_where_used("ordnance-survey", validate=_address))
OS_API_KEY = env.str("OS_API_KEY", **_where_used("ordnance-survey", validate=validate.Length(min=1)))
OS_API_PER_MINUTE = env.int("OS_API_PER_MINUTE", 50, validate=validate.Range(min=1, max=6000))
OS_API_LEGS = env.int("OS_API_LEGS", 500, validate=validate.Range(min=1, max=100_000))
OS_API_ATTRIBUTION = env.str("OS_API_ATTRIBUTION", "")
