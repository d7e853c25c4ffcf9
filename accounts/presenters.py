"""Wording and shapes for the pages about jobs, people and the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from .access import may_steer_job
from .audit import Check
from .models import ActorPseudonym, AuditEvent, Job, JobState, Membership, User
from .permissions import ROLE_PERMISSIONS, Permission, Role

# What an event says on the page; upper apps add theirs in AppConfig.ready() with `describe_actions`.
ACTION_WORDS = {
    "sign_in.succeeded": "Signed in",
    "sign_in.failed": "Sign-in failed",
    "sign_in.refused": "Sign-in refused: not invited",
    "sign_out": "Signed out",
    "password.changed": "Changed their password",
    "token.issued": "Got an access token",
    "token.refreshed": "Renewed an access token",
    "organisation.created": "Made an organisation",
    "organisation.switched": "Switched to this organisation",
    "user.created": "Made an account",
    "member.roles_granted": "Gave roles",
    "member.suspended": "Suspended a member",
    "member.restored": "Restored a member",
    "member.removed": "Removed a member",
    "member.first_link_made": "Made a link for a first password",
    "job.queued": "Started background work",
    "job.succeeded": "Background work finished",
    "job.failed": "Background work failed",
    "job.cancelled": "Background work was cancelled",
    "job.interrupted": "Background work was interrupted",
    "job.retried": "Tried background work again",
    "job.cancel_requested": "Asked background work to stop",
    "platform.first_administrator": "Made the first platform administrator",
    "admin.added": "Added a record in the administration",
    "admin.changed": "Changed a record in the administration",
    "admin.deleted": "Deleted a record in the administration",
}

JOB_TAGS = {
    JobState.QUEUED: "her-tag--plain",
    JobState.RUNNING: "her-tag--info",
    JobState.SUCCEEDED: "her-tag--good",
    JobState.FAILED: "her-tag--bad",
    JobState.CANCELLED: "her-tag--plain",
    JobState.INTERRUPTED: "her-tag--warning",
}


ROLE_NAMES = {role.value: role.label for role in Role}


def describe_actions(words: dict[str, str]) -> None:
    """Register how actions of an app are worded, e.g. {"plan.approved": "Approved a visit plan"}."""
    ACTION_WORDS.update(words)


def action_text(action: str) -> str:
    """Words for an action; an unregistered one reads as its name: "plan.approved" -> "Plan approved"."""
    return ACTION_WORDS.get(action) or action.replace(".", " ").replace("_", " ").capitalize()


@dataclass(frozen=True)
class AuditRow:
    """One line of the audit page."""

    sequence: int
    occurred_at: datetime
    actor: str
    action: str
    target: str
    target_url: str
    details: list[tuple[str, str]]
    digest: str


def audit_rows(events: list[AuditEvent]) -> list[AuditRow]:
    """Lines for the events given: two queries for the names of all people in them."""
    names = _names(events)
    return [_audit_row(event, names) for event in events]


def _names(events) -> dict[str, str]:
    """Name by pseudonym, and by id of the account where that is what an event concerns."""
    pseudonyms = {event.actor_id for event in events if event.actor_kind == "user"}
    pseudonyms |= {event.details["account"] for event in events if event.details.get("account", "unknown") != "unknown"}
    accounts = {event.target_id for event in events if event.target_type == "accounts.user"}
    known = ActorPseudonym.objects.filter(actor_id__in=pseudonyms).select_related("user")
    names = {str(pseudonym.actor_id): str(pseudonym.user) for pseudonym in known}
    return names | {str(user.pk): str(user) for user in User.objects.filter(pk__in=accounts)}


def _audit_row(event, names) -> AuditRow:
    # A pseudonym without a person belongs to somebody who was erased.
    actor = system_name(event.actor_id) if event.actor_kind == "system" else names.get(event.actor_id, "Erased person")
    target = object_name(event.target_type, event.target_id) if event.target_type else ""
    url = reverse("audit-object", args=[event.target_type, event.target_id]) if event.target_type else ""
    return AuditRow(
        sequence=event.sequence,
        occurred_at=event.occurred_at,
        actor=actor,
        action=action_text(event.action),
        target=names.get(event.target_id, target),
        target_url=url,
        details=[(key.replace("_", " "), _detail(key, event.details[key], names)) for key in _ordered(event.details)],
        digest=bytes(event.digest).hex(),
    )


# jsonb keeps keys by length; people read who, then from what, then to what.
FIRST_DETAILS = ["account", "from", "to"]


def _ordered(details) -> list[str]:
    return sorted(details, key=lambda key: (FIRST_DETAILS.index(key) if key in FIRST_DETAILS else 9, key))


def _detail(key, value, names) -> str:
    if key == "account":
        return names.get(value, "unknown" if value == "unknown" else "erased person")
    if isinstance(value, list):
        return (
            ", ".join(ROLE_NAMES.get(item, str(item)) if isinstance(item, str) else str(item) for item in value)
            or "none"
        )
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


SYSTEM_NAMES = {"command": "Command {}", "job": "Background work ({})", "huey": "Worker ({})", "jobs": "Worker ({})"}


def system_name(actor_id: str) -> str:
    """Words for a part of the system: "command:load_open_data" -> "Command load_open_data"."""
    kind, _, name = actor_id.partition(":")
    return SYSTEM_NAMES[kind].format(name) if name and kind in SYSTEM_NAMES else actor_id.capitalize()


def object_name(target_type: str, target_id: str) -> str:
    """The kind of thing and the beginning of its identifier, e.g. Route plan 1b4e28ba."""
    try:
        kind = str(apps.get_model(target_type)._meta.verbose_name).capitalize()
    except (LookupError, ValueError):
        # The table may have gone since; its history has not.
        kind = target_type
    return f"{kind} {target_id[:8]}"


CHAIN_REASONS = {
    "number": "entries before it are missing",
    "link": "it does not continue from the entry before it",
    "content": "its content was changed after it was written",
}


@dataclass(frozen=True)
class ChainPanel:
    """What the banner of the audit pages says."""

    intact: bool
    events: int
    broken_sequence: int | None
    reason: str
    checked_at: datetime


def chain_panel(check: Check) -> ChainPanel:
    found = check.verification
    return ChainPanel(found.intact, found.events, found.broken_sequence, CHAIN_REASONS.get(found.reason, ""), check.at)


@dataclass(frozen=True)
class JobPanel:
    """A job on a page. `polls` is False once it has ended: the markup then asks for nothing more."""

    job: Job
    state: str
    tag: str
    polls: bool
    message: str
    may_cancel: bool
    may_retry: bool
    timing: str
    announcement: str


def job_panel(job: Job, user) -> JobPanel:
    """What `user` sees of a job. Call `jobs.mark_interrupted()` first, so that a dead worker's job is not "running"."""
    unfinished = job.state in (JobState.QUEUED, JobState.RUNNING)
    steer = may_steer_job(user, job)
    stopping = unfinished and job.cancel_requested_at is not None
    return JobPanel(
        job=job,
        state="Stopping" if stopping else job.get_state_display(),
        tag=JOB_TAGS[JobState(job.state)],
        polls=unfinished,
        message="Stopping at the next step" if stopping else job.message,
        may_cancel=unfinished and steer and not stopping,
        may_retry=steer and job.state in (JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED),
        timing=_timing(job),
        announcement="" if unfinished else f"{job.title}: {job.get_state_display().lower()}",
    )


def _timing(job) -> str:
    if job.started_at is None:
        return ""
    seconds = int(((job.finished_at or timezone.now()) - job.started_at).total_seconds())
    length = f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
    return f"took {length}" if job.finished_at else f"running for {length}"


@dataclass(frozen=True)
class MemberRow:
    membership: Membership
    name: str
    email: str
    roles: list[Role]
    is_suspended: bool
    is_self: bool


def member_rows(memberships, user) -> list[MemberRow]:
    """Members of an organisation; `memberships` must have their users selected."""
    return [
        MemberRow(
            membership=membership,
            name=membership.user.get_full_name(),
            email=membership.user.email,
            roles=[Role(role) for role in membership.roles],
            is_suspended=membership.suspended_at is not None,
            is_self=membership.user_id == user.pk,
        )
        for membership in memberships
    ]


def role_rows() -> list[tuple[Role, list[str]]]:
    """Every role with what it allows, in plain English."""
    return [(role, [p.description for p in Permission if p in ROLE_PERMISSIONS[role]]) for role in Role]
