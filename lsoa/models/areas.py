"""Small areas of both census vintages, how they changed, and the patches that organisations look after."""

import uuid

from django.contrib.gis.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Upper

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet


class Vintage(models.IntegerChoices):
    CENSUS_2011 = 2011, "2011"
    CENSUS_2021 = 2021, "2021"


class AreaQuerySet(models.QuerySet):
    def current(self):
        """Areas of the vintage that scoring and maps use."""
        return self.filter(vintage=Vintage.CENSUS_2021)

    def in_patch(self, patch):
        return self.filter(patches=patch)

    def with_profile(self):
        """Each area with its profile in one query."""
        return self.select_related("profile")


class Area(models.Model):
    """A Lower layer Super Output Area. Geometry is WGS 84 (EPSG 4326)."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=9)
    vintage = models.PositiveSmallIntegerField(choices=Vintage.choices)
    index = models.PositiveIntegerField(
        help_text="Dense position (from 0) among the areas of the vintage: the identifier in tiles and theme arrays."
    )
    name = models.CharField(max_length=100)
    geometry = models.MultiPolygonField(srid=4326)
    centroid = models.PointField(
        srid=4326, spatial_index=False, help_text="A point on the surface, so that it always lies inside."
    )
    population_centroid = models.PointField(srid=4326, null=True, blank=True, spatial_index=False)
    local_authority_code = models.CharField(max_length=9, blank=True)
    local_authority_name = models.CharField(max_length=100, blank=True)
    sub_icb_code = models.CharField(max_length=9, blank=True)
    sub_icb_name = models.CharField(max_length=150, blank=True)
    icb_code = models.CharField(max_length=9, blank=True)
    icb_name = models.CharField(max_length=150, blank=True)
    ward_code = models.CharField(max_length=9, blank=True, db_default="")
    ward_name = models.CharField(max_length=150, blank=True, db_default="")
    msoa_code = models.CharField(max_length=9, blank=True, db_default="")
    msoa_name = models.CharField(max_length=150, blank=True, db_default="")
    region_code = models.CharField(max_length=9, blank=True, db_default="")
    region_name = models.CharField(max_length=100, blank=True, db_default="")
    rural_urban_code = models.CharField(max_length=4, blank=True, db_default="")
    rural_urban_name = models.CharField(max_length=100, blank=True, db_default="")
    is_synthetic = models.BooleanField(default=False)
    dataset = models.ForeignKey("lsoa.Dataset", on_delete=models.PROTECT, related_name="areas")
    # One upper-case column for the search box, so that one trigram index answers code, name and local authority.
    search_text = models.GeneratedField(
        expression=Upper(Concat("code", Value(" "), "name", Value(" "), "local_authority_name")),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "vintage"], name="area_code_once_per_vintage"),
            models.UniqueConstraint(fields=["vintage", "index"], name="area_index_once_per_vintage"),
            models.CheckConstraint(condition=Q(code__regex=r"^[EWX]01[0-9]{6}$"), name="area_code_is_an_lsoa"),
        ]
        indexes = [
            models.Index(fields=["local_authority_code"], name="area_by_local_authority"),
            models.Index(fields=["icb_code"], name="area_by_icb"),
            models.Index(fields=["ward_code"], name="area_by_ward"),
        ]

    def __str__(self):
        return f"{self.name} ({self.code})"


class AreaChange(models.Model):
    """How a 2011 area became one or several 2021 areas."""

    class Kind(models.TextChoices):
        UNCHANGED = "U", "Unchanged"
        SPLIT = "S", "Split"
        MERGED = "M", "Merged"
        IRREGULAR = "X", "Irregular"

    code_2011 = models.CharField(max_length=9)
    code_2021 = models.CharField(max_length=9)
    kind = models.CharField(max_length=1, choices=Kind.choices)
    weight = models.FloatField(help_text="Share of the 2021 area's people who come from the 2011 area.")
    basis = models.CharField(
        max_length=20,
        blank=True,
        db_default="",
        help_text="What the weight was made of: only_parent, population, overlap_population, overlap, equal.",
    )
    share = models.FloatField(
        default=1, db_default=1, help_text="Share of the 2011 area's people who belong to the 2021 area."
    )
    share_basis = models.CharField(
        max_length=20,
        blank=True,
        db_default="",
        help_text="What the share was made of: only_child, population, overlap_population, overlap, equal.",
    )
    dataset = models.ForeignKey("lsoa.Dataset", on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code_2011", "code_2021"], name="area_change_once"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=1), name="area_change_weight_is_a_share"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="area_change_share_is_a_share"),
        ]

    def __str__(self):
        return f"{self.code_2011} to {self.code_2021} ({self.get_kind_display().lower()})"


class AuthorityCodeQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(dataset__state="current")

    def current_codes(self, codes) -> dict[str, str]:
        """Code of a local authority -> the code that stands for it today; codes that are not known are absent."""
        return dict(self.in_force().filter(code__in=list(codes)).values_list("code", "current_code"))


class AuthorityCode(models.Model):
    """A code that a local authority has had, and the authority that stands for it today."""

    code = models.CharField(max_length=9)
    name = models.CharField(max_length=100)
    current_code = models.CharField(max_length=9)
    current_name = models.CharField(max_length=100)
    upper_tier_code = models.CharField(max_length=9, blank=True)
    upper_tier_name = models.CharField(max_length=100, blank=True)
    region_code = models.CharField(max_length=9, blank=True)
    region_name = models.CharField(max_length=100, blank=True)
    dataset = models.ForeignKey("lsoa.Dataset", on_delete=models.CASCADE, related_name="authority_codes")

    objects = AuthorityCodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "code"], name="authority_code_once_per_dataset"),
        ]
        indexes = [models.Index(fields=["current_code"], name="authority_code_by_current")]

    def __str__(self):
        return f"{self.name} ({self.code})"


class PatchQuerySet(OrganisationScopedQuerySet):
    def with_area_count(self):
        # Named again: Django leaves a model's own ordering out of grouped queries.
        return self.annotate(area_count=models.Count("areas")).order_by("name")


class Patch(models.Model):
    """The areas that an organisation looks after."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="patches")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, help_text="Names the patch in commands and addresses.")
    areas = models.ManyToManyField(Area, related_name="patches")

    objects = PatchQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "patches"
        constraints = [
            models.UniqueConstraint(F("organisation"), F("slug"), name="patch_slug_once_per_organisation"),
        ]

    def __str__(self):
        return self.name
