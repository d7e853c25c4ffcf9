"""Forms for what is to be done: one visit, and somebody on a caseload."""

from django import forms

from .caseload_files import INTERVAL
from .civil_time import NoSuchTime, clock, instant
from .csv_cells import clock_cell, reference_cell
from .csv_files import BadRow
from .models import PlusGroup, Skill, Visit, VisitTier
from .places import Places, decile_of
from .team_forms import day_field
from .visit_files import MINUTES, MOST_STAFF


class PlaceForm(forms.Form):
    """What a visit and a person on a caseload have in common: reference, place, minutes, time of day, who may come."""

    reference = forms.CharField(
        max_length=40,
        help_text="An opaque reference, never a name, birth date or NHS number.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    postcode = forms.CharField(max_length=10, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    area_code = forms.CharField(
        label="Area code", max_length=9, required=False, help_text="LSOA, where there is no postcode."
    )
    minutes = forms.IntegerField(
        label="Minutes at the visit",
        min_value=MINUTES[0],
        max_value=MINUTES[1],
        required=False,
        help_text="Left blank: what is planned in the area.",
    )
    window_start = forms.CharField(label="May start from", max_length=5, required=False, help_text="For example 08:00")
    window_end = forms.CharField(
        label="Start no later than", max_length=5, required=False, help_text="For example 11:30"
    )
    skills = forms.ModelMultipleChoiceField(Skill.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    staff_required = forms.IntegerField(
        label="How many people", min_value=1, max_value=MOST_STAFF, initial=1, help_text="2: double-handed."
    )
    preferred_staff = forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=forms.CheckboxSelectMultiple, label="Who should come"
    )
    plus_groups = forms.ModelMultipleChoiceField(
        PlusGroup.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="PLUS groups"
    )

    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.team, self.place = team, None
        self.fields["skills"].queryset = Skill.objects.for_organisation(team.organisation)
        self.fields["plus_groups"].queryset = PlusGroup.objects.for_organisation(team.organisation)
        self.fields["preferred_staff"].queryset = team.staff.active()

    def clean_reference(self):
        return self._cell(reference_cell, self.cleaned_data["reference"].strip())

    def clean_window_start(self):
        return self._clock("window_start")

    def clean_window_end(self):
        return self._clock("window_end")

    def clean(self):
        data = super().clean()
        self._find(data)
        opens, closes = data.get("window_start"), data.get("window_end")
        if (opens is None) != (closes is None) and not {"window_start", "window_end"} & set(self.errors):
            self.add_error("window_end" if opens else "window_start", "A time window needs both times.")
        elif opens and closes and closes < opens:
            self.add_error("window_end", "The time window ends before it starts.")
        return data

    def _find(self, data):
        row = {name: (data.get(name) or "").strip() for name in ("postcode", "area_code")}
        places = Places([row], self.team.organisation)
        try:
            area, postcode, point = places.find(row)
        except BadRow as error:
            self.add_error("postcode", _sentence(error))
            return
        self.place = {"area": area, "postcode": postcode, "point": point}
        self.priority, self.imd_decile = places.priorities.get(area.pk), decile_of(area)
        if data.get("minutes") is None and "minutes" not in self.errors:
            data["minutes"] = places.minutes.get(area.pk)
            if data["minutes"] is None:
                self.add_error("minutes", "The area has no priority yet: say how many minutes.")

    def _clock(self, name):
        text = self.cleaned_data[name].strip()
        return self._cell(clock_cell, text) if text else None

    @staticmethod
    def _cell(parse, text):
        try:
            return parse(text)
        except BadRow as error:
            raise forms.ValidationError(_sentence(error)) from None


class VisitForm(PlaceForm):
    """One visit on a day. `values` is what `services.add_visit` takes."""

    late_minutes = forms.IntegerField(
        label="Minutes late at most",
        min_value=0,
        max_value=480,
        initial=0,
        help_text="How late past the window it may start, at a cost. 0: the window is kept.",
    )
    excluded_staff = forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=forms.CheckboxSelectMultiple, label="Who must not come"
    )
    tier = forms.TypedChoiceField(
        choices=[("", "As its area says"), *VisitTier.choices], coerce=int, empty_value=None, required=False
    )
    first_due = day_field(label="First fell due on", required=False, help_text="For example, 20/11/2026.")
    clinical_limit = day_field(
        label="Must be done by",
        required=False,
        help_text="From that day a plan must include it, unless an approver decides otherwise.",
    )

    def __init__(self, *args, team, day, visit: Visit | None = None, **kwargs):
        self.day, self.latest_day = day, visit.latest_day if visit else None
        super().__init__(*args, team=team, initial=_initial(visit) if visit else None, **kwargs)
        self.fields["excluded_staff"].queryset = team.staff.active()

    def clean(self):
        data = super().clean()
        for name in ("window_start", "window_end"):
            if data.get(name) is not None:
                try:
                    data[name] = instant(self.day, data[name])
                except NoSuchTime as error:
                    self.add_error(name, _sentence(error))
        if data.get("late_minutes") and data.get("window_start") is None and "window_start" not in self.errors:
            self.add_error("late_minutes", "Lateness needs a time window.")
        if set(data.get("preferred_staff") or ()) & set(data.get("excluded_staff") or ()):
            self.add_error("excluded_staff", "Somebody is named in both lists.")
        self._check_due(data)
        if self.place and data.get("tier") is None and "tier" not in self.errors:
            if self.priority is None:
                self.add_error("tier", "The area has no priority yet: choose a tier.")
            else:
                data["tier"] = VisitTier.of(self.priority, self.imd_decile)
        return data

    def _check_due(self, data):
        first, limit = data.get("first_due"), data.get("clinical_limit")
        if limit and not first and "first_due" not in self.errors:
            self.add_error("first_due", "Say when it first fell due.")
        elif limit and first and limit < first:
            self.add_error("clinical_limit", "This is before it fell due.")
        if first and first > (self.latest_day or self.day):
            self.add_error("first_due", "This is after the day of the visit.")

    @property
    def values(self) -> dict:
        data = {name: value for name, value in self.cleaned_data.items() if name != "area_code"}
        return data | self.place | {"priority": self.priority, "imd_decile": self.imd_decile}


def _initial(visit) -> dict:
    plain = (
        "reference",
        "postcode",
        "minutes",
        "staff_required",
        "late_minutes",
        "tier",
        "first_due",
        "clinical_limit",
    )
    many = ("skills", "preferred_staff", "excluded_staff", "plus_groups")
    window = {
        name: clock(moment) if moment else ""
        for name, moment in (("window_start", visit.window_start), ("window_end", visit.window_end))
    }
    return {
        **{name: getattr(visit, name) for name in (*plain, "first_due", "clinical_limit")},
        **{name: list(getattr(visit, name).values_list("pk", flat=True)) for name in many},
        "area_code": visit.area.code,
        **window,
    }


class CaseloadForm(PlaceForm):
    """Somebody on a caseload. `values` is what `services.save_caseload_entry` takes."""

    interval_days = forms.IntegerField(
        label="Days from one visit to the next", min_value=INTERVAL[0], max_value=INTERVAL[1]
    )
    next_due = day_field(label="Next due on", help_text="For example, 23/11/2026.")
    last_done = day_field(label="Last seen on", required=False)
    most_days_late = forms.IntegerField(
        label="Days late at most",
        min_value=0,
        max_value=366,
        required=False,
        help_text="After that a plan needs the visit, or a named decision. Left blank: no limit.",
    )

    def __init__(self, *args, team, entry=None, **kwargs):
        super().__init__(*args, team=team, initial=_initial_entry(entry) if entry else None, **kwargs)

    @property
    def values(self) -> dict:
        left_out = ("area_code", "window_start", "window_end")
        data = {name: value for name, value in self.cleaned_data.items() if name not in left_out}
        window = {"window_opens": self.cleaned_data["window_start"], "window_closes": self.cleaned_data["window_end"]}
        return data | self.place | window


def _initial_entry(entry) -> dict:
    plain = (
        *("reference", "postcode", "minutes", "staff_required", "interval_days", "next_due", "last_done"),
        "most_days_late",
    )
    many = ("skills", "preferred_staff", "plus_groups")
    return {
        **{name: getattr(entry, name) for name in plain},
        **{name: list(getattr(entry, name).values_list("pk", flat=True)) for name in many},
        "area_code": entry.area.code,
        "window_start": entry.window_opens.strftime("%H:%M") if entry.window_opens else "",
        "window_end": entry.window_closes.strftime("%H:%M") if entry.window_closes else "",
    }


def _sentence(error) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."
