"""A new plan over several days."""

from datetime import timedelta

from django import forms

from .civil_time import today
from .services.weeks import DAYS
from .source_forms import FROM_CASELOAD, FROM_FILE, FROM_PRIORITIES, WISHES, VisitSourceForm

FILE_HELP = (
    "As for one day, plus day: the day of the visit. Visits with earliest_day and latest_day may move between "
    "these; the others stay on their day, without one on the first. A reference may be used once for each day."
)
SEARCH_TIMES = [(30, "30 seconds: a first look"), (60, "1 minute"), (120, "2 minutes"), (300, "5 minutes")]


class WeekForm(VisitSourceForm):
    """Team, days, and where the visits come from."""

    day_field = "first_day"
    field_order = ["team", "first_day", "days", "name", "source", "count", "file", "seconds", *WISHES]

    first_day = forms.DateField(
        label="First day",
        widget=forms.SelectDateWidget,
        help_text="For example, 29 3 2027. People need shifts on the days that are to be planned.",
        error_messages={"invalid": "Enter a day that exists, such as 29 3 2027.", "required": "Enter the first day."},
    )
    days = forms.IntegerField(
        label="How many days?",
        min_value=DAYS[0],
        max_value=DAYS[1],
        initial=7,
        help_text="Days without shifts stay empty.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Write the number of days in figures, from 2 to 14.",
            "min_value": "A plan over several days has 2 days at least.",
            "max_value": "A plan over several days has 14 days at most.",
        },
    )
    name = forms.CharField(label="Name", max_length=100, required=False, help_text="Left blank: team and days.")
    source = forms.ChoiceField(
        label="Where do the visits come from?",
        widget=forms.RadioSelect,
        choices=[
            (FROM_CASELOAD, "From the caseload: everybody who falls due in these days"),
            (FROM_PRIORITIES, "From priorities: what falls due in the most urgent areas of the team's patch"),
            (FROM_FILE, "From a file of visits (CSV)"),
        ],
        initial=FROM_CASELOAD,
    )
    seconds = forms.TypedChoiceField(label="Time to search", choices=SEARCH_TIMES, coerce=int, initial=60)

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, organisation=organisation, **kwargs)
        self.fields["count"].initial, self.fields["file"].help_text = 200, FILE_HELP
        self.fields["count"].help_text = "When they come from priorities, over all days."
        if not self.is_bound:
            monday = today() + timedelta(days=7 - today().weekday())
            self.initial.setdefault("first_day", monday)

    def last_day(self, data):
        """None where the number of days is not known: nothing can be read for them."""
        return data["first_day"] + timedelta(days=data["days"] - 1) if data.get("days") else None
