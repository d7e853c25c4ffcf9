"""Where the travel times of a plan came from, in words."""

from .wording import counted

NAMES = {
    "osrm": "OSRM",
    "valhalla": "Valhalla",
    "ordnance-survey": "the route service",
    "great-circle": "straight lines",
}


class TravelOrigin:
    """Says on the plan's page and on paper which times are by road, which are estimates, and whose roads they are."""

    def __init__(self, plan, rounds):
        self.summary = plan.travel or {}
        counts = [each.estimated_drives for each in rounds]
        self.estimated, self.drives = (sum(count[part] for count in counts) for part in (0, 1))
        self.has_lines = any(
            each.assignment.return_path or any(row.get("path") for row in each.rows) for each in rounds
        )
        self.has_straight_lines = any(
            not each.assignment.return_path or any(row["number"] and not row["path"] for row in each.rows)
            for each in rounds
        )

    @property
    def is_by_road(self) -> bool:
        """Whether any drive has a time by road."""
        return self.estimated < self.drives

    @property
    def tag(self) -> str:
        """For the head of the page; empty where every drive has a time by road."""
        if not self.estimated:
            return ""
        return "Some travel times estimated" if self.is_by_road else "Travel times estimated"

    @property
    def figure_label(self) -> str:
        if not self.estimated:
            return "Travel"
        return "Travel (partly estimated)" if self.is_by_road else "Travel (estimated)"

    @property
    def line_text(self) -> str:
        """How the map's lines are to be read."""
        if not self.has_lines:
            reason = "the ways are not known" if self.is_by_road else "travel times are estimated"
            return f"lines are straight between stops and dashed, since {reason}"
        if not self.has_straight_lines:
            return "lines follow the roads"
        return "lines follow the roads; thin dashed ones are straight, since the way is not known"

    @property
    def attribution(self) -> str:
        return self.summary.get("attribution", "")

    @property
    def sentences(self) -> list[str]:
        """The origin of the times, then what did not go as configured."""
        if not self.is_by_road:
            return ["Travel times are estimates from straight lines.", *self.notes]
        names = " and ".join(NAMES.get(name, name) for name in self.summary.get("provider", "").split("+"))
        # Each version stands behind the name of its source, which has just been said.
        versions = [part.partition(" ")[2] for part in self.summary.get("data_version", "").split("; ")]
        first = f"Travel times come from {names} (data: {', '.join(versions)})."
        if self.estimated:
            first += f" {self.estimated} of {counted(self.drives, 'drive')} have an estimated time."
        return [first, *self.notes]

    @property
    def notes(self) -> list[str]:
        return self.summary.get("notes", [])
