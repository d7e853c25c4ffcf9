"""Lists of networks that something may be reached from."""

import ipaddress
from collections.abc import Iterable


class NoNetwork(ValueError):
    """A text that is no network; the message is for the page."""


def network(text: str) -> str:
    """The network in its usual form: "192.0.2.7" -> "192.0.2.7/32". NoNetwork says what was expected."""
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError as error:
        shown = text.strip()[:60]
        expected = "an address or a network such as 192.0.2.0/24 or 2001:db8::/32"
        raise NoNetwork(f"“{shown}” is not {expected} (the bits behind the slash must be zero)") from error


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of the networks. "" (address not known) lies in none."""
    if not address:
        return False
    place = ipaddress.ip_address(address)
    return any(place in ipaddress.ip_network(each.strip()) for each in networks)
