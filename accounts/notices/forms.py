"""Forms of notifications and webhooks."""

from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.utils import timezone

from ..models.notifications import EmailCadence, Weekday
from .choices import Chosen
from .events import all_events
from .kinds import Importance, Kind

CLOCK = forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off"})
HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]
PERIODS = [("", "Any time"), ("1", "Today"), ("7", "The last 7 days"), ("30", "The last 30 days")]


class ListFilter(forms.Form):
    """What of one's notifications is shown. Everything is optional; what is not understood is said, and not applied."""

    state = forms.ChoiceField(
        label="Show", required=False, choices=[("", "All"), ("unread", "Unread only"), ("read", "Read only")]
    )
    kind = forms.ChoiceField(label="Kind", required=False)
    period = forms.ChoiceField(label="When", required=False, choices=PERIODS)

    def __init__(self, *args, kinds: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "All kinds"), *kinds]

    def apply(self, rows):
        wanted = self.cleaned_data if self.is_valid() else {}
        if wanted.get("state"):
            rows = rows.filter(read_at__isnull=wanted["state"] == "unread")
        if wanted.get("kind"):
            rows = rows.filter(kind=wanted["kind"])
        if wanted.get("period"):
            days = int(wanted["period"])
            midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
            rows = rows.filter(created_at__gte=midnight - timedelta(days=days - 1))
        return rows


@dataclass(frozen=True)
class Row:
    """One line of the matrix: the kind and its two bound fields."""

    kind: Kind
    in_app: forms.BoundField
    email: forms.BoundField

    @property
    def is_urgent(self) -> bool:
        return self.kind.importance == Importance.URGENT


class ChannelsForm(forms.Form):
    """Kinds x channels. `values`: kind code -> Chosen."""

    def __init__(self, *args, kinds: list[Kind], values: dict[str, Chosen], **kwargs):
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        for kind in kinds:
            self.fields[f"in_app-{kind.code}"] = forms.BooleanField(
                label=f"{kind.label}: in the portal",
                required=False,
                initial=values[kind.code].in_app,
                disabled=kind.always_in_app,
            )
            self.fields[f"email-{kind.code}"] = forms.ChoiceField(
                label=f"{kind.label}: email", choices=EmailCadence.choices, initial=values[kind.code].email
            )

    def groups(self) -> list[tuple[str, list[Row]]]:
        found: dict[str, list[Row]] = {}
        for kind in self.kinds:
            row = Row(kind, self[f"in_app-{kind.code}"], self[f"email-{kind.code}"])
            found.setdefault(kind.group, []).append(row)
        return list(found.items())

    def choices(self) -> dict:
        """What `preferences.choose` takes."""
        return {
            kind.code: {
                "in_app": bool(self.cleaned_data[f"in_app-{kind.code}"]),
                "email": self.cleaned_data[f"email-{kind.code}"],
            }
            for kind in self.kinds
        }


class SettingsForm(ChannelsForm):
    """The same with the hours of one person."""

    digest_hour = forms.TypedChoiceField(
        label="Time of collected emails",
        choices=HOURS,
        coerce=int,
        help_text="Local time, also when the clocks change. For “once a day” and “once a week”.",
    )
    digest_weekday = forms.TypedChoiceField(label="Day of weekly emails", choices=Weekday.choices, coerce=int)
    quiet_from = forms.TimeField(
        label="No emails from",
        required=False,
        widget=CLOCK,
        error_messages={"invalid": "No emails from: enter a time, such as 19:00"},
    )
    quiet_until = forms.TimeField(
        label="No emails until",
        required=False,
        widget=CLOCK,
        help_text="They come afterwards. Urgent ones come at any time.",
        error_messages={"invalid": "No emails until: enter a time, such as 07:00"},
    )

    def clean(self):
        given = super().clean()
        start, end = given.get("quiet_from"), given.get("quiet_until")
        if "quiet_from" in self.errors or "quiet_until" in self.errors:
            return given
        if (start is None) != (end is None):
            missing = "quiet_from" if start is None else "quiet_until"
            self.add_error(missing, "Enter both times of the quiet hours, or none")
        elif start is not None and start == end:
            self.add_error("quiet_until", "The quiet hours must end at another time than they begin")
        return given

    def values(self) -> dict:
        names = ("digest_hour", "digest_weekday", "quiet_from", "quiet_until")
        return {name: self.cleaned_data[name] for name in names} | {"choices": self.choices()}


class EndpointForm(forms.Form):
    """A webhook. `cleaned_data` is what `endpoints.create_endpoint` takes."""

    name = forms.CharField(
        label="Name of the system",
        max_length=80,
        help_text="Such as “Data warehouse”. No names of people.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter a name"},
    )
    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="Starts with https:// and is on the internet. Events are sent there by POST.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        error_messages={"required": "Enter the address"},
    )
    events = forms.MultipleChoiceField(
        label="What it is told about",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one event"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = [(event.code, f"{event.label} ({event.code})") for event in all_events()]
