"""The materialised profile of every area, how each indicator is spread, and the functions that refresh them.

The application's role may neither refresh a materialised view nor collect statistics: both go through
SECURITY DEFINER functions that do exactly that and take no arguments from which SQL could be made.
"""

from django.conf import settings
from django.db import migrations

# The value in force: datasets in force only, the better standing first, then the newest release, then the newest load.
PROFILE = """
CREATE MATERIALIZED VIEW lsoa_areaprofile AS
WITH precedence AS (
    SELECT id, row_number() OVER (ORDER BY standing, release DESC, loaded_at DESC, id) AS place
    FROM lsoa_dataset WHERE state = 'current'
),
in_force AS (
    SELECT DISTINCT ON (v.area_id, v.indicator_id)
           v.area_id, i.code, v.value, v.missing_reason, v.dataset_id
    FROM lsoa_indicatorvalue v
    JOIN precedence p ON p.id = v.dataset_id
    JOIN lsoa_indicator i ON i.id = v.indicator_id
    ORDER BY v.area_id, v.indicator_id, p.place
),
gathered AS (
    SELECT area_id,
           jsonb_object_agg(code, value) AS values,
           coalesce(jsonb_object_agg(code, missing_reason) FILTER (WHERE missing_reason IS NOT NULL), '{}') AS missing,
           jsonb_object_agg(code, dataset_id) AS datasets
    FROM in_force GROUP BY area_id
)
SELECT a.id AS area_id,
       coalesce(g.values, '{}'::jsonb) AS values,
       coalesce(g.missing, '{}'::jsonb) AS missing,
       coalesce(g.datasets, '{}'::jsonb) AS datasets
FROM lsoa_area a LEFT JOIN gathered g ON g.area_id = a.id
WITH DATA;
CREATE UNIQUE INDEX lsoa_areaprofile_area ON lsoa_areaprofile (area_id);
"""

# Percentiles interpolate between areas (percentile_cont), each area counting once.
DISTRIBUTION = """
CREATE MATERIALIZED VIEW lsoa_indicatordistribution AS
SELECT v.code || CASE WHEN a.is_synthetic THEN ':synthetic' ELSE '' END AS key,
       v.code,
       a.is_synthetic,
       count(v.value)::integer AS areas,
       (count(*) - count(v.value))::integer AS missing,
       avg(v.value) AS mean,
       min(v.value) AS minimum,
       max(v.value) AS maximum,
       percentile_cont(ARRAY[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) WITHIN GROUP (ORDER BY v.value) AS percentiles
FROM lsoa_areaprofile p
JOIN lsoa_area a ON a.id = p.area_id
CROSS JOIN LATERAL (SELECT e.key AS code, (e.value #>> '{}')::double precision AS value FROM jsonb_each(p.values) e) v
GROUP BY v.code, a.is_synthetic
WITH DATA;
CREATE UNIQUE INDEX lsoa_indicatordistribution_key ON lsoa_indicatordistribution (key);
"""

# CONCURRENTLY lets pages read the old profile meanwhile; filling an empty one anew is quicker without it.
FUNCTIONS = """
CREATE FUNCTION refresh_area_profile() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM lsoa_areaprofile WHERE values <> '{}'::jsonb LIMIT 1) THEN
        REFRESH MATERIALIZED VIEW CONCURRENTLY lsoa_areaprofile;
    ELSE
        REFRESH MATERIALIZED VIEW lsoa_areaprofile;
    END IF;
    ANALYZE lsoa_areaprofile;
    REFRESH MATERIALIZED VIEW CONCURRENTLY lsoa_indicatordistribution;
END $$;
CREATE FUNCTION analyse_open_data() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE lsoa_dataset; ANALYZE lsoa_indicator; ANALYZE lsoa_area; ANALYZE lsoa_indicatorvalue;
    ANALYZE lsoa_practice; ANALYZE lsoa_postcode;
END $$;
REVOKE ALL ON FUNCTION refresh_area_profile(), analyse_open_data() FROM PUBLIC;
"""

UNDO = """
DROP FUNCTION refresh_area_profile();
DROP FUNCTION analyse_open_data();
DROP MATERIALIZED VIEW lsoa_indicatordistribution;
DROP MATERIALIZED VIEW lsoa_areaprofile;
"""


def grant_to_application(apps, schema_editor):
    """The application's role may run both functions; where that role does not exist, the owner is the application."""
    role = settings.DATABASE_APP_ROLE
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            name = schema_editor.quote_name(role)
            cursor.execute(f"GRANT EXECUTE ON FUNCTION refresh_area_profile(), analyse_open_data() TO {name}")


class Migration(migrations.Migration):
    dependencies = [("lsoa", "0001_initial")]

    operations = [
        migrations.RunSQL([PROFILE, DISTRIBUTION, FUNCTIONS], UNDO),
        migrations.RunPython(grant_to_application, migrations.RunPython.noop),
    ]
