"""Whether an account exists is not to be found out: same status, words and headers, and as much work for the portal.

Work is counted, never timed: how often a password is hashed, and how often the database is asked.
"""

import re
from unittest import mock

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import first_links
from accounts.models import Membership, User
from accounts.tests.factories import MembershipFactory, UserFactory

PASSWORD = "correct horse battery"
# What differs from one answer to the next, whoever asks: secrets of the form and of the page, and the time of day.
CHANGING = re.compile(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"|nonce-[^\']+')
OF_THE_MOMENT = ("X-Request-ID", "Expires", "RateLimit")
pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(make_user):
    """Addresses of accounts that exist, in ways that an attacker would like to tell apart, and one that does not.

    All of one length, since pages show what was typed.
    """
    known = make_user(roles=["planner"], email="known1@example.nhs.uk")
    closed = make_user(roles=["planner"], email="closed@example.nhs.uk", is_active=False)
    demo = make_user(roles=["planner"], email="demo12@example.nhs.uk", is_demo=True)
    for user in (known, closed, demo):
        user.set_password(PASSWORD)
        user.save()
    make_user(roles=["planner"], email="invite@example.nhs.uk")
    return [user.email for user in (known, closed, demo)] + ["invite@example.nhs.uk", "nobody@example.nhs.uk"]


class Answer:
    """What somebody who asks can see, and what it cost."""

    def __init__(self, ask, said=""):
        real, self.hashes = MD5PasswordHasher.encode, 0

        def counted(hasher, *args, **kwargs):
            self.hashes += 1
            return real(hasher, *args, **kwargs)

        with mock.patch.object(MD5PasswordHasher, "encode", counted), CaptureQueriesContext(connection) as asked:
            answer = ask()
        self.queries = len(asked)
        headers = {name: CHANGING.sub("", value) for name, value in answer.items() if name not in OF_THE_MOMENT}
        words = CHANGING.sub("", answer.content.decode()).replace(said, "")
        self.seen = (answer.status_code, words, headers, sorted(answer.cookies))


def hashed_once(answers):
    return {address: answer.hashes for address, answer in answers.items()} == dict.fromkeys(answers, 1)


def test_a_wrong_password_at_the_sign_in_page(accounts):
    def sign_in(address):
        browser = Client()
        browser.get(reverse("account_login"))
        return lambda: browser.post(reverse("account_login"), {"login": address, "password": "wrong"})

    answers = {address: Answer(sign_in(address), said=address) for address in accounts}
    assert len({str(answer.seen) for answer in answers.values()}) == 1
    assert hashed_once(answers)


def test_a_wrong_password_for_a_token(accounts):
    def ask(address):
        return lambda: Client().post("/api/v1/token/", {"email": address, "password": "wrong"})

    answers = {address: Answer(ask(address)) for address in accounts}
    assert {answer.seen[0] for answer in answers.values()} == {401}
    assert len({str(answer.seen) for answer in answers.values()}) == 1
    assert hashed_once(answers)


def test_so_many_questions_to_the_database_whether_there_is_an_account_or_not(accounts):
    """The trail names a known account by its pseudonym, which is looked up: one question, and nothing waits for it."""

    def queries(address):
        ask = lambda: Client().post("/api/v1/token/", {"email": address, "password": "wrong"})  # noqa: E731
        ask()
        return Answer(ask).queries

    known, unknown = queries(accounts[0]), queries(accounts[-1])
    assert abs(known - unknown) <= 1, (known, unknown)


def test_nobody_asks_for_a_new_password_by_address(client, accounts):
    """There is no form that would say whether an address is known: a first password comes by a link, handed over."""
    for path in ("/accounts/password/reset/", "/accounts/password/forgot/", "/accounts/signup/"):
        answers = [
            Answer(lambda to=to, path=path: client.post(path, {"email": to})) for to in (accounts[0], accounts[-1])
        ]
        assert answers[0].seen == answers[1].seen, path
        assert answers[0].queries == answers[1].queries, path


def test_a_link_that_is_not_right_says_the_same_for_everybody(client, organisation, make_user):
    """Made up, of an account that needs none, of one that exists not, used, and cut short."""
    administrator, newcomer = make_user(roles=["administrator"]), UserFactory()
    newcomer.set_unusable_password()
    newcomer.save()
    membership = MembershipFactory(user=newcomer, organisation=organisation, roles=["viewer"])
    link = first_links.make(membership=Membership.objects.get(pk=membership.pk), by=administrator)
    head, _, key = link.rstrip("/").rpartition("-")
    foreign = reverse("account_reset_password_from_key", kwargs={"uidb36": "zzz", "key": "abc-def"})
    known = User.objects.get(pk=administrator.pk)
    made_up = [f"{head}-{'0' * len(key)}/", f"{head}-{key[:-1]}/", foreign]
    assert known.pk != newcomer.pk
    answers = [Answer(lambda path=path: client.get(path), said=path) for path in made_up]
    assert len({str(answer.seen) for answer in answers}) == 1
    assert {answer.hashes for answer in answers} == {0}


def test_a_key_says_the_same_whatever_is_wrong_with_it():
    """Of no such key, and of no key at all; of revoked and resting ones accounts/tests/test_api_keys.py knows."""

    def ask(text):
        return lambda: Client().get("/api/v1/areas/", headers={"authorization": f"Api-Key {text}"})

    tried = ["her_aaaaaaaa_" + "b" * 43, "her_", "x", "her_aaaaaaaa_" + "c" * 500]
    assert len({str(Answer(ask(text)).seen) for text in tried}) == 1
