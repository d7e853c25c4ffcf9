"""Forms of feedback and of its answers."""

from django import forms

from ..models.feedback import FeedbackKind, FeedbackState
from .services import MOST_LETTERS

WARNING = "Do not write about patients, and no names, addresses or NHS numbers."


class FeedbackForm(forms.Form):
    """In the foot of every page, so its ids begin with a word of their own."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=FeedbackKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is", "invalid_choice": "Choose what it is"},
    )
    text = forms.CharField(
        label="What do you want to say?",
        help_text=WARNING,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what you want to say"},
    )
    page = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="feedback-%s", **kwargs)


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="Answer",
        help_text="The person who wrote is told that there is an answer, and reads it under Feedback.",
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write an answer, or close it without one"},
    )


class FeedbackFilter(forms.Form):
    state = forms.ChoiceField(label="Status", required=False, choices=[("", "All"), *FeedbackState.choices])
    kind = forms.ChoiceField(label="What it is", required=False, choices=[("", "All"), *FeedbackKind.choices])
