"""One text that changes whenever anything changes that pages about areas show."""

from hashlib import sha256

from django.db.models import Count, Max, Sum

from lsoa.models import Dataset, Patch
from priorities.models import ScoreRun


def data_version(organisation) -> str:
    """Changes with every load, roll-back, score run, and with the organisation's patches."""
    datasets = Dataset.objects.in_force().aggregate(n=Count("pk"), last=Max("loaded_at"))
    runs = ScoreRun.objects.finished().aggregate(n=Count("pk"), last=Max("finished_at"))
    # The sum tells a patch whose area was exchanged for another.
    patches = list(
        Patch.objects.for_organisation(organisation)
        .with_area_count()
        .annotate(area_sum=Sum("areas"))
        .values_list("pk", "slug", "area_count", "area_sum")
    )
    return sha256(repr((datasets, runs, patches)).encode()).hexdigest()[:16]
