"""Somebody who signed in at a provider confirms there that it is them: by signing in anew, as themselves."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from accounts import audit, services
from accounts.models import AuditEvent, Membership, User
from accounts.tests.factories import MembershipFactory
from healthequiroute.testing.openid_tokens import Misbehaviour as Wrong

from .openid import AMIRA, STRANGER, begin, come_back, is_signed_in, sign_in
from .second_factors import set_up_app
from .sessions import change_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def amira(client, provider, organisation):
    """An administrator who signed in with Google an hour ago, and has shown the second factor."""
    sign_in(client, provider, AMIRA)
    user = User.objects.get(email=AMIRA.email)
    services.grant_roles(user=user, organisation=organisation, roles=["administrator"], by=audit.SystemActor("test"))
    long_ago(client, user)
    return user


@pytest.fixture
def member(organisation):
    return MembershipFactory(organisation=organisation, roles=["viewer"])


def long_ago(client, user):
    mark = {"user": str(user.pk), "at": time.time() - 3600}
    change_session(client, confirmed=mark, second_factor=mark)


def give_roles(client, member):
    return client.post(reverse("member-edit", args=[member.pk]), {"roles": ["planner"]})


def roles_of(member):
    return Membership.objects.get(pk=member.pk).roles


def to_provider(client, address, key="google"):
    """From the page that asks for a confirmation to the provider."""
    return client.post(address, {"provider": key})["Location"]


def test_a_late_form_waits_while_its_sender_signs_in_anew(client, provider, amira, member):
    address = give_roles(client, member)["Location"]
    assert address.startswith(reverse("confirm-by-signing-in"))
    assert "Sign in with Google once more" in client.get(address).content.decode()

    away = to_provider(client, address)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away).query).items()}
    assert (asked["prompt"], asked["max_age"], asked["code_challenge_method"]) == ("login", "0", "S256")
    assert asked["nonce"] and asked["state"]
    session = client.session.session_key
    back = come_back(client, provider.chosen(away, AMIRA.subject))
    assert back["Location"] == reverse("held-form")
    assert client.session["_auth_user_id"] == str(amira.pk)
    # Whoever knew the key of the session before shares nothing of what may be done now.
    assert client.session.session_key != session and not client.session.exists(session)
    # As ever: the confirmation alone changes nothing.
    assert roles_of(member) == ["viewer"]
    assert 'name="roles" value="planner"' in client.get(back["Location"]).content.decode()
    give_roles(client, member)
    assert roles_of(member) == ["planner"]
    assert AuditEvent.objects.get(action="step_up.confirmed").details == {"how": "google"}
    assert AuditEvent.objects.filter(action="sign_in.succeeded").count() == 1


@pytest.mark.parametrize(
    ("wrong", "reason", "page"),
    [
        (Wrong.IGNORES_PROMPT, "old_auth_time", "not-anew"),
        (Wrong.OLD_AUTH_TIME, "old_auth_time", "not-anew"),
        (Wrong.NO_AUTH_TIME, "no_auth_time", "not-anew"),
        (Wrong.AUTH_TIME_IN_WORDS, "no_auth_time", "not-anew"),
        (Wrong.AUTH_TIME_TO_COME, "not_yet", "not-confirmed"),
        (Wrong.WRONG_NONCE, "nonce", "start-again"),
        (Wrong.FORGED, "signature", "not-confirmed"),
        (Wrong.CODE_REPLAYED, "code", "start-again"),
    ],
)
def test_what_does_not_hold_confirms_nothing(client, provider, amira, member, wrong, reason, page):
    provider.signed_in_at[AMIRA.subject] = time.time() - 3600
    address = give_roles(client, member)["Location"]
    provider.behave(wrong)
    back = come_back(client, provider.chosen(to_provider(client, address), AMIRA.subject))
    assert back["Location"].startswith(f"{reverse('confirm-by-signing-in')}?provider=google&not={page}&next=")
    assert is_signed_in(client)
    assert give_roles(client, member)["Location"].startswith(reverse("confirm-by-signing-in"))
    assert roles_of(member) == ["viewer"]
    event = AuditEvent.objects.get(action="step_up.failed")
    assert event.details == {"account": str(amira.pseudonym.actor_id), "provider": "google", "reason": reason}
    shown = client.get(back["Location"]).content.decode()
    assert 'role="alert"' in shown and "Sign in with Google once more" in shown


@pytest.mark.parametrize("is_known", [True, False])
def test_another_person_is_refused_and_signed_in_as_nobody(client, provider, amira, member, make_user, is_known):
    if is_known:
        make_user(email=STRANGER.email)
        other = SocialAccount(user=User.objects.get(email=STRANGER.email), provider="google", uid=STRANGER.subject)
        other.extra_data = {"issuer": provider.issuer}
        other.save()
    address = give_roles(client, member)["Location"]
    back = come_back(client, provider.chosen(to_provider(client, address), STRANGER.subject))
    assert "not=other-person" in back["Location"]
    assert client.session["_auth_user_id"] == str(amira.pk)
    assert roles_of(member) == ["viewer"]
    assert AuditEvent.objects.get(action="step_up.failed").details["reason"] == "other_person"
    assert SocialAccount.objects.filter(user=amira).count() == 1
    assert "That was somebody else" in client.get(back["Location"]).content.decode()


def test_giving_up_leaves_everything_as_it_was(client, provider, amira, member):
    address = give_roles(client, member)["Location"]
    back = come_back(client, provider.chosen(to_provider(client, address), None))
    assert "not=cancelled" in back["Location"] and is_signed_in(client)
    assert "held-form" not in client.get(back["Location"]).content.decode()
    assert client.get(reverse("held-form")).status_code == 200


def test_a_sign_in_that_was_begun_to_come_in_confirms_nothing(client, provider, amira):
    """The end of an ordinary sign-in cannot be passed off as a confirmation: `state` knows for what it was."""
    provider.signed_in_at[AMIRA.subject] = time.time() - 3600
    come_back(client, provider.chosen(begin(client), AMIRA.subject))
    assert client.session["_auth_user_id"] == str(amira.pk)
    assert "confirmed" not in client.session


def test_signing_in_counts_as_a_confirmation_when_the_provider_has_asked(client, provider):
    sign_in(client, provider, AMIRA)
    assert client.session["confirmed"]["at"] > time.time() - 60


def test_a_confirmation_of_one_person_is_none_of_the_next(client, provider, amira, make_user):
    """Somebody else signs in with the browser before the provider has answered."""
    away = to_provider(client, reverse("confirm-by-signing-in"))
    state = client.session["socialaccount_states"]
    other = make_user()
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    change_session(client, socialaccount_states=state, confirmed=None)
    come_back(client, provider.chosen(away, AMIRA.subject))
    assert client.session["_auth_user_id"] == str(other.pk) and "confirmed" not in client.session
    assert AuditEvent.objects.get(action="step_up.failed").details["reason"] == "state"


def test_whoever_lacks_the_second_factor_can_confirm_to_set_one_up(client, provider, amira):
    change_session(client, second_factor=None)
    address = client.get(reverse("mfa_activate_totp"))["Location"]
    assert address.startswith(reverse("confirm-by-signing-in"))
    back = come_back(client, provider.chosen(to_provider(client, address), AMIRA.subject))
    assert back["Location"] == reverse("mfa_activate_totp")
    assert client.get(back["Location"]).status_code == 200


def test_with_a_second_factor_the_provider_is_the_other_way(client, provider, amira, member):
    change_session(client, confirmed={"user": str(amira.pk), "at": time.time()})
    set_up_app(client)
    long_ago(client, amira)
    address = give_roles(client, member)["Location"]
    assert address.startswith(reverse("mfa_reauthenticate"))
    page = client.get(address).content.decode()
    assert reverse("confirm-by-signing-in") in page and "Sign in with Google once more" in page
    page = client.get(reverse("confirm-by-signing-in")).content.decode()
    assert "Use your authenticator app or a recovery code" in page


def test_an_unknown_provider_is_no_way(client, provider, amira):
    assert client.post(reverse("confirm-by-signing-in"), {"provider": "nonsense"}).status_code == 404
    assert is_signed_in(client)
