"""Running the checks: findings become alerts, which last until a check no longer finds them."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.access import allowed
from accounts.permissions import Permission
from accounts.services import warn_platform
from lsoa.models import CheckRun, QualityAlert
from lsoa.notice_kinds import tell_of_age
from lsoa.quality import CHECKS, Check, Finding

log = structlog.get_logger(__name__)

# Two runs at once would raise the same alert twice. Any constant will do.
CHECK_LOCK = 4_210_211


@dataclass
class CheckOutcome:
    """What a run found: findings by check, and how the alerts changed."""

    findings: list[tuple[Check, Finding]] = field(default_factory=list)
    raised: list[QualityAlert] = field(default_factory=list)
    refreshed: int = 0
    resolved: int = 0
    checks: int = 0

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == QualityAlert.Severity.ERROR for _, finding in self.findings)


def run_checks(*, by, codes: Iterable[str] | None = None) -> CheckOutcome:
    """Run the checks (all, or those named: KeyError for an unknown one) and bring the alerts up to what they found.

    Platform administrators are told of new warnings and errors, once.
    """
    chosen = [CHECKS[code] for code in codes] if codes is not None else list(CHECKS.values())
    outcome = CheckOutcome(checks=len(chosen))
    for check in chosen:
        _run(check, outcome)
    serious = [alert for alert in outcome.raised if alert.severity != QualityAlert.Severity.INFORMATION]
    if serious:
        more = f" and {len(serious) - 1} more" if len(serious) > 1 else ""
        warn_platform(text=f"Data check: {serious[0].message[:240]}{more}"[:300], url=reverse("data-quality"))
    tell_of_age(outcome.raised)
    details = {"checks": len(chosen), "raised": len(outcome.raised), "resolved": outcome.resolved}
    with transaction.atomic():
        audit.record(action="quality.checked", by=by, details=details)
    return outcome


def _run(check: Check, outcome: CheckOutcome) -> None:
    started, now = time.monotonic(), timezone.now()
    # The same thing may be found twice in one run; it is one alert.
    found = {(finding.subject, _owner(finding)): finding for finding in check.find()}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHECK_LOCK])
        alerts = QualityAlert.objects.open().filter(check_code=check.code)
        known = {(row.subject, row.organisation_id): row for row in alerts}
        for key, finding in found.items():
            outcome.findings.append((check, finding))
            if key in known:
                _refresh(known[key], finding, now)
                outcome.refreshed += 1
            else:
                outcome.raised.append(_raise(check, finding, now))
        gone = [row.pk for key, row in known.items() if key not in found]
        outcome.resolved += QualityAlert.objects.filter(pk__in=gone).update(resolved_at=now)
        values = {"ran_at": now, "seconds": time.monotonic() - started, "findings": len(found)}
        CheckRun.objects.update_or_create(check_code=check.code, defaults=values)


def _owner(finding: Finding):
    return finding.organisation.pk if finding.organisation else None


def _raise(check, finding, now) -> QualityAlert:
    return QualityAlert.objects.create(
        check_code=check.code,
        subject=finding.subject,
        severity=finding.severity,
        message=finding.message,
        details=finding.details,
        dataset=finding.dataset,
        organisation=finding.organisation,
        seen_at=now,
    )


def _refresh(alert, finding, now) -> None:
    if (alert.severity, alert.message) != (finding.severity, finding.message):
        # What somebody took note of is not what stands there now.
        alert.acknowledged_by = alert.acknowledged_at = None
    alert.severity, alert.message, alert.details = finding.severity, finding.message, finding.details
    alert.dataset, alert.seen_at = finding.dataset, now
    alert.save()


@transaction.atomic
def acknowledge_alert(*, alert: QualityAlert, by) -> QualityAlert:
    """Somebody has taken note of an alert; it stays open until the check passes. PermissionDenied unless a person may
    load data."""
    if not allowed(by, Permission.LOAD_DATA):
        raise PermissionDenied("Acknowledging alerts is for platform administrators.")
    alert = QualityAlert.objects.select_for_update().get(pk=alert.pk)
    if alert.acknowledged_at is None:
        alert.acknowledged_by, alert.acknowledged_at = by, timezone.now()
        alert.save(update_fields=["acknowledged_by", "acknowledged_at"])
        details = {"check": alert.check_code, "subject": alert.subject}
        audit.record(
            action="quality.acknowledged", by=by, organisation=alert.organisation, target=alert, details=details
        )
    return alert


def queue_checks(*, by) -> None:
    """Have all checks run in the background. PermissionDenied unless a person may load data."""
    from lsoa.quality.schedule import check_on_request

    if not allowed(by, Permission.LOAD_DATA):
        raise PermissionDenied("Running the checks is for platform administrators.")
    check_on_request(str(by.pk))
