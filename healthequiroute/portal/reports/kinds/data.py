"""How fresh and complete the data are that everything else rests on: data sets, rejected rows, what is open."""

from django.utils import timezone

from accounts.list_files import Kind
from lsoa.models import Dataset, QualityAlert

from ..document import Document, Figure, Head, Section, Table

METHOD = (
    "Data sets in force are those that pages and priorities use now. Rejected rows were left out of a file, with line "
    "and reason; all other rows were loaded.",
    "Checks run every night and after each load; what they find stays open until it passes.",
)


def make(report, today, progress) -> Document:
    progress(20, "Reading the data sets")
    datasets = list(
        Dataset.objects.visible_to(report.organisation).in_force().defer("quality").order_by("-loaded_at", "title")
    )
    progress(60, "Reading what is open")
    alerts = list(QualityAlert.objects.open().visible_to(report.organisation).select_related("dataset"))
    return Document(
        title=f"Data quality: {report.organisation}",
        subtitle=f"As of {today:%-d %B %Y}",
        summary=_words(datasets, alerts, today),
        figures=[
            Figure("Data sets in force", f"{len(datasets):,}"),
            Figure("Open findings", f"{len(alerts):,}", f"{_errors(alerts):,} of them errors"),
            Figure("Rejected rows", f"{sum(each.rows_rejected for each in datasets):,}", "of files in force"),
        ],
        sections=[_findings(alerts), _datasets(datasets)],
        method=METHOD,
        sources=[f"{each.publisher}: {each.title}, {each.release}. {each.licence}." for each in datasets],
        filters=[f"Organisation: {report.organisation}"],
        counts="",
    )


def _words(datasets, alerts, today) -> list[str]:
    if not datasets:
        return ["No data are loaded."]
    newest = timezone.localdate(datasets[0].loaded_at)
    texts = [f"Data were last loaded {(today - newest).days} days ago, on {newest:%-d %B %Y}."]
    if alerts:
        texts.append(f"{len(alerts):,} findings of the checks are open, {_errors(alerts):,} of them errors.")
    else:
        texts.append("The checks find nothing that is open.")
    return texts


def _errors(alerts) -> int:
    return sum(each.severity == QualityAlert.Severity.ERROR for each in alerts)


def _findings(alerts) -> Section:
    heads = (
        Head("Severity", "For information, warning or error"),
        Head("About", "A publication, an indicator or a feed", Kind.CODE),
        Head("Finding", "In words"),
        Head("Since", "When it was first found", Kind.DATE),
    )
    order = {QualityAlert.Severity.ERROR: 0, QualityAlert.Severity.WARNING: 1}
    rows = [
        [each.get_severity_display(), each.subject, each.message, timezone.localdate(each.raised_at).isoformat()]
        for each in sorted(alerts, key=lambda each: (order.get(each.severity, 2), each.raised_at))
    ]
    return Section("What is open", tables=[Table("Open findings", heads, rows, "Nothing is open.")])


def _datasets(datasets) -> Section:
    heads = (
        Head("Data set", "Title and release"),
        Head("Publisher", "Who publishes it"),
        Head("Areas", "Census vintage of its areas", Kind.CODE),
        Head("Loaded", "When it was loaded", Kind.DATE),
        Head("Rows", "Rows loaded", Kind.WHOLE),
        Head("Rejected", "Rows left out", Kind.WHOLE),
    )
    rows = [
        [f"{each.title}, {each.release}", each.publisher, str(each.vintage or ""),
         timezone.localdate(each.loaded_at).isoformat(), each.rows_loaded, each.rows_rejected]
        for each in datasets
    ]  # fmt: skip
    return Section("Data sets in force", tables=[Table("Data sets in force", heads, rows, "None.")])
