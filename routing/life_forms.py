"""Forms of a plan's life: the decision of an approver, reasons, what is fixed in a plan, what a scenario tries."""

from datetime import datetime, timedelta

from django import forms

from .civil_time import NoSuchTime, clock, instant
from .models import Depot, RoutePlan, Skill, StaffMember, UnservedVisit, Visit
from .models.people import TravelProfile
from .services import MOST_OF_A_DECISION, MOST_OF_A_REASON, Deferral

Kind = UnservedVisit.Decision
# A visit that waits longer than this needs a plan of its own kind; the API takes any day of the year to come.
DAYS_OFFERED = 14


def _days(plan):
    days = [plan.day + timedelta(days=number) for number in range(1, DAYS_OFFERED + 1)]
    return [("", "Choose a day"), *((day.isoformat(), f"{day:%A} {day.day} {day:%B}") for day in days)]


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label="Reason",
        max_length=MOST_OF_A_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why."},
    )


class LeftOutForm(forms.Form):
    """What an approver decides about one visit that is left out. Left blank: what is decided for all holds."""

    kind = forms.ChoiceField(label="Decision", choices=[("", "As for all"), *Kind.choices], required=False)
    day = forms.ChoiceField(label="Deferred to", required=False)
    reason = forms.CharField(
        label="Reason", required=False, max_length=MOST_OF_A_DECISION, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, left_out: UnservedVisit, **kwargs):
        super().__init__(*args, prefix=f"visit-{left_out.pk}", **kwargs)
        self.left_out = left_out
        name = left_out.visit.reference
        self.fields["kind"].label = f"Decision for {name}"
        self.fields["day"].label = f"Day for {name}, if deferred"
        self.fields["reason"].label = f"Reason for {name}"
        self.fields["day"].choices = _days(left_out.plan)

    def clean(self):
        data = super().clean()
        kind, reason = data.get("kind"), (data.get("reason") or "").strip()
        if kind and not reason and "reason" not in self.errors:
            self.add_error("reason", f"Give the reason of the decision for {self.left_out.visit.reference}.")
        if kind == Kind.DEFERRED and not data.get("day") and "day" not in self.errors:
            self.add_error("day", f"Choose the day to which {self.left_out.visit.reference} is deferred.")
        if not kind and (reason or data.get("day")) and "kind" not in self.errors:
            self.add_error("kind", f"Choose the decision for {self.left_out.visit.reference}.")
        return data

    @property
    def deferral(self) -> Deferral | None:
        return _deferral(self.cleaned_data)

    @property
    def is_overdue(self) -> bool:
        limit = self.left_out.visit.clinical_limit
        return limit is not None and limit <= self.left_out.plan.day

    @property
    def is_open(self) -> bool:
        """Whether something was said here already."""
        return self.is_bound and any(self[name].value() for name in ("kind", "day", "reason"))


class DecisionForm(forms.Form):
    """An approver's decision: on the plan, on all visits left out that need one, and on single ones (`rows`)."""

    APPROVE, REJECT = "approve", "reject"
    decision = forms.ChoiceField(choices=[(APPROVE, "Approve"), (REJECT, "Reject")], widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="Decision for all", choices=Kind.choices, required=False)
    day = forms.ChoiceField(label="Day for all, if deferred", required=False)
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=MOST_OF_A_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed to reject, and to approve while tier 1 visits are left out.",
    )

    def __init__(self, data=None, *, plan: RoutePlan):
        super().__init__(data)
        self.plan = plan
        self.fields["day"].choices = _days(plan)
        needing = plan.unserved.needing_a_decision().exclude(reason="planned").select_related("visit", "plan")
        self.rows = [LeftOutForm(data, left_out=left) for left in needing]
        if self.rows:
            self.fields["reason"].help_text = "For every visit above without a decision of its own; and to reject."

    @property
    def checked_rows(self) -> list[LeftOutForm]:
        """Forms of single visits that count for this decision: a rejection needs none."""
        return self.rows if self.is_bound and self.data.get("decision") == self.APPROVE else []

    def is_valid(self):
        return super().is_valid() and not any(row.errors for row in self.checked_rows)

    def clean(self):
        data = super().clean()
        # What is wrong with a single one is said beside it.
        if data.get("decision") != self.APPROVE or any(row.errors for row in self.rows):
            return data
        reason = (data.get("reason") or "").strip()
        if len(reason) > MOST_OF_A_DECISION and self.rows:
            self.add_error(
                "reason", f"A reason has at most {MOST_OF_A_DECISION} characters; this one has {len(reason)}."
            )
        if self.needs_one_for_all and reason and data.get("kind") == Kind.DEFERRED and not data.get("day"):
            self.add_error("day", "Choose the day to which the visits are deferred.")
        return data

    @property
    def needs_one_for_all(self) -> bool:
        return any(row.deferral is None for row in self.rows)

    @property
    def decisions(self) -> dict[str, Deferral]:
        return {row.left_out.visit.reference: row.deferral for row in self.rows if row.deferral}

    @property
    def for_all(self) -> Deferral | None:
        """None where nothing was said for all: the service asks for it if it is needed."""
        if not self.rows or not self.needs_one_for_all or not self.cleaned_data["reason"].strip():
            return None
        return _deferral(self.cleaned_data | {"kind": self.cleaned_data["kind"] or Kind.OTHER})


def _deferral(data) -> Deferral | None:
    if not data.get("kind"):
        return None
    to = datetime.fromisoformat(data["day"]).date() if data["kind"] == Kind.DEFERRED and data.get("day") else None
    return Deferral(data["kind"], data["reason"], to)


class ClockField(forms.TimeField):
    """A time of day of the plan, as an instant once the form is cleaned."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"size": 5}))
        kwargs.setdefault("input_formats", ["%H:%M"])
        kwargs.setdefault("error_messages", {})["invalid"] = "Enter a time such as 9:30."
        super().__init__(*args, **kwargs)


class FixForm(forms.Form):
    """One thing that is fixed in a plan. Fields are taken away that its kind does not have."""

    def __init__(self, *args, plan: RoutePlan, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        if "visit" in self.fields:
            self.fields["visit"].queryset = plan.visits.order_by("reference")
        if "staff" in self.fields:
            mine = StaffMember.objects.for_organisation(plan.organisation).filter(team=plan.team_id, is_active=True)
            self.fields["staff"].queryset = mine.filter(only_in__isnull=True) | mine.filter(only_in=plan)

    def clean(self):
        """Times of day as instants of the plan's day."""
        data = super().clean()
        for name, value in list(data.items()):
            if isinstance(self.fields[name], ClockField) and value is not None:
                try:
                    data[name] = instant(self.plan.day, value)
                except NoSuchTime as error:
                    self.add_error(name, str(error))
        return data


class VisitChoice(forms.ModelChoiceField):
    """A visit by its reference; the tier helps to find the right one."""

    def label_from_instance(self, visit):
        return f"{visit.reference}, tier {visit.tier}"


def _visit(label="Visit"):
    return VisitChoice(Visit.objects.none(), label=label, empty_label="Choose a visit")


def _staff(label="Person", **options):
    return forms.ModelChoiceField(
        StaffMember.objects.none(), label=label, **{"empty_label": "Choose a person"} | options
    )


def _reason():
    return forms.CharField(label="Reason", max_length=200, required=False, help_text="For those who read the plan.")


class PinForm(FixForm):
    visit = _visit()
    staff = _staff("Kept with", required=False, empty_label="Anybody")
    starts_at = ClockField(label="Starts at", required=False, help_text="Hours and minutes; left blank: any time.")
    reason = _reason()

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("staff") and not data.get("starts_at"):
            self.add_error("staff", "Say with whom or at which time the visit is kept.")
        return data


class LeaveOutForm(FixForm):
    visit = _visit()
    reason = _reason()


class LockForm(FixForm):
    staff = _staff("Whose day?")


class WithoutPersonForm(FixForm):
    staff = _staff()
    reason = _reason()


class LongerShiftForm(FixForm):
    staff = _staff()
    minutes = forms.IntegerField(label="Minutes longer", min_value=1, max_value=480, initial=30)
    reason = _reason()


class WindowForm(FixForm):
    visit = _visit()
    starts_at = ClockField(label="Starts from", help_text="For example 10:30")
    ends_at = ClockField(label="Until", help_text="Latest start, for example 12:00")
    reason = _reason()


class MadeUpPersonForm(FixForm):
    name = forms.CharField(label="Name on the plan", max_length=100, initial="One more nurse")
    base = forms.ModelChoiceField(Depot.objects.none(), label="Starts and ends at", empty_label=None)
    skills = forms.ModelMultipleChoiceField(Skill.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    starts_at = ClockField(label="Works from", initial="08:00", help_text="For example 08:00")
    ends_at = ClockField(label="Until", initial="16:30", help_text="For example 16:30")
    travel_profile = forms.ChoiceField(
        label="Travels by", choices=TravelProfile.choices, initial=TravelProfile.CAR, required=False
    )

    def __init__(self, *args, plan, person: StaffMember | None = None, **kwargs):
        super().__init__(*args, plan=plan, initial=_of_made_up(person) if person else None, **kwargs)
        self.fields["base"].queryset = Depot.objects.for_organisation(plan.organisation)
        self.fields["skills"].queryset = Skill.objects.for_organisation(plan.organisation)

    def clean_travel_profile(self):
        return self.cleaned_data["travel_profile"] or TravelProfile.CAR


def _of_made_up(person) -> dict:
    shift = person.shifts.first()
    return {
        "name": person.display_name,
        "base": person.base_id,
        "skills": list(person.skill_records.values_list("skill", flat=True)),
        "starts_at": clock(shift.starts_at) if shift else None,
        "ends_at": clock(shift.ends_at) if shift else None,
        "travel_profile": person.travel_profile,
    }
