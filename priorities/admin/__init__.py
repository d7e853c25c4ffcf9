"""Versions of the model, edited and published here by platform administrators; runs and scores to look at."""

from . import runs, versions

__all__ = ["runs", "versions"]
