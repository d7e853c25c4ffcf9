from django.apps import AppConfig


class LsoaConfig(AppConfig):
    """Small areas, indicators, and the open data they come from."""

    name = "lsoa"
    verbose_name = "Small areas and open data"

    def ready(self):
        from accounts import jobs

        from .tasks import LOAD_KIND, load_open_data

        jobs.register_kind(LOAD_KIND, load_open_data)
        # Registers that the map is brought in step when boundaries have changed.
        from . import tiles  # noqa: F401
