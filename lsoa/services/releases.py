"""Which release of a publication is in force."""

from django.db import transaction

from accounts import audit
from lsoa.loading.datasets import standing_order
from lsoa.models import Dataset

from .loading import refresh_profile, tell_others


class ReleaseImpossible(ValueError):
    """A dataset that cannot be put in force."""


class RollbackImpossible(ReleaseImpossible):
    """A dataset that cannot be taken back."""


def roll_back(*, dataset: Dataset, by) -> Dataset | None:
    """Take a dataset out of force and put its predecessor back, if it has one; returns that one.

    Raises RollbackImpossible for datasets that hold geometry, look-ups or places: those have no earlier state kept.
    """
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
        if dataset.state != Dataset.State.CURRENT:
            raise RollbackImpossible(f"{dataset} is not in force.")
        _check_holds_figures(dataset, RollbackImpossible)
        dataset.state, dataset.is_pinned = Dataset.State.ROLLED_BACK, False
        dataset.save(update_fields=["state", "is_pinned"])
        before = _best(_beside(dataset).filter(state=Dataset.State.SUPERSEDED))
        if before is not None:
            before.state = Dataset.State.CURRENT
            before.save(update_fields=["state"])
        _settle(
            "dataset.rolled_back", dataset, by, {"reinstated": str(before.pk) if before else None}, before or dataset
        )
    return before


def put_in_force(*, dataset: Dataset, by, reason: str) -> Dataset:
    """Put a release in force that is history or was taken back, and pin it: newer ones are kept beside it, but do not
    take its place. Raises ReleaseImpossible when it is in force and pinned already, holds no figures, or no reason is
    given."""
    if not reason.strip():
        raise ReleaseImpossible("Say why this release is to be in force.")
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
        if dataset.state == Dataset.State.CURRENT and dataset.is_pinned:
            raise ReleaseImpossible(f"{dataset} is in force already, put there by a person.")
        _check_holds_figures(dataset, ReleaseImpossible)
        replaced = _beside(dataset).in_force().exclude(pk=dataset.pk).select_for_update().first()
        if replaced is not None:
            replaced.state, replaced.is_pinned = Dataset.State.SUPERSEDED, False
            replaced.save(update_fields=["state", "is_pinned"])
        dataset.state, dataset.is_pinned = Dataset.State.CURRENT, True
        dataset.save(update_fields=["state", "is_pinned"])
        details = {"reason": reason, "replaced": str(replaced.pk) if replaced else None}
        _settle("dataset.put_in_force", dataset, by, details, dataset)
    return dataset


def unpin(*, dataset: Dataset, by, reason: str = "") -> Dataset:
    """Let releases take each other's places again; returns the dataset that is in force now: the newest.

    Raises ReleaseImpossible when the dataset is not pinned."""
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
        if not dataset.is_pinned:
            raise ReleaseImpossible(f"{dataset} was not put in force by a person.")
        dataset.is_pinned = False
        dataset.save(update_fields=["is_pinned"])
        newest = _best(_beside(dataset).exclude(state=Dataset.State.ROLLED_BACK))
        if newest.pk != dataset.pk:
            dataset.state = Dataset.State.SUPERSEDED
            dataset.save(update_fields=["state"])
            newest.state = Dataset.State.CURRENT
            newest.save(update_fields=["state"])
        _settle("dataset.unpinned", dataset, by, {"reason": reason, "in_force": str(newest.pk)}, newest)
    return newest


def _beside(dataset):
    """All datasets that answer the same question."""
    return Dataset.objects.filter(
        publication=dataset.publication, extent=dataset.extent, organisation=dataset.organisation
    )


def _best(datasets) -> Dataset | None:
    """The newest release, of that the best standing, of that the newest load."""
    return max(
        datasets, key=lambda found: (*standing_order(found.release, found.standing), found.loaded_at), default=None
    )


def _check_holds_figures(dataset, error):
    if not dataset.values.exists() or dataset.areas.exists():
        raise error(f"{dataset} holds no indicator values alone: load the earlier file again instead.")


def _settle(action, dataset, by, details, told):
    """Profile, audit event and signal of a change."""
    refresh_profile()
    audit.record(action=action, by=by, target=dataset, organisation=dataset.organisation, details=details)
    transaction.on_commit(lambda: tell_others(told))
