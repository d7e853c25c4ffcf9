"""Forms of visit planning. Choices are limited to the organisation that the form is made for."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError

from lsoa.models import Patch

from .civil_time import today
from .models import Depot, Shift, Skill, StaffMember
from .services import check_day
from .source_forms import FROM_CASELOAD, FROM_FILE, FROM_PRIORITIES, WISHES, VisitSourceForm
from .team_forms import located_postcode

FILE_HELP = (
    "Columns: reference, minutes, postcode or area_code; also window_start, window_end, skills, tier, staff_required, "
    "late_minutes, preferred_staff, excluded_staff, first_due, clinical_limit, plus_groups, linked_to and more. "
    "Minutes are a number, or the word area for what is planned in the area. "
    "No names, birth dates or NHS numbers: such a file is refused."
)
SEARCH_TIMES = [(10, "10 seconds: a first look"), (30, "30 seconds"), (60, "1 minute"), (120, "2 minutes")]


class PlanForm(VisitSourceForm):
    """A new plan: team, day, and where the visits come from."""

    field_order = ["team", "day", "name", "source", "count", "file", "seconds", *WISHES]

    day = forms.DateField(
        label="Day",
        widget=forms.SelectDateWidget,
        help_text="For example, 27 3 2027. People need shifts on that day.",
        error_messages={"invalid": "Enter a day that exists, such as 27 3 2027.", "required": "Enter the day."},
    )
    name = forms.CharField(
        label="Name of the plan", max_length=120, required=False, help_text="Left blank: team and day."
    )
    source = forms.ChoiceField(
        label="Where do the visits come from?",
        widget=forms.RadioSelect,
        choices=[
            (FROM_PRIORITIES, "From priorities: what falls due in the most urgent areas of the team's patch"),
            (FROM_CASELOAD, "From the caseload: everybody who is due by the day"),
            (FROM_FILE, "From a file of visits (CSV)"),
        ],
        initial=FROM_PRIORITIES,
    )
    seconds = forms.TypedChoiceField(label="Time to search", choices=SEARCH_TIMES, coerce=int, initial=30)

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, organisation=organisation, **kwargs)
        self.fields["count"].initial, self.fields["file"].help_text = 100, FILE_HELP
        if organisation.search_seconds in dict(SEARCH_TIMES):
            self.fields["seconds"].initial = organisation.search_seconds
        if not self.is_bound:
            following = Shift.objects.for_organisation(organisation).filter(day__gt=today()).order_by("day").first()
            self.initial.setdefault("day", following.day if following else today() + timedelta(days=1))


class TeamForm(forms.Form):
    """A new team."""

    name = forms.CharField(label="Name of the team", max_length=100)
    patch = forms.ModelChoiceField(Patch.objects.none(), empty_label=None, help_text="The areas that it looks after.")

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["patch"].queryset = Patch.objects.for_organisation(organisation)


class StaffForm(forms.Form):
    """Somebody new in a team."""

    display_name = forms.CharField(label="Name on plans", max_length=100)
    reference = forms.SlugField(
        label="Short reference", max_length=40, help_text="Letters, digits and hyphens, for example nurse-04."
    )
    base = forms.ModelChoiceField(Depot.objects.none(), empty_label=None, label="Starts and ends at")
    skills = forms.ModelMultipleChoiceField(Skill.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    max_visits = forms.IntegerField(label="Most visits in a day", min_value=1, max_value=40, initial=14)

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["base"].queryset = Depot.objects.for_organisation(organisation)
        self.fields["skills"].queryset = Skill.objects.for_organisation(organisation)


class ShiftForm(forms.Form):
    """The same working time for several people on one day or on every working day up to another."""

    MAX_DAYS = 62
    people = forms.ModelMultipleChoiceField(
        StaffMember.objects.none(), label="Who works?", widget=forms.CheckboxSelectMultiple
    )
    first_day = forms.DateField(label="First day", widget=forms.SelectDateWidget)
    last_day = forms.DateField(
        label="Last day", widget=forms.SelectDateWidget, required=False, help_text="Left blank: only the first day."
    )
    weekends = forms.BooleanField(label="Also on Saturdays and Sundays", required=False)
    starts = forms.TimeField(label="From", widget=forms.TimeInput(format="%H:%M"), help_text="For example 08:00")
    ends = forms.TimeField(label="Until", widget=forms.TimeInput(format="%H:%M"), help_text="For example 16:30")
    break_minutes = forms.IntegerField(
        label="Break in minutes",
        min_value=0,
        max_value=120,
        help_text="Between 11:30 and 14:00. A shift that does not reach over this time has no break.",
    )

    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = team.staff.active()
        usual = team.organisation
        self.fields["starts"].initial, self.fields["ends"].initial = usual.shift_starts, usual.shift_ends
        self.fields["break_minutes"].initial = usual.shift_break_minutes
        if not self.is_bound:
            self.initial.setdefault("first_day", today() + timedelta(days=1))

    def clean(self):
        """`cleaned_data["days"]` holds the days meant."""
        data = super().clean()
        for name in ("first_day", "last_day"):
            if data.get(name):
                self._check_day(name, data[name])
        first, last = data.get("first_day"), data.get("last_day") or data.get("first_day")
        if not first or not last:
            return data
        if last < first:
            self.add_error("last_day", "The last day is before the first.")
        elif (last - first).days > self.MAX_DAYS:
            self.add_error("last_day", f"At most {self.MAX_DAYS} days at once.")
        else:
            days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
            only = len(days) == 1
            data["days"] = [day for day in days if only or data.get("weekends") or day.weekday() < 5]
            if not data["days"]:
                self.add_error("last_day", "There is no working day in between.")
        return data

    def _check_day(self, name, day):
        try:
            check_day(day)
        except ValidationError as error:
            self.add_error(name, error)


class DepotForm(forms.Form):
    """A base, placed by its postcode."""

    name = forms.CharField(label="Name of the base", max_length=100)
    postcode = forms.CharField(max_length=10)

    def clean_postcode(self):
        """The Postcode row, found however the postcode is spaced; one in use that has a place on the map."""
        return located_postcode(self.cleaned_data["postcode"])


class SkillForm(forms.Form):
    """A skill that visits may need."""

    name = forms.CharField(label="Name of the skill", max_length=100)
    code = forms.SlugField(label="Code in files", max_length=40, help_text="For example, wound-care.")
