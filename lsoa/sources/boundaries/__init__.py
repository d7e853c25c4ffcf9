"""LSOA boundaries of both census vintages: GeoJSON, or an ESRI shapefile inside a zip archive."""

from .adapter import Boundaries

BOUNDARIES_2021 = Boundaries(2021)
BOUNDARIES_2011 = Boundaries(2011)

__all__ = ["BOUNDARIES_2011", "BOUNDARIES_2021", "Boundaries"]
