"""Figures that are worked out from datasets that are loaded: run after all files, when what they need has changed."""

from .access import NearestPractice
from .base import Derivation, DerivedMaterial
from .prevalence import QofAreaPrevalence

__all__ = ["DERIVATIONS", "Derivation", "DerivedMaterial"]

# In the order of their needs: a later one may use what an earlier one made.
DERIVATIONS: list[Derivation] = [QofAreaPrevalence(), NearestPractice()]
