"""Where the visits of a new plan come from, and what it is to keep: what the forms for a day and for several days have
in common.
"""

from django import forms
from django.core.exceptions import ValidationError

from .models import Team
from .services import MAX_VISITS, check_day
from .visit_files import MAX_BYTES, VisitFileRefused, read_visit_file

# What a search may be asked to keep beyond its cost.
WISHES = ("holds_core20", "shares_work")
FROM_PRIORITIES, FROM_FILE, FROM_CASELOAD = "priorities", "file", "caseload"


class VisitSourceForm(forms.Form):
    """Team, source and wishes. `day_field` names the field with the (first) day, to which a file of visits belongs.

    `cleaned_data["visit_file"]` holds the parsed file when the visits come from one.
    """

    day_field = "day"

    team = forms.ModelChoiceField(Team.objects.none(), empty_label=None)
    count = forms.IntegerField(
        label="How many visits?",
        min_value=1,
        max_value=MAX_VISITS,
        required=False,
        help_text="When they come from priorities.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Write the number of visits in figures, from 1 to 10,000.",
            "min_value": "A plan holds at least 1 visit.",
            "max_value": "A plan holds at most 10,000 visits.",
        },
    )
    file = forms.FileField(
        label="File of visits", required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )

    holds_core20 = forms.BooleanField(
        label="Core20 coverage at least as high as elsewhere",
        required=False,
        help_text="The search is repeated within its time; the plan says whether it was reached and what it cost.",
    )
    shares_work = forms.BooleanField(
        label="Work shared out fairly",
        required=False,
        help_text="The fullest day becomes as short as the same visits allow, for at most 10% more travel.",
    )

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["team"].queryset = Team.objects.for_organisation(organisation)
        for wish in WISHES:
            self.fields[wish].initial = getattr(organisation, wish)

    def clean(self):
        data = super().clean()
        day = data.get(self.day_field)
        if day is not None:
            self._check_day(day)
        if data.get("source") == FROM_PRIORITIES and data.get("count") is None and "count" not in self.errors:
            self.add_error("count", "Say how many visits the plan should hold.")
        if data.get("source") == FROM_FILE and data.get(self.day_field) is not None:
            self._read_file(data)
        return data

    @property
    def wishes(self) -> dict[str, bool]:
        return {name: self.cleaned_data[name] for name in WISHES}

    def last_day(self, data):
        """The last day of a plan over several; None for a plan of one day."""
        return

    def _check_day(self, day):
        try:
            check_day(day)
        except ValidationError as error:
            self.add_error(self.day_field, error)

    def _read_file(self, data):
        upload = data.get("file")
        if upload is None:
            if "file" not in self.errors:
                self.add_error("file", "Choose the file of visits.")
            return
        if upload.size > MAX_BYTES:
            self.add_error("file", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
            return
        try:
            data["visit_file"] = read_visit_file(
                upload.read(),
                organisation=self.organisation,
                day=data[self.day_field],
                last_day=self.last_day(data),
                team=data.get("team"),
            )
        except VisitFileRefused as error:
            self.add_error("file", str(error))
