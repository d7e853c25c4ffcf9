"""What the worker does for the trail: seals, checks, partitions."""

import structlog
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import HUEY, db_periodic_task

from .. import services
from . import checking, context, large_exports, noticing, partitions, seals
from .keys import KeyProblem
from .recording import SystemActor, record

log = structlog.get_logger(__name__)

HUEY.pre_execute("row-history-begins")(context.task_begins)
HUEY.post_execute("row-history-ends")(context.task_ended)


@db_periodic_task(crontab(minute="7"))
def seal_and_check_audit_trail():
    """Every hour: what came since the last seal is checked, then sealed. A broken trail is not sealed over."""
    if check_and_warn(full=False):
        seal_and_warn()


@db_periodic_task(crontab(hour="2", minute="31"))
def check_whole_audit_trail():
    """Every night, every entry: this alone finds an old entry whose content was changed."""
    check_and_warn(full=True)


@db_periodic_task(crontab(hour="*/6", minute="23"))
def make_partitions_of_audit_trail():
    made = partitions.make_ahead(by=SystemActor("huey:make_audit_partitions"))
    if made:
        log.info("audit_partitions_made", made=made)


@db_periodic_task(crontab(minute="17"))
def notice_unusual_behaviour():
    """Every hour the rules look through the day; what is new is told to administrators."""
    for day in noticing.days_to_look_at(timezone.now()):
        for finding in noticing.notice(day):
            log.warning("unusual_behaviour_noticed", rule=finding.rule, finding=finding.pk)


@db_periodic_task(crontab(minute="43"))
def delete_old_audit_exports():
    """Large exports are kept a day."""
    deleted = large_exports.delete_old()
    if deleted:
        record(
            action="audit.exports_deleted", by=SystemActor("huey:delete_old_audit_exports"), details={"files": deleted}
        )


def check_and_warn(*, full: bool) -> bool:
    """Whether the trail and its seals hold. If not, the log and every platform administrator hear of it."""
    try:
        check = checking.check(full=full, goes_on=True)
    except (KeyProblem, seals.NoPlaceForSeals) as problem:
        _warn(f"The audit trail could not be compared with its seals: {problem}", "audit_seals_unreadable")
        return False
    if check.is_intact:
        log.info("audit_trail_checked", first=check.first_sequence, last=check.last_sequence, seals=check.seals)
        return True
    log.error("audit_trail_broken", entry=check.broken_sequence, kind=check.kind, words=check.words)
    services.warn_platform(text=f"The audit trail is broken. {check.words}"[:300], url="/audit/")
    return False


def seal_and_warn() -> None:
    """Seal the head where seals are configured; platform administrators hear of a seal that could not be written."""
    if not seals.is_configured():
        log.warning("audit_not_sealed", why="AUDIT_SEAL_DIRECTORY or AUDIT_SEAL_KEY is not set")
        return
    try:
        seals.seal_now(by=SystemActor("huey:seal_audit"))
    except (KeyProblem, seals.NoPlaceForSeals, OSError, ValueError) as problem:
        _warn(f"The audit trail could not be sealed: {problem}", "audit_not_sealed")


def _warn(text: str, event: str) -> None:
    log.error(event, problem=text)
    services.warn_platform(text=text[:300])
