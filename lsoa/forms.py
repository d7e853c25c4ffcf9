"""Forms of the pages about data."""

from django import forms

from .models import Indicator

KINDS = [
    ("rate", "A rate, share or average"),
    ("score", "A score"),
    ("count", "A count of people or things"),
    ("rank", "A rank"),
    ("decile", "A decile"),
]


class OwnFiguresForm(forms.Form):
    """A file of an organisation's own figures."""

    period = forms.CharField(
        label="Period", max_length=20, required=False, help_text="For example 2025-26. Leave it empty for today's date."
    )
    file = forms.FileField(
        label="CSV file",
        help_text="A row for each area, with the headings “area code” and “value”; “reason” and “period” may be there.",
        error_messages={"required": "Choose a CSV file", "empty": "The file is empty. Choose one that holds figures"},
    )
    carry = forms.BooleanField(
        label="If the codes are of 2011, carry the figures over to the areas of 2021", required=False
    )


class OwnIndicatorForm(OwnFiguresForm):
    """A new indicator with its first figures."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Enter a name"})
    unit = forms.CharField(
        label="Unit",
        max_length=40,
        help_text="For example %, per 1,000 residents, people.",
        error_messages={"required": "Enter a unit"},
    )
    kind = forms.ChoiceField(
        label="What sort of number it is",
        choices=KINDS,
        widget=forms.RadioSelect,
        initial="rate",
        error_messages={"required": "Select what sort of number it is"},
    )
    polarity = forms.ChoiceField(
        label="How it reads",
        choices=Indicator.Polarity.choices,
        widget=forms.RadioSelect,
        initial=Indicator.Polarity.HIGH_IS_NEED,
        error_messages={"required": "Select how it reads"},
    )
    decimals = forms.IntegerField(
        label="Decimals shown",
        min_value=0,
        max_value=6,
        initial=1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), "Enter a number from 0 to 6"),
    )
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is counted, where the figures come from, and what to be careful about.",
    )

    field_order = ["name", "unit", "kind", "polarity", "decimals", "description", "period", "file", "carry"]
