"""Wording of the pages about reports."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.list_files import Column, Kind, ListFile, Notes

from ..models import Cadence, EditionState, Report, ReportEdition

TAGS = {
    EditionState.MAKING: "her-tag--info",
    EditionState.READY: "her-tag--good",
    EditionState.FAILED: "her-tag--bad",
}
COLUMNS = (
    Column("report", "Name of the report", value="report.name"),
    Column("kind", "What it is about", value="kind"),
    Column("about", "Team or patch", value="about"),
    Column("schedule", "When it is made", value="schedule"),
    Column("next_run", "When it is made next", Kind.MOMENT, "next_run"),
    Column("last_made", "When the last edition was made", Kind.MOMENT, "last_made"),
)


@dataclass(frozen=True)
class ReportRow:
    report: Report
    kind: str
    about: str
    schedule: str
    next_run: datetime | None
    last_made: datetime | None
    last_failed: bool


def report_row(report: Report) -> ReportRow:
    """`report` with `latest` (editions without content, the newest first)."""
    made = next((each.made_at for each in report.latest if each.made_at), None)
    return ReportRow(
        report=report,
        kind=report.get_kind_display(),
        about=about_text(report),
        schedule=schedule_text(report),
        next_run=None if report.is_paused else report.next_run_at,
        last_made=made,
        last_failed=bool(report.latest) and report.latest[0].state == EditionState.FAILED,
    )


def about_text(report: Report) -> str:
    if report.kind == "data":
        return "All data"
    if report.kind == "priorities":
        return report.patch.name if report.patch else "Every patch"
    return report.team.name if report.team else "Every team"


def schedule_text(report: Report) -> str:
    """E.g. "Every Monday at 07:00", "Monthly on day 1 at 07:00"."""
    if report.cadence == Cadence.BY_HAND:
        return "When somebody asks"
    if report.cadence == Cadence.WEEKLY:
        when = f"Every {report.get_weekday_display()}"
    else:
        when = f"Monthly on day {report.month_day}"
    return f"{when} at {report.hour:02}:00" + (", paused" if report.is_paused else "")


@dataclass(frozen=True)
class EditionRow:
    edition: ReportEdition
    tag: str
    state: str
    when: str


def edition_row(edition: ReportEdition) -> EditionRow:
    moment = timezone.localtime(edition.made_at or edition.created_at)
    return EditionRow(edition, TAGS[edition.state], edition.get_state_display(), f"{moment:%-d %B %Y, %H:%M}")


def report_list(organisation, rows) -> ListFile:
    notes = Notes("Reports of the organisation", readers="those who may read reports of these kinds")
    place = "" if organisation is None else str(organisation)
    title = f"Reports of {place}" if place else "Reports"
    return ListFile("reports", title, COLUMNS, rows, notes, place=place)
