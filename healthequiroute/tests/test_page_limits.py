"""Nobody asks more of the pages than one person can need, and everybody else goes on."""

import pytest
from django.urls import reverse

from healthequiroute.page_limits import COSTS, POST_COSTS, cost

from .test_access_matrix import named_patterns


def test_the_table_names_addresses_that_exist():
    names = {name for name, _ in named_patterns()}
    assert {*COSTS, *POST_COSTS} - names == set()
    assert (cost("search", "GET"), cost("home", "GET"), cost("home", "POST")) == (3, 1, 5)


@pytest.mark.django_db
def test_too_much_in_a_minute_is_refused_with_the_time_to_wait(client_as, settings):
    settings.PAGE_LIMIT_PERSON = 10
    client, other = client_as("viewer"), client_as("viewer")
    answers = [client.get("/roles/") for _ in range(11)]
    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    refused = answers[10]
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert f"Wait {refused['Retry-After']} second" in refused.content.decode()
    assert other.get("/roles/").status_code == 200
    # The API counts for itself.
    assert client.get("/api/v1/docs/").status_code == 200


@pytest.mark.django_db
def test_before_signing_in_an_address_is_counted(client, settings):
    settings.PAGE_LIMIT_ADDRESS = 100
    form = {"login": "nobody@example.com", "password": "wrong"}
    statuses = [client.post(reverse("account_login"), form).status_code for _ in range(2)]
    assert statuses == [200, 429]
    elsewhere = client.get(reverse("account_login"), REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 200
    assert client.get("/health/live").status_code == 200


@pytest.mark.django_db
def test_without_redis_people_go_on(client_as, settings, caplog):
    settings.PAGE_LIMIT_PERSON = 1
    client = client_as("viewer")
    settings.CACHES = {
        "default": {"BACKEND": "healthequiroute.cache.ForgetfulCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert [client.get("/roles/").status_code for _ in range(3)] == [200] * 3
    assert "page_limits_not_counted" in caplog.text
