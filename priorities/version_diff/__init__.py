"""What differs between two versions of the model, in words: "Weight of access barriers in Priority: 17 → 25"."""

from .compare import DiffLine, VersionDiff, compare_versions, differences

__all__ = ["DiffLine", "VersionDiff", "compare_versions", "differences"]
