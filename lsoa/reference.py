"""What figures are called, where they come from and how they are spread: read by every page, changed by few a year.

Kept by the process (`accounts.kept_rows`). Its rows are shared: read them, and leave them as they are.
"""

from functools import cached_property

from accounts.kept_rows import KeptRows

from .distributions import Distribution
from .models import Dataset, Indicator, IndicatorDistribution, ProfileState


class Reference:
    """Every indicator by code, in the order of codes; every dataset by its id as text, by publication; the national
    distributions of those that any area has, by code and `is_synthetic`; when figures in force were refreshed.

    Those of all organisations are among them: show one where its area has it, or where it is the reader's own.
    """

    def __init__(self):
        # unscoped: whoever reads this asks for codes and ids that stand in what was reached already.
        self.indicators = {row.code: row for row in Indicator.objects.order_by("code")}
        # unscoped: as above.
        datasets = Dataset.objects.order_by("publication", "pk").defer("quality")
        self.datasets = {str(row.pk): row for row in datasets}
        spread = map(Distribution.of, IndicatorDistribution.objects.filter(areas__gt=0))
        self.distributions = {(row.code, row.is_synthetic): row for row in spread}
        self.refreshed_at = ProfileState.objects.values_list("refreshed_at", flat=True).first()

    @cached_property
    def public(self) -> dict[str, Indicator]:
        """Indicators of open data, common to all organisations."""
        return {code: row for code, row in self.indicators.items() if row.organisation_id is None}

    @cached_property
    def names(self) -> dict[str, str]:
        """Code of the indicator -> its name."""
        return {code: row.name for code, row in self.indicators.items()}

    def own_indicators(self, organisation) -> dict[int, Indicator]:
        """Those of one organisation, by primary key."""
        return {row.pk: row for row in self.indicators.values() if row.organisation_id == organisation.pk}

    def own_datasets(self, organisation) -> dict:
        """Those of one organisation that are in force, by primary key."""
        rows = (row for row in self.datasets.values() if row.organisation_id == organisation.pk)
        return {row.pk: row for row in rows if row.state == Dataset.State.CURRENT}


_kept = KeptRows(lambda: (Indicator, Dataset, IndicatorDistribution, ProfileState), Reference)


def reference() -> Reference:
    """As it is stored now. One question, or none within `accounts.kept_rows.one_reading`."""
    return _kept.now().value
