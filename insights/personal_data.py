"""What insights keeps about people."""

from accounts.privacy.inventory import NotPersonal, declare

declare(
    *(
        NotPersonal(f"insights.{model}", ("*",), "Reckoned from open data about organisations.")
        for model in ("ForecastRun", "ForecastModel", "SeriesForecast")
    ),
)
