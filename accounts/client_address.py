"""Where a request comes from: the one place that says which client, and which scheme, proxies told us about.

Each proxy appends the address of whoever asked it to `X-Forwarded-For`. Only the entries that our own proxies wrote
can be believed, and those are the last TRUSTED_PROXY_COUNT of them: what stands to the left of them was sent by the
client, who may have made it up. So the address is counted from the right (RFC 7239, 5.2 and 8.1 say why).
"""

import ipaddress

from django.conf import settings

FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
FORWARDED_PROTO = "HTTP_X_FORWARDED_PROTO"
# What others might believe where we do not: frameworks, log processors, throttles.
CLAIMS = (
    FORWARDED_FOR,
    FORWARDED_PROTO,
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_CF_CONNECTING_IP",
    "HTTP_FORWARDED",
)
# A household or a ward gets a network of this size, and a single machine any number of addresses in it.
IPV6_CLIENT_PREFIX = 64


def client_address(request) -> str:
    """The IP address of the client of a Django or DRF request, in its usual short form ("203.0.113.9", "2001:db8::1").

    "" when it is not known: a connection over a Unix socket without a proxy, or a proxy that wrote something else than
    an address. Whoever allows by address refuses then; whoever counts by address counts these together.
    """
    django_request = getattr(request, "_request", request)
    if not hasattr(django_request, "_client_address"):
        django_request._client_address = address_from(django_request.META, proxies=settings.TRUSTED_PROXY_COUNT)
    return django_request._client_address


def counted_address(request) -> str:
    """What a limit counts by: the address, or for IPv6 the network that one client has to itself ("2001:db8::/64")."""
    address = client_address(request)
    if ":" not in address:
        return address or "unknown"
    return str(ipaddress.ip_network((address, IPV6_CLIENT_PREFIX), strict=False))


def address_from(meta, *, proxies: int) -> str:
    """The same from a request's META, for so many trusted proxies."""
    passed = [*_entries(meta.get(FORWARDED_FOR, "")), meta.get("REMOTE_ADDR") or ""]
    # Fewer entries than proxies: somebody inside asked a proxy that stands behind the first one.
    return readable(passed[max(len(passed) - 1 - proxies, 0)] if proxies else passed[-1])


def _entries(header: str) -> list[str]:
    return [entry.strip() for entry in header.split(",")] if header.strip() else []


def readable(entry: str) -> str:
    """An entry as an address: without port, brackets, zone and IPv4-in-IPv6; "" when it is none."""
    text = entry.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


class TrustedProxyMiddleware:
    """Outermost: settles address and scheme, and takes away every header by which a client could claim others.

    After it REMOTE_ADDR is the client's address for everybody (allauth, DRF, logs), and X-Forwarded-Proto is there
    only with proxies in front, with the one value that they vouch for (settings: SECURE_PROXY_SSL_HEADER).
    The host is never taken from a proxy: it has to pass `Host` on as it came.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        address = client_address(request)
        scheme = forwarded_scheme(request.META, proxies=settings.TRUSTED_PROXY_COUNT)
        for name in CLAIMS:
            request.META.pop(name, None)
        # `request.headers` is made of META at first use.
        request.__dict__.pop("headers", None)
        request.META["REMOTE_ADDR"] = address
        if scheme:
            request.META[FORWARDED_PROTO] = scheme
        return self.get_response(request)


def forwarded_scheme(meta, *, proxies: int) -> str:
    """What the outermost trusted proxy says of the client's connection: "https", "http", or "" without proxies.

    Most proxies replace the header; where they append to it, the entry is counted from the right as the address is.
    """
    entries = _entries(meta.get(FORWARDED_PROTO, "")) if proxies else []
    if not entries:
        return ""
    return "https" if entries[max(len(entries) - proxies, 0)].lower() == "https" else "http"
