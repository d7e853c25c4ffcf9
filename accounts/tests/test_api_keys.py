"""API keys at the API: what opens, what does not, and that refusals tell nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import path
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts import services
from accounts.access import HasPermission
from accounts.credentials import key_text, keys
from accounts.credentials.key_use import REFUSED
from accounts.models import ApiKey, AuditEvent, Membership
from accounts.people.limits import RefusedChange
from accounts.permissions import Permission
from accounts.tests.api_keys import client_with, make_key

AREAS = "/api/v1/areas/"
PLANS = "/api/v1/route-plans/"
pytestmark = pytest.mark.django_db


class EveryView(APIView):
    """Answers whether a right counts: `/may/plans.view/`."""

    def get_permissions(self):
        return [HasPermission.of(Permission(self.kwargs["right"]))()]

    def get(self, request, right):
        return Response({"organisation": str(request.organisation.pk), "superuser": request.user.is_superuser})


urlpatterns = [path("api/v1/may/<str:right>/", EveryView.as_view())]


@pytest.fixture
def maker(make_user):
    return make_user(roles=["administrator", "planner", "analyst"])


@pytest.fixture
def key(maker, organisation):
    """(row, text) of a key that sees areas."""
    return make_key(maker, organisation)


def refused(answer) -> bool:
    """Whether the answer is the one refusal that all keys get."""
    if answer.status_code != 401:
        return False
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == REFUSED
    return True


def test_a_key_opens_what_its_scope_names(key):
    assert client_with(key[1]).get(AREAS).status_code == 200
    assert client_with(key[1]).get(PLANS).status_code == 403


def test_the_scheme_is_told_to_whoever_brings_a_wrong_one(key):
    prefix, secret = key_text.parts(key[1])
    wrong = key_text.full_key(prefix, secret[:-1] + ("0" if secret[-1] != "0" else "1"))
    for text in (
        "",
        "x",
        wrong,
        key[1].upper(),
        key[1] + "0",
        f"{key[1]} {key[1]}",
        key_text.full_key("a" * 8, secret),
    ):
        assert refused(client_with(text).get(AREAS)), text
    # Behind the name of tokens it is no token.
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key[1]}")
    assert client.get(AREAS).status_code == 401


@pytest.mark.urls(__name__)
class TestScopes:
    def may(self, text, right, **headers):
        return client_with(text, **headers).get(f"/api/v1/may/{right}/").status_code == 200

    def test_a_key_may_what_its_scopes_and_its_maker_may(self, maker, organisation):
        _, text = make_key(maker, organisation, scopes=["areas.view", "plans.view", "plans.edit"])
        assert {right.value for right in Permission if self.may(text, right)} == {
            "areas.view",
            "plans.view",
            "plans.edit",
        }

    def test_a_right_that_the_maker_lost_is_lost_to_the_key(self, maker, organisation, make_user):
        _, text = make_key(maker, organisation, scopes=["areas.view", "plans.view"])
        by = make_user(roles=["administrator"])
        services.grant_roles(user=maker, organisation=organisation, roles=["viewer"], by=by)
        assert self.may(text, "areas.view")
        assert not self.may(text, "plans.view")

    def test_the_platform_is_no_business_of_a_key(self, organisation, make_user):
        maker = make_user(roles=["viewer"], is_platform_administrator=True)
        _, text = make_key(maker, organisation)
        assert client_with(text).get("/api/v1/may/areas.view/").json()["superuser"] is False
        assert [right.value for right in Permission if self.may(text, right)] == ["areas.view"]

    def test_a_key_acts_in_its_own_organisation_alone(self, maker, organisation, other_organisation):
        # The maker belongs to both; by the name of the other one comes first.
        other_organisation.name = "A trust that comes first"
        other_organisation.save()
        Membership.objects.create(user=maker, organisation=other_organisation, roles=["planner"])
        _, text = make_key(maker, organisation)
        assert client_with(text).get("/api/v1/may/areas.view/").json()["organisation"] == str(organisation.pk)
        assert self.may(text, "areas.view", HTTP_X_ORGANISATION=str(organisation.pk))
        answer = client_with(text, HTTP_X_ORGANISATION=str(other_organisation.pk)).get("/api/v1/may/areas.view/")
        assert answer.status_code == 403
        assert "X-Organisation" in answer.json()["detail"]

    def test_a_key_is_no_session(self, key, maker):
        # Pages ask for a session; nobody gets in by a header.
        assert client_with(key[1]).get("/api/v1/may/api_keys.manage/").status_code == 403


class TestRests:
    def test_while_the_account_is_closed(self, key, maker):
        maker.is_active = False
        maker.save()
        assert refused(client_with(key[1]).get(AREAS))
        maker.is_active = True
        maker.save()
        assert client_with(key[1]).get(AREAS).status_code == 200

    def test_while_the_membership_is_suspended_and_after_it_was_ended(self, key, maker, make_user):
        by, membership = make_user(roles=["administrator"]), maker.memberships.get()
        services.suspend_member(membership=membership, by=by, reason="Away")
        assert refused(client_with(key[1]).get(AREAS))
        services.restore_member(membership=membership, by=by)
        assert client_with(key[1]).get(AREAS).status_code == 200
        services.remove_member(membership=membership, by=by)
        assert refused(client_with(key[1]).get(AREAS))

    def test_when_the_account_is_gone(self, key):
        ApiKey.objects.update(made_by=None)
        assert refused(client_with(key[1]).get(AREAS))

    def test_and_the_trail_says_so_once_an_hour(self, key, maker, organisation):
        maker.is_active = False
        maker.save()
        for _ in range(3):
            client_with(key[1]).get(AREAS)
        event = AuditEvent.objects.get(action="api_key.refused")
        assert (event.details, event.organisation_id) == ({"reason": "resting"}, organisation.pk)


class TestEnds:
    def test_when_it_is_revoked(self, key, maker):
        keys.revoke_key(key=key[0], by=maker)
        keys.revoke_key(key=key[0], by=maker)
        assert refused(client_with(key[1]).get(AREAS))
        assert AuditEvent.objects.filter(action="api_key.revoked").count() == 1

    def test_when_it_expires(self, key, time_machine):
        end = key[0].expires_at
        time_machine.move_to(end - timedelta(seconds=1))
        assert client_with(key[1]).get(AREAS).status_code == 200
        time_machine.move_to(end)
        assert refused(client_with(key[1]).get(AREAS))


class TestNewSecret:
    def test_the_old_one_works_for_a_day(self, key, maker, time_machine):
        text, now = keys.rotate_key(key=key[0], by=maker), timezone.now()
        assert text != key[1]
        assert key_text.parts(text)[0] == key[0].prefix
        assert [client_with(each).get(AREAS).status_code for each in (key[1], text)] == [200, 200]
        time_machine.move_to(now + timedelta(hours=24, seconds=1))
        assert refused(client_with(key[1]).get(AREAS))
        assert client_with(text).get(AREAS).status_code == 200

    def test_never_do_more_than_two_count(self, key, maker):
        second = keys.rotate_key(key=key[0], by=maker)
        third = keys.rotate_key(key=key[0], by=maker)
        assert refused(client_with(key[1]).get(AREAS))
        assert [client_with(each).get(AREAS).status_code for each in (second, third)] == [200, 200]

    def test_a_revoked_key_gets_none(self, key, maker):
        keys.revoke_key(key=key[0], by=maker)
        with pytest.raises(RefusedChange):
            keys.rotate_key(key=key[0], by=maker)


@pytest.mark.parametrize(
    ("networks", "address", "let_in"),
    [
        ([], "203.0.113.9", True),
        (["203.0.113.0/24"], "203.0.113.9", True),
        (["203.0.113.0/24"], "203.0.114.9", False),
        (["203.0.113.9"], "203.0.113.9", True),
        (["203.0.113.9"], "203.0.113.10", False),
        (["2001:db8::/32"], "2001:db8:1::5", True),
        (["2001:db8::/32"], "2001:db9::5", False),
        (["2001:db8::/32", "203.0.113.0/24"], "203.0.113.9", True),
        # An IPv4 address as a server that listens on both sees it.
        (["203.0.113.0/24"], "::ffff:203.0.113.9", True),
        (["0.0.0.0/0"], "2001:db8::1", False),
        # Not known: a Unix socket without a proxy.
        (["0.0.0.0/0", "::/0"], "", False),
    ],
)
def test_a_key_may_be_tied_to_networks(maker, organisation, networks, address, let_in):
    _, text = make_key(maker, organisation, networks=networks)
    answer = client_with(text).get(AREAS, REMOTE_ADDR=address)
    assert answer.status_code == 200 if let_in else refused(answer)


def test_nobody_gets_in_by_claiming_an_address(maker, organisation):
    _, text = make_key(maker, organisation, networks=["203.0.113.0/24"])
    assert refused(client_with(text).get(AREAS, REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR="203.0.113.9"))


class TestMaking:
    @pytest.mark.parametrize(
        "fields",
        [
            {"scopes": []},
            {"scopes": ["members.manage"]},
            {"scopes": ["platform.load_data"]},
            {"scopes": ["areas.view", "plans.approve"]},
            {"scopes": ["nonsense"]},
            {"networks": ["203.0.113.9/24"]},
            {"networks": ["everywhere"]},
            {"expires_at": timezone.now() - timedelta(seconds=1)},
            {"expires_at": timezone.now() + timedelta(days=400)},
        ],
    )
    def test_what_is_refused(self, maker, organisation, fields):
        with pytest.raises(RefusedChange):
            make_key(maker, organisation, **fields)

    def test_nobody_gives_a_key_what_they_may_not_do(self, make_user, organisation):
        with pytest.raises(RefusedChange):
            make_key(make_user(roles=["administrator"]), organisation, scopes=["plans.view"])

    def test_an_organisation_has_so_many_keys_and_no_more(self, maker, organisation):
        organisation.most_api_keys = 1
        organisation.save()
        first, _ = make_key(maker, organisation)
        with pytest.raises(RefusedChange):
            make_key(maker, organisation)
        keys.revoke_key(key=first, by=maker)
        make_key(maker, organisation)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"scopes": ["platform.admin"]},
            {"scopes": []},
            {"name": ""},
            {"expires_at": timezone.now() + timedelta(days=800)},
            {"requests_per_minute": 0},
            {"previous_digest": "x"},
        ],
    )
    def test_the_database_refuses_the_same(self, key, wrong):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiKey.objects.filter(pk=key[0].pk).update(**wrong)


class TestSecrets:
    def test_the_secret_is_kept_nowhere(self, key, maker, caplog):
        secrets = [key_text.parts(text)[1] for text in (key[1], keys.rotate_key(key=key[0], by=maker))]
        for text in (key[1], key[1] + "0"):
            client_with(text).get(AREAS)
        kept = ApiKey.objects.values().get()
        events = list(AuditEvent.objects.values())
        for secret in secrets:
            assert secret not in str(kept)
            assert secret not in str(events)
            assert secret not in caplog.text
        assert kept["secret_digest"] == key_text.digest(secrets[1])
        for digest in (kept["secret_digest"], kept["previous_digest"]):
            assert digest not in str(events)

    def test_when_it_was_used_is_written_once_a_minute(self, key, time_machine, django_assert_num_queries):
        client, begun = client_with(key[1]), timezone.now()
        time_machine.move_to(begun, tick=False)
        client.get(AREAS)
        first = ApiKey.objects.get().last_used_at
        time_machine.move_to(begun + timedelta(seconds=59), tick=False)
        client.get(AREAS)
        assert ApiKey.objects.get().last_used_at == first
        time_machine.move_to(begun + timedelta(seconds=60), tick=False)
        client.get(AREAS)
        assert ApiKey.objects.get().last_used_at == begun + timedelta(seconds=60)
