"""Which addresses may be asked: a feed must not become a way into the network that this server stands in."""

import socket
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from accounts.outgoing.addresses import is_public

from .answers import FeedFailed

PORTS = {"http": 80, "https": 443}
# All that ASCII has stays as it was written; other letters are sent as their bytes in UTF-8 (RFC 3986, 2.5).
_AS_WRITTEN = "".join(map(chr, range(33, 127)))


@dataclass(frozen=True)
class Address:
    """An address taken apart. `source` names whoever answers there: limits are kept for each of them."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def source(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """Raises FeedFailed for anything but http and https, for names and passwords in the address, for no host."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise FeedFailed(f"{text[:100]} is not an address: {error}.") from error
    if parts.scheme not in PORTS:
        raise FeedFailed(f"Expected an address that starts with https:// or http://, found {text[:60]!r}.")
    if parts.username is not None or parts.password is not None:
        raise FeedFailed("Names and passwords must not stand in an address.")
    if not parts.hostname:
        raise FeedFailed(f"{text[:100]!r} names no host.")
    if any(character.isspace() or ord(character) < 33 for character in text.strip()):
        raise FeedFailed("An address has no blanks or control characters.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = quote(target, safe=_AS_WRITTEN, errors="replace")
    return Address(parts.scheme, parts.hostname.lower(), port or PORTS[parts.scheme], target)


def resolve(address: Address, private_hosts: frozenset[str]) -> str:
    """The IP address to connect to. Raises FeedFailed when the host is unknown, or when any of its addresses is
    private, local or otherwise not on the internet, unless `private_hosts` names the host."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FeedFailed(f"The host {address.host} is not known.") from error
    addresses = list(dict.fromkeys(info[4][0] for info in found))
    if address.host not in private_hosts:
        for ip in addresses:
            if not is_public(ip):
                raise FeedFailed(
                    f"{address.host} leads to the private address {ip}. FEED_PRIVATE_HOSTS names hosts that may."
                )
    return addresses[0]
