"""GP practices with where they are, and postcodes at which visits can stand."""

from django.contrib.gis.db import models

from .datasets import Dataset


class Practice(models.Model):
    """A GP practice and its place."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=150)
    postcode = models.CharField(max_length=8, blank=True)
    point = models.PointField(srid=4326, null=True)
    area_code = models.CharField(max_length=9, blank=True, help_text="LSOA of the practice itself.")
    is_active = models.BooleanField(default=True, help_text="Closed practices stay: older releases name them.")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE)

    def __str__(self):
        return f"{self.name} ({self.code})"


class Postcode(models.Model):
    """A live postcode (written with one space), its area and its point."""

    postcode = models.CharField(max_length=8, primary_key=True)
    area_code = models.CharField(max_length=9, db_index=True)
    point = models.PointField(srid=4326)
    is_residential = models.BooleanField(default=True)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE)

    def __str__(self):
        return self.postcode
