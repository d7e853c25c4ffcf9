"""Forms of scenarios, without those of the model itself (`priorities.editing`)."""

from django import forms
from django.db.models import F

from priorities.models import ModelVersion

from .presenters.scenarios import title_of


class SourceField(forms.ModelChoiceField):
    """A version or a scenario by what people call it."""

    def label_from_instance(self, version):
        if version.organisation_id:
            return f"Scenario: {title_of(version)}"
        return f"{version} ({'in force' if version.state == 'published' else version.get_state_display().lower()})"


class NewScenarioForm(forms.Form):
    title = forms.CharField(
        label="What do you want to try?",
        help_text="A few words, such as “Access counts more”.",
        max_length=120,
        error_messages={"required": "Say in a few words what you want to try."},
    )
    source = SourceField(
        queryset=ModelVersion.objects.none(),
        label="Begin with",
        empty_label=None,
        error_messages={
            "required": "There is nothing to begin with: no version of the model is in force yet.",
            "invalid_choice": "Choose one of the versions in the list.",
        },
    )

    def __init__(self, data=None, *, organisation):
        super().__init__(data)
        national = ModelVersion.objects.national().published()
        choices = national | ModelVersion.objects.scenarios_of(organisation).order_by()
        # Those in force come first: they have no organisation.
        self.fields["source"].queryset = choices.order_by(F("organisation").asc(nulls_first=True), "-updated_at")


class HandOverForm(forms.Form):
    reason = forms.CharField(
        label="Why should the platform administrators look at it?",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": "Say why the platform administrators should look at this scenario."},
    )
