"""References of indicator values are checked once per statement instead of three times per row.

A load of all England writes half a million values; row-wise foreign keys took longer than everything else together.
The rule stays the database's own: a statement that leaves a value without its area, indicator or dataset fails.
"""

import django.db.models.deletion
from django.db import migrations, models

CHECKS = """
CREATE FUNCTION lsoa_indicatorvalue_references() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE lacking text;
BEGIN
    SELECT CASE WHEN a.id IS NULL THEN 'area ' || n.area_id
                WHEN i.id IS NULL THEN 'indicator ' || n.indicator_id
                ELSE 'dataset ' || n.dataset_id END
    INTO lacking
    FROM new_rows n
    LEFT JOIN lsoa_area a ON a.id = n.area_id
    LEFT JOIN lsoa_indicator i ON i.id = n.indicator_id
    LEFT JOIN lsoa_dataset d ON d.id = n.dataset_id
    WHERE a.id IS NULL OR i.id IS NULL OR d.id IS NULL LIMIT 1;
    IF lacking IS NOT NULL THEN
        RAISE foreign_key_violation USING MESSAGE = 'an indicator value refers to a missing ' || lacking,
            CONSTRAINT = 'indicator_value_references';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER indicator_value_references_on_insert AFTER INSERT ON lsoa_indicatorvalue
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lsoa_indicatorvalue_references();
CREATE TRIGGER indicator_value_references_on_update AFTER UPDATE ON lsoa_indicatorvalue
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lsoa_indicatorvalue_references();

CREATE FUNCTION lsoa_indicatorvalue_orphans() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE orphaned boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM lsoa_indicatorvalue v JOIN old_rows o ON o.id = v.%I)', TG_ARGV[0]
    ) INTO orphaned;
    IF orphaned THEN
        RAISE foreign_key_violation USING MESSAGE = 'indicator values still refer to a deleted row of ' || TG_TABLE_NAME,
            CONSTRAINT = 'indicator_value_references';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER indicator_value_references AFTER DELETE ON lsoa_area
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION lsoa_indicatorvalue_orphans('area_id');
CREATE TRIGGER indicator_value_references AFTER DELETE ON lsoa_indicator
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION lsoa_indicatorvalue_orphans('indicator_id');
CREATE TRIGGER indicator_value_references AFTER DELETE ON lsoa_dataset
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION lsoa_indicatorvalue_orphans('dataset_id');
"""
UNDO = """
DROP TRIGGER indicator_value_references ON lsoa_area;
DROP TRIGGER indicator_value_references ON lsoa_indicator;
DROP TRIGGER indicator_value_references ON lsoa_dataset;
DROP TRIGGER indicator_value_references_on_insert ON lsoa_indicatorvalue;
DROP TRIGGER indicator_value_references_on_update ON lsoa_indicatorvalue;
DROP FUNCTION lsoa_indicatorvalue_references();
DROP FUNCTION lsoa_indicatorvalue_orphans();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("lsoa", "0003_tiles"),
    ]

    operations = [
        migrations.AlterField(
            model_name="indicatorvalue",
            name="area",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="values", to="lsoa.area"
            ),
        ),
        migrations.AlterField(
            model_name="indicatorvalue",
            name="dataset",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="values",
                to="lsoa.dataset",
            ),
        ),
        migrations.AlterField(
            model_name="indicatorvalue",
            name="indicator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="values",
                to="lsoa.indicator",
            ),
        ),
        migrations.RunSQL(CHECKS, UNDO),
    ]
