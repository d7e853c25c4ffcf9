"""What the quality page shows."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models.fields.json import KeyTransform
from django.urls import reverse
from django.utils import timezone

from lsoa.models import CheckRun, Dataset, QualityAlert
from lsoa.quality import CHECKS
from lsoa.quality.rhythm import due_since, rhythm_of

from . import wording

SEVERITY_CSS = {
    QualityAlert.Severity.INFORMATION: "her-tag--info",
    QualityAlert.Severity.WARNING: "her-tag--warning",
    QualityAlert.Severity.ERROR: "her-tag--bad",
}
RANK = {
    QualityAlert.Severity.ERROR: 0,
    QualityAlert.Severity.WARNING: 1,
    QualityAlert.Severity.INFORMATION: 2,
}
RESOLVED_SHOWN = 100
# As many alerts stand unfolded: the most severe and newest.
ALERTS_SHOWN = 12


@dataclass(frozen=True)
class AlertRow:
    alert: QualityAlert
    severity: str
    css: str
    check: str
    url: str
    raised: str
    resolved: str
    acknowledged: str


@dataclass(frozen=True)
class GlanceRow:
    """One dataset at a glance. Texts are empty where there is nothing to say: look-ups have no coverage."""

    dataset: Dataset
    url: str
    coverage: str
    missing: str
    suppressed: str
    out_of_range: str
    repaired: str
    age: str
    due: str
    change: str
    alerts: int
    has_figures: bool
    # Nothing to say about it: every area has its figure, nothing changed suddenly, and no newer one is due.
    is_complete: bool


@dataclass(frozen=True)
class CheckRow:
    title: str
    explanation: str
    result: str
    css: str
    when: str
    # None while it has not run.
    findings: int | None


class QualityPage:
    """Alerts that the organisation sees, its datasets at a glance, and every check with its last result."""

    def __init__(self, organisation, *, with_resolved=False):
        self.organisation = organisation
        self.with_resolved = with_resolved

    def _alerts(self):
        return QualityAlert.objects.visible_to(self.organisation).select_related("acknowledged_by", "dataset")

    @cached_property
    def open_alerts(self) -> list[AlertRow]:
        rows = sorted(self._alerts().open(), key=lambda row: (RANK[row.severity], -row.raised_at.timestamp()))
        return [_alert_row(row) for row in rows]

    @property
    def urgent_alerts(self) -> list[AlertRow]:
        """Errors and warnings."""
        return [row for row in self.open_alerts if row.alert.severity != QualityAlert.Severity.INFORMATION]

    @property
    def first_alerts(self) -> list[AlertRow]:
        return self.urgent_alerts[:ALERTS_SHOWN]

    @property
    def further_alerts(self) -> list[AlertRow]:
        return self.urgent_alerts[ALERTS_SHOWN:]

    @property
    def notices(self) -> list[AlertRow]:
        return [row for row in self.open_alerts if row.alert.severity == QualityAlert.Severity.INFORMATION]

    @cached_property
    def resolved_alerts(self) -> list[AlertRow]:
        if not self.with_resolved:
            return []
        rows = self._alerts().filter(resolved_at__isnull=False).order_by("-resolved_at")[:RESOLVED_SHOWN]
        return [_alert_row(row) for row in rows]

    @property
    def summary(self) -> str:
        if not CheckRun.objects.exists():
            return "The checks have not run yet."
        counts = dict.fromkeys(RANK, 0)
        for row in self.open_alerts:
            counts[row.alert.severity] += 1
        errors = wording.count(counts[QualityAlert.Severity.ERROR], "error")
        warnings = wording.count(counts[QualityAlert.Severity.WARNING], "warning")
        last = CheckRun.objects.order_by("-ran_at").first()
        notices = f"; {len(self.notices):,} for information" if self.notices else ""
        return f"{errors} and {warnings} open{notices}. Last checked {wording.age(last.ran_at)}."

    @cached_property
    def checks(self) -> list[CheckRow]:
        runs = {row.check_code: row for row in CheckRun.objects.all()}
        return [_check_row(check, runs.get(code)) for code, check in CHECKS.items()]

    @property
    def checks_with_findings(self) -> list[CheckRow]:
        return [row for row in self.checks if row.findings]

    @property
    def checks_passed(self) -> list[CheckRow]:
        return [row for row in self.checks if row.findings == 0]

    @property
    def checks_waiting(self) -> list[CheckRow]:
        return [row for row in self.checks if row.findings is None]

    @cached_property
    def glance(self) -> list[GlanceRow]:
        """Datasets in force: those with alerts first, then those with figures of areas."""
        datasets = Dataset.objects.visible_to(self.organisation).in_force().order_by("publisher", "title", "-release")
        # The whole report of a derived dataset is long; two parts of it are enough.
        datasets = datasets.defer("quality").annotate(
            given=KeyTransform("indicators", "quality"), repaired=KeyTransform("repaired", "quality")
        )
        alerts: dict = {}
        changes: dict = {}
        for row in self.open_alerts:
            key = row.alert.dataset_id
            alerts[key] = alerts.get(key, 0) + 1
            if row.alert.check_code == "change":
                changes[key] = changes.get(key, 0) + 1
        before = self._publications_with_history()
        rows = [
            _glance_row(row, alerts.get(row.pk, 0), changes.get(row.pk, 0), (row.publication, row.extent) in before)
            for row in datasets
        ]
        return sorted(rows, key=lambda row: (not row.alerts, not row.has_figures))

    @property
    def glance_figures(self) -> list[GlanceRow]:
        """What is looked at first: datasets of whose figures some are missing, or late, and any with alerts."""
        return [row for row in self.glance if row.alerts or (row.has_figures and not row.is_complete)]

    @property
    def glance_complete(self) -> list[GlanceRow]:
        return [row for row in self.glance if row.has_figures and row.is_complete and not row.alerts]

    @property
    def glance_others(self) -> list[GlanceRow]:
        return [row for row in self.glance if not row.has_figures and not row.alerts]

    def _publications_with_history(self) -> set[tuple]:
        rows = Dataset.objects.visible_to(self.organisation).filter(state=Dataset.State.SUPERSEDED).order_by()
        return set(rows.values_list("publication", "extent").distinct())


def _alert_row(alert) -> AlertRow:
    by = alert.acknowledged_by.get_full_name() if alert.acknowledged_by else "somebody who has left"
    check = CHECKS.get(alert.check_code)
    return AlertRow(
        alert=alert,
        severity=alert.get_severity_display(),
        css=SEVERITY_CSS[alert.severity],
        check=check.title if check else alert.check_code,
        url=reverse("dataset", args=[alert.dataset_id]) if alert.dataset_id else "",
        raised=wording.moment(alert.raised_at),
        resolved=wording.moment(alert.resolved_at) if alert.resolved_at else "",
        acknowledged=f"{by}, {wording.day(alert.acknowledged_at)}" if alert.acknowledged_at else "",
    )


def _check_row(check, run) -> CheckRow:
    if run is None:
        return CheckRow(check.title, check.explanation, "Not run yet", "her-tag--plain", "", None)
    result = "Passed" if not run.findings else wording.count(run.findings, "finding")
    css = "her-tag--good" if not run.findings else "her-tag--warning"
    when = f"{wording.moment(run.ran_at)}, {run.seconds:.1f}\u00a0s"
    return CheckRow(check.title, check.explanation, result, css, when, run.findings)


def _glance_row(dataset, alerts, changes, has_history) -> GlanceRow:
    figures = (dataset.given or {}).values()
    reasons: dict[str, int] = {}
    for row in figures:
        for reason, number in row.get("missing", {}).items():
            reasons[reason] = reasons.get(reason, 0) + number
    values = sum(row["values"] for row in figures)
    without = sum(row.get("areas_without", 0) for row in figures)
    expected = values + without + sum(reasons.values())
    other = sum(reasons.values()) - reasons.get("suppressed", 0) - reasons.get("out_of_range", 0)
    due = due_since(dataset.publication, dataset.release, timezone.localdate())
    regular = rhythm_of(dataset.publication)
    return GlanceRow(
        dataset=dataset,
        url=reverse("dataset", args=[dataset.pk]),
        coverage=wording.share(values, expected),
        missing=f"{other + without:,}" if figures else "",
        suppressed=f"{reasons.get('suppressed', 0):,}" if figures else "",
        out_of_range=f"{reasons.get('out_of_range', 0):,}" if figures else "",
        repaired=f"{len(dataset.repaired):,}" if dataset.repaired else "",
        age=wording.age(dataset.loaded_at),
        due=f"Newer one due since {due:%B %Y}" if due else "Newest known" if regular else "No regular release",
        change=_change_text(changes, has_history) if figures else "",
        alerts=alerts,
        has_figures=bool(figures),
        is_complete=values == expected and not due and not changes,
    )


def _change_text(changes, has_history) -> str:
    if changes:
        return f"{wording.count(changes, 'indicator')} changed suddenly"
    return "As expected" if has_history else "No release before"
