"""Forms about priorities: minutes of an organisation's own, and two runs to compare."""

from uuid import UUID

from django import forms

from priorities.services.overrides import LEAST_MINUTES, MOST_MINUTES

from .presenters.runs import finished_runs, run_label

EVERYWHERE = "all"
REASON_LENGTH = 500


class MinutesForm(forms.Form):
    """Minutes that the organisation plans instead of those of the model."""

    minutes = forms.IntegerField(
        label="Minutes for a visit",
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        help_text=f"A whole number from {LEAST_MINUTES} to {MOST_MINUTES}.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Enter the minutes for a visit.",
            "invalid": f"Minutes must be a whole number from {LEAST_MINUTES} to {MOST_MINUTES}.",
            "min_value": f"Minutes must be a whole number from {LEAST_MINUTES} to {MOST_MINUTES}.",
            "max_value": f"Minutes must be a whole number from {LEAST_MINUTES} to {MOST_MINUTES}.",
        },
    )
    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        help_text="Colleagues who plan with these minutes will read it. Do not enter anything about a patient.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Give a reason.", "max_length": f"Use at most {REASON_LENGTH} characters."},
    )


class EndMinutesForm(forms.Form):
    reason = forms.CharField(
        label="Reason (optional)",
        required=False,
        max_length=REASON_LENGTH,
        error_messages={"max_length": f"Use at most {REASON_LENGTH} characters."},
    )


class CompareRunsForm(forms.Form):
    """Two runs, and where to look. The choices are the runs of the moment."""

    before = forms.TypedChoiceField(label="Earlier run", coerce=UUID)
    after = forms.TypedChoiceField(label="Later run", coerce=UUID)
    patch = forms.ChoiceField(label="Areas of", required=False)
    direction = forms.ChoiceField(
        label="List areas that are",
        required=False,
        choices=[("", "More or less urgent"), ("rose", "More urgent"), ("fell", "Less urgent")],
    )

    def __init__(self, data=None, *, organisation, patches, **fields):
        super().__init__(data, auto_id="compare-%s", **fields)
        runs = [(str(run.pk), run_label(run, organisation)) for run in finished_runs()]
        for name in ("before", "after"):
            self.fields[name].choices = runs
            self.fields[name].error_messages["invalid_choice"] = "Choose a run from the list; there is no such run."
            self.fields[name].error_messages["required"] = "Choose a run from the list."
        self.fields["patch"].choices = [(EVERYWHERE, "All areas"), *((patch.slug, patch.name) for patch in patches)]
        self.fields["patch"].error_messages["invalid_choice"] = "Your organisation has no such patch."
