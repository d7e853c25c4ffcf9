"""Releases side by side, of either census vintage; what is in force follows from pins and releases."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Look-ups update every area again and again: room in each page lets that be done without touching the indexes.
# Outlines stand apart, uncompressed: otherwise each of those updates would write all of them anew.
ROOM = """
ALTER TABLE lsoa_area ALTER COLUMN geometry SET STORAGE EXTERNAL;
ALTER TABLE lsoa_area SET (fillfactor = 50, toast_tuple_target = 256);
"""
NO_ROOM = """
ALTER TABLE lsoa_area ALTER COLUMN geometry SET STORAGE MAIN;
ALTER TABLE lsoa_area RESET (fillfactor, toast_tuple_target);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_chain"),
        ("lsoa", "0004_setwise_references"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="dataset",
            name="dataset_same_file_once",
        ),
        migrations.RemoveConstraint(
            model_name="dataset",
            name="dataset_one_in_force_per_extent",
        ),
        migrations.AddField(
            model_name="area",
            name="msoa_code",
            field=models.CharField(blank=True, db_default="", max_length=9),
        ),
        migrations.AddField(
            model_name="area",
            name="msoa_name",
            field=models.CharField(blank=True, db_default="", max_length=150),
        ),
        migrations.AddField(
            model_name="area",
            name="region_code",
            field=models.CharField(blank=True, db_default="", max_length=9),
        ),
        migrations.AddField(
            model_name="area",
            name="region_name",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="area",
            name="rural_urban_code",
            field=models.CharField(blank=True, db_default="", max_length=4),
        ),
        migrations.AddField(
            model_name="area",
            name="rural_urban_name",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="area",
            name="ward_code",
            field=models.CharField(blank=True, db_default="", max_length=9),
        ),
        migrations.AddField(
            model_name="area",
            name="ward_name",
            field=models.CharField(blank=True, db_default="", max_length=150),
        ),
        migrations.AddField(
            model_name="areachange",
            name="basis",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="What the weight was made of: only_parent, population, overlap_population, overlap, equal.",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="areachange",
            name="weight",
            field=models.FloatField(help_text="Share of the 2021 area's people who come from the 2011 area."),
        ),
        migrations.AddField(
            model_name="areachange",
            name="share",
            field=models.FloatField(
                db_default=1, default=1, help_text="Share of the 2011 area's people who belong to the 2021 area."
            ),
        ),
        migrations.AddField(
            model_name="areachange",
            name="share_basis",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="What the share was made of: only_child, population, overlap_population, overlap, equal.",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="areachange",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__gt", 0), ("share__lte", 1)), name="area_change_share_is_a_share"
            ),
        ),
        migrations.CreateModel(
            name="AuthorityCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=9)),
                ("name", models.CharField(max_length=100)),
                ("current_code", models.CharField(max_length=9)),
                ("current_name", models.CharField(max_length=100)),
                ("upper_tier_code", models.CharField(blank=True, max_length=9)),
                ("upper_tier_name", models.CharField(blank=True, max_length=100)),
                ("region_code", models.CharField(blank=True, max_length=9)),
                ("region_name", models.CharField(blank=True, max_length=100)),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authority_codes",
                        to="lsoa.dataset",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "indexes": [models.Index(fields=["current_code"], name="authority_code_by_current")],
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "code"), name="authority_code_once_per_dataset"),
                ],
            },
        ),
        migrations.AddField(
            model_name="indicator",
            name="kind",
            field=models.CharField(
                choices=[
                    ("rate", "Rate or mean"),
                    ("score", "Score"),
                    ("count", "Count"),
                    ("rank", "Rank"),
                    ("decile", "Decile or other group of ranks"),
                    ("class", "Class (such as yes or no)"),
                ],
                db_default="rate",
                default="rate",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="dataset",
            name="content_sha256",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Hash of the rows as read: the same figures in another file have the same.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="dataset",
            name="inputs",
            field=models.ManyToManyField(
                help_text="Datasets that its figures are derived from.", related_name="derivatives", to="lsoa.dataset"
            ),
        ),
        migrations.AddField(
            model_name="dataset",
            name="is_pinned",
            field=models.BooleanField(
                default=False, help_text="Chosen by a person: stays in force although there is a newer release."
            ),
        ),
        migrations.AddField(
            model_name="dataset",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose own figures these are; empty for open data, which everybody sees.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="datasets",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose own indicator this is; empty for what everybody sees.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="indicators",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="theme",
            field=models.CharField(
                blank=True, help_text="Heading under which pages list it, e.g. Health.", max_length=40
            ),
        ),
        migrations.AddField(
            model_name="indicatorvalue",
            name="line",
            field=models.PositiveIntegerField(
                help_text="Line (from 1) of the file that the figure stands in.", null=True
            ),
        ),
        migrations.AddField(
            model_name="indicatorvalue",
            name="uncertainty",
            field=models.FloatField(
                help_text="Standard error in the indicator's unit, where the method gives one.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="indicatorvalue",
            name="area",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="values",
                to="lsoa.area",
            ),
        ),
        migrations.AlterField(
            model_name="indicatorvalue",
            name="method",
            field=models.CharField(
                default="published",
                help_text="published, share, carried, registered_patients, ward_shares, ...",
                max_length=30,
            ),
        ),
        migrations.AlterField(
            model_name="indicatorvalue",
            name="missing_reason",
            field=models.CharField(
                choices=[
                    ("blank", "Not given"),
                    ("suppressed", "Suppressed"),
                    ("not_applicable", "Not applicable"),
                    ("out_of_range", "Out of range"),
                    ("unavailable", "Not available for this area"),
                ],
                max_length=15,
                null=True,
            ),
        ),
        # The search box reads the gazetteer; keeping this up to date doubled the time of every look-up.
        migrations.RemoveIndex(model_name="area", name="area_search"),
        migrations.AddIndex(
            model_name="area",
            index=models.Index(fields=["ward_code"], name="area_by_ward"),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "current")),
                fields=("publication", "file_sha256", "extent", "organisation"),
                name="dataset_same_file_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "current")),
                fields=("publication", "extent", "organisation"),
                name="dataset_one_in_force_per_extent",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
