"""Forms of what happens to a plan during its day, and of new visits. Times are of the plan's day, local."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError

from .civil_time import NoSuchTime, clock, instant, today
from .models import Disruption, RoutePlan, Skill, StaffMember, Visit, VisitTier
from .services import NewVisit
from .visit_files import MINUTES

Kind = Disruption.Kind
BY_AREA = ""


def time_field(label, **options) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(format="%H:%M"),
        error_messages={"invalid": "Write the time as HH:MM, for example 11:00.", "required": "Give the time."},
        **options,
    )


class NewVisitFields(forms.Form):
    """Where a new visit is and what it takes. `new_visit(day)` gives it."""

    postcode = forms.CharField(max_length=10, required=False, help_text="In England.")
    area_code = forms.CharField(
        label="Or code of the area", max_length=9, required=False, help_text="LSOA code, for example E01009313."
    )
    visit_minutes = forms.IntegerField(
        label="Minutes at the visit",
        min_value=MINUTES[0],
        max_value=MINUTES[1],
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": f"Write the minutes in figures, from {MINUTES[0]} to {MINUTES[1]}.",
            "min_value": f"A visit takes at least {MINUTES[0]} minutes.",
            "max_value": f"A visit takes at most {MINUTES[1]} minutes.",
        },
    )
    tier = forms.TypedChoiceField(
        choices=[(BY_AREA, "As the priority of its area"), *VisitTier.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    skills = forms.ModelMultipleChoiceField(
        Skill.objects.none(), label="Skills needed", required=False, widget=forms.CheckboxSelectMultiple
    )
    opens = time_field("Not before", required=False, help_text="For example 10:30. Blank: any time.")
    closes = time_field("Starts at the latest", required=False, help_text="For example 12:00. Blank: any time.")

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["skills"].queryset = Skill.objects.for_organisation(organisation)

    def check_new_visit(self):
        """Errors of what is missing or does not go together."""
        data = self.cleaned_data
        if not data.get("postcode") and not data.get("area_code"):
            self.add_error("postcode", "Give the postcode, or the code of the area.")
        if data.get("visit_minutes") is None and "visit_minutes" not in self.errors:
            self.add_error("visit_minutes", "Say how many minutes it takes.")
        opens, closes = data.get("opens"), data.get("closes")
        if {"opens", "closes"} & set(self.errors):
            return
        if (opens is None) != (closes is None):
            self.add_error("closes" if closes is None else "opens", "Give both times of the window, or none.")
        elif opens and closes < opens:
            self.add_error("closes", "The window ends before it begins.")

    def new_visit(self, day: date, **more) -> NewVisit:
        data = self.cleaned_data
        window = None
        if data["opens"]:
            window = instant(day, data["opens"]), instant(day, data["closes"])
        return NewVisit(
            minutes=data["visit_minutes"],
            postcode=data["postcode"],
            area_code=data["area_code"],
            skills=tuple(data["skills"]),
            tier=data["tier"],
            window=window,
            **more,
        )


class DisruptionForm(NewVisitFields):
    """What happened, of one kind; only the fields of that kind are left."""

    FIELDS = {
        Kind.SICK: ("staff", "at"),
        Kind.LATE: ("staff", "at", "minutes"),
        Kind.OVERRUN: ("visit", "at", "minutes"),
        Kind.NO_ACCESS: ("visit", "at"),
        Kind.URGENT: ("at", "visit", *NewVisitFields.base_fields),
    }
    at = time_field("From when on?", help_text="For example 11:00. Nothing that has begun by then is moved.")
    staff = forms.ModelChoiceField(
        StaffMember.objects.none(), label="Who?", empty_label="Choose", error_messages={"required": "Say who it is."}
    )
    visit = forms.ModelChoiceField(
        Visit.objects.none(),
        label="Which visit?",
        empty_label="Choose",
        error_messages={"required": "Say which visit it is."},
    )
    minutes = forms.IntegerField(
        min_value=1,
        max_value=720,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Give the minutes.",
            "invalid": "Write the minutes in figures.",
            "min_value": "At least 1 minute.",
            "max_value": "At most 720 minutes, which is 12 hours.",
        },
    )

    def __init__(self, *args, plan: RoutePlan, kind: str, **kwargs):
        super().__init__(*args, organisation=plan.organisation, **kwargs)
        self.plan, self.kind = plan, kind
        for name in set(self.fields) - set(self.FIELDS[kind]):
            del self.fields[name]
        self.order_fields(self.FIELDS[kind])
        if not self.is_bound:
            now = clock(datetime.now().astimezone())
            self.initial.setdefault("at", now if plan.day == today() else "")
        self._offer()

    def _offer(self):
        plan, fields = self.plan, self.fields
        if "staff" in fields:
            fields["staff"].queryset = StaffMember.objects.for_organisation(plan.organisation).filter(
                assignments__plan=plan
            )
        if "minutes" in fields:
            fields["minutes"].label = "How many minutes late?" if self.kind == Kind.LATE else "How many minutes longer?"
        if self.kind == Kind.URGENT:
            fields["visit"].queryset = (
                Visit.objects.for_organisation(plan.organisation).due(plan.team, plan.day).open().order_by("reference")
            )
            fields["visit"].required = False
            fields["visit"].label = "An open visit of the team"
            fields["visit"].empty_label = "None of these: a new visit"
            fields["tier"].initial = VisitTier.FIRST
        elif "visit" in fields:
            stops = Visit.objects.for_organisation(plan.organisation).filter(stops__assignment__plan=plan)
            fields["visit"].queryset = stops.exclude(state=Visit.State.DONE).distinct().order_by("reference")

    def clean_at(self) -> datetime:
        try:
            return instant(self.plan.day, self.cleaned_data["at"])
        except NoSuchTime as error:
            raise ValidationError(str(error)) from None

    def clean(self):
        data = super().clean()
        if self.kind == Kind.URGENT and not data.get("visit") and "visit" not in self.errors:
            self.check_new_visit()
        return data

    @property
    def said(self) -> dict:
        """What `report_disruption` takes."""
        data = self.cleaned_data
        said = {"kind": self.kind, "at": data["at"], "staff": data.get("staff"), "visit": data.get("visit")}
        if self.kind == Kind.URGENT and not data.get("visit"):
            said["new_visit"] = self.new_visit(self.plan.day)
        return said | {"minutes": data.get("minutes")}

    def add_refusal(self, error: ValidationError):
        """Errors of the service at the fields they are about."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, errors in by_field.items():
            name = {"minutes": "visit_minutes", "window": "closes"}.get(name, name) if self._is_new else name
            self.add_error(name if name in self.fields else None, errors)

    @property
    def _is_new(self) -> bool:
        return self.kind == Kind.URGENT
