"""Wording and shapes for the pages about jobs, people and the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from .access import may_steer_job
from .field_words import words_of_model
from .models import ActorPseudonym, AuditCheck, AuditEvent, Job, JobState, Membership, User
from .permissions import ROLE_PERMISSIONS, Permission, Role
from .trail.words import page_text

# What an event says on the page; upper apps add theirs in AppConfig.ready() with `describe_actions`.
ACTION_WORDS = {
    "sign_in.succeeded": "Signed in",
    "sign_in.failed": "Sign-in failed",
    "session.ended": "Sessions ended",
    "second_factor.added": "Added a second factor",
    "second_factor.removed": "Removed a second factor",
    "second_factor.used": "Showed their second factor",
    "second_factor.failed": "Second factor was wrong",
    "second_factor.reset": "Reset somebody's second factors",
    "recovery_codes.made": "Made recovery codes",
    "recovery_codes.used": "Used a recovery code",
    "step_up.confirmed": "Confirmed that it was them",
    "step_up.failed": "Failed to confirm that it was them",
    "sign_in.refused": "Sign-in refused",
    "sign_in.cancelled": "Sign-in cancelled",
    "sign_in.connected": "Connected their account with a provider of identity",
    "sign_in.not_connected": "Could not connect an account with a provider of identity",
    "sign_in.disconnected": "Removed the connection with a provider of identity",
    "sign_in.break_glass": "Signed in with an emergency account",
    "break_glass.named": "Named an emergency account",
    "break_glass.ended": "Ended an emergency account",
    "sign_out": "Signed out",
    "password.changed": "Changed their password",
    "token.issued": "Got an access token",
    "token.revoked": "Signed a program out",
    "token.reused": "A refresh token was used twice: its tokens were ended",
    "token.all_ended": "All access tokens were ended",
    "api_key.created": "Made an API key",
    "api_key.rotated": "Gave an API key a new secret",
    "api_key.revoked": "Revoked an API key",
    "api_key.refused": "An API key was refused",
    "access.refused": "Was refused: not found, or not theirs",
    "admin.refused_address": "The administration was refused from this address",
    "webhook.made": "Made a webhook",
    "webhook.changed": "Changed a webhook",
    "webhook.secret_changed": "Gave a webhook a new secret",
    "webhook.switched_on": "Switched a webhook on",
    "webhook.switched_off": "Switched a webhook off",
    "webhook.deleted": "Deleted a webhook",
    "webhook.test_sent": "Sent a test to a webhook",
    "webhook.sent_again": "Sent an event to a webhook again",
    "notification_rule.made": "Made a rule about areas",
    "notification_rule.changed": "Changed a rule about areas",
    "notification_rule.deleted": "Deleted a rule about areas",
    "organisation.notifications_set": "Changed what people are told of unless they choose",
    "organisation.created": "Made an organisation",
    "organisation.switched": "Switched to this organisation",
    "organisation.settings_changed": "Changed settings of the organisation",
    "organisation.limits_changed": "Changed limits of the organisation",
    "organisation.suspended": "Suspended the organisation",
    "organisation.restored": "Ended the suspension of the organisation",
    "organisation.setup_shown": "Showed or hid the set-up checklist",
    "organisation.feature_switched": "Switched a feature of the organisation",
    "user.created": "Made an account",
    "member.roles_granted": "Gave roles",
    "member.suspended": "Suspended a member",
    "member.restored": "Restored a member",
    "member.suspension_ended": "A suspension ended by itself",
    "members.imported": "Added people from a file",
    "access_review.begun": "Began a review of access",
    "access_review.confirmed": "Confirmed somebody's roles",
    "access_review.finished": "Finished a review of access",
    "access_review.exported": "Downloaded a review of access",
    "person.note_added": "Wrote a note about a person",
    "person.note_deleted": "Deleted a note about a person",
    "person.account_closed": "Closed an account",
    # Before lists came as files by one mechanism: the trail keeps such entries.
    "person.list_exported": "Took a file of people",
    "second_factor.asked_for": "Asked for a second factor",
    "person.account_reopened": "Opened an account again",
    "member.removed": "Removed a member",
    "member.first_link_made": "Made a link for a first password",
    "person.erased": "Erased a person",
    "preferences.changed": "Changed their own settings",
    "privacy.hold_placed": "Placed a legal hold",
    "privacy.hold_reviewed": "Reviewed a legal hold and kept it",
    "privacy.hold_released": "Released a legal hold",
    "privacy.hold_review_due": "A legal hold is due for review",
    "privacy.copy_asked_for": "Asked for a copy of somebody's data",
    "privacy.copy_fetched": "Downloaded a copy of somebody's data",
    "privacy.copy_made": "Made a copy of somebody's data",
    "privacy.keys_rotated": "Changed the keys of encrypted fields",
    "privacy.retention_applied": "Deleted data past their retention time",
    "job.queued": "Started background work",
    "job.succeeded": "Background work finished",
    "job.failed": "Background work failed",
    "job.cancelled": "Background work was cancelled",
    "job.interrupted": "Background work was interrupted",
    "job.retried": "Tried background work again",
    "job.cancel_requested": "Asked background work to stop",
    "personal_data.read": "Looked at data of people",
    "audit.sealed": "Sealed the audit trail",
    "demo.seeded": "Made the demo world",
    "token.forgotten": "Forgot access tokens that had expired",
    "api_key.usage_forgotten": "Forgot old figures of what API keys were used for",
    "privacy.copies_deleted": "Deleted copies of people's data after 24 hours",
    "audit.exports_deleted": "Deleted large exports after 24 hours",
    "list.exported": "Downloaded a list",
    "list.files_deleted": "Deleted files of lists after 24 hours",
    "audit.partitions_made": "Made room in the audit trail",
    "audit.exported": "Exported the audit trail",
    "audit.export_made": "Made a large export of the audit trail",
    "audit.history_taken": "Downloaded a file from the audit trail about a person or thing",
    "unusual.noticed": "Something unusual was noticed",
    "unusual.decided": "Decided what something unusual was",
    "unusual.thresholds_changed": "Changed the numbers from which something is unusual",
    "audit.reported": "Took a compliance report",
    "bench.measured": "Measured the audit trail",
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
    actor_url: str
    action: str
    target: str
    target_url: str
    details: list[tuple[str, str]]
    digest: str


def audit_rows(events: list[AuditEvent], names: dict[str, str] | None = None) -> list[AuditRow]:
    """Lines for the events given: two queries for the names of all people in them, unless they were asked before."""
    names = names_in(events)[0] if names is None else names
    return [_audit_row(event, names) for event in events]


def names_in(events) -> tuple[dict[str, str], list[User]]:
    """Name by pseudonym, and by id of the account where that is what an event concerns; and whose names these are."""
    pseudonyms = {event.actor_id for event in events if event.actor_kind == "user"}
    pseudonyms |= {event.details["account"] for event in events if event.details.get("account", "unknown") != "unknown"}
    accounts = {event.target_id for event in events if event.target_type == "accounts.user"}
    known = ActorPseudonym.objects.filter(actor_id__in=pseudonyms).select_related("user")
    names = {str(pseudonym.actor_id): str(pseudonym.user) for pseudonym in known}
    concerned = list(User.objects.filter(pk__in=accounts))
    users = [*(pseudonym.user for pseudonym in known), *concerned]
    return names | {str(user.pk): str(user) for user in concerned}, users


def _audit_row(event, names) -> AuditRow:
    # A pseudonym without a person belongs to somebody who was erased.
    actor = system_name(event.actor_id) if event.actor_kind == "system" else names.get(event.actor_id, "Erased person")
    is_person = event.actor_kind == "user" and event.organisation_id is not None
    target = object_name(event.target_type, event.target_id) if event.target_type else ""
    url = reverse("audit-object", args=[event.target_type, event.target_id]) if event.target_type else ""
    return AuditRow(
        sequence=event.sequence,
        occurred_at=event.occurred_at,
        actor=actor,
        actor_url=reverse("audit-person", args=[event.actor_id]) if is_person else "",
        action=action_text(event.action),
        target=names.get(event.target_id, target),
        target_url=url,
        details=_details(event, names),
        digest=bytes(event.digest).hex(),
    )


# jsonb keeps keys by length; people read who, then from what, then to what.
FIRST_DETAILS = ["account", "from", "to"]


def _details(event, names) -> list[tuple[str, str]]:
    if event.action == "personal_data.read":
        # Whose data it was: the page of the object says; a list of identifiers says nothing to readers.
        people = event.details.get("number", 0)
        return [("shown", page_text(event.details.get("page", ""))), ("people", str(people))]
    return [(key.replace("_", " "), _detail(key, event.details[key], names)) for key in _ordered(event.details)]


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
    """The kind of thing and the beginning of its identifier, e.g. Visit plan 1b4e28ba."""
    try:
        kind = words_of_model(apps.get_model(target_type))
    except (LookupError, ValueError):
        # The table may have gone since; its history has not.
        kind = target_type
    return f"{kind} {target_id[:8]}"


@dataclass(frozen=True)
class ChainPanel:
    """What the banner of the audit pages says: the newest entries, and when the whole trail was last checked."""

    intact: bool
    events: int
    first: int
    words: str
    checked_at: datetime
    full_check: AuditCheck | None


def chain_panel(check: AuditCheck) -> ChainPanel:
    full = AuditCheck.objects.latest_full()
    return ChainPanel(check.is_intact, check.last_sequence, check.first_sequence, check.words, check.checked_at, full)


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
