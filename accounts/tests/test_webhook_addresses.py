"""Where webhooks may go: addresses that are refused when they are saved, and again at every attempt."""

from unittest.mock import patch

import pytest

from accounts.notices.posting import AddressRefused, check_address, post


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.WEBHOOK_LOOPBACK = True


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://nowhere.invalid/", "not known"),
        ("https://10.0.0.8/", "private"),
        ("https://169.254.169.254/latest/meta-data/", "private"),
        ("https://[::ffff:10.0.0.8]/", "private"),
        ("https://[64:ff9b::a00:8]/", "private"),
        ("https://[fd00::1]/", "private"),
        ("https://127.0.0.1/", "private"),
        ("https://0.0.0.0/", "private"),
        ("https://2130706433/", "private"),
        ("ftp://example.org/", "https"),
        ("https://user:secret@1.1.1.1/", "passwords"),
        ("https:///nothing", "https"),
        ("https://1.1.1.1/a b", "blank"),
        ("http://1.1.1.1/", "https"),
        ("https://1.1.1.1:99999/", "not an address"),
    ],
)
def test_what_is_refused_when_it_is_saved(settings, url, words):
    settings.WEBHOOK_LOOPBACK = False
    with pytest.raises(AddressRefused, match=words):
        check_address(url)


def test_one_on_the_internet_is_taken_and_loopback_only_by_setting(settings):
    check_address("https://1.1.1.1/hook")
    check_address("http://127.0.0.1:9/")
    settings.WEBHOOK_LOOPBACK = False
    with pytest.raises(AddressRefused):
        check_address("http://127.0.0.1:9/")


def test_a_name_that_changes_its_mind_reaches_nothing_private(receiver, settings):
    """DNS rebinding: the answer that is checked is the one that is connected to, at each attempt."""
    settings.WEBHOOK_LOOPBACK = False
    port = int(receiver.url.rpartition(":")[2].partition("/")[0])
    answers = [[(2, 1, 6, "", ("1.1.1.1", port))], [(2, 1, 6, "", ("127.0.0.1", port))]]
    with patch("accounts.notices.posting.socket.getaddrinfo", side_effect=answers) as asked:
        check_address("https://rebinding.example/")
        answer = post("https://rebinding.example/", b"{}", {})
    assert asked.call_count == 2 and not answer.ok and "private" in answer.words and receiver.seen == []


def test_one_private_answer_among_public_ones_is_enough(settings):
    settings.WEBHOOK_LOOPBACK = False
    mixed = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.1.2.3", 443))]
    found = patch("accounts.notices.posting.socket.getaddrinfo", return_value=mixed)
    with found, pytest.raises(AddressRefused, match="private"):
        check_address("https://both.example/")
