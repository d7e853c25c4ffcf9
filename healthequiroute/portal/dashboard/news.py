"""What changed since somebody last looked: classes of areas, plans, publications, models."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from lsoa.models import Dataset
from priorities.changes import RunComparison, compare_runs
from priorities.models import ModelVersion, ScoreRun
from routing.models import RoutePlan

from ..models import SeenMarker

# Where nobody has marked anything as seen.
FIRST_LOOK = timedelta(days=28)
MOST = 5


@dataclass(frozen=True)
class Since:
    """`seen`: whether the person has marked something as seen; `can_take_back`: whether that can be taken back."""

    moment: datetime
    seen: bool
    can_take_back: bool

    @classmethod
    def of(cls, user, organisation) -> "Since":
        marker = SeenMarker.objects.for_user(user, organisation).first()
        if marker is None or marker.seen_at is None:
            # The same moment all day, for everybody.
            morning = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
            return cls(morning - FIRST_LOOK, False, False)
        return cls(marker.seen_at, True, marker.seen_at != marker.seen_before)


@dataclass(frozen=True)
class News:
    """`classes`: the calculation in force held against that of then, None where nothing was calculated since. Of plans,
    publications and models the newest five each.
    """

    classes: RunComparison | None
    plans: list[RoutePlan]
    datasets: list[Dataset]
    models: list[ModelVersion]

    @property
    def is_empty(self) -> bool:
        return not (self.plans or self.datasets or self.models or (self.classes and self.classes.moved))


def news_since(since: datetime, *, organisation, patch, with_plans: bool) -> News:
    """`patch`: whose areas count (None: all areas)."""
    plans = []
    if with_plans and organisation is not None:
        made = RoutePlan.objects.for_organisation(organisation).filter(created_at__gt=since, scenario_of__isnull=True)
        plans = list(made.listed().order_by("-created_at")[:MOST])
    loaded = Dataset.objects.public().in_force().filter(loaded_at__gt=since, rows_loaded__gt=0).defer("quality")
    newest = loaded.order_by("publication", "-loaded_at").distinct("publication")
    published = ModelVersion.objects.filter(state=ModelVersion.State.PUBLISHED, published_at__gt=since)
    return News(
        classes=_classes(since, patch),
        plans=plans,
        datasets=sorted(newest, key=lambda row: row.loaded_at, reverse=True)[:MOST],
        models=list(published.order_by("-published_at")[:MOST]),
    )


def _classes(since: datetime, patch) -> RunComparison | None:
    after = ScoreRun.objects.latest_finished()
    if after is None or after.finished_at <= since:
        return None
    runs = ScoreRun.objects.finished().filter(patch=after.patch_id).select_related("model_version", "patch")
    # What was in force then; where nothing was, the first calculation since.
    before = (
        runs.filter(finished_at__lte=since).order_by("-finished_at").first() or runs.order_by("finished_at").first()
    )
    return None if before == after else compare_runs(before, after, patch=patch)
