"""The gazetteer, and `place_key`, which reads names and questions alike."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.conf import settings
from django.db import migrations, models

# Upper case, accents and apostrophes gone, every other sign a space, "&" and "and" the same, "Saint" and "St." too.
PLACE_KEY = r"""
CREATE FUNCTION place_key(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        regexp_replace(
            replace(
                translate(
                    regexp_replace(
                        upper(pg_catalog.normalize(name, 'NFKD')),
                        '[\u0300-\u036F\u0027\u2018\u2019\u201B\u02BC\u0060\u00B4\u2032]', '', 'g'
                    ),
                    U&'\00D8\0141\0110\00DF', 'OLDS'
                ),
                '&', ' AND '
            ),
            '[^A-Z0-9]+', ' ', 'g'
        ),
        '\mSAINT\M', 'ST', 'g'
    ))
$$;
"""
# The application's role may not collect statistics itself.
ANALYSE_PLACES = """
CREATE FUNCTION analyse_places() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE lsoa_place; ANALYZE lsoa_placeword; ANALYZE lsoa_postcode;
END $$;
REVOKE ALL ON FUNCTION analyse_places() FROM PUBLIC;
"""


def grant_to_application(apps, schema_editor):
    """The application's role may run it; where that role does not exist, the owner is the application."""
    role = settings.DATABASE_APP_ROLE
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            cursor.execute(f"GRANT EXECUTE ON FUNCTION analyse_places() TO {schema_editor.quote_name(role)}")


class Migration(migrations.Migration):
    dependencies = [
        ("lsoa", "0007_series_and_figures"),
    ]

    operations = [
        migrations.RunSQL(PLACE_KEY, "DROP FUNCTION place_key(text)"),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("region", "Region"),
                            ("icb", "Integrated care board"),
                            ("sub_icb", "Sub-ICB location"),
                            ("local_authority", "Local authority"),
                            ("settlement", "Town or village"),
                            ("postcode_area", "Postcode area"),
                            ("postcode_district", "Postcode district"),
                            ("ward", "Ward"),
                            ("msoa", "Neighbourhood (MSOA)"),
                            ("postcode_sector", "Postcode sector"),
                            ("area", "Area (LSOA)"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="ONS code; of a town its name, of postcodes their first part.", max_length=100
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                (
                    "detail",
                    models.CharField(blank=True, help_text="What tells two of the same name apart.", max_length=200),
                ),
                ("vintage", models.PositiveSmallIntegerField(choices=[(2011, "2011"), (2021, "2021")])),
                ("area_count", models.PositiveIntegerField(help_text="Areas of the vintage that belong to it.")),
                (
                    "point",
                    django.contrib.gis.db.models.fields.PointField(
                        help_text="In the middle of its areas.", null=True, spatial_index=False, srid=4326
                    ),
                ),
                (
                    "key",
                    models.TextField(
                        db_collation="C", help_text="place_key(name): upper case, no accents, no punctuation."
                    ),
                ),
                ("text", models.TextField(help_text="place_key of code, name and whatever else it is called.")),
                (
                    "words",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector("text", config="simple"),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["words"], name="place_words"),
                    models.Index(
                        django.contrib.postgres.indexes.OpClass("code", name="text_pattern_ops"), name="place_by_code"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "code", "vintage"), name="place_once")],
            },
        ),
        migrations.CreateModel(
            name="PlaceWord",
            fields=[
                ("word", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("places", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("word", name="gin_trgm_ops"),
                        fastupdate=False,
                        name="place_word_similar",
                    )
                ],
            },
        ),
        migrations.RunSQL(ANALYSE_PLACES, "DROP FUNCTION analyse_places()"),
        migrations.RunPython(grant_to_application, migrations.RunPython.noop),
    ]
