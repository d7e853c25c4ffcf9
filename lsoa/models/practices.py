"""GP practices, their lists and registers, where their patients live, and postcodes."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q

from .datasets import Dataset

# Bands of the published lists by five-year age, in the order of `PracticeList.female` and `.male`.
AGE_BANDS = (*(f"{low}_{low + 4}" for low in range(0, 95, 5)), "95+")


class PracticeQuerySet(models.QuerySet):
    def active(self):
        """Practices that no source says have closed."""
        return self.filter(is_active=True)

    def general(self):
        """What some source says is a general practice: other organisations share their register of codes."""
        return self.filter(is_general_practice=True)


class Practice(models.Model):
    """A GP practice and its place. Several publications know part of it: of each fact the newest evidence is kept."""

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
    address = models.CharField(max_length=300, blank=True, db_default="")
    locality = models.CharField(max_length=100, blank=True, db_default="", help_text="Part of its ICB's area.")
    is_rural = models.BooleanField(null=True, help_text="As the payments to practices class it; empty: not known.")
    is_general_practice = models.BooleanField(
        null=True, help_text="Empty: no source says so. Walk-in centres, prisons and clinics have such codes too."
    )
    known_as_of = models.JSONField(
        default=dict, db_default={}, help_text="Of each field the day of the evidence, as text: 2026-07-01."
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, help_text="The newest that names it.")

    objects = PracticeQuerySet.as_manager()

    def __str__(self):
        return f"{self.name} ({self.code})"


class PracticeNote(models.Model):
    """What the publisher says about the figures of one practice: why they are incomplete or were not accepted."""

    class Subject(models.TextChoices):
        VALIDATION = "validation", "Validation"
        POINTS = "points", "Points that could be achieved"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="practice_notes", db_index=False)
    practice_code = models.CharField(max_length=10, db_index=True)
    subject = models.CharField(max_length=12, choices=Subject.choices)
    period = models.CharField(max_length=30, help_text="The year of the figures, e.g. 2020-21.")
    text = models.CharField(max_length=300)
    line = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "practice_code", "subject", "text"], name="practice_note_once_per_dataset"
            ),
        ]

    def __str__(self):
        return f"{self.practice_code}, {self.period}: {self.text}"


class RegisterGroup(models.Model):
    """What a register's code stands for in one release of the Quality and Outcomes Framework."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="register_groups", db_index=False)
    code = models.CharField(max_length=10, help_text="QOF group code, e.g. DM.")
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=100, blank=True, help_text="Clinical, public health ...")
    list_type = models.CharField(max_length=6, blank=True, help_text="The list that its register is a share of.")
    indicators = models.PositiveSmallIntegerField(help_text="Indicators of achievement in the group.")
    line = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "code"], name="register_group_once_per_dataset"),
        ]

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
    period = models.CharField(max_length=7, help_text="April to March, as in 2024-25: a workbook holds two years.")
    list_type = models.CharField(max_length=6, help_text="TOTAL, or the ages counted: 06OV, 16OV, 17OV, 18OV, 50OV.")
    patients = models.FloatField()
    list_size = models.FloatField()
    line = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "register", "practice_code", "period"], name="practice_register_once_per_dataset"
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

    def located(self):
        """Postcodes that have a place on the map: a visit can only go to one of these."""
        return self.filter(point__isnull=False)


class Postcode(models.Model):
    """A postcode (written with one space), live or terminated, its area and its point."""

    class AreaMethod(models.TextChoices):
        PUBLISHED = "published", "As published"
        UNCHANGED = "unchanged", "The area of 2011 is unchanged"
        MERGED = "merged", "The area of 2011 became part of one area"
        NEAREST_PART = "nearest_part", "The part of the divided area of 2011 that holds the point or is nearest to it"
        CONTAINING = "containing", "The area whose outline holds the point"

    # In the order of bytes, so that one index answers a whole postcode and everything that begins so.
    postcode = models.CharField(max_length=8, primary_key=True, db_collation="C")
    area_code = models.CharField(max_length=9, blank=True, help_text="LSOA of 2021; blank: not known.")
    area_code_2011 = models.CharField(max_length=9, blank=True, db_default="")
    area_method = models.CharField(
        max_length=20, choices=AreaMethod.choices, blank=True, db_default="", help_text="How area_code is known."
    )
    local_authority_code = models.CharField(max_length=9, blank=True, db_default="")
    ward_code = models.CharField(max_length=9, blank=True, db_default="")
    settlement = models.CharField(
        max_length=100, blank=True, db_default="", help_text="Name of the built-up area, where a publication gives it."
    )
    point = models.PointField(srid=4326, null=True, spatial_index=False)
    is_residential = models.BooleanField(default=True, help_text="False for large users: one firm's own postcode.")
    introduced = models.PositiveIntegerField(null=True, help_text="Year and month as in 199001.")
    terminated = models.PositiveIntegerField(null=True, help_text="Year and month as in 199912; empty: in use.")
    # Two and a half million references: checked once a statement by a trigger, not once a row.
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, db_index=False, db_constraint=False)

    objects = PostcodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(postcode__regex=r"^[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}$"), name="postcode_is_canonical"
            ),
        ]
        indexes = [
            models.Index(fields=["area_code"], name="postcode_by_area"),
            models.Index(fields=["settlement"], condition=~Q(settlement=""), name="postcode_by_settlement"),
        ]

    def __str__(self):
        return self.postcode
