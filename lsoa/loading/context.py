"""What an adapter may ask for while it reads: the report, progress, and what is loaded already."""

import pandas as pd
from django.db import connection

from lsoa.catalogue import IndicatorDefinition
from lsoa.models import Dataset

from .report import QualityReport

# Centroid and surface of every area of 2021 that is not fictional.
AREAS = """
SELECT a.code, ST_X(a.centroid), ST_Y(a.centroid), ST_Area(a.geometry::geography, false) / 1e6
FROM lsoa_area a WHERE a.vintage = 2021 AND NOT a.is_synthetic ORDER BY a.code
"""
PRACTICES = """
SELECT p.code, ST_X(p.point), ST_Y(p.point), p.is_active,
       -- A point that is only the centre of its area is known no better than that area.
       CASE WHEN a.centroid IS NOT NULL AND ST_Equals(a.centroid, p.point)
            THEN ST_Area(a.geometry::geography, false) / 1e6 ELSE 0 END
FROM lsoa_practice p
JOIN lsoa_dataset d ON d.id = p.dataset_id AND d.standing <> %s
LEFT JOIN lsoa_area a ON a.code = p.area_code AND a.vintage = 2021
WHERE p.point IS NOT NULL
"""


class LoadContext:
    """One load: `report` and `progress(fraction)` for the adapter; `options` as the person gave them.

    The adapter may set `extent` and `release` from the rows, and `definitions` of indicators that only the file knows.
    """

    def __init__(self, *, report: QualityReport, extent="England", release="", options=None):
        self.report = report
        self.extent = extent
        self.release = release
        self.options: dict[str, str] = options or {}
        self.definitions: dict[str, IndicatorDefinition] = {}
        self._progress = None

    def tell(self, progress) -> None:
        """Whom to tell how far this file is."""
        self._progress = progress

    def progress(self, fraction: float) -> None:
        if self._progress is not None:
            self._progress(fraction)

    def areas(self) -> pd.DataFrame:
        """Real areas of 2021: code, lon, lat, km2. Ordered by code."""
        with connection.cursor() as cursor:
            cursor.execute(AREAS)
            return pd.DataFrame(cursor.fetchall(), columns=["code", "lon", "lat", "km2"])

    def practices(self) -> pd.DataFrame:
        """Located real practices: code, lon, lat, is_active, km2 (of the LSOA when only that is known, else 0)."""
        with connection.cursor() as cursor:
            cursor.execute(PRACTICES, [Dataset.Standing.SYNTHETIC])
            return pd.DataFrame(cursor.fetchall(), columns=["code", "lon", "lat", "is_active", "km2"])
