"""Forms of legal holds, and of requests about somebody's data."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from .subjects import ACCOUNT, kinds

EVERYTHING = "everything"
MOST_REASON = 500
REVIEW_AFTER = timedelta(days=182)


def subject_choices() -> list[tuple[str, str]]:
    return [
        (EVERYTHING, "Everything that the organisation keeps"),
        (ACCOUNT, "Somebody with an account"),
        *((kind.label, kind.words.capitalize()) for kind in kinds.values()),
    ]


class ReviewForm(forms.Form):
    review_on = forms.DateField(
        label="Review on",
        widget=forms.SelectDateWidget,
        help_text="After today and within a year. Administrators are reminded that day.",
        error_messages={"required": "Give the day of the review", "invalid": "Give a day that exists"},
    )

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("initial", {"review_on": timezone.localdate() + REVIEW_AFTER})
        super().__init__(*args, **kwargs)


class HoldForm(ReviewForm):
    field_order = ["who", "found_by", "reason", "reference", "review_on"]

    who = forms.ChoiceField(
        label="What must stay?",
        widget=forms.RadioSelect,
        choices=subject_choices,
        error_messages={"required": "Choose what must stay"},
    )
    found_by = forms.CharField(
        label="Email address or reference",
        required=False,
        max_length=254,
        help_text="The address of an account, or a short reference: TEAM / REFERENCE where two teams use it.",
    )
    reason = forms.CharField(
        label="Why it must stay",
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept encrypted. No health details.",
        error_messages={"required": "Say why the data must stay"},
    )
    reference = forms.CharField(
        label="Reference of the case (optional)", required=False, max_length=80, help_text="For example HC-2026-00417"
    )

    def clean(self):
        data = super().clean()
        if data.get("who") not in (None, EVERYTHING) and not data.get("found_by") and "found_by" not in self.errors:
            self.add_error("found_by", "Give the address or the reference of the person")
        return data


class ReleaseForm(forms.Form):
    because = forms.CharField(
        label="Why it need not stay any longer",
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the data need not stay any longer"},
    )


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.label, kind.words.capitalize()) for kind in kinds.values()]


class RequestForm(forms.Form):
    """Whose data somebody asks about."""

    who = forms.ChoiceField(
        label="Who is it?",
        widget=forms.RadioSelect,
        choices=kind_choices,
        error_messages={"required": "Choose who it is"},
    )
    found_by = forms.CharField(
        label="Reference",
        max_length=254,
        help_text="As on plans and in files; TEAM / REFERENCE where two teams use it.",
        error_messages={"required": "Give the reference of the person"},
    )
