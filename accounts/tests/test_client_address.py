"""One function says where a request comes from, and nobody can talk it into another answer."""

import pytest
from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.client_address import CLAIMS, TrustedProxyMiddleware, address_from, client_address, counted_address

REAL, PROXY, INNER, CLAIMED = "203.0.113.9", "10.0.0.2", "10.0.0.3", "198.51.100.7"


def meta(forwarded=None, remote=PROXY):
    return {"REMOTE_ADDR": remote} | ({} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded})


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "expected"),
    [
        (0, None, REAL, REAL),
        (0, CLAIMED, REAL, REAL),
        (1, REAL, PROXY, REAL),
        (1, f"{CLAIMED}, {REAL}", PROXY, REAL),
        (1, f"{CLAIMED},,, {REAL}", PROXY, REAL),
        (2, f"{CLAIMED}, {REAL}, {PROXY}", INNER, REAL),
        # Nobody in front after all: a probe from inside the network.
        (1, None, INNER, INNER),
        (1, "", INNER, INNER),
        (2, REAL, INNER, REAL),
        # A socket of this machine: no address of its own, with a proxy in front its word counts.
        (1, REAL, "", REAL),
        (1, REAL, None, REAL),
        (0, CLAIMED, "", ""),
        (0, CLAIMED, None, ""),
        # As proxies write them.
        (1, f"{REAL}:50123", PROXY, REAL),
        (1, "[2001:db8::1]:50123", PROXY, "2001:db8::1"),
        (1, '"[2001:DB8:0:0::1]"', PROXY, "2001:db8::1"),
        (1, f"::ffff:{REAL}", PROXY, REAL),
        (1, "fe80::1%eth0", PROXY, "fe80::1"),
        # No address at all is none, and never the next best.
        (1, "unknown", PROXY, ""),
        (1, f"{REAL}, _hidden", PROXY, ""),
        (1, f"{REAL}, ", PROXY, ""),
        (1, "127.0.0.1; DROP TABLE", PROXY, ""),
        (1, "1.2.3", PROXY, ""),
        (1, "0x7f000001", PROXY, ""),
        (1, "٣.3.3.3", PROXY, ""),
    ],
)
def test_the_address_is_what_the_trusted_proxies_wrote(proxies, forwarded, remote, expected):
    assert address_from(meta(forwarded, remote), proxies=proxies) == expected


@given(claimed=st.text(max_size=60), proxies=st.integers(1, 3))
def test_whatever_a_client_sends_the_address_stays(claimed, proxies):
    between = [f"10.0.0.{number}" for number in range(proxies)]
    forwarded = ", ".join([claimed, REAL, *between[:-1]])
    assert address_from(meta(forwarded, between[-1]), proxies=proxies) == REAL


def asked(settings, *, proxies, **headers):
    """The request as a view behind the middleware sees it."""
    settings.TRUSTED_PROXY_COUNT = proxies
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxies else None
    seen = []
    middleware = TrustedProxyMiddleware(lambda request: seen.append(request) or JsonResponse({}))
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, **headers)
    assert request.headers  # read before, as an outer part might
    middleware(request)
    return seen[0]


def test_everybody_who_asks_gets_the_same_answer(settings):
    request = asked(settings, proxies=1, HTTP_X_FORWARDED_FOR=f"{CLAIMED}, {REAL}", HTTP_X_REAL_IP=CLAIMED)
    assert client_address(request) == client_address(Request(request)) == REAL
    assert get_adapter().get_client_ip(request) == REAL
    assert BaseThrottle().get_ident(request) == REAL
    assert request.META["REMOTE_ADDR"] == REAL


@pytest.mark.parametrize("proxies", [0, 1])
def test_no_claim_reaches_anybody(settings, proxies):
    request = asked(settings, proxies=proxies, **dict.fromkeys(CLAIMS, CLAIMED))
    assert CLAIMED not in {*request.META.values(), *request.headers.values()} - {client_address(request)}
    assert request.get_host() == "testserver"
    assert not request.is_secure()


@pytest.mark.parametrize(
    ("proxies", "header", "secure"),
    [
        (0, "https", False),
        (1, "https", True),
        (1, "HTTPS", True),
        (1, "http", False),
        (1, None, False),
        # A client that says https to a proxy which appends what it saw.
        (1, "https, http", False),
        (1, "http, https", True),
        (2, "http, https, http", True),
        (2, "https", True),
        (1, "https://evil.example", False),
    ],
)
def test_the_scheme_is_the_word_of_the_outermost_proxy(settings, proxies, header, secure):
    headers = {} if header is None else {"HTTP_X_FORWARDED_PROTO": header}
    assert asked(settings, proxies=proxies, **headers).is_secure() == secure


def test_limits_count_a_whole_network_of_one_client():
    def counted(address):
        return counted_address(RequestFactory().get("/", REMOTE_ADDR=address))

    assert counted("2001:db8:1:2:3::4") == counted("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert counted("2001:db8:1:3::1") != counted("2001:db8:1:2::1")
    assert counted(REAL) == REAL
    assert counted("") == counted("nonsense") == "unknown"


def test_who_comes_from_nowhere_cannot_try_passwords():
    with pytest.raises(PermissionDenied):
        get_adapter().get_client_ip(RequestFactory().get("/", REMOTE_ADDR=""))


@pytest.mark.django_db
def test_a_made_up_address_in_front_does_not_reset_a_limit(client, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "2/m/ip"}

    def attempt(number, address):
        forwarded = f"192.0.2.{number}, {address}"
        form = {"login": f"p{number}@example.com", "password": "wrong"}
        return client.post("/accounts/login/", form, headers={"X-Forwarded-For": forwarded}).content.decode()

    tooth = "Too many"
    assert [tooth in attempt(number, REAL) for number in range(3)] == [False, False, True]
    assert tooth not in attempt(4, CLAIMED)
