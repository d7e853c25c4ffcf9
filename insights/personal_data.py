"""What insights keeps about people: conversations. docs/privacy.md; `accounts.privacy.inventory`."""

from accounts.privacy.inventory import NotPersonal, declare

from . import field_words, privacy_of_conversations  # noqa: F401

declare(
    *(
        NotPersonal(f"insights.{model}", ("*",), "Reckoned from open data about organisations.")
        for model in ("ForecastRun", "ForecastModel", "SeriesForecast")
    ),
)
privacy_of_conversations.register()
