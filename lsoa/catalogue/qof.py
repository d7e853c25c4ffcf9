"""Disease registers of general practice, carried to areas."""

from .definition import HIGH, IndicatorDefinition

QOF = "NHS England, Quality and Outcomes Framework"
ATTRIBUTION = (
    "Provisional: practice registers are attributed to areas by list size and distance, "
    "because where each practice's patients live is not loaded."
)

DEFINITIONS = [
    IndicatorDefinition(
        "qof_cardiometabolic",
        "Heart, stroke, blood pressure and diabetes registers",
        "%",
        HIGH,
        QOF,
        1,
        0,
        400,
        f"Sum of the prevalences of hypertension, diabetes, coronary heart disease and stroke or TIA. {ATTRIBUTION}",
    ),
    IndicatorDefinition(
        "qof_respiratory",
        "Respiratory registers",
        "%",
        HIGH,
        QOF,
        1,
        0,
        200,
        f"Sum of the prevalences of COPD and asthma. {ATTRIBUTION}",
    ),
    IndicatorDefinition(
        "qof_mental_cognitive",
        "Mental health, depression and dementia registers",
        "%",
        HIGH,
        QOF,
        1,
        0,
        300,
        f"Sum of the prevalences of serious mental illness, dementia and depression. {ATTRIBUTION}",
    ),
]
