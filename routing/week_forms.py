"""A new plan over several days."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError

from .civil_time import today
from .models import Team
from .services import MAX_VISITS, check_day
from .services.weeks import DAYS
from .visit_files import MAX_BYTES, VisitFileRefused, read_visit_file

FROM_CASELOAD, FROM_PRIORITIES, FROM_FILE = "caseload", "priorities", "file"
SEARCH_TIMES = [(30, "30 seconds: a first look"), (60, "1 minute"), (120, "2 minutes"), (300, "5 minutes")]


class WeekForm(forms.Form):
    """Team, days, and where the visits come from."""

    team = forms.ModelChoiceField(Team.objects.none(), empty_label=None)
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
    count = forms.IntegerField(
        label="How many visits?",
        min_value=1,
        max_value=MAX_VISITS,
        initial=200,
        required=False,
        help_text="When they come from priorities, over all days.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Write the number of visits in figures."},
    )
    file = forms.FileField(
        label="File of visits",
        required=False,
        help_text="As for one day. Visits with earliest_day and latest_day may move between these; the others stay on "
        "the first day.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    seconds = forms.TypedChoiceField(label="Time to search", choices=SEARCH_TIMES, coerce=int, initial=60)

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["team"].queryset = Team.objects.for_organisation(organisation)
        if not self.is_bound:
            monday = today() + timedelta(days=7 - today().weekday())
            self.initial.setdefault("first_day", monday)

    def clean_first_day(self):
        day = self.cleaned_data["first_day"]
        check_day(day)
        return day

    def clean(self):
        """`cleaned_data["visit_file"]` holds the parsed file when the visits come from one."""
        data = super().clean()
        if data.get("source") == FROM_PRIORITIES and data.get("count") is None and "count" not in self.errors:
            self.add_error("count", "Say how many visits the days should hold.")
        if data.get("source") == FROM_FILE and "first_day" in data:
            self._read_file(data)
        return data

    def _read_file(self, data):
        upload = data.get("file")
        if upload is None:
            if "file" not in self.errors:
                self.add_error("file", "Choose the file of visits.")
        elif upload.size > MAX_BYTES:
            self.add_error("file", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
        else:
            try:
                data["visit_file"] = read_visit_file(
                    upload.read(), organisation=self.organisation, day=data["first_day"], team=data.get("team")
                )
            except VisitFileRefused as error:
                self.add_error("file", ValidationError(str(error)))
