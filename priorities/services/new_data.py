"""What is noted on the model and on its scores when data change below them."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.services import warn_platform
from lsoa.models import Dataset
from priorities import default_model
from priorities.models import ModelVersion, ScoreRun
from priorities.threshold_proposals import is_computed

from .drafts import page_of


@transaction.atomic
def mark_outdated(*, dataset: Dataset) -> None:
    """Note on the published model and on the current scores that data came into force, or were rolled back, since.

    Nothing is recalculated: platform administrators are told that other thresholds can be proposed and decide about
    them, and somebody asks for new scores.
    """
    version = ModelVersion.objects.national().published().filter(name=default_model.NAME).first()
    if version is None:
        return
    codes = set(dataset.values.filter(indicator__code__in=version.inputs.values()).values_list(
        "indicator__code", flat=True).distinct())  # fmt: skip
    run = ScoreRun.objects.latest_finished()
    was_read = run is not None and str(dataset.pk) in run.datasets
    if not codes and not was_read and not dataset.areas.exists():
        return
    happened = "was loaded" if dataset.state == Dataset.State.CURRENT else "is no longer in force"
    now, because = timezone.now(), f"{dataset} {happened}"[:300]
    details = {"dataset": str(dataset.pk), "indicators": sorted(codes)}
    computed = {version.inputs.get(name) for name, entry in version.thresholds.items() if is_computed(entry)}
    actor = audit.SystemActor("signal:dataset_loaded")
    if codes & computed and version.outdated_at is None:
        ModelVersion.objects.filter(pk=version.pk).update(outdated_at=now, outdated_because=because)
        text = f"{because}: {version} could get other thresholds. Look at what is proposed."
        warn_platform(text=text, url=page_of(version))
        audit.record(action="model.thresholds_outdated", by=actor, target=version, details=details)
    if run is not None and run.outdated_at is None:
        ScoreRun.objects.filter(pk=run.pk).update(outdated_at=now, outdated_because=because)
        audit.record(action="scores.outdated", by=actor, target=run, details=details)
