"""One loader for every publication: staging, set-wise validation, upsert, quality report, audit.

`loader.load_material` loads one file in one transaction; `lsoa.services` is the way in for everybody else.
"""
