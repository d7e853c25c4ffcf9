"""Pages that show open data: each has the panel "About this data" at the same place, under what it shows."""

# By URL name. Pages about the data themselves say more than the panel does.
OPEN_DATA_PAGES = frozenset(
    {
        *("home", "dashboard", "explore", "area", "area-priority", "compare", "search", "export-form"),
        *("scenario", "scenario-areas", "scenario-thresholds", "score-runs", "compare-runs"),
        *("indicator", "indicators", "equity", "plan", "week", "plus-group", "plus-groups"),
        *("insights", "outlook"),
    }
)
