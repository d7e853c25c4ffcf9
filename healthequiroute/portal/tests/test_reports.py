"""Reports: what an edition says, when and how often it is made, who is told and who may read it."""

import io
import json
from datetime import datetime, timedelta

import pypdf
import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from openpyxl import load_workbook

from accounts import services as people
from accounts.list_files.answers import PARAMETER
from accounts.models import AuditEvent, Job, JobState, Membership, Notification, NotificationSettings
from accounts.notices.email_sending import send_due
from accounts.privacy import retention
from accounts.tests.files import content_of
from healthequiroute.portal.models import EditionState, Report, ReportEdition
from healthequiroute.portal.reports import making, services
from healthequiroute.portal.reports.looks import EditionPage
from healthequiroute.portal.reports.recipients import recipients_of
from routing import services as routing
from routing.civil_time import LONDON
from routing.models import Visit
from routing.tests import factories as make
from routing.tests.factories import SETUP

pytestmark = pytest.mark.django_db

PRIORITIES = (3, 3, 3, 2, 2, 2, 1, 1, 1, 0, 0, 0)
DECILES = (1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10)
# The Monday after the week of the plans, 07:00 in London.
AFTER = datetime.combine(make.DAY + timedelta(days=7), datetime.min.time(), tzinfo=LONDON) + timedelta(hours=7)
KINDS = ("equity", "priorities", "plans", "workload", "data")


@pytest.fixture
def team(organisation):
    return make.team(organisation, make.town(PRIORITIES, DECILES), people=3)


@pytest.fixture
def planner(make_user):
    return make_user(["planner"], full_name="Pia Planner")


@pytest.fixture
def approved(team, make_user):
    plan = make.proposed_plan(team, count=12)
    return routing.approve_plan(plan=plan, by=make_user(["approver"]), reason="There is no more time.")


def a_report(organisation, by, *, recipients=(), **values) -> Report:
    values = {"name": "Our equity", "kind": "equity", "span": "week"} | values
    return services.save_report(report=Report(organisation=organisation, **values), recipients=recipients, by=by)


def made(report, by, now=AFTER) -> ReportEdition:
    edition = services.make_now(report=report, by=by)
    ReportEdition.objects.filter(pk=edition.pk).update(created_at=now)
    making.make_edition.call_local(str(edition.job_id))
    edition.refresh_from_db()
    return edition


def text(answer):
    return answer.content.decode()


class TestEditions:
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_kind_comes_as_page_pdf_and_workbook(self, kind, organisation, team, approved, planner, client_as):
        edition = made(a_report(organisation, planner, kind=kind), planner)
        assert edition.state == EditionState.READY, edition.problem
        content, client = edition.content, client_as(user=planner)
        page = text(client.get(f"/reports/editions/{edition.pk}/"))
        for words in (*content["summary"], content["title"]):
            assert words.replace("'", "&#x27;") in page or words in page
        assert page.index("Summary") < page.index("How it was worked out") < page.index("Sources")
        reader = pypdf.PdfReader(io.BytesIO(content_of(client.get(f"/reports/editions/{edition.pk}/report.pdf"))))
        told = " ".join(page.extract_text() for page in reader.pages)
        assert content["title"].split(":")[0] in told and "Method" not in content["title"]
        assert reader.trailer["/Root"]["/Lang"] == "en-GB"
        book = load_workbook(io.BytesIO(content_of(client.get(f"/reports/editions/{edition.pk}/report.xlsx"))))
        tables = sum(len(section["tables"]) for section in content["sections"])
        assert len(book.worksheets) == tables + 2
        assert book.worksheets[-1].title == "Notes"

    def test_equity_says_who_was_reached_with_intervals_and_a_trend(self, organisation, team, approved, planner):
        content = made(a_report(organisation, planner), planner).content
        captions = [table["caption"] for section in content["sections"] for table in section["tables"]]
        for caption in ("Core20 and elsewhere", "Need met by deprivation fifth", "Need met by PLUS group", "Trend"):
            assert caption in captions
        trend = next(
            table for section in content["sections"] for table in section["tables"] if table["caption"] == "Trend"
        )
        assert len(trend["rows"]) == 4
        assert trend["rows"][-1][0].startswith("to ")
        assert any("Wilson" in words for words in content["method"])
        assert "in 1 approved plan" in content["summary"][0]

    @pytest.mark.parametrize("kind", ["equity", "plans", "workload"])
    def test_small_numbers_stay_hidden_and_nobody_is_named(self, kind, organisation, team, approved, planner):
        content = made(a_report(organisation, planner, kind=kind), planner).content
        told = json.dumps(content)
        assert "Nurse 0" not in told
        assert not any(visit.reference in told for visit in Visit.objects.all())
        for section in content["sections"]:
            for table in section["tables"]:
                kinds = [head["meaning"] for head in table["heads"]]
                for row in table["rows"]:
                    for value, meaning in zip(row, kinds, strict=True):
                        if "rounded to 5" in meaning.lower() and isinstance(value, int):
                            assert value % 5 == 0, (table["caption"], row)

    def test_a_report_about_nothing_says_so(self, organisation, planner):
        edition = made(a_report(organisation, planner), planner)
        assert edition.content["summary"] == ["The organisation has no team yet."]


class TestSchedule:
    def test_a_time_is_begun_once_and_the_next_is_worked_out(self, organisation, planner, team):
        report = a_report(organisation, planner, cadence="weekly", weekday=0, hour=7)
        due = report.next_run_at
        assert services.begin_due(due - timedelta(seconds=1)) == 0
        assert services.begin_due(due) == 1
        assert services.begin_due(due) == 0
        report.refresh_from_db()
        assert report.next_run_at > due
        assert [edition.due_at for edition in report.editions.all()] == [due]
        with pytest.raises(IntegrityError, match="edition_once_for_its_time"), transaction.atomic():
            report.editions.create(due_at=due)

    def test_what_was_missed_is_made_up_for_by_one_edition(self, organisation, planner, team):
        report = a_report(organisation, planner, cadence="weekly", weekday=0, hour=7)
        late = report.next_run_at + timedelta(days=30)
        assert services.begin_due(late) == 1
        report.refresh_from_db()
        assert report.next_run_at > late

    def test_paused_reports_and_suspended_organisations_rest(self, organisation, planner, team):
        report = a_report(organisation, planner, cadence="monthly", month_day=28)
        services.pause_report(report=report, is_paused=True, by=planner)
        assert services.begin_due(timezone.now() + timedelta(days=100)) == 0
        services.pause_report(report=report, is_paused=False, by=planner)
        organisation.suspended_at, organisation.suspended_reason = timezone.now(), "Tests"
        organisation.save()
        assert services.begin_due(timezone.now() + timedelta(days=100)) == 0

    def test_a_killed_worker_makes_it_once(self, organisation, planner, team, make_user):
        reader = make_user(["analyst"])
        report = a_report(organisation, planner, recipients=[reader], cadence="weekly")
        services.begin_due(report.next_run_at)
        edition = report.editions.get()
        # It had claimed the job and was killed: no beat since.
        Job.objects.filter(pk=edition.job_id).update(
            state=JobState.RUNNING, started_at=timezone.now(), heartbeat_at=timezone.now() - timedelta(minutes=5)
        )
        assert services.take_up_abandoned() == 1
        assert Job.objects.get(pk=edition.job_id).state == JobState.QUEUED
        for _ in range(2):
            making.make_edition.call_local(str(edition.job_id))
        # The one taken for dead comes back and wants to keep it, too.
        making._keep(edition, {"title": "Twice"})
        edition.refresh_from_db()
        assert edition.state == EditionState.READY and edition.content["title"] != "Twice"
        assert AuditEvent.objects.filter(action="report.made").count() == 1
        assert Notification.objects.filter(user=reader, kind="report.ready").count() == 1

    def test_what_kills_every_worker_is_given_up_and_told(self, organisation, planner, team, make_user):
        reader = make_user(["analyst"])
        report = a_report(organisation, planner, recipients=[reader], cadence="weekly")
        services.begin_due(report.next_run_at)
        edition = report.editions.get()
        for _ in range(services.MOST_ATTEMPTS):
            Job.objects.filter(pk=edition.job_id).update(
                state=JobState.RUNNING, started_at=timezone.now(), heartbeat_at=timezone.now() - timedelta(minutes=5)
            )
            services.take_up_abandoned()
        edition.refresh_from_db()
        assert edition.state == EditionState.FAILED and edition.problem
        assert "could not be made" in Notification.objects.get(user=reader, kind="report.ready").text

    def test_one_at_a_time_by_hand(self, organisation, planner, team):
        report = a_report(organisation, planner)
        services.make_now(report=report, by=planner)
        with pytest.raises(services.EditionUnderWay):
            services.make_now(report=report, by=planner)


class TestRecipients:
    def test_who_left_is_suspended_or_lost_the_right_is_told_nothing(self, organisation, planner, make_user, team):
        stays, leaves, suspended, demoted = (
            make_user([role]) for role in ("analyst", "planner", "approver", "auditor")
        )
        report = a_report(organisation, planner, recipients=[stays, leaves, suspended, demoted], cadence="weekly")
        memberships = Membership.objects.for_organisation(organisation)
        people.remove_member(membership=memberships.get(user=leaves), by=SETUP)
        people.suspend_member(membership=memberships.get(user=suspended), by=SETUP)
        people.grant_roles(user=demoted, organisation=organisation, roles=["viewer"], by=SETUP)
        assert recipients_of(Report.objects.get(pk=report.pk)) == [stays]
        services.begin_due(report.next_run_at)
        making.make_edition.call_local(str(report.editions.get().job_id))
        told = Notification.objects.filter(kind="report.ready")
        assert [notification.user for notification in told] == [stays]
        assert told.get().text == "The report “Our equity” is ready."

    def test_those_named_get_an_email_unless_they_chose_otherwise(
        self, organisation, planner, make_user, team, settings, mailoutbox
    ):
        settings.EMAIL_NOTICES, settings.PORTAL_URL = True, "https://portal.example.nhs.uk/"
        reader, without = (make_user(["analyst"]) for _ in range(2))
        off = {"report.ready": {"in_app": True, "email": "off"}}
        NotificationSettings.objects.create(user=without, choices=off)
        report = a_report(organisation, planner, recipients=[reader, without], cadence="weekly")
        services.begin_due(report.next_run_at)
        making.make_edition.call_local(str(report.editions.get().job_id))
        assert send_due().sent == 1
        (sent,) = mailoutbox
        assert sent.to == [reader.email]
        assert "A report is ready" in sent.body
        assert report.name not in sent.subject + sent.body

    def test_only_those_who_may_read_it_can_be_named(self, organisation, planner, make_user, client_as, team):
        viewer = make_user(["viewer"], full_name="Vi Viewer")
        data = {
            "name": "R", "kind": "equity", "span": "week", "cadence": "weekly", "weekday": 0, "hour": 7, "month_day": 1,
        }  # fmt: skip
        client = client_as(user=planner)
        refused = client.post("/reports/new/", data | {"recipients": [viewer.pk]})
        assert refused.status_code == 422
        assert "May not read reports of this kind: Vi Viewer" in text(refused)
        assert client.post("/reports/new/", data | {"recipients": [planner.pk]}).status_code == 302
        assert Report.objects.get().created_by == planner


class TestPages:
    def test_a_report_is_made_changed_paused_and_deleted(self, organisation, planner, client_as, team):
        client = client_as(user=planner)
        report = a_report(organisation, planner, cadence="weekly", recipients=[planner])
        page = text(client.get(f"/reports/{report.pk}/"))
        assert "Every Monday at 07:00" in page and "Pia Planner" in page and "None yet" in page
        assert "is being made" in text(client.post(f"/reports/{report.pk}/make/", follow=True))
        assert "is paused" in text(client.post(f"/reports/{report.pk}/pause/", {"paused": "1"}, follow=True))
        assert "paused" in text(client.get("/reports/"))
        assert "is deleted" in text(client.post(f"/reports/{report.pk}/delete/", follow=True))
        assert not Report.objects.exists()
        actions = AuditEvent.objects.filter(action__startswith="report.").values_list("action", flat=True)
        assert set(actions) == {"report.created", "report.paused", "report.deleted"}

    def test_others_of_the_organisation_read_and_do_not_change_it(self, organisation, planner, client_as, make_user):
        report = a_report(organisation, planner)
        colleague = client_as(user=make_user(["planner"]))
        assert colleague.get(f"/reports/{report.pk}/").status_code == 200
        for path in ("change", "pause", "delete"):
            assert colleague.post(f"/reports/{report.pk}/{path}/").status_code == 403
        # Once its maker has left, colleagues look after it.
        people.remove_member(membership=Membership.objects.get(user=planner), by=SETUP)
        assert colleague.get(f"/reports/{report.pk}/change/").status_code == 200

    def test_other_organisations_and_those_without_the_right_find_nothing(
        self, organisation, other_organisation, planner, client_as, make_user, team
    ):
        edition = made(a_report(organisation, planner), planner)
        stranger = make_user(["planner"], organisation=other_organisation)
        for client in (client_as("viewer"), client_as(user=stranger)):
            for path in ("", "report.pdf", "report.xlsx"):
                assert client.get(f"/reports/editions/{edition.pk}/{path}").status_code == 404
            assert client.get(f"/reports/{edition.report_id}/").status_code == 404
            assert "Our equity" not in text(client.get("/reports/"))

    @pytest.mark.parametrize("kind", ["", "csv"])
    def test_who_works_in_no_organisation_finds_none(self, organisation, planner, platform_client, team, kind):
        a_report(organisation, planner, kind="data", name="Freshness")
        answer = platform_client.get("/reports/", {PARAMETER: kind})
        assert answer.status_code == 200
        said = content_of(answer)
        assert b"Freshness" not in said and b"None" not in said

    def test_taking_an_edition_is_in_the_trail(self, organisation, planner, client_as, team):
        edition = made(a_report(organisation, planner), planner)
        content_of(client_as(user=planner).get(f"/reports/editions/{edition.pk}/report.xlsx"))
        assert AuditEvent.objects.get(action="report.taken").details == {"kind": "xlsx"}


def test_editions_are_let_go_after_their_time(organisation, planner, team):
    edition = made(a_report(organisation, planner), planner)
    rule = next(rule for rule in retention.rules() if rule.name == "report_editions")
    assert not rule.due(timezone.now() - timedelta(days=rule.days)).exists()
    assert list(rule.due(timezone.now() + timedelta(days=1))) == [edition]


def test_a_document_is_shown_as_it_was_made(organisation, planner, approved, team):
    """What happens to plans afterwards does not change an edition."""
    edition = made(a_report(organisation, planner), planner)
    before = [list(each.cells()) for each in EditionPage(edition).lists()]
    Visit.objects.update(imd_decile=10)
    edition.refresh_from_db()
    assert [list(each.cells()) for each in EditionPage(edition).lists()] == before


def test_a_report_of_nothing_has_no_empty_frames(organisation, planner, team):
    page = EditionPage(made(a_report(organisation, planner), planner))
    section = page.sections[0]
    assert not section["chart"] and section["tables"][0]["is_short"]
    empty = next(table for part in page.sections for table in part["tables"] if not table["rows"])
    shown = render_to_string("portal/reports/_tables.html", {"section": {"tables": [empty]}})
    assert empty["empty"] in shown
    assert "<thead>" not in shown
