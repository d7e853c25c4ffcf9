"""Who may come in with what a provider confirmed, and as whom."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.services import create_user
from healthequiroute.testing.openid_tokens import Misbehaviour, Person

from .openid import (
    AMIRA,
    DOMAIN,
    OTHER_TRUST,
    PRIVATE,
    SMARTCARD,
    STRANGER,
    UNVERIFIED,
    begin,
    come_back,
    is_signed_in,
    refusals,
    sign_in,
)

SYSTEM = audit.SystemActor("test")

pytestmark = pytest.mark.django_db


def page_of(response) -> str:
    return response["Location"].rstrip("/").rpartition("/")[2]


def actions():
    return list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True))


def test_a_newcomer_of_an_allowed_domain_has_no_role_and_is_told_what_happens_next(client, provider):
    sign_in(client, provider, AMIRA)
    user = User.objects.get()
    assert (user.email, user.full_name) == (AMIRA.email, "Amira Khan")
    assert not user.memberships.exists() and not user.is_platform_administrator and not user.has_usable_password()
    assert actions() == ["user.created", "sign_in.connected", "sign_in.succeeded"]
    page = client.get("/", follow=True).content.decode()
    assert "You do not belong to an organisation yet" in page
    # A long address may break at its joints.
    assert AMIRA.email in page.replace("<wbr>", "")


def test_nothing_that_the_provider_said_is_kept_but_who_it_was(client, provider):
    sign_in(client, provider, AMIRA)
    link = SocialAccount.objects.get()
    assert (link.provider, link.uid, link.extra_data) == ("google", AMIRA.subject, {"issuer": provider.issuer})
    assert AMIRA.email not in str([event.details for event in AuditEvent.objects.all()])


def test_somebody_invited_comes_in_from_any_domain(client, provider, make_user):
    user = make_user(roles=["planner"], email=STRANGER.email)
    assert sign_in(client, provider, STRANGER)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.memberships.get().roles == ["planner"]


def test_addresses_are_the_same_in_any_case(client, provider):
    user = create_user(email="sam@elsewhere.example", by=SYSTEM)
    provider.people.append(Person("77", "Sam@Elsewhere.Example", "Sam"))
    sign_in(client, provider, provider.people[-1])
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("person", "reason", "page"),
    [
        (STRANGER, "not_invited", "not-invited"),
        (OTHER_TRUST, "domain", "other-domain"),
        (PRIVATE, "domain", "other-domain"),
        (UNVERIFIED, "address", "address-not-confirmed"),
        (Person("88", "", "No Address"), "address", "address-not-confirmed"),
        (Person("89", f"x@evil{DOMAIN}", "Lookalike", hosted_domain=f"evil{DOMAIN}"), "domain", "other-domain"),
        (Person("90", f"x@{DOMAIN}.evil.example", "Lookalike", hosted_domain=DOMAIN), "domain", "other-domain"),
        (Person("91", f"x@evil.example@{DOMAIN}", "Two at", hosted_domain=DOMAIN), "address", "address-not-confirmed"),
        (
            Person("92", f"x@{DOMAIN}", "Text", verified="true", hosted_domain=DOMAIN),
            "address",
            "address-not-confirmed",
        ),
    ],
)
def test_all_others_stay_outside_and_leave_nothing(client, provider, person, reason, page):
    provider.people.append(person)
    assert page_of(sign_in(client, provider, person)) == page
    assert refusals() == [reason]
    assert not is_signed_in(client)
    assert not User.objects.exists() and not SocialAccount.objects.exists()


@pytest.mark.parametrize("person", [PRIVATE, UNVERIFIED])
def test_an_invitation_is_not_for_whoever_claims_its_address(client, provider, person):
    create_user(email=person.email, by=SYSTEM)
    sign_in(client, provider, person)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_without_domains_only_invited_people_come_in(client, provider, settings):
    settings.GOOGLE_ALLOWED_DOMAINS = []
    assert page_of(sign_in(client, provider, AMIRA)) == "not-invited"
    create_user(email=AMIRA.email, by=SYSTEM)
    assert sign_in(client, provider, AMIRA)["Location"] == "/"


def test_the_connection_decides_and_not_the_address(client, provider):
    """The address changed hands, or names: whoever was connected first stays who they are."""
    sign_in(client, provider, AMIRA)
    user = User.objects.get()
    moved = Person(AMIRA.subject, f"amira.new@{DOMAIN}", "Amira New", hosted_domain=DOMAIN)
    provider.people = [moved]
    other = Client()
    sign_in(other, provider, moved)
    assert other.session["_auth_user_id"] == str(user.pk)
    user.refresh_from_db()
    assert user.email == AMIRA.email


def test_an_address_that_was_given_to_somebody_else_is_not_their_account(client, provider):
    sign_in(client, provider, AMIRA)
    user = User.objects.get()
    successor = Person("2001", AMIRA.email, "Amira Second", hosted_domain=DOMAIN)
    provider.people = [successor]
    other = Client()
    assert page_of(sign_in(other, provider, successor)) == "other-account"
    assert not is_signed_in(other)
    assert AuditEvent.objects.get(action="sign_in.refused").details == {
        "provider": "google",
        "reason": "other_link",
        "account": str(user.pseudonym.actor_id),
    }


def test_the_same_subject_of_another_issuer_is_another_person(client, provider):
    sign_in(client, provider, AMIRA)
    SocialAccount.objects.update(extra_data={"issuer": "https://elsewhere.example"})
    assert page_of(sign_in(Client(), provider, AMIRA)) == "not-confirmed"


def test_somebody_whose_work_account_was_closed_cannot_go_on_with_a_private_one(client, provider):
    sign_in(client, provider, AMIRA)
    provider.people = [Person(AMIRA.subject, AMIRA.email, "Amira")]
    assert page_of(sign_in(Client(), provider, provider.people[0])) == "other-domain"


@pytest.mark.parametrize("was_connected", [True, False])
def test_closed_accounts_stay_closed(client, provider, was_connected):
    user = create_user(email=AMIRA.email, by=SYSTEM)
    if was_connected:
        sign_in(Client(), provider, AMIRA)
    User.objects.update(is_active=False)
    response = sign_in(client, provider, AMIRA)
    assert page_of(response) == "closed"
    assert not is_signed_in(client)
    details = AuditEvent.objects.get(action="sign_in.refused").details
    assert details == {"provider": "google", "reason": "closed", "account": str(user.pseudonym.actor_id)}
    assert SocialAccount.objects.exists() == was_connected
    assert "has been closed" in client.get(response["Location"]).content.decode()


def test_demo_accounts_are_nobodys_at_a_provider(client, provider, settings):
    settings.DEMO_MODE = True
    create_user(email=AMIRA.email, is_demo=True, by=SYSTEM)
    assert page_of(sign_in(client, provider, AMIRA)) == "not-invited"


def test_somebody_signed_in_becomes_somebody_else_whole(client, provider, make_user):
    client.force_login(make_user(roles=["auditor"]), backend="django.contrib.auth.backends.ModelBackend")
    client.session["kept"] = "of the first person"
    before = client.session.session_key
    sign_in(client, provider, AMIRA)
    assert client.session["_auth_user_id"] == str(User.objects.get(email=AMIRA.email).pk)
    assert client.session.session_key != before and "kept" not in client.session


def test_a_session_from_before_is_worth_nothing_afterwards(client, provider):
    """Session fixation: whoever planted the cookie does not share the session."""
    address = begin(client)
    planted = client.session.session_key
    come_back(client, provider.chosen(address, AMIRA.subject))
    assert client.session.session_key != planted
    assert not client.session.exists(planted)


class TestSmartcards:
    """NHS CIS2: address and name come from userinfo, the ID token says how strong the sign-in was."""

    @pytest.fixture
    def invited(self, smartcards):
        return create_user(email=SMARTCARD.email, by=SYSTEM)

    def test_somebody_invited_comes_in(self, client, smartcards, invited):
        address = begin(client, "cis2")
        assert "acr_values=AAL3_ANY" in address
        come_back(client, smartcards.chosen(address, SMARTCARD.subject))
        assert client.session["_auth_user_id"] == str(invited.pk)
        assert SocialAccount.objects.get().provider == "cis2"

    @pytest.mark.parametrize("level", ["", "2", "three", "-3"])
    def test_a_weaker_sign_in_is_refused(self, client, smartcards, invited, level):
        smartcards.people = [Person(SMARTCARD.subject, SMARTCARD.email, level=level, in_token=False)]
        assert page_of(sign_in(client, smartcards, SMARTCARD, "cis2")) == "level"
        assert refusals() == ["level"]

    def test_the_lower_level_is_enough_where_it_is_set_so(self, client, smartcards, invited, settings):
        settings.CIS2_ASSURANCE = 2
        smartcards.people = [Person(SMARTCARD.subject, SMARTCARD.email, level="2", in_token=False)]
        assert sign_in(client, smartcards, SMARTCARD, "cis2")["Location"] == "/"

    def test_nobody_comes_in_without_an_invitation(self, client, smartcards):
        assert page_of(sign_in(client, smartcards, SMARTCARD, "cis2")) == "not-invited"

    def test_the_profile_of_somebody_else_is_not_taken(self, client, smartcards, invited):
        smartcards.behave(Misbehaviour.OTHER_SUBJECT_IN_PROFILE)
        sign_in(client, smartcards, SMARTCARD, "cis2")
        assert refusals() == ["subject"]
        assert not is_signed_in(client)

    def test_a_callback_of_one_provider_is_no_callback_of_another(self, client, smartcards, invited):
        back = smartcards.chosen(begin(client, "cis2"), SMARTCARD.subject)
        come_back(client, back.replace("/cis2/", "/google/"))
        assert refusals() == ["state"]


@pytest.mark.parametrize("name", ["google_login", "google_callback", "cis2_login", "cis2_callback"])
def test_a_provider_does_not_exist_where_it_is_not_configured(client, name):
    assert client.get(reverse(name)).status_code == 404
    assert client.get(reverse("sign-in-refused", kwargs={"provider": "google", "page": "closed"})).status_code == 404


def test_the_sign_in_page_offers_what_is_configured(client, smartcards):
    page = client.get(reverse("account_login")).content.decode()
    assert "Sign in with Google" in page and "Sign in with NHS CIS2" in page
    asked = client.get(reverse("cis2_login"))
    assert "You go to NHS CIS2 to confirm who you are" in asked.content.decode()
    assert client.get(reverse("sign-in-refused", kwargs={"provider": "cis2", "page": "nonsense"})).status_code == 404
