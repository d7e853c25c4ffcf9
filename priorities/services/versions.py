"""The life of a version: proposed by one platform administrator, published by another, retired, and brought back.

A draft is proposed for a reason; a second administrator returns it with a note or publishes it. What was published
once can come back into force in one step: it is the very row that two people published.
"""

from django.db import connection, transaction
from django.utils import timezone

from accounts.access import allowed
from accounts.models import User
from accounts.notices import tell
from accounts.permissions import Permission
from accounts.services import notify
from priorities.computed_thresholds import ThresholdsNotComputable
from priorities.models import ModelVersion
from priorities.rule_conflicts import conflicts_of
from priorities.threshold_proposals import is_computed, proposal_for
from priorities.version_checks import standing_problems

from .drafts import locked, page_of, record
from .refusals import PublicationRefused
from .rights import check_administrator
from .scoring import start_score_run

State = ModelVersion.State
# One number for the advisory lock of whoever brings a version into force.
PUBLICATION_LOCK = 0x5C10


@transaction.atomic
def propose_version(*, version: ModelVersion, by: User, reason: str = "") -> ModelVersion:
    """Hand a draft to a second platform administrator for publication, for a reason (default: that of the draft).

    PublicationRefused names everything that still stands in the way.
    """
    check_administrator(by, Permission.EDIT_MODELS)
    version = locked(version)
    if version.is_scenario:
        raise PublicationRefused(f"{version} belongs to an organisation: hand a copy over, scenarios stay drafts.")
    if version.state != State.DRAFT:
        raise PublicationRefused(f"{version} is {version.get_state_display().lower()}; only a draft can be proposed.")
    reason = reason.strip() or version.reason.strip()
    if not reason:
        raise PublicationRefused("Say why this version should come into force.")
    _refuse_unfinished(version)
    version.state, version.reason = State.REVIEW, reason
    version.proposed_by, version.proposed_at = by, timezone.now()
    version.save(update_fields=["state", "reason", "proposed_by", "proposed_at", "updated_at"])
    tell(
        kind="model.proposed",
        text=f"{version} is proposed for publication and waits for a review.",
        url=page_of(version),
        without=[by.pk],
    )
    record(version, "model.proposed", by)
    return version


@transaction.atomic
def return_version(*, version: ModelVersion, by: User, note: str = "") -> ModelVersion:
    """Take a version in review back to draft, so that it can be changed.

    A reviewer says in ``note`` what is to be done; whoever proposed it may withdraw it without.
    """
    check_administrator(by, Permission.PUBLISH_MODELS)
    version = locked(version)
    if version.state != State.REVIEW:
        raise PublicationRefused(f"{version} is not in review.")
    proposer, note = version.proposed_by, note.strip()
    is_own = proposer == by
    if not is_own and not note:
        raise PublicationRefused("Say what should be changed before this version is proposed again.")
    version.state, version.proposed_by, version.proposed_at = State.DRAFT, None, None
    version.review_note = note
    version.save(update_fields=["state", "proposed_by", "proposed_at", "review_note", "updated_at"])
    if not is_own:
        notify(
            user=proposer,
            text=f"{version} was returned to draft: {note}",
            url=page_of(version),
            kind="model.decided",
        )
    record(version, "model.withdrawn" if is_own else "model.returned", by)
    return version


@transaction.atomic
def publish_version(
    *, version: ModelVersion, by: User, confirm_conflicts: bool = False, recalculate: bool = True
) -> ModelVersion:
    """Publish a version in review; the one published before is retired. ``by`` must not have proposed it, and whoever
    has must still be allowed to.

    ``confirm_conflicts``: the reviewer has seen the rules that contradict each other; whoever accepted them cannot
    confirm them. ``recalculate``: queue the scores of all areas.
    """
    check_administrator(by, Permission.PUBLISH_MODELS)
    version = locked(version)
    if version.state != State.REVIEW:
        raise PublicationRefused(f"{version} is {version.get_state_display().lower()}; it must be proposed first.")
    if version.proposed_by_id == by.pk:
        raise PublicationRefused("Whoever proposed a version cannot publish it: that takes a second administrator.")
    if not allowed(version.proposed_by, Permission.EDIT_MODELS):
        # Two people stand for a publication: one who has lost the right, or left, stands for nothing.
        raise PublicationRefused(
            "Whoever proposed this is no platform administrator any more: return it, so that another proposes it."
        )
    _refuse_unfinished(version)
    _check_conflicts_seen(version, by, confirm_conflicts)
    retired = _retire(version.name)
    version.state, version.published_by, version.published_at = State.PUBLISHED, by, timezone.now()
    version.save(update_fields=["state", "published_by", "published_at", "updated_at"])
    notify(
        user=version.proposed_by,
        text=f"{version} was published.",
        url=page_of(version),
        kind="model.decided",
    )
    if recalculate:
        start_score_run(by=by, version=version)
    confirmed = sorted(version.accepted_conflicts)
    record(version, "model.published", by, retired=retired, confirmed_conflicts=confirmed)
    return version


@transaction.atomic
def restore_version(*, version: ModelVersion, by: User, reason: str, recalculate: bool = True) -> ModelVersion:
    """Bring a retired version back into force in one step; the one in force is retired and scores are recalculated.

    Nothing in it changes: two people published it. Where data changed since, its thresholds are noted as outdated.
    """
    check_administrator(by, Permission.PUBLISH_MODELS)
    version, reason = locked(version), reason.strip()
    if version.state != State.RETIRED:
        state = version.get_state_display().lower()
        raise PublicationRefused(f"{version} is {state}; only a retired version can come back into force.")
    if not reason:
        raise PublicationRefused("Say why this version should come back into force.")
    retired = _retire(version.name)
    version.state = State.PUBLISHED
    version.restored_by, version.restored_at, version.restored_because = by, timezone.now(), reason
    _note_newer_data(version)
    version.save()
    if recalculate:
        start_score_run(by=by, version=version)
    record(version, "model.restored", by, retired=retired)
    return version


def _refuse_unfinished(version: ModelVersion) -> None:
    problems = standing_problems(version)
    if problems:
        raise PublicationRefused(f"{version} is not finished. " + " ".join(message for _, message in problems))


def _check_conflicts_seen(version: ModelVersion, by: User, confirmed: bool) -> None:
    found = conflicts_of(version.compiled.model)
    for name, conflict in found.items():
        if version.accepted_conflicts[name]["by"] == str(by.pk):
            raise PublicationRefused(
                f"{conflict.label}: you accepted that rules contradict each other; a second person must confirm that."
            )
    if found and not confirmed:
        labels = ", ".join(conflict.label for conflict in found.values())
        raise PublicationRefused(f"Rules of {labels} contradict each other. Confirm that you have seen them.")


def note_refusal(*, version: ModelVersion, step: str, reason: str, by: User) -> None:
    """Who tried what takes two people, and could not, is in the trail: what the step itself wrote was taken back."""
    record(version, "model.refused", by, step=step, reason=reason)


def _retire(name: str) -> list[int]:
    """Take the published version of a model out of force; returns its number, if there was one.

    Whoever publishes at the same moment waits here, and then finds what came into force meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION_LOCK])
    published = list(ModelVersion.objects.national().published().filter(name=name).select_for_update())
    for old in published:
        old.state = State.RETIRED
        old.save(update_fields=["state", "updated_at"])
    return [old.number for old in published]


def _note_newer_data(version: ModelVersion) -> None:
    """As when data are loaded: thresholds stay, and it is said that they would come out differently."""
    try:
        proposal = proposal_for(version)
        stale = [c.attribute for c in proposal.changes if is_computed(version.thresholds.get(c.attribute, {}))]
    except ThresholdsNotComputable as fault:
        stale, reason = [str(fault)], f"its thresholds cannot be computed any more: {fault}"
    else:
        reason = f"data changed since its thresholds were computed: {', '.join(stale)}"
    version.outdated_at = timezone.now() if stale else None
    version.outdated_because = reason[:300] if stale else ""
