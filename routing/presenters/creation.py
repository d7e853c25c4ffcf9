"""Where a plan's visits came from."""

from routing.models import Visit

from .wording import PRIORITY_WORDS, counted, decile_text, interval_text


class IntakePanel:
    """Reads `plan.intake`: areas and numbers, or the rows of a file that were refused."""

    def __init__(self, intake: dict):
        self.intake = intake

    @property
    def is_from_priorities(self) -> bool:
        return self.intake.get("source") == Visit.Source.PRIORITY

    @property
    def is_from_file(self) -> bool:
        return self.intake.get("source") == Visit.Source.CSV

    @property
    def rejected(self) -> list[dict]:
        return self.intake.get("rejected", [])

    @property
    def summary(self) -> str:
        if self.is_from_file:
            text = f"{counted(self.intake['accepted'], 'visit')} from a file of {counted(self.intake['rows'], 'row')}."
            if self.rejected:
                text += f" {counted(len(self.rejected), 'row was', 'rows were')} not taken, for the reasons below."
            return text
        if self.intake.get("source") == Visit.Source.CASELOAD:
            return self._from_caseload
        if not self.is_from_priorities:
            return "Visits were entered by hand."
        areas = self.intake["areas"]
        total = sum(area["visits"] for area in areas)
        text = f"{counted(total, 'visit')} in {counted(len(areas), 'area')}, the most urgent first."
        ahead = self.intake.get("brought_forward_days", 0)
        if ahead:
            text += f" What falls due up to {counted(ahead, 'day')} later was brought forward."
        without = self.intake.get("areas_without_score", 0)
        if without:
            text += f" {counted(without, 'area has', 'areas have')} no priority yet and could not be considered."
        return text

    @property
    def _from_caseload(self) -> str:
        due, overdue, busy = (self.intake[name] for name in ("due", "overdue", "busy"))
        people = counted(due, "person of the caseload is", "people of the caseload are")
        text = f"{people} due, {overdue} of them overdue."
        if busy:
            text += f" {busy} {'has' if busy == 1 else 'have'} an open or planned visit already and got no second."
        without = self.intake.get("without_priority", 0)
        if without:
            text += f" {counted(without, 'visit lies', 'visits lie')} in an area without a priority: planned as tier 3."
        return text

    @property
    def rule(self) -> str:
        if not self.is_from_priorities:
            return ""
        return (
            f"One person on the caseload for every {self.intake['residents_per_person']:,} residents, at least one an "
            "area; each is visited once per review interval of the area's class. These are planning defaults set by "
            "judgement, not published figures."
        )

    @property
    def classes(self) -> list[dict]:
        """Areas and visits by class, the most urgent first."""
        rows = []
        for priority in reversed(range(len(PRIORITY_WORDS))):
            areas = [area for area in self.intake.get("areas", []) if area["priority"] == priority]
            if areas:
                minutes = sorted(area["minutes"] for area in areas)
                span = f"{minutes[0]}" if minutes[0] == minutes[-1] else f"{minutes[0]} to {minutes[-1]}"
                rows.append(
                    {
                        "priority": priority,
                        "class_name": PRIORITY_WORDS[priority],
                        "interval": interval_text(areas[0]["interval_days"]),
                        "areas": len(areas),
                        "visits": sum(area["visits"] for area in areas),
                        "minutes": span,
                    }
                )
        return rows

    @property
    def areas(self) -> list[dict]:
        return [
            {
                **area,
                "class_name": PRIORITY_WORDS[area["priority"]],
                "decile": decile_text(area["imd_decile"]),
                "interval": interval_text(area["interval_days"]),
            }
            for area in self.intake.get("areas", [])
        ]
