"""What follows about areas from what is loaded: regions, MSOAs and names of authorities that no look-up has given."""

from django.db import connection, transaction

from lsoa.sources.regions import REGIONS

REGION_NAMES = """
UPDATE lsoa_area a SET region_name = r.name FROM unnest(%s::text[], %s::text[]) AS r(code, name)
WHERE a.region_code = r.code AND a.region_name = ''
"""
REGIONS_OF_AUTHORITIES = """
UPDATE lsoa_area a SET region_code = c.region_code, region_name = c.region_name
FROM lsoa_authoritycode c JOIN lsoa_dataset d ON d.id = c.dataset_id AND d.state = 'current'
WHERE a.local_authority_code = c.code AND a.region_code = '' AND c.region_code <> '' AND NOT a.is_synthetic
"""
# Boundaries give today's code of an authority and, in the name of the area, the authority that there was in 2021.
AUTHORITY_NAMES = """
UPDATE lsoa_area a SET local_authority_name = c.name
FROM lsoa_authoritycode c JOIN lsoa_dataset d ON d.id = c.dataset_id AND d.state = 'current'
WHERE a.local_authority_code = c.code AND a.local_authority_name <> c.name
  AND a.local_authority_name = substring(a.name FROM '^(.*) [0-9]{3}[A-Z]$') AND NOT a.is_synthetic
"""
# The ONS names an LSOA after its MSOA and a letter: "Leeds 047A" is part of "Leeds 047".
MSOA_NAMES = """
UPDATE lsoa_area SET msoa_name = substring(name FROM '^(.* [0-9]{3})[A-Z]$')
WHERE msoa_name = '' AND NOT is_synthetic AND name ~ '^.* [0-9]{3}[A-Z]$'
"""
# An MSOA whose areas of 2011 became exactly the areas of one MSOA of 2021 has the borders, and so the code, it had.
MSOA_CODES = """
WITH pairs AS (
    SELECT p.msoa_code AS was, k.msoa_name AS has
    FROM lsoa_areachange c
    JOIN lsoa_area p ON p.code = c.code_2011 AND p.vintage = 2011
    JOIN lsoa_area k ON k.code = c.code_2021 AND k.vintage = 2021
    WHERE p.msoa_code <> '' AND k.msoa_name <> ''
    GROUP BY p.msoa_code, k.msoa_name
),
same AS (
    SELECT was, has FROM pairs
    WHERE was IN (SELECT was FROM pairs GROUP BY was HAVING count(*) = 1)
      AND has IN (SELECT has FROM pairs GROUP BY has HAVING count(*) = 1)
)
UPDATE lsoa_area a SET msoa_code = same.was FROM same
WHERE a.vintage = 2021 AND a.msoa_code = '' AND a.msoa_name = same.has
"""


@transaction.atomic
def complete_areas() -> int:
    """Fill what look-ups have left open from what is known already; returns how many fields of areas were filled."""
    filled = 0
    with connection.cursor() as cursor:
        # Every join here is one of whole tables by equal keys; the planner takes the pairs of MSOAs for a handful and
        # would compare each with every area, which takes minutes.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(REGION_NAMES, [list(REGIONS), list(REGIONS.values())])
        filled += cursor.rowcount
        for statement in (REGIONS_OF_AUTHORITIES, AUTHORITY_NAMES, MSOA_NAMES, MSOA_CODES):
            cursor.execute(statement)
            filled += cursor.rowcount
        cursor.execute("SET LOCAL enable_nestloop = on")
    return filled
