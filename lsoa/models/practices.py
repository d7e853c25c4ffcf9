"""GP practices, their lists and registers, where their patients live, and postcodes."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q

from .datasets import Dataset

# Bands of the published lists by five-year age, in the order of `PracticeList.female` and `.male`.
AGE_BANDS = (*(f"{low}_{low + 4}" for low in range(0, 95, 5)), "95+")


class Practice(models.Model):
    """A GP practice and its place."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=150)
    postcode = models.CharField(max_length=8, blank=True)
    point = models.PointField(srid=4326, null=True)
    area_code = models.CharField(max_length=9, blank=True, help_text="LSOA of the practice itself.")
    is_active = models.BooleanField(default=True, help_text="Closed practices stay: older releases name them.")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    network_code = models.CharField(
        max_length=10, blank=True, db_default="", help_text="Primary care network; empty: in none."
    )
    network_name = models.CharField(max_length=150, blank=True, db_default="")
    sub_icb_code = models.CharField(
        max_length=9, blank=True, db_default="", help_text="ONS code of the sub-ICB location."
    )
    icb_code = models.CharField(
        max_length=9, blank=True, db_default="", help_text="ONS code of the integrated care board."
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE)

    def __str__(self):
        return f"{self.name} ({self.code})"


class PracticeList(models.Model):
    """Patients registered at a practice, by sex and five-year age where the publication gives them."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="practice_lists", db_index=False)
    practice_code = models.CharField(max_length=10)
    patients = models.FloatField()
    female = ArrayField(models.FloatField(), null=True, help_text="Patients by AGE_BANDS.")
    male = ArrayField(models.FloatField(), null=True, help_text="Patients by AGE_BANDS.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "practice_code"], name="practice_list_once_per_dataset"),
            models.CheckConstraint(condition=Q(patients__gte=0), name="practice_list_is_not_negative"),
            models.CheckConstraint(
                condition=Q(female__isnull=True, male__isnull=True)
                | Q(female__len=len(AGE_BANDS), male__len=len(AGE_BANDS)),
                name="practice_list_has_every_band",
            ),
        ]

    def __str__(self):
        return f"{self.practice_code}: {self.patients:,.0f} patients"


class PracticeRegister(models.Model):
    """Patients on a disease register of a practice, and the list that it is a share of."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="registers", db_index=False)
    practice_code = models.CharField(max_length=10)
    register = models.CharField(max_length=10, help_text="QOF group code, e.g. DM.")
    list_type = models.CharField(max_length=6, help_text="TOTAL, or the ages counted: 06OV, 16OV, 17OV, 18OV, 50OV.")
    patients = models.FloatField()
    list_size = models.FloatField()
    line = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "register", "practice_code"], name="practice_register_once_per_dataset"
            ),
            models.CheckConstraint(
                condition=Q(patients__gte=0, list_size__gt=0, patients__lte=models.F("list_size")),
                name="practice_register_within_list",
            ),
        ]

    def __str__(self):
        return f"{self.practice_code} {self.register}: {self.patients:g} of {self.list_size:g}"


class PatientDistribution(models.Model):
    """Where the patients of a practice or network live: how many, or what share of its list, in which place."""

    class Holder(models.TextChoices):
        PRACTICE = "practice", "Practice"
        NETWORK = "network", "Primary care network"

    class PlaceKind(models.TextChoices):
        AREA_2011 = "lsoa2011", "LSOA of 2011"
        AREA_2021 = "lsoa2021", "LSOA of 2021"
        WARD = "ward", "Ward"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="distributions", db_index=False)
    holder_kind = models.CharField(max_length=8, choices=Holder.choices)
    holder_code = models.CharField(max_length=10)
    place_kind = models.CharField(max_length=8, choices=PlaceKind.choices)
    place_code = models.CharField(max_length=100, help_text="Code of the area; a ward without one by its name.")
    patients = models.FloatField(null=True)
    share = models.FloatField(null=True, help_text="Share of the holder's patients who live there.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "holder_code", "place_code"], name="patient_distribution_once_per_dataset"
            ),
            models.CheckConstraint(
                condition=Q(patients__gte=0, share__isnull=True) | Q(share__gte=0, share__lte=1, patients__isnull=True),
                name="patient_distribution_counts_or_shares",
            ),
        ]

    def __str__(self):
        return f"{self.holder_code} in {self.place_code}"


class PostcodeQuerySet(models.QuerySet):
    def live(self):
        """Postcodes in use: a terminated one is found by the search box, but nobody lives at it."""
        return self.filter(terminated__isnull=True)


class Postcode(models.Model):
    """A postcode (written with one space), its area and its point."""

    postcode = models.CharField(max_length=8, primary_key=True)
    area_code = models.CharField(max_length=9, db_index=True, blank=True, help_text="LSOA of 2021.")
    area_code_2011 = models.CharField(max_length=9, blank=True, db_default="")
    area_method = models.CharField(
        max_length=20,
        blank=True,
        db_default="",
        help_text="How area_code is known: published, unchanged, nearest_part.",
    )
    local_authority_code = models.CharField(max_length=9, blank=True, db_default="")
    ward_code = models.CharField(max_length=9, blank=True, db_default="")
    point = models.PointField(srid=4326, null=True)
    is_residential = models.BooleanField(default=True, help_text="False for large users: one firm's own postcode.")
    introduced = models.PositiveIntegerField(null=True, help_text="Year and month as in 199001.")
    terminated = models.PositiveIntegerField(null=True, help_text="Year and month as in 199912; empty: in use.")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE)

    objects = PostcodeQuerySet.as_manager()

    def __str__(self):
        return self.postcode
