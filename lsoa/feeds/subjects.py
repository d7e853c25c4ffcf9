"""What each subject may report: measures with their units and plausible ranges."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FeedMeasure:
    """One measure of a subject; values outside `minimum` to `maximum` are refused as impossible."""

    code: str
    name: str
    unit: str
    minimum: float = 0
    maximum: float = 1_000_000


@dataclass(frozen=True)
class Subject:
    """A kind of feed. The first measure is the one whose trend pages draw."""

    code: str
    name: str
    measures: tuple[FeedMeasure, ...]
    is_alerts: bool = False

    def measure(self, code: str) -> FeedMeasure | None:
        return next((measure for measure in self.measures if measure.code == code), None)


SEVERITIES = {"minor": 1, "moderate": 2, "severe": 3, "extreme": 4, "unknown": 0}
SUBJECTS = {
    subject.code: subject
    for subject in (
        Subject(
            "ae_attendances",
            "A&E attendances",
            (
                FeedMeasure("attendances", "Attendances", "patients", maximum=20_000),
                FeedMeasure("waiting", "Patients in the department", "patients", maximum=5_000),
                FeedMeasure("waits_over_4h", "Waits over 4 hours", "patients", maximum=5_000),
                FeedMeasure("waits_over_12h", "Waits over 12 hours", "patients", maximum=5_000),
            ),
        ),
        Subject(
            "ambulance_demand",
            "Ambulance demand",
            (
                FeedMeasure("incidents", "Incidents", "incidents", maximum=50_000),
                FeedMeasure("calls", "Calls answered", "calls", maximum=100_000),
                FeedMeasure("response_minutes", "Mean response to category 2", "minutes", maximum=1_440),
                FeedMeasure("handover_delays", "Handovers over 30 minutes", "handovers", maximum=5_000),
            ),
        ),
        Subject(
            "staff_absence",
            "Staff absence",
            (
                FeedMeasure("absence_rate", "Absence rate", "%", maximum=100),
                FeedMeasure("staff_absent", "Staff absent", "people", maximum=100_000),
            ),
        ),
        Subject(
            "weather_alerts",
            "Weather alerts",
            (FeedMeasure("severity", "Severity", "severity", maximum=4),),
            is_alerts=True,
        ),
    )
}
