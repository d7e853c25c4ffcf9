"""Which addresses on the internet may be asked."""

import ipaddress


def is_public(text: str) -> bool:
    """Whether an IP address is on the internet: not private, local, shared, reserved, nor one of these in disguise
    (IPv4 mapped into IPv6, 6to4, NAT64).
    """
    ip = ipaddress.ip_address(text.partition("%")[0])
    inner = _inside(ip)
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def is_loopback(text: str) -> bool:
    ip = ipaddress.ip_address(text.partition("%")[0])
    return (_inside(ip) or ip).is_loopback


# RFC 6052: IPv4 addresses as a translator sees them.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _inside(ip):
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if ip.version == 4:
        return None
    if ip in NAT64:
        return ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour
