"""The gazetteer: whatever a person may type into the search box, apart from postcodes."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, OpClass

from .areas import Vintage


class Place(models.Model):
    """A named place that stands for one or more areas. Rebuilt set-wise whenever areas change."""

    class Kind(models.TextChoices):
        AREA = "area", "Area (LSOA)"
        WARD = "ward", "Ward"
        NEIGHBOURHOOD = "msoa", "Neighbourhood (MSOA)"
        SETTLEMENT = "settlement", "Town or village"
        LOCAL_AUTHORITY = "local_authority", "Local authority"
        SUB_ICB = "sub_icb", "Sub-ICB location"
        ICB = "icb", "Integrated care board"

    kind = models.CharField(max_length=15, choices=Kind.choices)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=150)
    detail = models.CharField(max_length=200, blank=True, help_text="What tells two of the same name apart.")
    vintage = models.PositiveSmallIntegerField(choices=Vintage.choices)
    area_count = models.PositiveIntegerField()
    point = models.PointField(srid=4326, spatial_index=False, help_text="In the middle of its areas.")
    text = models.TextField(help_text="Upper-case code, name and detail, without punctuation.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code", "vintage"], name="place_once")]
        indexes = [GinIndex(OpClass("text", name="gin_trgm_ops"), name="place_search")]

    def __str__(self):
        return f"{self.name} ({self.get_kind_display()})"
