"""From the staging tables into the real ones: what is refused, what is counted, what is written. All set-wise."""

from django.db import connection

from lsoa.models import Dataset
from lsoa.sources.base import Refused
from lsoa.sources.tables import LAST_CODE_OF_2011

# Duplicates: the first row of a code stays, later ones name the line they repeat.
# Why rows are left out while only part of the country is loaded.
OTHER_AREAS = "rows about areas that are not loaded"

DUPLICATES = """
INSERT INTO stage_reject
SELECT line, {key}, 'duplicate of line ' || first_line FROM (
    SELECT line, {key}, first_value(line) OVER w AS first_line, row_number() OVER w AS place
    FROM {table} WINDOW w AS (PARTITION BY {partition} ORDER BY line)
) numbered WHERE place > 1
"""
DELETE_DUPLICATES = """
DELETE FROM {table} s USING (
    SELECT ctid, row_number() OVER (PARTITION BY {partition} ORDER BY line) AS place FROM {table}
) numbered WHERE numbered.ctid = s.ctid AND place > 1
"""
OUTSIDE_PATCH = """
DELETE FROM {table} WHERE NOT EXISTS (
    SELECT 1 FROM lsoa_area a JOIN lsoa_patch_areas p ON p.area_id = a.id
    WHERE p.patch_id = %s AND a.code = {table}.code
)
"""
REJECT_UNKNOWN = """
INSERT INTO stage_reject SELECT DISTINCT line, code,
    CASE WHEN code <= %s THEN 'a code of 2011 that 2021 does not have' ELSE 'unknown area code' END
FROM {table} WHERE NOT EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = {table}.code AND a.vintage = %s)
"""
COUNT_UNKNOWN = """
SELECT count(DISTINCT line) FROM {table}
WHERE NOT EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = {table}.code AND a.vintage = %s)
"""
# Codes that exist in one vintage only: ended with 2011, new in 2021, and all.
VINTAGES = """
SELECT count(*) FILTER (WHERE a.id IS NULL AND codes.code <= %s), count(*) FILTER (WHERE codes.code > %s), count(*)
FROM (SELECT DISTINCT code FROM {table}) codes
LEFT JOIN lsoa_area a ON a.code = codes.code AND a.vintage = 2021
"""
DELETE_UNKNOWN = """
DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = {table}.code AND a.vintage = %s)
"""
INSERT_AREAS = """
WITH start AS (SELECT coalesce(max(index) + 1, 0) AS index FROM lsoa_area WHERE vintage = %(vintage)s),
existing AS (SELECT code, index FROM lsoa_area WHERE vintage = %(vintage)s)
INSERT INTO lsoa_area (uuid, code, vintage, index, name, geometry, centroid, local_authority_code,
    local_authority_name, sub_icb_code, sub_icb_name, icb_code, icb_name, is_synthetic, dataset_id)
SELECT gen_random_uuid(), s.code, %(vintage)s,
    -- An area keeps its index for good: tiles and theme arrays are made of indices.
    coalesce(e.index, start.index + row_number() OVER (PARTITION BY e.index IS NULL ORDER BY s.code) - 1),
    s.name, ST_Multi(ST_SetSRID(s.geometry, 4326)), ST_SetSRID(s.centroid, 4326), s.local_authority_code,
    s.local_authority_name, s.sub_icb_code, s.sub_icb_name, s.icb_code, s.icb_name, s.is_synthetic, %(dataset)s
FROM stage_area s CROSS JOIN start LEFT JOIN existing e ON e.code = s.code
ON CONFLICT (code, vintage) DO UPDATE SET
    name = excluded.name, geometry = excluded.geometry, centroid = excluded.centroid, dataset_id = excluded.dataset_id,
    -- Look-ups know better than boundaries: what they wrote stays.
    local_authority_code = coalesce(nullif(lsoa_area.local_authority_code, ''), excluded.local_authority_code),
    local_authority_name = coalesce(nullif(lsoa_area.local_authority_name, ''), excluded.local_authority_name)
"""
UPDATE_COLUMNS = """
UPDATE lsoa_area a SET {assignments}
FROM stage_area_column s WHERE a.code = s.code AND a.vintage = %s AND ({changed})
"""
INSERT_PRACTICES = """
INSERT INTO lsoa_practice (code, name, postcode, point, area_code, is_active, dataset_id)
SELECT s.code, s.name, s.postcode, coalesce(ST_SetSRID(s.point, 4326), a.centroid), s.area_code, s.is_active,
    %(dataset)s
FROM stage_practice s LEFT JOIN lsoa_area a ON a.code = s.area_code AND a.vintage = %(vintage)s
ON CONFLICT (code) DO UPDATE SET name = excluded.name, postcode = excluded.postcode, point = excluded.point,
    area_code = excluded.area_code, is_active = excluded.is_active, dataset_id = excluded.dataset_id
"""
INSERT_POSTCODES = """
INSERT INTO lsoa_postcode (postcode, area_code, point, is_residential, dataset_id)
SELECT postcode, area_code, ST_SetSRID(point, 4326), is_residential, %(dataset)s FROM stage_postcode
ON CONFLICT (postcode) DO UPDATE SET area_code = excluded.area_code, point = excluded.point,
    is_residential = excluded.is_residential, dataset_id = excluded.dataset_id
"""
OUT_OF_RANGE = """
INSERT INTO stage_reject
SELECT s.line, s.code, c.indicator || ' ' || s.value || ' is not within '
    || coalesce(c.minimum::text, '...') || ' to ' || coalesce(c.maximum::text, '...')
FROM stage_value s JOIN stage_chunk c USING (chunk)
WHERE s.value < c.minimum OR s.value > c.maximum
"""
BLANK_OUT_OF_RANGE = """
UPDATE stage_value s SET value = NULL, reason = 'out_of_range' FROM stage_chunk c
WHERE c.chunk = s.chunk AND (s.value < c.minimum OR s.value > c.maximum)
"""
INSERT_VALUES = """
INSERT INTO lsoa_indicatorvalue (area_id, indicator_id, dataset_id, period, value, missing_reason, method)
SELECT a.id, c.indicator_id, %(dataset)s, c.period, s.value, s.reason, c.method
FROM stage_value s JOIN stage_chunk c USING (chunk)
JOIN lsoa_area a ON a.code = s.code AND a.vintage = %(vintage)s
"""
SUMMARY = """
SELECT c.indicator, count(s.value), min(s.value), avg(s.value), max(s.value),
    count(*) FILTER (WHERE s.reason = 'blank'), count(*) FILTER (WHERE s.reason = 'suppressed'),
    count(*) FILTER (WHERE s.reason = 'not_applicable'), count(*) FILTER (WHERE s.reason = 'out_of_range')
FROM stage_chunk c LEFT JOIN stage_value s USING (chunk) GROUP BY c.indicator ORDER BY c.indicator
"""
REASONS = ("blank", "suppressed", "not_applicable", "out_of_range")


class Merge:
    """One dataset's rows on their way from staging into the tables. All in the caller's transaction."""

    def __init__(self, *, dataset: Dataset, report, patch=None):
        self.dataset, self.report, self.patch = dataset, report, patch
        self.vintage = dataset.vintage or 2021

    def _run(self, statement, params=None) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.rowcount

    def _rows(self, statement, params=None) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall()

    def _reject_duplicates(self, table, key="code", partition=None):
        partition = partition or key
        if self._run(DUPLICATES.format(table=table, key=key, partition=partition)):
            self._run(DELETE_DUPLICATES.format(table=table, partition=partition))

    def _keep_patch(self, table):
        """With a patch, only its areas are loaded; the others are counted."""
        if self.patch is not None:
            outside = self._run(OUTSIDE_PATCH.format(table=table), [self.patch.pk])
            self.report.skip("rows outside the patch", outside)

    def _reject_unknown(self, table):
        """Codes without an area: mistakes when all of England is loaded, otherwise just areas not looked after."""
        if national_boundaries_loaded():
            self._check_vintage(table)
            self._run(REJECT_UNKNOWN.format(table=table), [LAST_CODE_OF_2011, self.vintage])
        else:
            lines = self._rows(COUNT_UNKNOWN.format(table=table), [self.vintage])[0][0]
            self.report.skip(OTHER_AREAS, lines)
        self._run(DELETE_UNKNOWN.format(table=table), [self.vintage])

    def _check_vintage(self, table):
        """Raises Refused for the other vintage: most codes are shared, so those of one vintage only decide."""
        ended, new, every = self._rows(VINTAGES.format(table=table), [LAST_CODE_OF_2011] * 2)[0]
        if ended and not new and ended >= every / 100:
            raise Refused(
                expected="LSOA codes of 2021", found=f"{ended:,} codes that ended with 2011 and none of the new ones"
            )

    def areas(self) -> int:
        """Insert or update areas; returns how many. A city's file never replaces national geometry."""
        self._reject_duplicates("stage_area")
        if self.patch is not None:
            self._keep_patch("stage_area")
        if self.dataset.extent != "England" and self.dataset.standing != Dataset.Standing.SYNTHETIC:
            kept = self._run(
                "DELETE FROM stage_area s USING lsoa_area a JOIN lsoa_dataset d ON d.id = a.dataset_id "
                "WHERE a.code = s.code AND a.vintage = %s AND d.extent = 'England'",
                [self.vintage],
            )
            self.report.skip("areas whose national geometry is kept", kept)
        return self._run(INSERT_AREAS, {"vintage": self.vintage, "dataset": self.dataset.pk})

    def area_columns(self, columns) -> int:
        """Write look-up columns into areas; returns the number of areas found."""
        self._reject_duplicates("stage_area_column")
        self._keep_patch("stage_area_column")
        self._reject_unknown("stage_area_column")
        self._run(
            UPDATE_COLUMNS.format(
                assignments=", ".join(f"{column} = s.{column}" for column in columns),
                changed=" OR ".join(f"a.{column} <> s.{column}" for column in columns),
            ),
            [self.vintage],
        )
        return self._rows("SELECT count(*) FROM stage_area_column")[0][0]

    def practices(self) -> int:
        self._reject_duplicates("stage_practice")
        lost = self._rows(
            "SELECT count(*) FROM stage_practice s WHERE s.point IS NULL AND s.area_code <> '' AND NOT EXISTS "
            "(SELECT 1 FROM lsoa_area a WHERE a.code = s.area_code AND a.vintage = %s)",
            [self.vintage],
        )[0][0]
        self.report.skip("practices in areas that are not loaded (kept without a point)", lost)
        return self._run(INSERT_PRACTICES, {"vintage": self.vintage, "dataset": self.dataset.pk})

    def postcodes(self) -> int:
        self._reject_duplicates("stage_postcode", key="postcode")
        self._run("INSERT INTO stage_reject SELECT line, postcode, 'no point' FROM stage_postcode WHERE point IS NULL")
        self._run("DELETE FROM stage_postcode WHERE point IS NULL")
        return self._run(INSERT_POSTCODES, {"dataset": self.dataset.pk})

    def values(self) -> int:
        """Insert the figures; returns the number of lines of the file that they came from (of areas, when derived)."""
        self._reject_duplicates("stage_value", partition="chunk, code")
        self._keep_patch("stage_value")
        self._reject_unknown("stage_value")
        if self._run(OUT_OF_RANGE):
            self._run(BLANK_OUT_OF_RANGE)
        self._run(INSERT_VALUES, {"vintage": self.vintage, "dataset": self.dataset.pk})
        self._summarise()
        return self._rows("SELECT count(DISTINCT code) FROM stage_value")[0][0]

    def _summarise(self):
        expected = self._expected_areas()
        for code, values, least, mean, most, *missing in self._rows(SUMMARY):
            absent = {reason: n for reason, n in zip(REASONS, missing, strict=True) if n}
            figures = {"values": values, "missing": absent}
            if values:
                figures |= {"minimum": least, "mean": mean, "maximum": most}
            figures["areas_without"] = max(0, expected - values - sum(missing))
            self.report.indicators[code] = figures

    def _expected_areas(self) -> int:
        """How many areas should have a figure: those of the patch, or all loaded ones of the dataset's kind."""
        if self.patch is not None:
            return self.patch.areas.filter(vintage=self.vintage).count()
        synthetic = self.dataset.standing == Dataset.Standing.SYNTHETIC
        return self._rows(
            "SELECT count(*) FROM lsoa_area WHERE vintage = %s AND is_synthetic = %s", [self.vintage, synthetic]
        )[0][0]

    def store_rejects(self) -> None:
        """Move what SQL refused into the report, and all of it into the table of rejected rows."""
        # Several indicators share a line: its fault is told once.
        for line, code, reason in self._rows("SELECT DISTINCT line, code, reason FROM stage_reject ORDER BY line"):
            self.report.reject(line, code or "", reason)
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY lsoa_loadreject (dataset_id, line, code, reason) FROM STDIN") as copy,
        ):
            for line, code, reason in self.report.rejects:
                copy.write_row((self.dataset.pk, line, code, reason))


def national_boundaries_loaded() -> bool:
    """Whether the geometry of all of England is in force."""
    return Dataset.objects.in_force().filter(publication="lsoa21-boundaries", extent="England").exists()
