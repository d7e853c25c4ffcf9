"""What lsoa keeps about people: next to nothing, since its data are open and about areas."""

from accounts.privacy.inventory import NotPersonal, OnErasure, PersonalField, declare

from . import field_words, forgotten_uploads  # noqa: F401

OPEN_DATA = "Open data about areas, practices and places, as published."
USER = "accounts.user"

declare(
    *(
        PersonalField(
            *("lsoa.Upload", name, "To tell which files somebody handed in.", "90 days after they were used"),
            OnErasure.REPLACED,
            about={USER: "created_by"},
        )
        for name in ("names", "options")
    ),
    *(
        NotPersonal(f"lsoa.{model}", ("*",), OPEN_DATA)
        for model in (
            *("Area", "AreaChange", "AuthorityCode", "Dataset", "LoadReject", "Place", "PlaceWord", "Practice"),
            *("PracticeNote", "RegisterGroup", "PracticeList", "PracticeRegister", "PatientDistribution", "Postcode"),
            *("ActivitySeries", "ActivityValue", "PlaceFigure"),
        )
    ),
    *(
        NotPersonal(f"lsoa.{model}", ("*",), "Reckoned from open data about areas.")
        for model in (
            *("ProfileOrigin", "AreaProfile", "ProfileState", "ProfileColumn", "IndicatorDistribution"),
            *("QualityAlert", "CheckRun", "TileSet", "TileGeometry", "TileDistrict", "Tile"),
        )
    ),
    NotPersonal(
        "lsoa.Indicator",
        ("code", "name", "unit", "source", "theme", "description"),
        "Describes figures about areas.",
    ),
    NotPersonal("lsoa.IndicatorValue", ("period", "method"), "Figures about areas."),
    NotPersonal("lsoa.Patch", ("name", "slug"), "Name of a part of the country."),
    NotPersonal(
        "lsoa.Feed",
        ("name", "location", "options", "last_error", "fingerprint", "processed", "problems"),
        "Where figures about services come from; readings hold figures alone.",
    ),
    NotPersonal(
        "lsoa.FeedReading",
        ("measure", "place_code", "place_name", "unit", "text"),
        "Figures about services and warnings of the weather.",
    ),
)

forgotten_uploads.register()
