from django.apps import AppConfig


class LsoaConfig(AppConfig):
    """Small areas, indicators, and the open data they come from."""

    name = "lsoa"
    verbose_name = "Small areas and open data"

    def ready(self):
        from accounts import jobs

        from . import audit_words, lists, notice_kinds
        from .tasks import LOAD_KIND, UPLOAD_KIND, load_open_data, load_uploaded_files

        audit_words.describe()
        lists.register()
        notice_kinds.register()
        jobs.register_kind(LOAD_KIND, load_open_data, failure_notice=notice_kinds.IMPORT_FAILED)
        jobs.register_kind(UPLOAD_KIND, load_uploaded_files, failure_notice=notice_kinds.IMPORT_FAILED)
        # Registers the nightly checks, and those after a load.
        # Registers that the map is brought in step when boundaries have changed, and the step of setting an
        # organisation up that lies here.
        from . import setup_steps, tiles  # noqa: F401
        from .quality import schedule  # noqa: F401
