"""What is in force by area and by indicator, and the functions that collect statistics of what a load has written.

The application's role may not collect statistics: that goes through SECURITY DEFINER functions that do exactly that
and take no arguments from which SQL could be made.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION analyse_open_data() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    -- Tables of later migrations too: the body is read when it runs.
    ANALYZE lsoa_dataset; ANALYZE lsoa_indicator; ANALYZE lsoa_area; ANALYZE lsoa_areachange;
    ANALYZE lsoa_indicatorvalue; ANALYZE lsoa_practice; ANALYZE lsoa_postcode; ANALYZE lsoa_practicelist;
    ANALYZE lsoa_practiceregister; ANALYZE lsoa_patientdistribution; ANALYZE lsoa_activityseries;
    ANALYZE lsoa_activityvalue; ANALYZE lsoa_placefigure; ANALYZE lsoa_place;
END $$;
CREATE FUNCTION analyse_profiles() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE lsoa_areaprofile; ANALYZE lsoa_profileorigin; ANALYZE lsoa_indicatordistribution;
END $$;
REVOKE ALL ON FUNCTION analyse_open_data(), analyse_profiles() FROM PUBLIC;
"""
UNDO_FUNCTIONS = "DROP FUNCTION analyse_open_data(); DROP FUNCTION analyse_profiles();"
# Hundreds of figures an area, read by every page: the quick compression. Columns are numbers that hardly compress.
STORAGE = """
ALTER TABLE lsoa_areaprofile ALTER COLUMN "values" SET COMPRESSION lz4, ALTER COLUMN missing SET COMPRESSION lz4;
ALTER TABLE lsoa_profilecolumn ALTER COLUMN figures SET STORAGE EXTERNAL,
    ALTER COLUMN sources SET COMPRESSION lz4, ALTER COLUMN reasons SET COMPRESSION lz4;
"""


def grant_to_application(apps, schema_editor):
    """The application's role may run both functions; where that role does not exist, the owner is the application."""
    role = settings.DATABASE_APP_ROLE
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            name = schema_editor.quote_name(role)
            cursor.execute(f"GRANT EXECUTE ON FUNCTION analyse_open_data(), analyse_profiles() TO {name}")


class Migration(migrations.Migration):
    dependencies = [("lsoa", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="IndicatorDistribution",
            fields=[
                ("key", models.CharField(max_length=70, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=60)),
                ("is_synthetic", models.BooleanField()),
                ("areas", models.PositiveIntegerField()),
                ("missing", models.PositiveIntegerField()),
                ("mean", models.FloatField(null=True)),
                ("minimum", models.FloatField(null=True)),
                ("maximum", models.FloatField(null=True)),
                (
                    "percentiles",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), null=True, size=None),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProfileColumn",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                (
                    "datasets",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                ("figures", models.BinaryField()),
                ("sources", models.BinaryField()),
                ("reasons", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="ProfileOrigin",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("datasets", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="AreaProfile",
            fields=[
                (
                    "area",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="profile",
                        serialize=False,
                        to="lsoa.area",
                    ),
                ),
                ("values", models.JSONField(default=dict)),
                ("missing", models.JSONField(default=dict)),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="profiles",
                        to="lsoa.profileorigin",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProfileState",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("area_ids", models.BinaryField()),
                ("refreshed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="profile_state_is_one_row")],
            },
        ),
        migrations.RunSQL([FUNCTIONS, STORAGE], [UNDO_FUNCTIONS]),
        migrations.RunPython(grant_to_application, migrations.RunPython.noop),
    ]
