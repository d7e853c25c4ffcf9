"""Webhooks to a real receiver on this machine: signatures, retries, addresses that are refused, secrets, the log."""

import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    AuditEvent,
    Notification,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookState,
)
from accounts.notices import emit
from accounts.notices.endpoints import (
    MOST_ENDPOINTS,
    change_endpoint,
    create_endpoint,
    rotate_secret,
    send_again,
    send_test,
    switch,
)
from accounts.notices.events import all_events, event_type, example, openapi_webhooks
from accounts.notices.signatures import signature
from accounts.notices.webhook_sending import BACKOFF, JITTER, LEASE, PATIENCE, post_due, wait_after
from accounts.people.limits import RefusedChange
from accounts.tests.factories import OrganisationFactory

from .receivers import Receiver, free_port

DATA = {"plan": "7b0f7f7e-1c1e-4d55-8a3e-2f6f3f8f9a10", "day": "2026-11-23", "team": "f4a7"}
WORKER = """
import django; django.setup()
from accounts.notices.webhook_sending import post_due
post_due()
"""


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.WEBHOOK_LOOPBACK, settings.WEBHOOK_SECONDS = True, 5
    settings.PORTAL_URL = "https://portal.example.nhs.uk/"


@pytest.fixture
def make_endpoint(organisation, make_user):
    def make(url, events=("plan.published",), name="Data warehouse", place=organisation):
        by = make_user(["administrator"], organisation=place)
        return create_endpoint(organisation=place, name=name, url=url, events=list(events), by=by)

    return make


def publish(organisation, about=""):
    return emit(event="plan.published", organisation=organisation, data=DATA, url="/plans/1/", about=about)


def is_signed(received, secret) -> bool:
    """As somebody else would check it, from the text of the specification and nothing of ours."""
    key = base64.b64decode(secret.split("_", 1)[1])
    headers = {name.lower(): value for name, value in received.headers.items()}
    content = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + received.body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(given.partition(",")[2], wanted)
        for given in headers["webhook-signature"].split(" ")
        if given.startswith("v1,")
    )


@pytest.mark.django_db
class TestSending:
    def test_an_event_arrives_signed_small_and_without_people(self, receiver, make_endpoint, organisation):
        endpoint, secret = make_endpoint(receiver.url)
        assert publish(organisation) == 1
        assert post_due().delivered == 1
        (got,) = receiver.seen
        body = json.loads(got.body)
        assert body["type"] == "plan.published" and body["version"] == 1 and len(got.body) < 2_000
        assert body["data"] == {
            **DATA, "organisation": str(organisation.pk), "url": "https://portal.example.nhs.uk/plans/1/"
        }  # fmt: skip
        assert is_signed(got, secret) and not is_signed(got, "whsec_" + base64.b64encode(b"x" * 32).decode())
        assert abs(int(got.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
        assert got.headers["webhook-id"] == f"msg_{WebhookEvent.objects.get().pk.hex}"
        delivery = WebhookDelivery.objects.for_organisation(organisation).get()
        assert delivery.state == WebhookState.DELIVERED and delivery.tries.get().status == 204
        assert post_due().delivered == 0

    def test_the_known_example_of_the_specification(self):
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        body = b'{"test": 2432232314}'
        signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_only_those_who_want_it_and_only_of_the_organisation(
        self, receiver, make_endpoint, organisation, other_organisation
    ):
        make_endpoint(receiver.url, events=["plan.approved"], name="Other event")
        make_endpoint(receiver.url, place=other_organisation)
        off, _ = make_endpoint(receiver.url, name="Off")
        switch(endpoint=off, on=False, by=off.made_by)
        assert publish(organisation) == 0
        assert emit(event="data.loaded", data={"dataset": "x", "publication": "y", "release": "z"}) == 0

    def test_the_same_thing_is_told_once_and_undeclared_data_never(self, receiver, make_endpoint, organisation):
        make_endpoint(receiver.url)
        assert publish(organisation, about="plan:1:2") == 1 and publish(organisation, about="plan:1:2") == 0
        with pytest.raises(ValueError, match="declares no patient"):
            emit(event="plan.published", organisation=organisation, data={"patient": "Jo"})
        with pytest.raises(KeyError):
            emit(event="plan.invented", organisation=organisation, data={})

    def test_a_fault_is_tried_again_and_then_taken(self, receiver, make_endpoint, organisation):
        endpoint, secret = make_endpoint(receiver.url)
        receiver.answers = [500, 503]
        publish(organisation)
        now = timezone.now()
        for number in (1, 2):
            assert post_due(now=now).later == 1
            delivery = WebhookDelivery.objects.for_organisation(organisation).get()
            wait = (delivery.due_at - now) / BACKOFF[number - 1]
            assert 1 - JITTER <= wait <= 1 + JITTER
            assert post_due(now=delivery.due_at - timedelta(seconds=1)).delivered == 0
            now = delivery.due_at
        endpoint.refresh_from_db()
        assert endpoint.failing_since is not None
        assert post_due(now=now).delivered == 1
        endpoint.refresh_from_db()
        assert endpoint.failing_since is None and endpoint.last_success_at == now
        assert len({got.headers["webhook-id"] for got in receiver.seen}) == 1
        assert all(is_signed(got, secret) for got in receiver.seen)
        tries = WebhookDelivery.objects.for_organisation(organisation).get().tries
        assert list(tries.values_list("number", "status")) == [(1, 500), (2, 503), (3, 204)]

    def test_it_is_given_up_after_about_a_day(self):
        waits = [wait_after(number) for number in range(1, len(BACKOFF) + 1)]
        assert timedelta(hours=20) < sum(BACKOFF, timedelta()) < timedelta(hours=30)
        assert waits[0] < waits[3] < waits[-1] and wait_after(len(BACKOFF) + 1) is None
        assert wait_after(1, asked=7200) == timedelta(hours=2)

    def test_after_days_of_failure_it_is_switched_off_and_administrators_hear_of_it(
        self, receiver, make_endpoint, organisation, make_user
    ):
        endpoint, _ = make_endpoint(receiver.url)
        administrator = make_user(["administrator"])
        WebhookEndpoint.objects.for_organisation(organisation).update(
            failing_since=timezone.now() - PATIENCE - timedelta(minutes=1)
        )
        receiver.answers = [500]
        publish(organisation)
        publish(organisation)
        assert post_due().given_up == 1
        endpoint.refresh_from_db()
        assert not endpoint.is_active and "3 days" in endpoint.switched_off_because
        states = WebhookDelivery.objects.for_organisation(organisation).values_list("state", flat=True)
        assert set(states) == {WebhookState.FAILED, WebhookState.CANCELLED}
        assert administrator.notifications.get().kind == "webhook.switched_off"
        assert AuditEvent.objects.filter(action="webhook.switched_off").exists()
        assert publish(organisation) == 0

    def test_gone_is_gone(self, receiver, make_endpoint, organisation):
        endpoint, _ = make_endpoint(receiver.url)
        receiver.answers = [410]
        publish(organisation)
        assert post_due().given_up == 1
        endpoint.refresh_from_db()
        assert "410" in endpoint.switched_off_because and Notification.objects.exists()

    def test_a_redirect_is_not_followed(self, receiver, make_endpoint, organisation):
        with Receiver() as elsewhere:
            receiver.answers, receiver.headers = [302], {"Location": elsewhere.url}
            make_endpoint(receiver.url)
            publish(organisation)
            assert post_due().later == 1 and elsewhere.seen == []
        words = WebhookDelivery.objects.for_organisation(organisation).get().tries.get().outcome
        assert "Redirects are not followed" in words

    def test_a_slow_one_is_cut_off_and_holds_nobody_up(self, receiver, make_endpoint, organisation, settings):
        settings.WEBHOOK_SECONDS = 1
        receiver.trickle = True
        make_endpoint(receiver.url, name="A slow one")
        publish(organisation)
        publish(organisation)
        with Receiver() as quick:
            make_endpoint(quick.url, name="Quick")
            publish(organisation)
            done = post_due()
            # One wait for the slow one, not one for each of its messages.
            assert (done.delivered, done.later, len(receiver.seen)) == (1, 1, 1)
        outcomes = [
            one.outcome for row in WebhookDelivery.objects.for_organisation(organisation) for one in row.tries.all()
        ]
        assert "No answer within 1 seconds" in outcomes

    def test_a_huge_answer_is_not_read_to_its_end(self, receiver, make_endpoint, organisation):
        receiver.body = b"x" * 30_000_000
        make_endpoint(receiver.url)
        publish(organisation)
        assert post_due().delivered == 1

    def test_an_endpoint_that_asks_for_time_gets_it(self, receiver, make_endpoint, organisation):
        receiver.answers, receiver.headers = [429], {"Retry-After": "3600"}
        make_endpoint(receiver.url)
        publish(organisation)
        now = timezone.now()
        post_due(now=now)
        assert WebhookDelivery.objects.for_organisation(organisation).get().due_at >= now + timedelta(hours=1)

    def test_nobody_there(self, make_endpoint, organisation):
        make_endpoint(f"http://127.0.0.1:{free_port()}/")
        publish(organisation)
        assert post_due().later == 1
        assert (
            "could not be reached" in WebhookDelivery.objects.for_organisation(organisation).get().tries.get().outcome
        )


@pytest.mark.django_db
class TestKeeping:
    def test_secrets_lie_encrypted_and_are_in_no_event(self, receiver, make_endpoint, organisation):
        endpoint, secret = make_endpoint(receiver.url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM accounts_webhookendpoint WHERE id = %s", [endpoint.pk])
            assert cursor.fetchone()[0].startswith("her1:")
        told = json.dumps([event.details for event in AuditEvent.objects.all()])
        assert "webhook.made" in set(AuditEvent.objects.values_list("action", flat=True)) and secret not in told

    def test_two_secrets_sign_for_a_day(self, receiver, make_endpoint, organisation):
        endpoint, first = make_endpoint(receiver.url)
        second = rotate_secret(endpoint=endpoint, by=endpoint.made_by)
        publish(organisation)
        post_due()
        assert is_signed(receiver.seen[0], first) and is_signed(receiver.seen[0], second)
        endpoint.refresh_from_db()
        publish(organisation)
        post_due(now=endpoint.previous_until + timedelta(seconds=1))
        assert not is_signed(receiver.seen[1], first) and is_signed(receiver.seen[1], second)

    def test_limits_names_and_events(self, receiver, make_endpoint, organisation):
        for number in range(MOST_ENDPOINTS):
            endpoint, _ = make_endpoint(receiver.url, name=f"System {number}")
        with pytest.raises(RefusedChange, match="already"):
            make_endpoint(receiver.url, name="One more")
        values = {"endpoint": endpoint, "url": receiver.url, "by": endpoint.made_by}
        with pytest.raises(RefusedChange, match="this name"):
            change_endpoint(name="System 1", events=["plan.published"], **values)
        for events in ([], ["plan.invented"], ["webhook.test"]):
            with pytest.raises(RefusedChange, match="Choose"):
                change_endpoint(name="Fine", events=events, **values)
        changed = change_endpoint(name="Fine", events=["plan.approved", "plan.approved"], **values)
        assert changed.events == ["plan.approved"]

    def test_a_test_and_sending_again(self, receiver, make_endpoint, organisation):
        endpoint, secret = make_endpoint(receiver.url)
        send_test(endpoint=endpoint, by=endpoint.made_by)
        assert post_due().delivered == 1 and json.loads(receiver.seen[0].body)["type"] == "webhook.test"
        delivery = endpoint.deliveries.get()
        send_again(delivery=delivery, by=endpoint.made_by)
        with pytest.raises(RefusedChange, match="waits already"):
            send_again(delivery=delivery, by=endpoint.made_by)
        assert post_due().delivered == 1
        assert receiver.seen[0].headers["webhook-id"] == receiver.seen[1].headers["webhook-id"]
        switch(endpoint=endpoint, on=False, by=endpoint.made_by)
        with pytest.raises(RefusedChange, match="switched off"):
            send_test(endpoint=endpoint, by=endpoint.made_by)

    def test_pages_from_adding_to_deleting(self, receiver, client_as, organisation, other_organisation):
        client = client_as("administrator")
        form = {"name": "W", "url": "https://10.0.0.8/", "events": "plan.published"}
        refused = client.post(reverse("webhook-add"), form)
        assert refused.status_code == 422 and b"private addresses" in refused.content
        form["url"] = receiver.url
        shown = client.post(reverse("webhook-add"), form)
        endpoint = WebhookEndpoint.objects.for_organisation(organisation).get()
        assert endpoint.secret in shown.content.decode() and "no-store" in shown["Cache-Control"]
        client.post(reverse("webhook-test", args=[endpoint.pk]))
        post_due()
        page = client.get(reverse("webhook", args=[endpoint.pk])).content.decode()
        assert "Delivered" in page and "204, Taken" in page and endpoint.secret not in page
        delivery = endpoint.deliveries.get()
        stranger = client_as("administrator", organisation=other_organisation)
        for name, rest in (("webhook", []), ("webhook-send-again", [delivery.pk])):
            ask = stranger.get if name == "webhook" else stranger.post
            assert ask(reverse(name, args=[endpoint.pk, *rest])).status_code == 404
        client.post(reverse("webhook-send-again", args=[endpoint.pk, delivery.pk]))
        assert endpoint.deliveries.count() == 2
        assert client.post(reverse("webhook-rotate", args=[endpoint.pk])).status_code == 200
        client.post(reverse("webhook-switch", args=[endpoint.pk]), {"on": "no"})
        assert b"Switched off" in client.get(reverse("webhooks")).content
        client.post(
            reverse("webhook-edit", args=[endpoint.pk]), {"name": "V", "url": receiver.url, "events": "plan.approved"}
        )
        client.post(reverse("webhook-delete", args=[endpoint.pk]))
        assert not WebhookEndpoint.objects.for_organisation(organisation).exists()
        words = set(AuditEvent.objects.values_list("action", flat=True))
        assert {"webhook.test_sent", "webhook.sent_again", "webhook.secret_changed", "webhook.deleted"} <= words


def test_every_event_is_described_for_the_document_of_the_api():
    described = openapi_webhooks()
    assert set(described) == {event.code for event in all_events()} and "plan.published" in described
    for code, operation in described.items():
        content = operation["post"]["requestBody"]["content"]["application/json"]
        assert content["example"] == example(event_type(code))
        assert set(content["example"]["data"]) == set(content["schema"]["properties"]["data"]["properties"])


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing_and_doubles_only_what_it_held(tmp_path, make_user, monkeypatch):
    """Killed for good while the receiver has its third message in hand: the next worker sends the whole rest, and this
    one again under its number.
    """
    place = OrganisationFactory(name="Killed workers")
    # Tasks run in place here: these wait for the workers of this test.
    monkeypatch.setattr("accounts.notices.tasks.deliver_now", lambda: None)
    with Receiver() as receiver:
        endpoint, _ = create_endpoint(
            organisation=place, name="W", url=receiver.url, events=["plan.published"],
            by=make_user(["administrator"], organisation=place),
        )  # fmt: skip
        for _ in range(6):
            publish(place)
        log = tmp_path / "worker.log"
        with log.open("wb") as out:
            command = [sys.executable, "-c", WORKER]
            worker = subprocess.Popen(command, env=_environment(), cwd=django_settings.BASE_DIR, stderr=out)

        def kill_at_third(server):
            if len(server.seen) == 3:
                worker.send_signal(signal.SIGKILL)
                worker.wait()

        receiver.before = kill_at_third
        assert worker.wait() == -signal.SIGKILL, log.read_text()[-3000:]
        assert endpoint.deliveries.filter(state=WebhookState.DELIVERED).count() == 2
        assert post_due().delivered == 3
        assert post_due(now=timezone.now() + LEASE).delivered == 1
        ids = [got.headers["webhook-id"] for got in receiver.seen]
        assert sorted(set(ids)) == sorted(f"msg_{event.pk.hex}" for event in WebhookEvent.objects.all())
        assert len(ids) == 7 and ids.count(ids[2]) == 2


def _environment() -> dict:
    """The test's database for a process of its own."""
    given = {"DATABASE_NAME": connection.settings_dict["NAME"], "DEMO_MODE": "true", "WEBHOOK_LOOPBACK": "true"}
    return {**os.environ, **given, "DJANGO_SETTINGS_MODULE": "healthequiroute.settings"}
