"""Forms for the people of a team: details, skills with their last day, absences, files of shifts."""

from django import forms
from django.core.exceptions import ValidationError

from lsoa.models import Postcode
from lsoa.postcodes import canonical
from lsoa.search import month_text

from .models import Absence, DayEnd, Depot, Skill, TravelProfile
from .rota_files import MAX_BYTES
from .services import possible_accounts

# As people in the United Kingdom write a day, and as files do.
DAY_FORMATS = ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d"]
DAY_ERRORS = {"invalid": "Write the day as 23/11/2026.", "required": "Enter the day."}


def day_field(**options) -> forms.DateField:
    """One line for a day, for forms with many of them."""
    widget = forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.DateField(input_formats=DAY_FORMATS, widget=widget, error_messages=DAY_ERRORS, **options)


class StaffDetailsForm(forms.Form):
    """Details of a person. `cleaned_data` is what `services.change_staff` takes."""

    display_name = forms.CharField(label="Name on plans", max_length=100)
    reference = forms.SlugField(
        label="Short reference", max_length=40, help_text="Used in files, for example nurse-04."
    )
    user = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label="Account",
        empty_label="No account",
        help_text="Who signs in to see this round. Only accounts with the role field worker are offered.",
    )
    base = forms.ModelChoiceField(Depot.objects.none(), empty_label=None)
    starts_from = forms.ChoiceField(label="The day begins at", choices=DayEnd.choices, widget=forms.RadioSelect)
    ends_at = forms.ChoiceField(label="The day ends at", choices=DayEnd.choices, widget=forms.RadioSelect)
    home_postcode = forms.CharField(
        max_length=10,
        required=False,
        help_text="Personal: shown only to people who manage the team. Needed where the day begins or ends at home.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    travel_profile = forms.ChoiceField(label="Travels by", choices=TravelProfile.choices)
    max_visits = forms.IntegerField(label="Most visits in a day", min_value=1, max_value=40)
    max_drive_minutes = forms.IntegerField(
        label="Most minutes on the way in a day",
        min_value=1,
        max_value=720,
        required=False,
        help_text="Blank: no limit.",
    )
    overtime_minutes = forms.IntegerField(
        label="Overtime in minutes", min_value=0, max_value=480, help_text="How long past the end of a shift at most."
    )
    works_alone = forms.BooleanField(
        label="Works alone", required=False, help_text="An alert is raised when nothing is heard for too long."
    )
    is_active = forms.BooleanField(
        label="Active", required=False, help_text="People who are not active are left out of plans and rotas."
    )

    def __init__(self, *args, person, **kwargs):
        self.person = person
        names = [name for name in self.base_fields if name != "home_postcode"]
        initial = {name: getattr(person, name) for name in names} | {"home_postcode": person.home_postcode}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["user"].queryset = possible_accounts(person.team)
        self.fields["base"].queryset = Depot.objects.for_organisation(person.organisation)

    def clean_home_postcode(self):
        """Puts `home`, the point, beside the postcode. One that is kept as it was is not looked up again."""
        text = self.cleaned_data["home_postcode"].strip()
        if not text:
            self.cleaned_data["home"] = None
            return ""
        if self.person.home is not None and canonical(text) == self.person.home_postcode:
            self.cleaned_data["home"] = self.person.home
            return self.person.home_postcode
        found = located_postcode(text)
        self.cleaned_data["home"] = found.point
        return found.postcode

    def clean(self):
        data = super().clean()
        if "home" in (data.get("starts_from"), data.get("ends_at")) and data.get("home_postcode") == "":
            self.add_error("home_postcode", "Give the home postcode: the day begins or ends there.")
        return data


def located_postcode(text: str) -> Postcode:
    """The Postcode row of what somebody wrote, however it is spaced: in use, with a place on the map."""
    found = Postcode.objects.filter(postcode=canonical(text) or "").first()
    if found is None:
        raise ValidationError("This postcode is not known.")
    if found.terminated:
        raise ValidationError(f"This postcode was terminated in {month_text(found.terminated)}.")
    if found.point is None:
        raise ValidationError("No publication says where this postcode is.")
    return found


class StaffSkillsForm(forms.Form):
    """For every skill of the organisation: whether somebody has it, and its last valid day."""

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.skills = list(Skill.objects.for_organisation(person.organisation))
        held = {record.skill_id: record for record in person.skill_records.all()}
        for skill in self.skills:
            record = held.get(skill.pk)
            has = forms.BooleanField(label=skill.name, required=False, initial=record is not None)
            until = day_field(
                label=f"{skill.name}: last valid day", required=False, initial=record and record.expires_on
            )
            self.fields[f"has_{skill.pk}"], self.fields[f"until_{skill.pk}"] = has, until

    def fields_of(self, skill) -> tuple:
        """(has, until) of a skill."""
        return self[f"has_{skill.pk}"], self[f"until_{skill.pk}"]

    def clean(self):
        """`cleaned_data["skills"]` is what `services.set_staff_skills` takes."""
        data = super().clean()
        for skill in self.skills:
            if data.get(f"until_{skill.pk}") and not data.get(f"has_{skill.pk}"):
                self.add_error(f"until_{skill.pk}", f"Tick {skill.name}, or clear its last day.")
        data["skills"] = {skill: data.get(f"until_{skill.pk}") for skill in self.skills if data.get(f"has_{skill.pk}")}
        return data


class AbsenceForm(forms.Form):
    """Days on which somebody does not work."""

    first_day = forms.DateField(label="First day", widget=forms.SelectDateWidget)
    last_day = forms.DateField(
        label="Last day", widget=forms.SelectDateWidget, required=False, help_text="Left blank: only the first day."
    )
    kind = forms.ChoiceField(label="Kind", choices=Absence.Kind.choices, widget=forms.RadioSelect, initial="leave")

    def clean(self):
        data = super().clean()
        if data.get("first_day") and "last_day" in data:
            data["last_day"] = data["last_day"] or data["first_day"]
            if data["last_day"] < data["first_day"]:
                self.add_error("last_day", "The last day is before the first.")
        return data


class CsvForm(forms.Form):
    """A CSV file. `cleaned_data["content"]` are its bytes."""

    file = forms.FileField(
        label="CSV file",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
    )
    most_bytes = MAX_BYTES

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > self.most_bytes:
            raise ValidationError(f"The file is larger than {self.most_bytes // 1024 // 1024} MB.")
        self.cleaned_data["content"] = upload.read()
        return upload


class PlusGroupForm(forms.Form):
    """A population that the organisation looks out for."""

    name = forms.CharField(label="Name of the group", max_length=100)
    code = forms.SlugField(label="Code in files", max_length=40, help_text="For example, asylum-seekers.")
