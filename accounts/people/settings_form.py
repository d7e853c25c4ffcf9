"""The form of what an organisation's administrators decide about it, in sections."""

from dataclasses import dataclass

from django import forms

from ..models.people import BREAK_MINUTES, IDLE_MINUTES, REVIEW_MONTHS, TRAVEL_CHOICES
from .organisations import SETTINGS, most_idle_minutes
from .own_periods import Period, periods

SEARCH_TIMES = [(10, "10 seconds: a first look"), (30, "30 seconds"), (60, "1 minute"), (120, "2 minutes")]
CLOCK = forms.TimeInput(format="%H:%M")


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    hint: str
    # Bound fields, each with whether a few characters are all that it takes.
    fields: list[tuple[forms.BoundField, bool]]

    @property
    def is_all_short(self) -> bool:
        """Whether its fields can stand side by side."""
        return all(is_short for _, is_short in self.fields)


SECTIONS = (
    ("organisation", "The organisation", "", ("name", "ods_code")),
    (
        *("access", "Who comes in, and for how long", ""),
        ("sign_in_domains", "idle_minutes", "review_months"),
    ),
    (
        *("plans", "What new plans begin with", "Whoever makes a plan may choose otherwise."),
        ("search_seconds", "holds_core20", "shares_work"),
    ),
    (
        *("teams", "What new staff and shifts begin with", "Whoever adds them may choose otherwise."),
        ("travel_profile", "shift_starts", "shift_ends", "shift_break_minutes"),
    ),
    ("privacy", "Privacy", "", ("privacy_contact",)),
)


def _whole_number(label, bounds, required=True, **options):
    least, most = bounds
    words = f"{label.removesuffix(' (optional)')}: enter a whole number from {least} to {most:,}"
    keys = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(keys, words),
        **options,
    )


def _time(label, **options):
    errors = dict.fromkeys(("required", "invalid"), f"{label}: enter a time, such as 08:00")
    return forms.TimeField(label=label, widget=CLOCK, error_messages=errors, **options)


class SettingsForm(forms.Form):
    """What an organisation's administrators decide. `cleaned_data` is what `change_settings` takes."""

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the name"})
    ods_code = forms.CharField(
        label="ODS code (optional)", max_length=10, required=False, help_text="Organisation Data Service, e.g. RX1."
    )
    sign_in_domains = forms.CharField(
        label="Domains of new people (optional)",
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One in each line, e.g. example.nhs.uk. Others cannot be added; who is here stays.",
    )
    review_months = _whole_number(
        "Months from one review of access to the next",
        REVIEW_MONTHS,
        help_text="Administrators are reminded two weeks before, and a review that is late is shown.",
    )
    search_seconds = forms.TypedChoiceField(label="Time to search", choices=SEARCH_TIMES, coerce=int)
    holds_core20 = forms.BooleanField(label="Core20 coverage at least as high as elsewhere", required=False)
    shares_work = forms.BooleanField(label="Work shared out fairly", required=False)
    travel_profile = forms.ChoiceField(label="New staff travel by", choices=TRAVEL_CHOICES)
    shift_starts = _time("Shifts from", help_text="Local time, for example 08:00.")
    shift_ends = _time("Shifts until", help_text="At or before the start: on the next day.")
    shift_break_minutes = _whole_number("Break in minutes", BREAK_MINUTES)
    privacy_contact = forms.EmailField(
        label="Contact for privacy (optional)",
        required=False,
        help_text="Where your people ask about their data: a mailbox of the organisation, not of one person.",
    )

    def __init__(self, *args, organisation, **kwargs):
        kwargs.setdefault("initial", _settings_of(organisation))
        super().__init__(*args, **kwargs)
        most = most_idle_minutes()
        self.fields["idle_minutes"] = _whole_number(
            "Minutes until a session ends in which nothing is done (optional)",
            (IDLE_MINUTES[0], most),
            required=False,
            help_text=f"From {IDLE_MINUTES[0]} to {most}. Left blank: {most}, as for everybody on this platform.",
        )
        self.periods = {f"days-{period.key}": period for period in periods(organisation)}
        for name, period in self.periods.items():
            self.fields[name] = self._period_field(period)
            self.initial[name] = period.own

    def _period_field(self, period: Period):
        least, most = period.bounds
        words = f"{least} to {most:,} days. Left blank: {period.usual:,}."
        return _whole_number(period.label, period.bounds, required=False, help_text=words)

    def sections(self) -> list[Section]:
        """Bound fields by section, in the order of the page."""
        found = [Section(key, title, hint, self._bound(names)) for key, title, hint, names in SECTIONS]
        hint = "Days until something is let go. The platform sets how few and how many they may be."
        return [*found, Section("periods", "How long things are kept", hint, self._bound(self.periods))]

    def _bound(self, names) -> list[tuple[forms.BoundField, bool]]:
        short = (forms.IntegerField, forms.TimeField)
        return [(self[name], isinstance(self.fields[name], short)) for name in names]

    def clean_sign_in_domains(self):
        return self.cleaned_data["sign_in_domains"].replace(",", "\n").split()

    def clean(self):
        data = super().clean()
        chosen = {period: data.pop(name, None) for name, period in self.periods.items()}
        data["retention_days"] = {
            rule: days for period, days in chosen.items() if days is not None for rule in period.rules
        }
        return data


def _settings_of(organisation) -> dict:
    values = {field: getattr(organisation, field) for field in SETTINGS if field != "retention_days"}
    return values | {"sign_in_domains": "\n".join(organisation.sign_in_domains)}
