"""Where the Django admin may be reached from."""

import pytest

from accounts import audit
from accounts.models import AuditEvent

pytestmark = pytest.mark.django_db
INSIDE, OUTSIDE = "192.0.2.7", "203.0.113.9"


@pytest.fixture
def inside_only(settings):
    settings.ADMIN_ALLOWED_NETWORKS = ["192.0.2.0/24", "2001:db8::/48"]


def test_without_a_list_it_is_reached_from_everywhere(platform_client):
    assert platform_client.get("/admin/", REMOTE_ADDR=OUTSIDE).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [(INSIDE, 200), ("2001:db8::9", 200), (OUTSIDE, 404), ("2001:db9::9", 404), ("", 404), ("unix:", 404)],
)
def test_with_a_list_only_from_there(inside_only, platform_client, address, status):
    for path in ("/admin/", "/admin/accounts/user/"):
        assert platform_client.get(path, REMOTE_ADDR=address).status_code == status


def test_elsewhere_not_even_strangers_see_that_there_is_something(inside_only, client):
    assert client.get("/admin/", REMOTE_ADDR=OUTSIDE).status_code == 404
    assert client.get("/admin/login/", REMOTE_ADDR=OUTSIDE).status_code == 404
    assert client.get("/admin/", REMOTE_ADDR=INSIDE).status_code == 302


def test_nobody_claims_to_be_inside(inside_only, platform_client):
    answer = platform_client.get("/admin/", REMOTE_ADDR=OUTSIDE, HTTP_X_FORWARDED_FOR=INSIDE)
    assert answer.status_code == 404


def test_the_rest_of_the_portal_is_untouched(inside_only, client_as):
    assert client_as("viewer").get("/roles/", REMOTE_ADDR=OUTSIDE).status_code == 200


def test_refusals_are_in_the_trail_once_a_minute_and_without_the_address(inside_only, platform_client, client):
    for asker in (platform_client, client):
        for _ in range(3):
            asker.get("/admin/", REMOTE_ADDR=OUTSIDE)
    events = AuditEvent.objects.filter(action="admin.refused_address")
    assert {event.actor_id for event in events} == {audit.pseudonym_of(platform_client.user), "admin"}
    assert events.count() == 2
    assert OUTSIDE not in str(list(events.values()))
