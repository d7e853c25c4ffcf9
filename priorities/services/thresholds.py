"""Writes about thresholds: computed anew from the data in force, only ever when a person asks, and into a draft."""

from collections.abc import Iterable

from django.db import transaction

from priorities.models import ModelVersion
from priorities.threshold_proposals import proposal_for

from .drafts import check_draft, locked, new_draft, person, record
from .refusals import PublicationRefused, StaleDraft
from .rights import check_editor


@transaction.atomic
def compute_thresholds(*, version: ModelVersion, by) -> ModelVersion:
    """Compute the thresholds of a draft anew, each the way it was found, from the figures of all areas.

    PublicationRefused for any other state; ThresholdsNotComputable.
    """
    version = locked(version)
    check_editor(by, version.organisation)
    check_draft(version)
    proposal = proposal_for(version)
    return _write(version, proposal.thresholds, by, "model.thresholds_computed", proposal.changes)


@transaction.atomic
def apply_thresholds(
    *, version: ModelVersion, by, revision: int, digest: str, attributes: Iterable[str] | None = None
) -> ModelVersion:
    """Write a proposal that a person has seen (``digest``) into a draft; ``attributes``: only of these inputs.

    Raises StaleDraft when somebody saved the draft meanwhile, PublicationRefused when the data changed meanwhile.
    """
    version = locked(version)
    check_editor(by, version.organisation)
    check_draft(version)
    if version.revision != revision:
        raise StaleDraft(saved_by=version.updated_by, saved_at=version.updated_at, revision=version.revision)
    proposal = proposal_for(version)
    if proposal.digest != digest:
        raise PublicationRefused("The data changed after you opened this proposal. Look at the new one.")
    chosen = set(proposal.thresholds) if attributes is None else set(attributes)
    if unknown := chosen - set(proposal.thresholds):
        raise PublicationRefused(f"Nothing is proposed for {', '.join(sorted(unknown))}.")
    thresholds = version.thresholds | {name: proposal.thresholds[name] for name in chosen}
    changes = [change for change in proposal.changes if change.attribute in chosen]
    return _write(version, thresholds, by, "model.thresholds_applied", changes)


@transaction.atomic
def draft_with_thresholds(*, version: ModelVersion, by, digest: str, title: str = "") -> ModelVersion:
    """Make a draft of ``version`` with the thresholds proposed for it: the answer to newer data below a published one.

    Raises PublicationRefused when the data changed after the proposal was shown.
    """
    draft = new_draft(source=version, by=by, title=title or "Thresholds from newer data")
    return apply_thresholds(version=draft, by=by, revision=draft.revision, digest=digest)


def _write(version: ModelVersion, thresholds: dict, by, action: str, changes) -> ModelVersion:
    version.thresholds = thresholds
    version.__dict__.pop("compiled", None)
    version.revision += 1
    version.updated_by = person(by)
    version.save(update_fields=["thresholds", "revision", "updated_by", "updated_at"])
    moved = [f"{change.attribute}: {change.moved}" for change in changes]
    record(version, action, by, areas_moved=moved)
    return version
