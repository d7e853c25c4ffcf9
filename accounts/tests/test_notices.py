"""Kinds, who is told, through which channels, once, and without a query for each person."""

from datetime import time

import pytest
from django.urls import reverse

from accounts import services
from accounts.models import EmailDelivery, Notification, NotificationDefaults, NotificationSettings
from accounts.notices import Importance, Kind, Message, notify_all, notify_each, register_kind, tell
from accounts.notices.kinds import all_kinds, kind_of, kinds_for
from accounts.notices.unread import MOST, unread_count
from accounts.permissions import Permission

pytestmark = pytest.mark.django_db


@pytest.fixture
def emails_on(settings):
    settings.EMAIL_NOTICES = True


def test_every_kind_says_what_it_is_and_belongs_to_a_group():
    kinds = all_kinds()
    assert len({kind.code for kind in kinds}) == len(kinds) > 15
    assert all(kind.label and kind.description.endswith(".") and kind.group for kind in kinds)
    assert {"round.alert", "plan.waiting", "areas.urgent", "import.failed", "data.stale"} <= {one.code for one in kinds}


def test_two_kinds_of_one_name_and_unknown_ones_are_mistakes(make_user):
    with pytest.raises(ValueError, match="Two kinds"):
        register_kind(Kind("plan.waiting", "Another", "Another.", "X"))
    with pytest.raises(KeyError):
        services.notify(user=make_user(), text="So", kind="nobody.knows")


def test_who_can_be_told_depends_on_roles(make_user, organisation, platform_administrator):
    planner = {kind.code for kind in kinds_for(make_user(["planner"]), organisation)}
    viewer = {kind.code for kind in kinds_for(make_user(["viewer"]), organisation)}
    platform = {kind.code for kind in kinds_for(platform_administrator, None)}
    assert "round.alert" in planner and "plan.waiting" not in planner and "round.alert" not in viewer
    assert {"account.security", "rule.met"} <= planner & viewer & platform
    assert "model.proposed" in platform - planner


def test_everybody_with_the_right_is_told_but_not_whoever_did_it(make_user, organisation, other_organisation):
    first, second, planner = make_user(["approver"]), make_user(["approver"]), make_user(["planner"])
    make_user(["approver"], organisation=other_organisation)
    told = tell(kind="plan.waiting", organisation=organisation, text="So", without=[first.pk])
    assert told == 1 and list(Notification.objects.values_list("user", flat=True)) == [second.pk]
    assert not Notification.objects.for_user(planner).exists()
    with pytest.raises(ValueError, match="one person"):
        tell(kind="account.security", organisation=organisation, text="So")


def test_nobody_is_told_twice_of_the_same(make_user, organisation):
    person, late = make_user(), make_user()
    values = {"kind": "report.ready", "text": "Ready", "organisation": organisation, "about": "report:1"}
    assert notify_all(users=[person, person], **values) == 1
    assert notify_all(users=[person, late], **values) == 1
    assert services.notify(user=person, **values) == 0
    assert Notification.objects.count() == 2


def test_unread_messages_that_belong_together_become_one(make_user, organisation):
    person = make_user(["approver"])
    values = {"kind": "plan.waiting", "organisation": organisation, "together": "plans"}
    for number in (1, 2, 3):
        text, more = f"Plan {number} waits.", "{count} plans wait."
        notify_all(
            users=[person], text=text, url=f"/plans/{number}/", together_text=more, together_url="/plans/", **values
        )
    row = Notification.objects.get()
    assert (row.text, row.count, row.url) == ("3 plans wait.", 3, "/plans/")
    person.notifications.update(read_at=row.created_at)
    notify_all(users=[person], text="Plan 4 waits.", together_text="{count} plans wait.", **values)
    assert list(person.notifications.values_list("text", flat=True)) == ["Plan 4 waits.", "3 plans wait."]


def test_queries_do_not_grow_with_people(make_user, organisation, emails_on, django_assert_max_num_queries):
    people = [make_user(["approver"]) for _ in range(40)]
    with django_assert_max_num_queries(12):
        assert tell(kind="plan.waiting", organisation=organisation, text="So", about="plan:1") == 40
    with django_assert_max_num_queries(12):
        messages = [Message(one, f"For {one.pk}", organisation=organisation) for one in people]
        assert notify_each(kind="rule.met", messages=messages) == 40
    assert EmailDelivery.objects.count() == 80


def test_own_choices_come_before_those_of_the_organisation(make_user, organisation, emails_on):
    own, other = make_user(["approver"]), make_user(["approver"])
    NotificationDefaults.objects.create(
        organisation=organisation, choices={"plan.waiting": {"in_app": False, "email": "weekly"}}
    )
    NotificationSettings.objects.create(user=own, choices={"plan.waiting": {"in_app": True, "email": "off"}})
    tell(kind="plan.waiting", organisation=organisation, text="So")
    assert list(Notification.objects.listed().values_list("user", flat=True)) == [own.pk]
    assert list(EmailDelivery.objects.values_list("user", "cadence")) == [(other.pk, "weekly")]


def test_what_is_important_stays_in_the_portal_whatever_is_chosen(make_user, organisation):
    person = make_user(["planner"])
    NotificationSettings.objects.create(user=person, choices={"round.alert": {"in_app": False, "email": "off"}})
    assert kind_of("round.alert").importance == Importance.URGENT
    tell(kind="round.alert", organisation=organisation, text="Not heard of.")
    assert Notification.objects.listed().get().user == person


def test_who_wants_neither_gets_no_row(make_user):
    person = make_user()
    NotificationSettings.objects.create(user=person, choices={"other": {"in_app": False, "email": "off"}})
    assert services.notify(user=person, text="So") == 0 and not Notification.objects.exists()


def test_the_number_of_unread_ones_is_bounded_kept_and_renewed(
    make_user, django_capture_on_commit_callbacks, django_assert_num_queries
):
    person = make_user()
    assert unread_count(person) == 0
    with django_capture_on_commit_callbacks(execute=True):
        notify_each(kind="other", messages=[Message(person, f"{number}") for number in range(MOST + 20)])
    assert unread_count(person) == MOST + 1
    with django_assert_num_queries(0):
        unread_count(person)


class TestPages:
    def test_the_bell_is_on_every_page_and_says_how_many(self, client_as):
        client = client_as("planner")
        services.notify(user=client.user, text="Something happened", url="/plans/")
        page = client.get(reverse("notifications")).content.decode()
        assert "Something happened" in page and '<span class="nhsuk-u-visually-hidden">, 1 unread</span>' in page
        bell = client.get(reverse("notification-bell") + "?seen=0", headers={"HX-Request": "true"}).content.decode()
        assert 'data-announce="1 unread notification"' in bell and "<html" not in bell
        again = client.get(reverse("notification-bell") + "?seen=1", headers={"HX-Request": "true"}).content.decode()
        assert "data-announce" not in again

    def test_opening_one_marks_it_read_and_leads_on(self, client_as):
        client = client_as("planner")
        services.notify(user=client.user, text="So", url="/plans/")
        row = Notification.objects.get()
        answer = client.get(reverse("notification", args=[row.pk]))
        assert answer.status_code == 302 and answer.url == "/plans/"
        row.refresh_from_db()
        assert row.read_at is not None
        other = client_as("planner")
        assert other.get(reverse("notification", args=[row.pk])).status_code == 404

    def test_an_address_elsewhere_is_not_followed(self, client_as):
        client = client_as("planner")
        services.notify(user=client.user, text="So", url="https://elsewhere.example/")
        answer = client.get(reverse("notification", args=[Notification.objects.get().pk]))
        assert answer.url == reverse("notifications")

    def test_filters(self, client_as):
        client = client_as("planner")
        services.notify(user=client.user, text="Of the account", kind="account.security")
        services.notify(user=client.user, text="Of a report", kind="report.ready")
        Notification.objects.filter(kind="report.ready").update(
            read_at="2026-01-01T00:00Z", created_at="2026-01-01T00:00Z"
        )
        texts = lambda query: client.get(reverse("notifications") + query).content.decode()  # noqa: E731
        assert "Of a report" not in texts("?state=unread") and "Of the account" in texts("?state=unread")
        assert "Of the account" not in texts("?kind=report.ready")
        assert "Of a report" not in texts("?period=7")
        assert "Of a report" in texts("") and "Of a report" in texts("?kind=nonsense")

    def test_marking_all_and_undoing_it(self, client_as):
        client = client_as("planner")
        services.notify(user=client.user, text="Read before")
        Notification.objects.update(read_at="2026-01-01T00:00Z")
        for text in ("One", "Two"):
            services.notify(user=client.user, text=text)
        answer = client.post(reverse("notifications-read"))
        assert "undo=" in answer.url and not Notification.objects.unread().exists()
        assert b"Undo" in client.get(answer.url).content
        undo = answer.url.partition("undo=")[2].partition("#")[0]
        other = client_as("planner")
        assert b"cannot be undone" in other.post(reverse("notifications-unread"), {"undo": undo}, follow=True).content
        client.post(reverse("notifications-unread"), {"undo": undo})
        assert set(Notification.objects.unread().values_list("text", flat=True)) == {"One", "Two"}
        assert b"cannot be undone" in client.post(reverse("notifications-unread"), {"undo": "x"}, follow=True).content

    def test_settings_are_kept_and_mistakes_are_named(self, client_as):
        client = client_as("planner")
        url = reverse("notification-settings")
        assert client.get(url).status_code == 200
        kinds = kinds_for(client.user, client.user.memberships.get().organisation)
        form = {f"email-{kind.code}": "off" for kind in kinds} | {"digest_hour": "9", "digest_weekday": "2"}
        form |= {"email-plan.published": "daily", "in_app-plan.published": "on"}
        refused = client.post(url, form | {"quiet_from": "19:00"})
        assert refused.status_code == 422 and b"Enter both times" in refused.content
        assert client.post(url, form | {"quiet_from": "19:00", "quiet_until": "07:00"}).status_code == 302
        kept = NotificationSettings.objects.get()
        assert (kept.digest_hour, kept.digest_weekday, kept.quiet_until) == (9, 2, time(7))
        assert kept.choices["plan.published"] == {"in_app": True, "email": "daily"}
        assert "plan.waiting" not in kept.choices

    def test_defaults_of_the_organisation_are_for_administrators_and_audited(self, client_as, organisation):
        from accounts.models import AuditEvent

        url = reverse("notification-defaults")
        assert client_as("planner").get(url).status_code == 403
        client = client_as("administrator")
        form = {f"email-{kind.code}": kind.email for kind in all_kinds()} | {"email-plan.published": "weekly"}
        assert client.post(url, form).status_code == 302
        kept = NotificationDefaults.objects.get(organisation=organisation)
        assert kept.choices["plan.published"]["email"] == "weekly" and "model.proposed" not in kept.choices
        assert AuditEvent.objects.filter(action="organisation.notifications_set").exists()
        assert Permission.MANAGE_ORGANISATION.value == "organisation.manage"
