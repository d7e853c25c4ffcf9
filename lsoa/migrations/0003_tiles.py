"""Tables of the map: simplified geometry, outlines, tiles made in advance."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The application's role may not collect statistics; without them a fresh set is read row by row.
ANALYSE = """
CREATE FUNCTION analyse_tiles() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE lsoa_tilegeometry; ANALYZE lsoa_tiledistrict;
END $$;
REVOKE ALL ON FUNCTION analyse_tiles() FROM PUBLIC;
"""


def grant_to_application(apps, schema_editor):
    """The application's role may run it; where that role does not exist, the owner is the application."""
    role = settings.DATABASE_APP_ROLE
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            cursor.execute(f"GRANT EXECUTE ON FUNCTION analyse_tiles() TO {schema_editor.quote_name(role)}")


class Migration(migrations.Migration):
    dependencies = [
        ("lsoa", "0002_profiles"),
    ]

    operations = [
        migrations.CreateModel(
            name="TileSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vintage", models.PositiveSmallIntegerField(choices=[(2011, "2011"), (2021, "2021")])),
                (
                    "geometry_digest",
                    models.CharField(help_text="SHA-256 of the area geometry that it was made from.", max_length=64),
                ),
                (
                    "version",
                    models.CharField(
                        blank=True,
                        help_text="Changes with geometry or districts; part of every tile's address and ETag.",
                        max_length=16,
                    ),
                ),
                ("area_count", models.PositiveIntegerField(default=0)),
                ("is_current", models.BooleanField(default=False)),
                ("built_at", models.DateTimeField(auto_now_add=True)),
                ("seconds", models.FloatField(null=True)),
            ],
            options={
                "ordering": ["-built_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)), fields=("vintage",), name="tile_set_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_current", False), models.Q(("version", ""), _negated=True), _connector="OR"
                        ),
                        name="tile_set_current_has_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TileGeometry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.PositiveIntegerField(help_text="Area.index of the vintage.")),
                ("geometry", django.contrib.gis.db.models.fields.GeometryField(spatial_index=False, srid=3857)),
                (
                    "tile_set",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="lsoa.tileset",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["tile_set", "level", "geometry"], name="tile_geometry_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TileDistrict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("geometry", django.contrib.gis.db.models.fields.LineStringField(spatial_index=False, srid=3857)),
                (
                    "tile_set",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="lsoa.tileset",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["tile_set", "level", "geometry"], name="tile_district_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("z", models.PositiveSmallIntegerField()),
                ("x", models.PositiveIntegerField()),
                ("y", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "tile_set",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="lsoa.tileset",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("tile_set", "z", "x", "y"), name="tile_once_per_set")],
            },
        ),
        migrations.RunSQL(ANALYSE, "DROP FUNCTION analyse_tiles()"),
        migrations.RunPython(grant_to_application, migrations.RunPython.noop),
    ]
