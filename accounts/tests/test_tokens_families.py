"""Tokens of one sign-in live and end together."""

import threading
from datetime import timedelta

import jwt
import pytest
from allauth.account.signals import password_changed
from django.contrib.sessions.backends.cache import SessionStore
from django.db import close_old_connections, connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import audit, services
from accounts.credentials import tokens
from accounts.models import AuditEvent, Membership, Notification, TokenFamily

AREAS = "/api/v1/areas/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def person(make_user):
    return make_user(roles=["viewer"])


@pytest.fixture
def pair(person):
    return tokens.begin(user=person)


def refresh(token):
    return APIClient().post("/api/v1/token/refresh/", {"refresh": token})


def revoke(token):
    return APIClient().post("/api/v1/token/revoke/", {"refresh": token})


def opens(access) -> bool:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    answer = client.get(AREAS)
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def test_a_second_use_ends_everything_that_came_of_the_sign_in(person, pair):
    second = refresh(pair.refresh).json()
    third = refresh(second["refresh"]).json()
    elsewhere = tokens.begin(user=person)
    assert refresh(pair.refresh).status_code == 401
    assert not any(map(opens, (pair.access, second["access"], third["access"])))
    assert refresh(third["refresh"]).status_code == 401
    assert opens(elsewhere.access)


def test_a_second_use_is_told_to_the_person_and_the_trail_once(person, pair):
    refresh(pair.refresh)
    for _ in range(3):
        assert refresh(pair.refresh).status_code == 401
    event = AuditEvent.objects.get(action="token.reused")
    assert event.details == {"account": audit.pseudonym_of(person)}
    assert "change your password" in Notification.objects.get(user=person).text


def test_a_refused_token_says_nothing_of_why(pair):
    used = refresh(pair.refresh) and refresh(pair.refresh)
    ended = refresh(pair.refresh)
    assert used.json()["title"] == ended.json()["title"]
    assert pair.refresh not in used.content.decode()


def test_signing_out_ends_the_family_at_once(person, pair):
    newer = refresh(pair.refresh).json()
    answer = revoke(newer["refresh"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert not opens(newer["access"])
    assert refresh(newer["refresh"]).status_code == 401
    assert AuditEvent.objects.get(action="token.revoked").actor_id == audit.pseudonym_of(person)


def test_signing_out_with_something_else_is_done_as_well_and_leaves_no_event(pair):
    for token in ("nothing", pair.access, pair.refresh[:-3]):
        assert revoke(token).status_code == 204
    assert APIClient().post("/api/v1/token/revoke/", {}).status_code == 400
    assert not AuditEvent.objects.filter(action="token.revoked").exists()
    assert opens(pair.access)


def test_all_tokens_of_a_person_can_be_ended(person, pair, make_user):
    other = tokens.begin(user=make_user(roles=["viewer"]))
    assert tokens.end_all(user=person, because="signed_out", by=person) == 1
    assert tokens.end_all(user=person, because="signed_out", by=person) == 0
    assert not opens(pair.access)
    assert opens(other.access)
    assert AuditEvent.objects.filter(action="token.all_ended").count() == 1


def test_twelve_hours_after_the_sign_in_it_has_to_be_done_again(person, pair, time_machine):
    begun = timezone.now()
    for hours in range(1, 12):
        time_machine.move_to(begun + timedelta(hours=hours))
        answer = refresh(pair.refresh)
        assert answer.status_code == 200, hours
        pair = tokens.Pair(**answer.json())
    time_machine.move_to(begun + timedelta(hours=11, minutes=59))
    last = refresh(pair.refresh).json()
    seconds = {name: jwt.decode(text, options={"verify_signature": False}) for name, text in last.items()}
    assert all(claims["exp"] <= (begun + timedelta(hours=12)).timestamp() for claims in seconds.values())
    time_machine.move_to(begun + timedelta(hours=12, seconds=1))
    assert refresh(last["refresh"]).status_code == 401
    assert not opens(last["access"])


def test_an_access_token_is_good_for_a_quarter_of_an_hour(pair, time_machine):
    begun = timezone.now()
    time_machine.move_to(begun + timedelta(minutes=14, seconds=58))
    assert opens(pair.access)
    time_machine.move_to(begun + timedelta(minutes=15, seconds=1))
    assert not opens(pair.access)


class TestEnds:
    def test_with_a_new_password(self, person, pair, rf):
        person.set_password("another one entirely")
        person.save()
        assert not opens(pair.access)
        assert refresh(pair.refresh).status_code == 401
        # As soon as allauth tells of it, they are gone from the lists too.
        request = rf.get("/")
        request.session = SessionStore()
        password_changed.send(sender=type(person), request=request, user=person)
        assert TokenFamily.objects.get().ended_because == "password"

    def test_with_the_account_and_do_not_come_back_with_it(self, person, pair):
        person.is_active = False
        person.save()
        assert TokenFamily.objects.get().ended_because == "suspended"
        person.is_active = True
        person.save()
        assert not opens(pair.access)

    def test_with_a_suspended_or_ended_membership(self, person, pair, make_user):
        by, membership = make_user(roles=["administrator"]), person.memberships.get()
        services.suspend_member(membership=membership, by=by)
        services.restore_member(membership=membership, by=by)
        assert not opens(pair.access)
        again = tokens.begin(user=person)
        services.remove_member(membership=Membership.objects.get(pk=membership.pk), by=by)
        assert TokenFamily.objects.alive().count() == 0
        assert not opens(again.access)

    def test_a_day_after_they_expired_they_are_forgotten(self, pair, time_machine):
        begun = timezone.now()
        time_machine.move_to(begun + timedelta(hours=35))
        assert tokens.forget_expired() == 0
        time_machine.move_to(begun + timedelta(hours=37))
        assert tokens.forget_expired() == 1


def test_using_a_token_costs_one_query_before_the_view(person, pair, django_assert_num_queries):
    token = tokens.AccessToken(pair.access)
    with django_assert_num_queries(1):
        assert tokens.family_of(token).user == person


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_the_same_token_exactly_one_wins(person, pair):
    gate, answers = threading.Barrier(2), []

    def ask():
        try:
            gate.wait(timeout=60)
            answers.append(refresh(pair.refresh))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    # The second use ended the family, so that the winner's pair is worth nothing either.
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert not opens(winner.json()["access"])
    assert AuditEvent.objects.filter(action="token.reused").count() == 1
