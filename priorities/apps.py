from django.apps import AppConfig


class PrioritiesConfig(AppConfig):
    """DEX priorities: models, score runs, explanations."""

    name = "priorities"

    def ready(self):
        from accounts import undo
        from accounts.jobs import register_kind
        from accounts.permissions import Permission
        from lsoa.quality import register_needs
        from lsoa.signals import dataset_loaded
        from priorities import audit_words, readings
        from priorities.needs import needed_by_published_models
        from priorities.notices import kinds as notice_kinds
        from priorities.services import SCORE_KIND, VALIDATION_KIND, mark_outdated
        from priorities.tasks import score_in_background, validate_in_background

        audit_words.describe()
        undo.register_kind("scenario", action="scenario.restored", permission=Permission.EDIT_SCENARIOS)
        readings.declare()
        notice_kinds.register()
        register_kind(SCORE_KIND, score_in_background)
        register_kind(VALIDATION_KIND, validate_in_background)

        def note(sender, dataset, **details):
            mark_outdated(dataset=dataset)

        register_needs(needed_by_published_models)

        # The receiver is a closure, so the signal must hold it itself.
        dataset_loaded.connect(note, weak=False, dispatch_uid="priorities.mark_outdated")
