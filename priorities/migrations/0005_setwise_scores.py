"""References of scores are checked once per statement, and their indexes serve what is read; why minutes ended.

A run over England writes 33,755 scores; two row-wise foreign keys and five indexes took longer than the evaluation.
The rule stays the database's own: a statement that leaves a score without its area or its run fails.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

CHECKS = """
CREATE FUNCTION priorities_score_references() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE lacking text;
BEGIN
    SELECT 'area ' || n.area_id INTO lacking
    FROM new_rows n LEFT JOIN lsoa_area a ON a.id = n.area_id WHERE a.id IS NULL LIMIT 1;
    IF lacking IS NULL THEN
        SELECT 'run ' || n.run_id INTO lacking
        FROM (SELECT DISTINCT run_id FROM new_rows) n
        LEFT JOIN priorities_scorerun r ON r.id = n.run_id WHERE r.id IS NULL LIMIT 1;
    END IF;
    IF lacking IS NOT NULL THEN
        RAISE foreign_key_violation USING MESSAGE = 'a score refers to a missing ' || lacking,
            CONSTRAINT = 'score_references';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER score_references_on_insert AFTER INSERT ON priorities_priorityscore
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION priorities_score_references();

CREATE FUNCTION priorities_score_keeps_its_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE restrict_violation USING MESSAGE = 'a score belongs to its area and its run and cannot change them',
        CONSTRAINT = 'score_keeps_its_place';
END $$;
CREATE TRIGGER score_keeps_its_place BEFORE UPDATE ON priorities_priorityscore FOR EACH ROW
    WHEN (OLD.area_id <> NEW.area_id OR OLD.run_id <> NEW.run_id)
    EXECUTE FUNCTION priorities_score_keeps_its_place();

CREATE FUNCTION priorities_score_orphans() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE orphaned boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM priorities_priorityscore s JOIN old_rows o ON o.id = s.%I)', TG_ARGV[0]
    ) INTO orphaned;
    IF orphaned THEN
        RAISE foreign_key_violation USING MESSAGE = 'scores still refer to a deleted row of ' || TG_TABLE_NAME,
            CONSTRAINT = 'score_references';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER score_references AFTER DELETE ON lsoa_area
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION priorities_score_orphans('area_id');
CREATE TRIGGER score_references AFTER DELETE ON priorities_scorerun
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION priorities_score_orphans('run_id');
"""
UNDO = """
DROP TRIGGER score_references ON lsoa_area;
DROP TRIGGER score_references ON priorities_scorerun;
DROP TRIGGER score_references_on_insert ON priorities_priorityscore;
DROP TRIGGER score_keeps_its_place ON priorities_priorityscore;
DROP FUNCTION priorities_score_references();
DROP FUNCTION priorities_score_keeps_its_place();
DROP FUNCTION priorities_score_orphans();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("lsoa", "0002_profiles"),
        ("priorities", "0004_scenarios_and_restoring"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="priorityscore", options={"ordering": ["-priority", "-rank_offset", "area__code"]}
        ),
        migrations.AddField(
            model_name="visitminutesoverride", name="ended_because", field=models.TextField(blank=True)
        ),
        # Taking away the index of the reference would take this one along: it is over the same column.
        migrations.RemoveConstraint(model_name="priorityscore", name="score_one_current_per_area"),
        migrations.AlterField(
            model_name="priorityscore",
            name="area",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scores",
                to="lsoa.area",
            ),
        ),
        migrations.AlterField(
            model_name="priorityscore",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scores",
                to="priorities.scorerun",
            ),
        ),
        migrations.AlterField(
            model_name="priorityscore",
            name="changed_inputs",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(),
                help_text="Places among the model's inputs of those whose class differs from the score before it.",
                null=True,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="priorityscore",
            name="expected_minutes",
            field=models.FloatField(
                help_text="Minutes by the probabilities of the classes, as the sum gives them: not rounded.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="priorityscore",
            name="rank_offset",
            field=models.FloatField(
                db_default=0,
                help_text="Place inside the class, from -0.5 (least urgent) to 0.5: priority, then offset, rank areas.",
            ),
        ),
        migrations.AlterField(
            model_name="priorityscore",
            name="stability",
            field=models.FloatField(
                help_text="Share of draws of thresholds within their soft zones in which the class stays the same.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="priorityscore",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)), fields=("area",), name="score_one_current_per_area"
            ),
        ),
        migrations.AddConstraint(
            model_name="priorityscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("expected_minutes__isnull", True), ("expected_minutes__gte", 0), _connector="OR"),
                name="score_expected_minutes_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="priorityscore",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("changed_because", ""),
                    models.Q(
                        ("previous_priority__isnull", False),
                        models.Q(("previous_priority", models.F("priority")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="score_reason_only_for_a_change",
            ),
        ),
        migrations.RunSQL(CHECKS, UNDO),
    ]
