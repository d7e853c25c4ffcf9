"""Statistical nearest neighbours of an area: those to compare it with. The method: `lsoa.similar.variables`."""

from .finding import SimilarArea, Similarity, similar_areas
from .variables import GROUPS, METHOD, Group

__all__ = ["GROUPS", "METHOD", "Group", "SimilarArea", "Similarity", "similar_areas"]
