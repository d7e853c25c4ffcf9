"""Travel times: which road networks are asked, in which order. docs/travel.md says how to run them."""

from urllib.parse import urlsplit

from environs import validate

from .environment import env

TRAVEL_PROVIDERS = ["osrm", "valhalla", "ordnance-survey", "great-circle"]


def _address(value):
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise validate.ValidationError("Not an address such as http://osrm.example.org:5000.")


def _address_for(provider: str, name: str) -> str:
    """The address is needed when the provider is used, and has the right form when it is given."""
    if provider in TRAVEL_PROVIDER:
        return env.str(name, validate=_address)
    return env.str(name, "")


# Asked in this order; what none of them knows is estimated, and marked so.
TRAVEL_PROVIDER = (
    env.list("TRAVEL_PROVIDER", ["great-circle"], validate=validate.ContainsOnly(TRAVEL_PROVIDERS)) or []
)
# Seconds that one question to a server may take.
TRAVEL_SECONDS = env.float("TRAVEL_SECONDS", 30, validate=validate.Range(min=0.1, max=600))
# A place further from any road than this has no answer.
TRAVEL_SNAP_METRES = env.int("TRAVEL_SNAP_METRES", 1000, validate=validate.Range(min=1, max=50_000))
TRAVEL_CACHE_DAYS = env.int("TRAVEL_CACHE_DAYS", 14, validate=validate.Range(min=1, max=366))

OSRM_URL_CAR = _address_for("osrm", "OSRM_URL_CAR")
# Where there is none, journeys by bicycle or on foot are estimated.
OSRM_URL_BICYCLE = env.str("OSRM_URL_BICYCLE", "")
OSRM_URL_FOOT = env.str("OSRM_URL_FOOT", "")
OSRM_TABLE_LIMIT = env.int("OSRM_TABLE_LIMIT", 100, validate=validate.Range(min=1, max=10_000))
OSRM_DATA_VERSION = env.str("OSRM_DATA_VERSION", "")

VALHALLA_URL = _address_for("valhalla", "VALHALLA_URL")
VALHALLA_MATRIX_PAIRS = env.int("VALHALLA_MATRIX_PAIRS", 2500, validate=validate.Range(min=1))
VALHALLA_TRAFFIC = env.bool("VALHALLA_TRAFFIC", False)

OS_API_URL = _address_for("ordnance-survey", "OS_API_URL")
OS_API_KEY = env.str("OS_API_KEY") if "ordnance-survey" in TRAVEL_PROVIDER else env.str("OS_API_KEY", "")
OS_API_PER_MINUTE = env.int("OS_API_PER_MINUTE", 50, validate=validate.Range(min=1, max=6000))
OS_API_LEGS = env.int("OS_API_LEGS", 500, validate=validate.Range(min=1, max=100_000))
OS_API_ATTRIBUTION = env.str("OS_API_ATTRIBUTION", "")
