"""Releases side by side, of either census vintage; what is in force follows from pins and releases."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

views_before = import_module("lsoa.migrations.0002_profile_views")


# The value in force: what a person pinned, then the newest release, then the better standing, then the newest load.
# Organisations' own figures are nobody else's and so not in what everybody reads.
PRECEDENCE = """
precedence AS (
    SELECT id, ('x' || left(replace(id::text, '-', ''), 15))::bit(60)::bigint AS mark, row_number() OVER (
        ORDER BY is_pinned DESC, release COLLATE "C" DESC, standing, loaded_at DESC, id
    ) AS place
    FROM lsoa_dataset WHERE state = 'current' AND organisation_id IS NULL
)"""
# Millions of figures are sorted once, by numbers only. Which datasets an area's figures come from is the same for
# most areas: `origin_id` is a hash of that, and the datasets are written once for each.
PROFILE = """
DROP MATERIALIZED VIEW lsoa_indicatordistribution;
DROP MATERIALIZED VIEW lsoa_areaprofile;
CREATE MATERIALIZED VIEW lsoa_areaprofile AS
WITH {precedence},
known AS (SELECT id, code, row_number() OVER (ORDER BY id)::integer AS position FROM lsoa_indicator),
in_force AS (
    SELECT DISTINCT ON (v.area_id, k.position)
           v.area_id, k.position, v.value, v.missing_reason, p.mark
    FROM lsoa_indicatorvalue v
    JOIN precedence p ON p.id = v.dataset_id
    JOIN known k ON k.id = v.indicator_id
    JOIN lsoa_area a ON a.id = v.area_id AND a.vintage = 2021
    ORDER BY v.area_id, k.position, p.place
),
gathered AS (
    SELECT area_id,
           jsonb_object_agg((SELECT array_agg(code ORDER BY position) FROM known)[position], value) AS values,
           coalesce(
               jsonb_object_agg((SELECT array_agg(code ORDER BY position) FROM known)[position], missing_reason)
                   FILTER (WHERE missing_reason IS NOT NULL), '{}'
           ) AS missing,
           bit_xor(hashint8extended(position, mark)) AS origin_id
    FROM in_force GROUP BY area_id
)
SELECT a.id AS area_id,
       coalesce(g.values, '{}'::jsonb) AS values,
       coalesce(g.missing, '{}'::jsonb) AS missing,
       coalesce(g.origin_id, 0) AS origin_id
FROM lsoa_area a LEFT JOIN gathered g ON g.area_id = a.id
WHERE a.vintage = 2021
WITH DATA;
CREATE UNIQUE INDEX lsoa_areaprofile_area ON lsoa_areaprofile (area_id);
CREATE MATERIALIZED VIEW lsoa_profileorigin AS
WITH RECURSIVE {precedence},
pair AS (
    SELECT p.id AS dataset_id, p.place,
        (SELECT min(v.indicator_id) FROM lsoa_indicatorvalue v WHERE v.dataset_id = p.id) AS indicator_id
    FROM precedence p
    UNION ALL
    SELECT pair.dataset_id, pair.place, (
        SELECT min(v.indicator_id) FROM lsoa_indicatorvalue v
        WHERE v.dataset_id = pair.dataset_id AND v.indicator_id > pair.indicator_id
    )
    FROM pair WHERE pair.indicator_id IS NOT NULL
),
sample AS (SELECT DISTINCT ON (origin_id) origin_id, area_id FROM lsoa_areaprofile WHERE values <> '{}'::jsonb),
found AS (
    SELECT DISTINCT ON (s.origin_id, pair.indicator_id) s.origin_id, i.code, pair.dataset_id
    FROM sample s CROSS JOIN pair JOIN lsoa_indicator i ON i.id = pair.indicator_id
    WHERE EXISTS (
        SELECT FROM lsoa_indicatorvalue v
        WHERE v.dataset_id = pair.dataset_id AND v.indicator_id = pair.indicator_id AND v.area_id = s.area_id
    )
    ORDER BY s.origin_id, pair.indicator_id, pair.place
)
SELECT origin_id AS id, jsonb_object_agg(code, dataset_id) AS datasets FROM found GROUP BY origin_id
UNION ALL SELECT 0, '{}'::jsonb
WITH DATA;
CREATE UNIQUE INDEX lsoa_profileorigin_id ON lsoa_profileorigin (id);
""".replace("{precedence}", PRECEDENCE)
# CONCURRENTLY lets pages read the old profile meanwhile; filling an empty one anew is quicker without it.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION refresh_area_profile() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET work_mem = '192MB' AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM lsoa_areaprofile WHERE values <> '{}'::jsonb LIMIT 1) THEN
        REFRESH MATERIALIZED VIEW CONCURRENTLY lsoa_areaprofile;
    ELSE
        REFRESH MATERIALIZED VIEW lsoa_areaprofile;
    END IF;
    ANALYZE lsoa_areaprofile;
    REFRESH MATERIALIZED VIEW CONCURRENTLY lsoa_profileorigin;
    REFRESH MATERIALIZED VIEW CONCURRENTLY lsoa_indicatordistribution;
END $$;
-- Tables of later migrations too: the body is read when it runs.
CREATE OR REPLACE FUNCTION analyse_open_data() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE lsoa_dataset; ANALYZE lsoa_indicator; ANALYZE lsoa_area; ANALYZE lsoa_areachange;
    ANALYZE lsoa_indicatorvalue; ANALYZE lsoa_practice; ANALYZE lsoa_postcode; ANALYZE lsoa_practicelist;
    ANALYZE lsoa_practiceregister; ANALYZE lsoa_patientdistribution; ANALYZE lsoa_activityseries;
    ANALYZE lsoa_activityvalue; ANALYZE lsoa_placefigure; ANALYZE lsoa_place;
END $$;
"""
UNDO_PROFILE = [
    "DROP MATERIALIZED VIEW lsoa_indicatordistribution; DROP MATERIALIZED VIEW lsoa_profileorigin;",
    "DROP MATERIALIZED VIEW lsoa_areaprofile;",
    views_before.PROFILE,
    views_before.DISTRIBUTION,
    views_before.FUNCTIONS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
]
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
        migrations.CreateModel(
            name="ProfileOrigin",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("datasets", models.JSONField()),
            ],
            options={"db_table": "lsoa_profileorigin", "managed": False},
        ),
        migrations.RunSQL([PROFILE, views_before.DISTRIBUTION, FUNCTIONS], UNDO_PROFILE),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
