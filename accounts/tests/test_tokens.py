"""Access tokens: who gets one, how long it is worth something, in which organisation it acts."""

import pytest
from django.urls import path
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts import audit, services
from accounts.access import HasPermission
from accounts.models import AuditEvent
from accounts.permissions import Permission

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


class PlansView(APIView):
    permission_classes = [HasPermission.of(Permission.VIEW_PLANS)]

    def get(self, request):
        return Response({"organisation": str(request.organisation)})


class UndeclaredView(APIView):
    def get(self, request):
        return Response({})


urlpatterns = [path("plans/", PlansView.as_view()), path("undeclared/", UndeclaredView.as_view())]


@pytest.fixture
def person(make_user):
    user = make_user(roles=["planner"], email="priya@example.nhs.uk")
    user.set_password(PASSWORD)
    user.save()
    return user


def obtain(email="priya@example.nhs.uk", password=PASSWORD, **extra):
    return APIClient().post("/api/v1/token/", {"email": email, "password": password}, **extra)


def test_address_and_password_give_a_pair_and_an_event(person):
    response = obtain()
    assert set(response.json()) == {"access", "refresh"}
    event = AuditEvent.objects.get(action="token.issued")
    assert event.actor_id == str(person.pseudonym.actor_id)


@pytest.mark.parametrize(("email", "password"), [("priya@example.nhs.uk", "wrong"), ("nobody@example.com", PASSWORD)])
def test_wrong_ones_are_refused_as_problem_and_recorded(person, email, password):
    response = obtain(email, password)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert AuditEvent.objects.filter(action="sign_in.failed").count() == 1


def test_a_sixth_attempt_in_a_minute_must_wait(person):
    assert [obtain(password="wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    # Another address from the same place is not held up, and a made-up proxy header helps nobody.
    assert obtain("other@example.com").status_code == 401
    assert obtain(HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 429


def test_a_refresh_token_is_good_for_one_use(person):
    refresh = obtain().json()["refresh"]
    first = APIClient().post("/api/v1/token/refresh/", {"refresh": refresh})
    assert set(first.json()) == {"access", "refresh"}
    assert APIClient().post("/api/v1/token/refresh/", {"refresh": refresh}).status_code == 401


def test_demo_accounts_get_no_token_outside_the_demo_mode(make_user):
    user = make_user(roles=["planner"], email="priya@example.nhs.uk", is_demo=True)
    user.set_password(PASSWORD)
    user.save()
    assert obtain().status_code == 401


class TestUse:
    pytestmark = pytest.mark.urls(__name__)

    def test_a_token_acts_in_the_persons_organisation(self, api_client_as, organisation):
        assert api_client_as("planner").get("/plans/").json() == {"organisation": str(organisation)}

    def test_so_does_a_session(self, client_as, organisation):
        assert client_as("planner").get("/plans/").json() == {"organisation": str(organisation)}

    def test_the_permission_is_the_one_of_the_pages(self, api_client_as):
        assert api_client_as("viewer").get("/plans/").status_code == 403
        assert api_client_as().get("/plans/").status_code == 403

    def test_a_view_that_declares_nothing_answers_nobody(self, api_client_as):
        assert api_client_as("planner", "administrator").get("/undeclared/").status_code == 403

    def test_strangers_are_asked_for_a_token(self):
        assert APIClient().get("/plans/").status_code == 401

    def test_a_header_chooses_between_ones_organisations(self, api_client_as, make_user, other_organisation):
        user = make_user(roles=["planner"])
        client = api_client_as(user=user)
        chosen = {"HTTP_X_ORGANISATION": str(other_organisation.pk)}
        assert client.get("/plans/", **chosen).status_code == 403
        by = audit.SystemActor("test")
        services.grant_roles(user=user, organisation=other_organisation, roles=["planner"], by=by)
        assert client.get("/plans/", **chosen).json() == {"organisation": str(other_organisation)}

    def test_a_changed_password_ends_tokens(self, api_client_as, person):
        client = api_client_as(user=person)
        assert client.get("/plans/").status_code == 200
        person.set_password("another one entirely")
        person.save()
        assert client.get("/plans/").status_code == 401

    def test_a_closed_account_ends_tokens(self, api_client_as, person):
        client = api_client_as(user=person)
        person.is_active = False
        person.save()
        assert client.get("/plans/").status_code == 401
