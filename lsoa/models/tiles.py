"""Map tiles of the areas: simplified geometry per zoom level, outlines of districts, and tiles made in advance."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q

from .areas import Vintage


class TileSetQuerySet(models.QuerySet):
    def current(self, vintage):
        """The set that the map of a vintage shows, or None before any boundaries were loaded."""
        return self.filter(vintage=vintage, is_current=True).first()


class TileSet(models.Model):
    """Everything made from one state of the boundaries. Built aside, then switched on whole."""

    vintage = models.PositiveSmallIntegerField(choices=Vintage.choices)
    geometry_digest = models.CharField(max_length=64, help_text="SHA-256 of the area geometry that it was made from.")
    version = models.CharField(
        max_length=16,
        blank=True,
        help_text="Changes with geometry or districts; part of every tile's address and ETag.",
    )
    area_count = models.PositiveIntegerField(default=0)
    is_current = models.BooleanField(default=False)
    built_at = models.DateTimeField(auto_now_add=True)
    seconds = models.FloatField(null=True)

    objects = TileSetQuerySet.as_manager()

    class Meta:
        ordering = ["-built_at"]
        constraints = [
            models.UniqueConstraint(fields=["vintage"], condition=Q(is_current=True), name="tile_set_one_current"),
            models.CheckConstraint(condition=Q(is_current=False) | ~Q(version=""), name="tile_set_current_has_version"),
        ]

    def __str__(self):
        return f"{self.vintage}, {self.version or 'being built'}"


class TileGeometry(models.Model):
    """One area as it is drawn at one level (4 to 9: simplified for that zoom; 10: as published). EPSG 3857."""

    # Written by COPY, a quarter of a million rows at a time, and only by the builder: no check per row.
    tile_set = models.ForeignKey(TileSet, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    level = models.PositiveSmallIntegerField()
    index = models.PositiveIntegerField(help_text="Area.index of the vintage.")
    geometry = models.GeometryField(srid=3857, spatial_index=False)

    class Meta:
        indexes = [GistIndex(fields=["tile_set", "level", "geometry"], name="tile_geometry_place")]


class TileDistrict(models.Model):
    """A piece of the outline of local authorities at one level. EPSG 3857."""

    tile_set = models.ForeignKey(TileSet, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    level = models.PositiveSmallIntegerField()
    geometry = models.LineStringField(srid=3857, spatial_index=False)

    class Meta:
        indexes = [GistIndex(fields=["tile_set", "level", "geometry"], name="tile_district_place")]


class Tile(models.Model):
    """A tile made in advance: Mapbox vector tile, gzipped; empty where there is nothing."""

    tile_set = models.ForeignKey(TileSet, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    z = models.PositiveSmallIntegerField()
    x = models.PositiveIntegerField()
    y = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tile_set", "z", "x", "y"], name="tile_once_per_set")]
