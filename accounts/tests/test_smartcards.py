"""NHS CIS2 beyond signing in: our key instead of a secret, what it says of levels and roles, and connecting a card."""

import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent, Notification, User
from accounts.services import create_user
from accounts.signing_in import client_keys
from healthequiroute.testing.openid_tokens import Misbehaviour as Wrong
from healthequiroute.testing.openid_tokens import Person

from .openid import SMARTCARD, begin, come_back, is_signed_in, refusals, sign_in
from .sessions import change_session

SYSTEM = audit.SystemActor("test")
UNCONFIRMED = Person("555000002", "ann@nhs.example", "Ann Card", verified=False, level="3", in_token=False)

pytestmark = pytest.mark.django_db


def pem(key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="module")
def key_files():
    """Two keys of ours, each as the text of its file."""
    return [
        pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        pem(ec.generate_private_key(ec.SECP256R1())),
    ]


@pytest.fixture
def invited(smartcards):
    return create_user(email=SMARTCARD.email, by=SYSTEM)


class TestClientKeys:
    """private_key_jwt (RFC 7523)."""

    @pytest.fixture
    def published(self, client, smartcards, settings):
        """`published(text)`: these are our keys now, and the provider has read what we publish."""

        def publish(text):
            settings.CIS2_CLIENT_KEYS = text
            smartcards.client.keys = client.get(reverse("provider-client-keys", args=["cis2"])).json()["keys"]
            return smartcards.client.keys

        return publish

    @pytest.mark.parametrize("kind", [0, 1])
    def test_a_key_proves_who_we_are_and_no_secret_is_sent(
        self, client, smartcards, invited, published, key_files, kind
    ):
        published(key_files[kind])
        sign_in(client, smartcards, SMARTCARD, "cis2")
        assert is_signed_in(client)

    def test_keys_change_without_a_gap(self, client, smartcards, invited, published, settings, key_files):
        first, second = key_files
        known = published(first + second)
        assert [key["alg"] for key in known] == ["RS256", "ES256"]
        assert not any("d" in key for key in known)
        # The second signs now; the provider has known it for a while.
        settings.CIS2_CLIENT_KEYS = second + first
        sign_in(client, smartcards, SMARTCARD, "cis2")
        assert is_signed_in(client)

    def test_a_key_that_the_provider_does_not_know_lets_nobody_in(
        self, client, smartcards, invited, published, settings, key_files
    ):
        published(key_files[0])
        settings.CIS2_CLIENT_KEYS = key_files[1]
        sign_in(client, smartcards, SMARTCARD, "cis2")
        assert refusals() == ["code"]

    def test_the_assertion_is_for_one_place_for_a_minute_and_once(self, key_files):
        (key,) = client_keys.read(key_files[0])
        made = [client_keys.assertion(key, client_id="us", audience="https://a.example/token") for _ in range(2)]
        options = {"verify_signature": False, "verify_aud": False}
        first, second = (jwt.decode(each, options=options) for each in made)
        assert (first["iss"], first["sub"], first["aud"]) == ("us", "us", "https://a.example/token")
        assert first["exp"] - first["iat"] == 60
        assert first["jti"] != second["jti"]
        assert jwt.get_unverified_header(made[0])["kid"] == key.key_id
        assert "private" not in repr(key)

    def test_without_keys_nothing_is_published(self, client, smartcards):
        assert client.get(reverse("provider-client-keys", args=["cis2"])).status_code == 404
        assert client.get(reverse("provider-client-keys", args=["google"])).status_code == 404

    def test_what_is_no_key_is_refused_at_the_start(self):
        weak = pem(ec.generate_private_key(ec.SECP384R1()))
        for text in ("nonsense", weak, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"):
            with pytest.raises(ValueError, match="key"):
                client_keys.read(text)
        assert client_keys.read("") == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id_assurance_level": "2"}, "identity_level"),
        ({"id_assurance_level": None}, "identity_level"),
        ({"acr": "AAL2_OR_AAL3_ANY"}, "level"),
        ({"acr": "AAL2_ANY"}, "level"),
        ({"acr": ["AAL3_ANY"]}, "level"),
        ({"authentication_assurance_level": "²"}, "level"),
    ],
)
def test_levels_below_those_that_are_asked_for_are_refused(client, smartcards, invited, changes, reason):
    smartcards.people = [
        Person(SMARTCARD.subject, SMARTCARD.email, level="3", in_token=False, other=tuple(changes.items()))
    ]
    sign_in(client, smartcards, SMARTCARD, "cis2")
    assert refusals() == [reason]
    assert not is_signed_in(client)


def test_a_lower_identity_is_enough_where_it_is_set_so(client, smartcards, invited, settings):
    settings.CIS2_IDENTITY_ASSURANCE = 1
    smartcards.people = [Person(SMARTCARD.subject, SMARTCARD.email, level="3", identity_level="1", in_token=False)]
    assert sign_in(client, smartcards, SMARTCARD, "cis2")["Location"] == "/"


def test_national_roles_give_nobody_a_right_here(client, smartcards, invited):
    roles = [{"role_name": '"Admin":"Privacy Officer"', "org_code": "RXX", "activity_codes": ["B0001"]}]
    other = (("nhsid_nrbac_roles", roles), ("nhsid_user_orgs", [{"org_code": "RXX"}]), ("roles", ["administrator"]))
    smartcards.people = [Person(SMARTCARD.subject, SMARTCARD.email, level="3", in_token=False, other=other)]
    away = begin(client, "cis2")
    # Nor are they asked for.
    assert set(parse_qs(urlsplit(away).query)["scope"][0].split()) == {"openid", "email", "profile"}
    come_back(client, smartcards.chosen(away, SMARTCARD.subject))
    invited.refresh_from_db()
    assert is_signed_in(client) and not invited.memberships.exists() and not invited.is_platform_administrator
    assert SocialAccount.objects.get().extra_data == {"issuer": smartcards.issuer}


class TestConnecting:
    """A card is connected by whoever is signed in here and signs in there, whatever address CIS2 knows."""

    @pytest.fixture
    def somebody(self, client_as, make_user, smartcards):
        user = make_user(email="ann@northgate.example")
        smartcards.people = [SMARTCARD, UNCONFIRMED]
        user.set_password("a long password for tests")
        user.save()
        return client_as(user=user)

    def connect(self, client, smartcards, person, **wrong):
        away = client.post(reverse("connection-add", args=["cis2"]))["Location"]
        return come_back(client, smartcards.chosen(away, person and person.subject))

    def test_connecting_signing_in_and_removing(self, somebody, client, smartcards):
        page = somebody.get(reverse("connections")).content.decode()
        assert "Connect my smartcard" in page
        assert self.connect(somebody, smartcards, UNCONFIRMED)["Location"] == reverse("connections")
        link = SocialAccount.objects.get()
        assert (link.user, link.provider, link.uid) == (somebody.user, "cis2", UNCONFIRMED.subject)
        assert "Remove" in somebody.get(reverse("connections")).content.decode()
        assert AuditEvent.objects.get(action="sign_in.connected").details == {"provider": "cis2"}
        assert Notification.objects.filter(user=somebody.user, text__contains="was connected").count() == 1

        sign_in(client, smartcards, UNCONFIRMED, "cis2")
        assert client.session["_auth_user_id"] == str(somebody.user.pk)

        somebody.post(reverse("connection-remove", args=["cis2"]))
        assert not SocialAccount.objects.exists()
        assert AuditEvent.objects.get(action="sign_in.disconnected").details == {"provider": "cis2"}
        assert Notification.objects.filter(user=somebody.user, text__contains="was removed").count() == 1

    def test_only_after_a_confirmation(self, somebody, smartcards):
        change_session(somebody, confirmed=None)
        for name in ("connection-add", "connection-remove"):
            answer = somebody.post(reverse(name, args=["cis2"]))
            assert answer["Location"].startswith(reverse("account_reauthenticate"))
        assert not smartcards.requests or not SocialAccount.objects.exists()

    def test_a_confirmation_that_ran_out_at_the_provider_connects_nothing(self, somebody, smartcards):
        away = somebody.post(reverse("connection-add", args=["cis2"]))["Location"]
        change_session(somebody, confirmed={"user": str(somebody.user.pk), "at": time.time() - 3600})
        come_back(somebody, smartcards.chosen(away, UNCONFIRMED.subject))
        assert not SocialAccount.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [(Wrong.IGNORES_PROMPT, "old_auth_time"), (Wrong.WRONG_NONCE, "nonce"), (None, "cancelled")],
    )
    def test_what_does_not_hold_connects_nothing(self, somebody, smartcards, wrong, reason):
        smartcards.signed_in_at[UNCONFIRMED.subject] = time.time() - 3600
        smartcards.behave(wrong)
        back = self.connect(somebody, smartcards, wrong and UNCONFIRMED)
        assert back["Location"].startswith(f"{reverse('connections')}?provider=cis2&not=")
        assert 'role="alert"' in somebody.get(back["Location"]).content.decode()
        assert not SocialAccount.objects.exists()
        event = AuditEvent.objects.get(action="sign_in.not_connected")
        assert (event.details["provider"], event.details["reason"]) == ("cis2", reason)

    def test_a_weaker_card_is_not_connected(self, somebody, smartcards):
        smartcards.people = [Person("9", level="2", in_token=False)]
        assert "not=level" in self.connect(somebody, smartcards, smartcards.people[0])["Location"]
        assert not SocialAccount.objects.exists()

    def test_a_card_of_another_account_stays_theirs(self, somebody, client, smartcards, invited):
        sign_in(client, smartcards, SMARTCARD, "cis2")
        assert "not=connected-elsewhere" in self.connect(somebody, smartcards, SMARTCARD)["Location"]
        assert SocialAccount.objects.get().user == invited

    def test_an_account_has_one_card(self, somebody, smartcards):
        self.connect(somebody, smartcards, UNCONFIRMED)
        assert "not=connected-elsewhere" in self.connect(somebody, smartcards, SMARTCARD)["Location"]
        assert self.connect(somebody, smartcards, UNCONFIRMED)["Location"] == reverse("connections")
        assert SocialAccount.objects.count() == 1

    def test_the_last_way_in_stays(self, client, smartcards, invited):
        sign_in(client, smartcards, SMARTCARD, "cis2")
        page = client.get(reverse("connections")).content.decode()
        assert "only way in which you can sign in" in page and "Remove" not in page
        client.post(reverse("connection-remove", args=["cis2"]))
        assert SocialAccount.objects.count() == 1
        assert not AuditEvent.objects.filter(action="sign_in.disconnected").exists()

    def test_a_password_that_does_not_work_is_no_way_in(self, somebody, smartcards, settings):
        self.connect(somebody, smartcards, UNCONFIRMED)
        settings.LOCAL_PASSWORDS = False
        somebody.post(reverse("connection-remove", args=["cis2"]))
        assert SocialAccount.objects.count() == 1

    def test_google_is_connected_by_an_administrators_invitation_alone(self, somebody, provider):
        assert somebody.post(reverse("connection-add", args=["google"])).status_code == 404

    def test_demo_accounts_connect_nothing(self, client_as, make_user, smartcards, settings):
        settings.DEMO_MODE = True
        demo = client_as(user=make_user(is_demo=True))
        assert "Connect my smartcard" not in demo.get(reverse("connections")).content.decode()
        assert demo.post(reverse("connection-add", args=["cis2"])).status_code == 404
        assert User.objects.get(pk=demo.user.pk).may_act
