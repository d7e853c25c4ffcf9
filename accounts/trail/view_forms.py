"""What somebody may ask of the pages about one person or one thing, and of what was noticed."""

from django import forms

from ..models import UnusualRule, UnusualState
from .forms import DAY, TrailForm
from .row_history import LABELS
from .unusual import COUNTED, thresholds
from .words import PAGE_WORDS

MOST_THRESHOLD = 1_000_000


class ReadersForm(TrailForm):
    """Who was shown one person: by page, reader and day."""

    page = forms.ChoiceField(label="Shown on", required=False)
    field_order = ["page", "person", "since", "until"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("group", "action", "object", "readings"):
            del self.fields[name]
        self.fields["person"].label = "Who looked"
        self.fields["page"].choices = [
            ("", "All"),
            *sorted(PAGE_WORDS.items(), key=lambda choice: choice[1]),
        ]

    def asked(self) -> dict:
        """For `Subject.filter`; what is wrong is left out (the form says so)."""
        values = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        return {
            "actor": values.get("person") or "",
            "page": values.get("page") or "",
            "since": values.get("since"),
            "until": values.get("until"),
        }


class RowsForm(forms.Form):
    """Changes of one row: by kind and day."""

    kind = forms.ChoiceField(label="What happened", required=False, choices=[("", "All"), *LABELS.items()])
    since = forms.DateField(label="From", **DAY)
    until = forms.DateField(label="To", **DAY)

    def chosen(self, changes):
        values = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        kind, since, until = (values.get(name) for name in ("kind", "since", "until"))
        return [
            change
            for change in changes
            if (not kind or change.kind == kind)
            and (not since or change.at.date() >= since)
            and (not until or change.at.date() <= until)
        ]


class UnusualForm(forms.Form):
    """What was noticed: by rule and by what was decided."""

    state = forms.ChoiceField(label="Decision", required=False, choices=[("", "All"), *UnusualState.choices])
    rule = forms.ChoiceField(label="What was noticed", required=False, choices=[("", "All"), *UnusualRule.choices])

    def chosen(self, found):
        for name in ("state", "rule"):
            if self.is_valid() and self.cleaned_data[name]:
                found = found.filter(**{name: self.cleaned_data[name]})
        return found


class DecisionForm(forms.Form):
    """What a person found out about something that was noticed."""

    state = forms.ChoiceField(
        label="What was it?",
        choices=[(state.value, state.label) for state in (UnusualState.HARMLESS, UnusualState.FOLLOWED_UP)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it was harmless or was followed up."},
    )
    note = forms.CharField(
        label="What did you find out?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In a sentence. Leave out names of people who are visited.",
        error_messages={"required": "Write down what you found out."},
    )


class ThresholdsForm(forms.Form):
    """A number for each rule; blank switches it off."""

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        for rule, threshold in thresholds(organisation).items():
            self.fields[rule.value] = forms.IntegerField(
                label=rule.label,
                help_text=f"From how many {COUNTED[rule]}. Blank: never.",
                required=False,
                min_value=1,
                max_value=MOST_THRESHOLD,
                initial=threshold,
                widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-5"}),
            )

    @property
    def numbers(self) -> dict:
        return {UnusualRule(name): value for name, value in self.cleaned_data.items()}
