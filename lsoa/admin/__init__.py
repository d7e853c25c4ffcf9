"""What is loaded, for platform administrators: looked at here, changed by services, never edited by hand."""

from . import areas, datasets, figures, operation, practices

__all__ = ["areas", "datasets", "figures", "operation", "practices"]
