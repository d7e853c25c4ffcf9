"""What is in force: figures by area and by indicator, where they come from, how they are spread.

All of it follows from the datasets in force; `lsoa.loading.profile` writes it and nothing else does.
"""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from .areas import Area


def figure_in_force(code: str, values="profile__values"):
    """The figure of an indicator as an expression, null where there is none; `values`: the way to a profile's values.

    Filters and orders by deprivation find their rows by an index because they all ask with this expression.
    """
    # Not KT("profile__values__..."): it trims the join to the profile.
    return Cast(KeyTextTransform(code, models.F(values)), models.FloatField())


class ProfileOrigin(models.Model):
    """Which datasets the figures of a profile come from, once for all areas that share them.

    `datasets` maps indicator code to dataset id.
    """

    id = models.BigIntegerField(primary_key=True)
    datasets = models.JSONField()

    def __str__(self):
        return f"Origin {self.id}"


class AreaProfile(models.Model):
    """Per area of 2021 the value in force of every indicator: for pages about one area, and for filters.

    `values` maps indicator code to number or null, `missing` code to reason, `datasets` code to dataset id.
    """

    area = models.OneToOneField(
        Area, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="profile"
    )
    values = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    origin = models.ForeignKey(
        ProfileOrigin, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="profiles"
    )

    class Meta:
        # Reading a figure out of 33,755 profiles takes a quarter of a second.
        indexes = [models.Index(figure_in_force("imd_decile", "values"), name="profile_by_imd_decile")]

    def __str__(self):
        return f"Profile of area {self.area_id}"

    @property
    def datasets(self) -> dict[str, str]:
        """Code of the indicator -> id of the dataset behind its figure."""
        return self.origin.datasets


def give_figures(areas: Iterable[Area], *codes: str) -> None:
    """Give areas of a list the figures of a few indicators as `figures`, by code; null where there is none.

    One query: a whole profile holds hundreds of figures, each of which would be read for each area. Asked for after a
    list is cut into pages, because a list that is joined to its profiles is counted and ordered with them.
    """
    areas = list(areas)
    told = {f"figure_{code}": figure_in_force(code, "values") for code in codes}
    rows = AreaProfile.objects.filter(pk__in=[area.pk for area in areas]).values_list("pk").annotate(**told)
    known = {pk: dict(zip(codes, figures, strict=True)) for pk, *figures in rows}
    for area in areas:
        area.figures = known.get(area.pk, {})


class ProfileState(models.Model):
    """The one row that says of which areas the columns tell: `area_ids` as int64, little-endian, ascending."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    area_ids = models.BinaryField()
    refreshed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="profile_state_is_one_row")]

    def __str__(self):
        return f"Profile of {self.refreshed_at:%d %B %Y %H:%M}"


class ProfileColumn(models.Model):
    """One indicator over all areas, in the order of `ProfileState.area_ids`: for scoring, maps and exports.

    figures   float64, little-endian, NaN where there is none
    sources   int16, little-endian: place in `datasets` of the dataset behind it, -1 where nothing was ever loaded
    reasons   uint8: 0, or 1 + place among the MissingReason
    """

    code = models.CharField(max_length=60, primary_key=True)
    datasets = ArrayField(models.UUIDField())
    figures = models.BinaryField()
    sources = models.BinaryField()
    reasons = models.BinaryField()

    def __str__(self):
        return self.code


class IndicatorDistribution(models.Model):
    """How an indicator is spread over all areas (fictional areas apart from real ones).

    `percentiles` holds P10, P20, ... P90 (nine numbers) over areas, each area counting once.
    """

    key = models.CharField(max_length=70, primary_key=True)
    code = models.CharField(max_length=60)
    is_synthetic = models.BooleanField()
    areas = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    mean = models.FloatField(null=True)
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    percentiles = ArrayField(models.FloatField(), null=True)

    def __str__(self):
        return self.key
