"""Which release of a publication is in force."""

from django.db import transaction

from accounts import audit
from lsoa.models import Dataset

from .loading import refresh_profile, tell_others


class RollbackImpossible(ValueError):
    """A dataset that cannot be taken back."""


def roll_back(*, dataset: Dataset, by) -> Dataset | None:
    """Take a dataset out of force and put its predecessor back, if it has one; returns that one.

    Raises RollbackImpossible for datasets that hold geometry, look-ups or places: those have no earlier state kept.
    """
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
        if dataset.state != Dataset.State.CURRENT:
            raise RollbackImpossible(f"{dataset} is not in force.")
        if not dataset.values.exists() or dataset.areas.exists():
            raise RollbackImpossible(f"{dataset} holds no indicator values alone: load the earlier file again instead.")
        dataset.state = Dataset.State.ROLLED_BACK
        dataset.save(update_fields=["state"])
        before = (
            Dataset.objects.filter(
                publication=dataset.publication, extent=dataset.extent, state=Dataset.State.SUPERSEDED
            )
            .order_by("-release", "standing", "-loaded_at")
            .first()
        )
        if before is not None:
            before.state = Dataset.State.CURRENT
            before.save(update_fields=["state"])
        refresh_profile()
        details = {"reinstated": str(before.pk) if before else None}
        audit.record(action="dataset.rolled_back", by=by, target=dataset, details=details)
        transaction.on_commit(lambda: tell_others(before or dataset))
    return before
