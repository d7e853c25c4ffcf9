"""The gazetteer: whatever a person may type into the search box, apart from whole postcodes."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField

from .areas import Vintage


class Place(models.Model):
    """A named place that stands for one or more areas. Rebuilt set-wise whenever areas or postcodes change.

    Places of 2021 come first; of 2011 only those are kept whose code no place of 2021 bears.
    """

    class Kind(models.TextChoices):
        """Larger kinds first: the order of the search box."""

        REGION = "region", "Region"
        ICB = "icb", "Integrated care board"
        SUB_ICB = "sub_icb", "Sub-ICB location"
        LOCAL_AUTHORITY = "local_authority", "Local authority"
        SETTLEMENT = "settlement", "Town or village"
        POSTCODE_AREA = "postcode_area", "Postcode area"
        POSTCODE_DISTRICT = "postcode_district", "Postcode district"
        WARD = "ward", "Ward"
        NEIGHBOURHOOD = "msoa", "Neighbourhood (MSOA)"
        POSTCODE_SECTOR = "postcode_sector", "Postcode sector"
        AREA = "area", "Area (LSOA)"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    code = models.CharField(max_length=100, help_text="ONS code; of a town its name, of postcodes their first part.")
    name = models.CharField(max_length=150)
    detail = models.CharField(max_length=200, blank=True, help_text="What tells two of the same name apart.")
    vintage = models.PositiveSmallIntegerField(choices=Vintage.choices)
    area_count = models.PositiveIntegerField(help_text="Areas of the vintage that belong to it.")
    point = models.PointField(srid=4326, spatial_index=False, null=True, help_text="In the middle of its areas.")
    key = models.TextField(db_collation="C", help_text="place_key(name): upper case, no accents, no punctuation.")
    text = models.TextField(help_text="place_key of code, name and whatever else it is called.")
    words = models.GeneratedField(
        expression=SearchVector("text", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code", "vintage"], name="place_once")]
        indexes = [
            GinIndex(fields=["words"], name="place_words", fastupdate=False),
            models.Index(OpClass("code", name="text_pattern_ops"), name="place_by_code"),
        ]

    def __str__(self):
        return f"{self.name} ({self.get_kind_display()})"


class PlaceWord(models.Model):
    """A word of the gazetteer's names: what a misspelt word may have meant."""

    word = models.TextField(primary_key=True, db_collation="C")
    places = models.PositiveIntegerField()

    class Meta:
        indexes = [GinIndex(OpClass("word", name="gin_trgm_ops"), name="place_word_similar", fastupdate=False)]

    def __str__(self):
        return self.word
