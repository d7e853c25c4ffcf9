"""What `manage.py check --deploy` asks about visit planning."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Tags, Warning, register

ADDRESSES = ("OSRM_URL_CAR", "OSRM_URL_BICYCLE", "OSRM_URL_FOOT", "VALHALLA_URL", "OS_API_URL")


@register(Tags.security, deploy=True)
def places_do_not_travel_in_clear(app_configs=None, **kwargs):
    """Questions about travel times hold where visits are: nobody on the way may read them."""
    return [
        Warning(
            f"{name} is asked without encryption on a public network: where visits are can be read on the way.",
            hint="Use https, or a server on a private network.",
            id="routing.W001",
        )
        for name in ADDRESSES
        if _is_open(urlsplit(getattr(settings, name)))
    ]


def _is_open(address) -> bool:
    if address.scheme != "http":
        return False
    try:
        return ipaddress.ip_address(address.hostname).is_global
    except ValueError:
        # Names without a dot are those of containers and of this machine; others may be anywhere.
        return "." in address.hostname and not address.hostname.endswith((".internal", ".local", ".localhost"))
