"""From the staging tables into the real ones: what is refused, what is counted, what is written. All set-wise."""

from django.db import connection

from lsoa.models import Dataset
from lsoa.sources.tables import LAST_CODE_OF_2011

from .staging import AREA_POINT, AREA_TEXT
from .values import OTHER_AREAS, OUTSIDE_PATCH

# Duplicates: the first row of a code stays, later ones name the line they repeat.
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
OUTSIDE = "DELETE FROM {table} WHERE NOT code = ANY(%s)"
REJECT_UNKNOWN = """
INSERT INTO stage_reject SELECT DISTINCT line, code, CASE
    WHEN %(vintage)s = 2021 AND code <= %(last)s THEN 'a code of 2011 that 2021 does not have'
    WHEN %(vintage)s = 2011 AND code > %(last)s THEN 'a code of 2021 that 2011 does not have'
    ELSE 'unknown area code' END
FROM {table} WHERE NOT EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = {table}.code AND a.vintage = %(vintage)s)
"""
COUNT_UNKNOWN = """
SELECT count(DISTINCT line) FROM {table}
WHERE NOT EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = {table}.code AND a.vintage = %s)
"""
DELETE_UNKNOWN = """
DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = {table}.code AND a.vintage = %s)
"""
INSERT_AREAS = (
    """
WITH start AS (SELECT coalesce(max(index) + 1, 0) AS index FROM lsoa_area WHERE vintage = %(vintage)s),
existing AS (SELECT code, index FROM lsoa_area WHERE vintage = %(vintage)s)
INSERT INTO lsoa_area (uuid, code, vintage, index, name, geometry, centroid, is_synthetic, dataset_id,
    {text})
SELECT gen_random_uuid(), s.code, %(vintage)s,
    -- An area keeps its index for good: tiles and theme arrays are made of indices.
    coalesce(e.index, start.index + row_number() OVER (PARTITION BY e.index IS NULL ORDER BY s.code) - 1),
    s.name, ST_Multi(ST_SetSRID(s.geometry, 4326)), ST_SetSRID(s.centroid, 4326), s.is_synthetic, %(dataset)s,
    {given}
FROM stage_area s CROSS JOIN start LEFT JOIN existing e ON e.code = s.code
ON CONFLICT (code, vintage) DO UPDATE SET
    name = excluded.name, geometry = excluded.geometry, centroid = excluded.centroid, dataset_id = excluded.dataset_id,
    -- Look-ups know better than boundaries: what they wrote stays.
    {kept}
""".replace("{text}", ", ".join(AREA_TEXT))
    .replace("{given}", ", ".join(f"coalesce(s.{name}, '')" for name in AREA_TEXT))
    .replace(
        "{kept}", ", ".join(f"{name} = coalesce(nullif(lsoa_area.{name}, ''), excluded.{name})" for name in AREA_TEXT)
    )
)
UPDATE_COLUMNS = """
UPDATE lsoa_area a SET {assignments}
FROM stage_area_column s WHERE a.code = s.code AND a.vintage = %s AND ({changed})
"""
# Weights are provisional until the areas' people or surfaces are known: equal shares of the parts.
UPSERT_CHANGES = """
INSERT INTO lsoa_areachange (code_2011, code_2021, kind, weight, basis, share, share_basis, dataset_id)
SELECT code_2011, code_2021, kind,
    CASE WHEN kind IN ('U', 'S') THEN 1 ELSE 1.0 / count(*) OVER (PARTITION BY code_2021) END, '',
    CASE WHEN kind IN ('U', 'M') THEN 1 ELSE 1.0 / count(*) OVER (PARTITION BY code_2011) END, '', %s
FROM stage_change
ON CONFLICT (code_2011, code_2021) DO UPDATE SET kind = excluded.kind, weight = excluded.weight,
    basis = excluded.basis, share = excluded.share, share_basis = excluded.share_basis, dataset_id = excluded.dataset_id
"""
# Pairs that an earlier release of the same publication had and this one has not.
DELETE_OLD_CHANGES = """
DELETE FROM lsoa_areachange c USING lsoa_dataset d
WHERE d.id = c.dataset_id AND d.publication = %s AND d.extent = %s AND d.state <> 'current'
"""


class Merge:
    """One dataset's places on their way from staging into the tables. All in the caller's transaction."""

    def __init__(self, *, dataset: Dataset, report, national: bool, patch_codes: set[str] | None = None):
        self.dataset, self.report = dataset, report
        self.national, self.patch_codes = national, patch_codes
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
        if self.patch_codes is not None:
            outside = self._run(OUTSIDE.format(table=table), [list(self.patch_codes)])
            self.report.skip(OUTSIDE_PATCH, outside)

    def _reject_unknown(self, table):
        """Codes without an area: mistakes when all of England is loaded, otherwise just areas not looked after."""
        if self.national:
            self._run(REJECT_UNKNOWN.format(table=table), {"vintage": self.vintage, "last": LAST_CODE_OF_2011})
        else:
            lines = self._rows(COUNT_UNKNOWN.format(table=table), [self.vintage])[0][0]
            self.report.skip(OTHER_AREAS, lines)
        self._run(DELETE_UNKNOWN.format(table=table), [self.vintage])

    def areas(self) -> int:
        """Insert or update areas; returns how many. A city's file never replaces national geometry."""
        self._reject_duplicates("stage_area")
        self._keep_patch("stage_area")
        if self.dataset.extent != "England" and self.dataset.standing != Dataset.Standing.SYNTHETIC:
            kept = self._run(
                "DELETE FROM stage_area s USING lsoa_area a JOIN lsoa_dataset d ON d.id = a.dataset_id "
                "WHERE a.code = s.code AND a.vintage = %s AND d.extent = 'England'",
                [self.vintage],
            )
            self.report.skip("areas whose national geometry is kept", kept)
        return self._run(INSERT_AREAS, {"vintage": self.vintage, "dataset": self.dataset.pk})

    def area_columns(self, columns: list[str], fill_only: set[str]) -> int:
        """Write look-up columns into areas; returns the number of areas found. A null leaves what stands, and so does
        a value of a column in `fill_only` where the area has one already."""
        self._reject_duplicates("stage_area_column")
        self._keep_patch("stage_area_column")
        self._reject_unknown("stage_area_column")
        new = {name: _new_value(name, fill_only) for name in columns}
        self._run(
            UPDATE_COLUMNS.format(
                assignments=", ".join(f"{name} = {value}" for name, value in new.items()),
                changed=" OR ".join(f"a.{name} IS DISTINCT FROM {value}" for name, value in new.items()),
            ),
            [self.vintage],
        )
        return self._rows("SELECT count(*) FROM stage_area_column")[0][0]

    def changes(self) -> int:
        """Write the pairs of areas of 2011 and 2021; returns how many."""
        self._reject_duplicates("stage_change", key="code_2011", partition="code_2011, code_2021")
        written = self._run(UPSERT_CHANGES, [self.dataset.pk])
        self._run(DELETE_OLD_CHANGES, [self.dataset.publication, self.dataset.extent])
        return written

    def reject_duplicate_practices(self) -> None:
        self._reject_duplicates("stage_practice")

    def collect_rejects(self) -> None:
        """Move what SQL refused into the report."""
        # Several columns share a line: its fault is told once.
        for line, code, reason in self._rows("SELECT DISTINCT line, code, reason FROM stage_reject ORDER BY line"):
            self.report.reject(line, code or "", reason)


def _new_value(name: str, fill_only: set[str]) -> str:
    """What a look-up writes into a field of an area."""
    given = f"ST_GeomFromText(nullif(s.{name}, ''), 4326)" if name == AREA_POINT else f"s.{name}"
    if name in fill_only:
        held = f"a.{name}" if name == AREA_POINT else f"nullif(a.{name}, '')"
        return f"coalesce({held}, {given}, a.{name})"
    return f"coalesce({given}, a.{name})"
