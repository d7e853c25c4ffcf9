"""Statements of `carry_over`: the rules of `lsoa.vintages`, set by set. Made of this module's constants alone."""

# Figures that were carried themselves are no evidence of where people live.
_PEOPLE = """
    SELECT DISTINCT ON (v.area_id) v.area_id, v.value AS people
    FROM lsoa_indicatorvalue v
    JOIN lsoa_indicator i ON i.id = v.indicator_id AND i.code = ANY(%({codes})s)
    JOIN lsoa_dataset d ON d.id = v.dataset_id AND d.state = 'current' AND d.organisation_id IS NULL
    JOIN lsoa_area a ON a.id = v.area_id AND a.vintage = {vintage}
    WHERE v.value > 0 AND v.method NOT LIKE 'carried%%'
    ORDER BY v.area_id, array_position(%({codes})s, i.code::text), d.is_pinned DESC, d.release DESC, d.standing
"""
# Surfaces in square metres on the sphere. An irregular pair that hardly overlaps keeps a millionth: it is published.
WEIGH = f"""
WITH people_2011 AS ({_PEOPLE.format(codes="people_2011", vintage=2011)}),
people_2021 AS ({_PEOPLE.format(codes="people_2021", vintage=2021)}),
measured AS (
    SELECT c.id, c.code_2011, c.code_2021, c.kind, was.people AS parent_people, has.people AS child_people,
        CASE WHEN c.kind <> 'S' THEN ST_Area(p.geometry::geography, false) END AS parent_m2,
        CASE WHEN c.kind <> 'M' THEN ST_Area(k.geometry::geography, false) END AS child_m2,
        CASE WHEN c.kind = 'X' THEN greatest(ST_Area(ST_Intersection(p.geometry, k.geometry)::geography, false),
            ST_Area(k.geometry::geography, false) * 1e-6) END AS overlap_m2
    FROM lsoa_areachange c
    LEFT JOIN lsoa_area p ON p.code = c.code_2011 AND p.vintage = 2011
    LEFT JOIN lsoa_area k ON k.code = c.code_2021 AND k.vintage = 2021
    LEFT JOIN people_2011 was ON was.area_id = p.id
    LEFT JOIN people_2021 has ON has.area_id = k.id
    WHERE c.kind <> 'U'
),
judged AS (
    SELECT *,
        CASE kind
            WHEN 'S' THEN 'only_parent'
            WHEN 'M' THEN CASE WHEN bool_and(parent_people IS NOT NULL) OVER child THEN 'population'
                               WHEN bool_and(parent_m2 IS NOT NULL) OVER child THEN 'overlap' ELSE 'equal' END
            ELSE CASE WHEN bool_and(overlap_m2 IS NOT NULL AND parent_people IS NOT NULL) OVER child
                      THEN 'overlap_population'
                      WHEN bool_and(overlap_m2 IS NOT NULL) OVER child THEN 'overlap' ELSE 'equal' END
        END AS basis,
        CASE kind
            WHEN 'M' THEN 'only_child'
            WHEN 'S' THEN CASE WHEN bool_and(child_people IS NOT NULL) OVER parent THEN 'population'
                               WHEN bool_and(child_m2 IS NOT NULL) OVER parent THEN 'overlap' ELSE 'equal' END
            ELSE CASE WHEN bool_and(overlap_m2 IS NOT NULL) OVER parent THEN 'overlap' ELSE 'equal' END
        END AS share_basis
    FROM measured
    WINDOW child AS (PARTITION BY code_2021), parent AS (PARTITION BY code_2011)
),
raw AS (
    SELECT *,
        CASE basis WHEN 'population' THEN parent_people
                   WHEN 'overlap' THEN CASE kind WHEN 'M' THEN parent_m2 ELSE overlap_m2 END
                   WHEN 'overlap_population' THEN overlap_m2 * parent_people / parent_m2
                   ELSE 1 END AS raw_weight,
        CASE share_basis WHEN 'population' THEN child_people
                         WHEN 'overlap' THEN CASE kind WHEN 'S' THEN child_m2 ELSE overlap_m2 END
                         ELSE 1 END AS raw_share
    FROM judged
),
wanted AS (
    SELECT id, basis, share_basis,
        raw_weight / sum(raw_weight) OVER (PARTITION BY code_2021) AS weight,
        raw_share / sum(raw_share) OVER (PARTITION BY code_2011) AS share
    FROM raw
    UNION ALL
    SELECT id, 'only_parent', 'only_child', 1, 1 FROM lsoa_areachange WHERE kind = 'U'
)
UPDATE lsoa_areachange c SET weight = w.weight, share = w.share, basis = w.basis, share_basis = w.share_basis
FROM wanted w
WHERE w.id = c.id AND (c.basis <> w.basis OR c.share_basis <> w.share_basis
    OR abs(c.weight - w.weight) > 1e-12 OR abs(c.share - w.share) > 1e-12)
"""  # noqa: S608
# A parent that is not loaded stays in the list, without an area: its figure is missing.
PAIRS = """
CREATE TEMPORARY TABLE carried_pair ON COMMIT DROP AS
SELECT p.id AS parent_id, k.id AS child_id, c.kind, c.weight, c.share
FROM lsoa_areachange c
JOIN lsoa_area k ON k.code = c.code_2021 AND k.vintage = 2021
LEFT JOIN lsoa_area p ON p.code = c.code_2011 AND p.vintage = 2011
"""
_INDICATORS = """
    SELECT i.id, i.code, i.kind FROM lsoa_indicator i WHERE EXISTS (
        SELECT 1 FROM lsoa_indicatorvalue v WHERE v.dataset_id = %(dataset)s AND v.indicator_id = i.id)
"""
FINGERPRINT = f"""
SELECT md5(
    (SELECT coalesce(string_agg(concat_ws(' ', child_id, parent_id, kind, weight, share), ','
        ORDER BY child_id, parent_id), '') FROM carried_pair)
    || (SELECT coalesce(string_agg(code || ' ' || kind, ',' ORDER BY code), '') FROM ({_INDICATORS}) named)
    || %(tolerated)s::text
), (SELECT count(*) FROM ({_INDICATORS}) named)
"""  # noqa: S608
REMOVE = "DELETE FROM lsoa_indicatorvalue WHERE dataset_id = %(dataset)s AND method LIKE 'carried%%'"
_INSERT = """
INSERT INTO lsoa_indicatorvalue (area_id, indicator_id, dataset_id, period, value, missing_reason, method, line)
"""
# (method, figures, missing): counted as they are written, for to count them afterwards is to read the dataset again.
_COUNTED = """
RETURNING method, value)
SELECT method, count(value), count(*) - count(value) FROM written GROUP BY method ORDER BY method
"""
# Nearly all areas have one parent, which is copied: unchanged ones as they are, parts of a split one by the kind of the
# indicator.
ONE_PARENT = f"""WITH written AS ({_INSERT}
SELECT q.child_id, v.indicator_id, v.dataset_id, v.period, f.figure,
    CASE WHEN f.figure IS NOT NULL THEN NULL
         WHEN q.kind = 'S' AND (i.kind IN ('rank', 'decile') OR v.value IS NOT NULL) THEN 'unavailable'
         ELSE v.missing_reason END,
    CASE q.kind WHEN 'U' THEN 'carried_unchanged' ELSE 'carried_split' END, v.line
FROM lsoa_indicatorvalue v
JOIN carried_pair q ON q.parent_id = v.area_id AND q.kind IN ('U', 'S')
JOIN lsoa_indicator i ON i.id = v.indicator_id
CROSS JOIN LATERAL (SELECT CASE WHEN q.kind = 'U' THEN v.value
                                WHEN i.kind IN ('rank', 'decile') THEN NULL
                                WHEN i.kind = 'count' THEN q.share * v.value
                                ELSE v.value END AS figure) f
WHERE v.dataset_id = %(dataset)s
ORDER BY v.indicator_id, q.child_id  -- as the unique index is sorted
{_COUNTED}"""  # noqa: S608
# Merged areas and irregular ones. A parent that the dataset has no row for counts as missing; with one parent its line
# is named.
SEVERAL_PARENTS = f"""
WITH indicators AS MATERIALIZED ({_INDICATORS}),
parents AS (
    SELECT q.child_id, q.kind, q.weight, q.share, i.id AS indicator_id, i.kind AS sort,
        v.area_id AS parent_id, v.value, v.missing_reason, v.period, v.line
    FROM carried_pair q CROSS JOIN indicators i
    LEFT JOIN lsoa_indicatorvalue v
        ON v.dataset_id = %(dataset)s AND v.indicator_id = i.id AND v.area_id = q.parent_id
    WHERE q.kind IN ('M', 'X')
),
gathered AS (
    SELECT child_id, indicator_id, min(kind) AS kind, min(sort) AS sort, max(period) AS period,
        count(*) AS parents, count(value) AS present, sum(weight * value) AS weighted,
        sum(weight) FILTER (WHERE value IS NOT NULL) AS known, sum(share * value) AS added,
        min(value) AS lowest, max(value) AS highest,
        CASE WHEN count(*) = 1 THEN min(line) END AS line,
        (array_agg(coalesce(missing_reason, 'unavailable') ORDER BY weight DESC,
            coalesce(missing_reason, 'unavailable')) FILTER (WHERE value IS NULL))[1] AS reason
    FROM parents GROUP BY child_id, indicator_id HAVING count(parent_id) > 0
),
carried AS (
    SELECT *, CASE
        WHEN sort IN ('rank', 'decile') THEN NULL
        WHEN sort = 'count' THEN CASE WHEN present = parents THEN added END
        WHEN sort = 'class' THEN CASE WHEN present = parents AND lowest = highest THEN lowest END
        WHEN present = parents OR 1 - known <= %(tolerated)s THEN weighted / known
    END AS figure
    FROM gathered
),
written AS ({_INSERT}
SELECT child_id, indicator_id, %(dataset)s, period, figure,
    CASE WHEN figure IS NOT NULL THEN NULL
         WHEN sort IN ('rank', 'decile') OR present = parents THEN 'unavailable' ELSE reason END,
    CASE WHEN figure IS NOT NULL AND present < parents THEN %(in_part)s
         WHEN kind = 'M' THEN 'carried_merged' ELSE 'carried_irregular' END,
    line
FROM carried
{_COUNTED}"""  # noqa: S608
