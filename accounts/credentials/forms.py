"""The form for a new API key."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from ..models.credentials import MOST_REQUESTS_PER_MINUTE
from .networks import NoNetwork, network

MOST_NETWORKS = 50
DAYS = [("30", "30 days"), ("90", "90 days"), ("180", "180 days"), ("365", "1 year")]


class NewKeyForm(forms.Form):
    """`scopes` are the rights that the person may hand on; empty where they hold none that is for machines."""

    name = forms.CharField(
        label="Name of the system",
        max_length=80,
        help_text="Tells others what stops when the key is revoked, such as “Data warehouse”. No names of people.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter a name"},
    )
    scopes = forms.MultipleChoiceField(
        label="What the key may do",
        help_text="Only what you may do yourself. The key loses a right when you lose it.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one right"},
    )
    days = forms.ChoiceField(
        label="How long it is valid",
        choices=DAYS,
        initial="90",
        help_text="You are told 14 days before the end.",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how long the key is valid"},
    )
    networks = forms.CharField(
        label="Addresses it may be used from",
        required=False,
        max_length=4000,
        help_text="One address or network a line, such as 192.0.2.7 or 2001:db8::/48. Left blank: any address.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )
    requests_per_minute = forms.IntegerField(
        label="Requests a minute",
        initial=120,
        min_value=1,
        max_value=MOST_REQUESTS_PER_MINUTE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": "Enter how many requests a minute the key may make",
            "invalid": "Enter a whole number of requests, such as 120",
            "min_value": "Enter 1 or more",
            "max_value": f"Enter {MOST_REQUESTS_PER_MINUTE:,} or less",
        },
    )

    def __init__(self, *args, scopes, **kwargs):
        super().__init__(*args, **kwargs)
        words = [(scope.value, scope.description[0].upper() + scope.description[1:]) for scope in scopes]
        self.fields["scopes"].choices = words

    def clean_networks(self):
        lines = [line for line in self.cleaned_data["networks"].splitlines() if line.strip()]
        if len(lines) > MOST_NETWORKS:
            raise forms.ValidationError(f"Enter {MOST_NETWORKS} networks at most")
        networks, errors = [], []
        for number, line in enumerate(lines, start=1):
            try:
                networks.append(network(line))
            except NoNetwork as error:
                errors.append(f"Line {number}: {error}")
        if errors:
            raise forms.ValidationError(errors)
        return networks

    def values(self) -> dict:
        """What `keys.create_key` takes."""
        given = dict(self.cleaned_data)
        given["expires_at"] = timezone.now() + timedelta(days=int(given.pop("days")))
        return given
