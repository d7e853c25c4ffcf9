"""Census 2021: the topic summaries that Nomis offers for download, area by area."""

from .adapter import NOMIS_TABLES

__all__ = ["NOMIS_TABLES"]
