"""What is right and wrong about the data in force: comparisons of releases, checks, and how figures are spread."""

from . import checks, geometry, totals  # noqa: F401 - they register themselves
from .check import CHECKS, Check, Finding, register_needs

__all__ = ["CHECKS", "Check", "Finding", "register_needs"]
