"""Who gets a report: those who were named, as far as they belong to the organisation and may read it by then."""

from django.urls import reverse

from accounts import notices
from accounts.models import Membership, Organisation, User

from ..models import Report, ReportEdition
from .kinds import KINDS

READY = "report.ready"


def candidates(organisation: Organisation, kind: str) -> list[User]:
    """Members who may be named: not suspended, and allowed to read reports of this kind."""
    active = Membership.objects.for_organisation(organisation).active().filter(user__is_active=True)
    users = [membership.user for membership in active.select_related("user").order_by("user__full_name", "user__email")]
    needed = KINDS[kind].permission
    return [user for user in users if needed in user.permissions_in(organisation)]


def recipients_of(report: Report) -> list[User]:
    """Of those named, whoever may read it now: who left, is suspended or lost the right gets nothing."""
    named = {user.pk for user in report.recipients.all()}
    return [user for user in candidates(report.organisation, report.kind) if user.pk in named]


def tell_ready(edition: ReportEdition) -> int:
    """Tells each recipient once of an edition, however often this is called; whoever asked for it hears of their job.
    The message names the report alone: what it says stays in the portal.
    """
    return _tell(edition, f"The report “{edition.report.name}” is ready.", reverse("report-edition", args=[edition.pk]))


def tell_failed(edition: ReportEdition) -> int:
    text = f"The report “{edition.report.name}” could not be made. {edition.problem}"
    return _tell(edition, text, reverse("report", args=[edition.report_id]))


def _tell(edition, text, url) -> int:
    report = edition.report
    users = [user for user in recipients_of(report) if user.pk != edition.asked_by_id]
    about = f"report-edition:{edition.pk}:{edition.state}"
    return notices.notify_all(
        users=users, kind=READY, text=text, url=url, organisation=report.organisation, about=about
    )
