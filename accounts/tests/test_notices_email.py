"""Emails through a real mail server on this machine: what they say, when they go, what happens when it fails."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import services
from accounts.models import EmailCadence, EmailDelivery, EmailState, Notification, NotificationSettings
from accounts.notices import notify_all, tell
from accounts.notices.email_sending import BACKOFF, LEASE, MOST_REFUSALS, send_due
from accounts.notices.times import after_quiet, instant, next_digest
from accounts.notices.unsubscribing import read_stop, stop_url

from .receivers import MailServer

LONDON = ZoneInfo("Europe/London")
DAILY, WEEKLY = EmailCadence.DAILY, EmailCadence.WEEKLY


@pytest.fixture(scope="module")
def running_mail():
    with MailServer() as running:
        yield running


@pytest.fixture
def mail(running_mail, settings):
    running_mail.refuse, running_mail.away = set(), False
    running_mail.letters.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", running_mail.port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_NOTICES, settings.PORTAL_URL = True, "https://portal.example.nhs.uk/"
    settings.DEFAULT_FROM_EMAIL = "portal@example.nhs.uk"
    return running_mail


@pytest.mark.django_db
class TestSending:
    def test_it_says_what_kind_of_thing_happened_and_nothing_of_it(self, mail, make_user, organisation):
        person = make_user(["planner"], full_name="Priya Planner")
        text = "Not heard of: Jo Bloggs, visit P-17. East nurses, Monday."
        tell(kind="round.alert", organisation=organisation, text=text, url="/plans/1/actual/")
        assert send_due().sent == 1
        (to, letter) = mail.letters[0]
        assert to == [person.email] and letter["From"] == "portal@example.nhs.uk"
        assert letter["Subject"] == "HealthEquiRoute: Somebody on a round may need help, or is late"
        plain = letter.get_body(("plain",)).get_content()
        page = letter.get_body(("html",)).get_content()
        link = f"https://portal.example.nhs.uk/notifications/{Notification.objects.get().pk}/"
        assert link in plain and link in page
        for word in ("Jo", "Bloggs", "P-17", "East", "Monday", "Priya", organisation.name):
            assert word not in plain + page + str(letter["Subject"])
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert EmailDelivery.objects.get().state == EmailState.SENT
        assert send_due().sent == 0 and len(mail.letters) == 1

    def test_what_falls_due_together_goes_in_one_e_mail(self, mail, make_user, organisation):
        person = make_user(["approver", "planner"])
        for number in range(3):
            tell(kind="plan.waiting", organisation=organisation, text=f"Plan {number}")
        tell(kind="round.alert", organisation=organisation, text="Late")
        assert send_due().sent == 1
        plain = mail.letters[0][1].get_body(("plain",)).get_content()
        assert "* A plan waits for approval (3)" in plain and mail.letters[0][1]["Subject"].endswith("4 notifications")
        assert f"/{person.pk}" not in plain

    def test_a_server_that_is_away_is_tried_again_with_growing_pauses(self, mail, make_user):
        services.notify(user=make_user(), text="So", kind="account.security")
        mail.away = True
        now = timezone.now()
        for attempt, wait in enumerate(BACKOFF[:3], start=1):
            # 451 says nothing against the address for good.
            assert send_due(now=now).later == 1
            row = EmailDelivery.objects.get()
            assert row.attempts == attempt and row.due_at == now + wait
            assert send_due(now=row.due_at - timedelta(seconds=1)).sent == 0
            now = row.due_at
        mail.away = False
        assert send_due(now=now).sent == 1
        assert EmailDelivery.objects.get().state == EmailState.SENT

    def test_it_is_given_up_after_a_day(self, mail, make_user, settings):
        from .receivers import free_port

        settings.EMAIL_PORT = free_port()
        services.notify(user=make_user(), text="So", kind="account.security")
        started = now = timezone.now()
        while EmailDelivery.objects.get().state == EmailState.WAITING:
            send_due(now=now)
            now = EmailDelivery.objects.get().due_at
        row = EmailDelivery.objects.get()
        assert row.state == EmailState.FAILED and row.attempts == len(BACKOFF) + 1 and "Refused" in row.problem
        assert timedelta(hours=20) < row.ended_at - started < timedelta(hours=28)

    def test_an_address_that_is_refused_again_and_again_is_left_in_peace(self, mail, make_user, client_as):
        person = make_user(["viewer"])
        mail.refuse = {person.email}
        for number in range(MOST_REFUSALS):
            services.notify(user=person, text=f"{number}", kind="account.security")
            assert send_due().given_up == 1
        own = NotificationSettings.objects.get()
        assert own.email_stopped_at is not None
        assert all(person.email not in row.problem for row in EmailDelivery.objects.all())
        services.notify(user=person, text="One more", kind="account.security")
        assert EmailDelivery.objects.filter(state=EmailState.WAITING).count() == 0
        client = client_as(user=person)
        assert b"The mail server refused" in client.get(reverse("notification-settings")).content
        client.post(reverse("notification-address"))
        mail.refuse = set()
        services.notify(user=person, text="And again", kind="account.security")
        assert send_due().sent == 1

    def test_who_left_or_read_it_or_chose_otherwise_gets_none(self, mail, make_user):
        left, stopped = make_user(), make_user()
        for person in (left, stopped):
            services.notify(user=person, text="So", kind="account.security")
        left.is_active = False
        left.save()
        NotificationSettings.objects.create(user=stopped, choices={"account.security": {"email": "off"}})
        assert send_due().dropped == 2 and mail.letters == []

    def test_a_worker_that_died_leaves_it_to_the_next_under_the_same_number(self, mail, make_user):
        from accounts.notices.email_sending import _take

        services.notify(user=make_user(), text="So", kind="account.security")
        now = timezone.now()
        (taken,) = _take(now)
        assert send_due(now=now).sent == 0
        assert send_due(now=now + LEASE).sent == 1
        assert mail.letters[0][1]["Message-ID"] == f"<{taken.batch}@example.nhs.uk>"

    def test_nothing_is_queued_where_there_is_no_mail_server(self, mail, settings, make_user):
        settings.EMAIL_NOTICES = False
        services.notify(user=make_user(), text="So", kind="account.security")
        assert not EmailDelivery.objects.exists()


@pytest.mark.django_db
class TestDigests:
    def test_a_digest_holds_what_was_not_read_until_then(self, mail, make_user, organisation):
        person = make_user(["planner"])
        choices = {"plan.published": {"email": "daily"}, "report.ready": {"email": "daily"}}
        NotificationSettings.objects.create(user=person, choices=choices, digest_hour=7)
        tell(kind="plan.published", organisation=organisation, text="Read meanwhile")
        person.notifications.update(read_at=timezone.now())
        tell(kind="plan.published", organisation=organisation, text="One")
        notify_all(users=[person], kind="report.ready", text="Two")
        due = EmailDelivery.objects.values_list("due_at", flat=True)[0]
        assert due.astimezone(LONDON).hour == 7 and send_due().sent == 0
        done = send_due(now=due)
        assert (done.sent, done.dropped) == (1, 1) and mail.letters[0][1]["Subject"].endswith(": 2 notifications")

    def test_quiet_hours_keep_all_but_urgent_ones(self, mail, make_user, organisation):
        person = make_user(["planner", "approver"])
        local = timezone.localtime()
        start, end = (local - timedelta(hours=1)).time(), (local + timedelta(hours=1)).time()
        NotificationSettings.objects.create(user=person, quiet_from=start, quiet_until=end)
        tell(kind="plan.waiting", organisation=organisation, text="Can wait")
        tell(kind="round.alert", organisation=organisation, text="Cannot wait")
        assert send_due().sent == 1
        assert "help" in mail.letters[0][1]["Subject"]
        assert EmailDelivery.objects.get(kind="plan.waiting").state == EmailState.WAITING


class TestTimes:
    def test_a_skipped_hour_means_the_moment_of_the_change(self):
        spring = datetime(2026, 3, 29).date()
        assert instant(spring, time(1, 30)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
        assert instant(spring, time(2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)

    def test_an_hour_that_comes_twice_means_the_first(self):
        assert instant(datetime(2026, 10, 25).date(), time(1, 0)) == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)

    def test_a_daily_digest_keeps_its_hour_across_both_changes(self):
        for now, gap in (((2026, 3, 28, 9), 23), ((2026, 10, 24, 9), 25)):
            first = next_digest(DAILY, datetime(*now, tzinfo=UTC) - timedelta(hours=4), 8)
            second = next_digest(DAILY, first, 8)
            assert {moment.astimezone(LONDON).hour for moment in (first, second)} == {8}
            assert second - first == timedelta(hours=gap)

    @given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)), st.integers(0, 23), st.integers(0, 6))
    def test_the_next_digest_is_later_and_not_further_than_a_day_or_week(self, moment, hour, weekday):
        now = moment.replace(tzinfo=UTC)
        daily, weekly = next_digest(DAILY, now, hour), next_digest(WEEKLY, now, hour, weekday)
        assert now < daily <= now + timedelta(hours=25) and now < weekly <= now + timedelta(days=7, hours=1)
        assert weekly.astimezone(LONDON).weekday() == weekday

    @given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.times(), st.times())
    def test_after_the_quiet_hours_it_is_not_quiet(self, moment, start, end):
        now = moment.replace(tzinfo=UTC)
        later = after_quiet(now, start, end)
        assert now <= later <= now + timedelta(hours=25)
        assert after_quiet(later, start, end) == later or start == end or later.astimezone(LONDON).fold

    def test_over_midnight(self):
        evening = datetime(2026, 1, 5, 22, tzinfo=UTC)
        assert after_quiet(evening, time(20), time(7)) == datetime(2026, 1, 6, 7, tzinfo=UTC)
        assert after_quiet(evening.replace(hour=3), time(20), time(7)) == datetime(2026, 1, 5, 7, tzinfo=UTC)
        assert after_quiet(evening, None, None) == evening


@pytest.mark.django_db
class TestStopping:
    def test_one_click_needs_no_sign_in_and_no_form_token(self, client, make_user, mail):
        from django.test import Client

        person = make_user()
        services.notify(user=person, text="So", kind="account.security")
        services.notify(user=person, text="Sent", kind="account.security")
        send_due()
        header = mail.letters[0][1]["List-Unsubscribe"]
        address = re.fullmatch(r"<https://portal\.example\.nhs\.uk(/\S+)>", "".join(header.split())).group(1)
        strict = Client(enforce_csrf_checks=True)
        looked = strict.get(address)
        assert looked.status_code == 200 and b"Stop these emails" in looked.content
        assert not NotificationSettings.objects.exists(), "Programs that look at links must change nothing."
        done = strict.post(address, {"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert NotificationSettings.objects.get().choices["account.security"]["email"] == "off"
        services.notify(user=person, text="In the portal alone", kind="account.security")
        assert not EmailDelivery.objects.filter(state=EmailState.WAITING).exists()
        assert Notification.objects.unread().count() == 3

    def test_a_token_of_somebody_else_cannot_be_made(self, client, make_user):
        person = make_user()
        token = stop_url(person, "plan.waiting").rstrip("/").rpartition("/")[2]
        assert read_stop(token).kind == "plan.waiting"
        for wrong in (token[:-2] + "xx", "x", token + "x"):
            assert client.post(reverse("notification-stop", args=[wrong])).status_code == 404
        person.is_active = False
        person.save()
        assert client.get(reverse("notification-stop", args=[token])).status_code == 404

    def test_the_one_in_a_digest_of_several_kinds_ends_all(self, client, make_user):
        person = make_user()
        token = stop_url(person, None).rstrip("/").rpartition("/")[2]
        assert b"No more emails" in client.post(reverse("notification-stop", args=[token])).content
        chosen = NotificationSettings.objects.get().choices
        assert {choice["email"] for choice in chosen.values()} == {"off"} and len(chosen) > 15
