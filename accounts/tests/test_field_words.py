"""Pages call tables and their fields by words of a reader."""

from django.apps import apps

from accounts.field_words import is_described, words_by_name, words_of_field, words_of_model
from accounts.privacy import inventory
from accounts.trail.row_history import histories


def test_every_personal_field_has_words():
    nameless = [entry.name for entry in inventory.personal_fields() if not is_described(entry.name)]
    assert nameless == []


def test_every_field_of_a_history_has_words():
    nameless = []
    for history in histories().values():
        model = history.pgh_tracked_model
        for one in history._meta.fields:
            is_own = not one.name.startswith("pgh_") and one.name not in ("id", "created_at")
            if is_own and not is_described(f"{model._meta.label}.{one.name}"):
                nameless.append(f"{model._meta.label}.{one.name}")
    assert nameless == []


def test_words_are_those_of_a_reader():
    assert words_by_name("accounts.Job.url") == "Background work: link to the page it is for"
    assert words_of_model(apps.get_model("routing.RoutePlan")) == "Visit plan"
    # What nobody named goes by the model's own words.
    assert words_of_field(apps.get_model("routing.RoutePlan"), "seconds_allowed") == "seconds allowed"
