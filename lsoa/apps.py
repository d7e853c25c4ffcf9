from django.apps import AppConfig


class LsoaConfig(AppConfig):
    """Small areas, indicators, and the open data they come from."""

    name = "lsoa"
    verbose_name = "Small areas and open data"

    def ready(self):
        # Registers that the map is brought in step when boundaries have changed.
        from . import tiles  # noqa: F401
