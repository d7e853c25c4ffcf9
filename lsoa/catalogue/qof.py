"""Disease registers of general practice, carried to areas."""

from .definition import HIGH, IndicatorDefinition

QOF = "NHS England, Quality and Outcomes Framework, carried to areas"
THEME = "Long-term conditions"

# Codes of the Quality and Outcomes Framework with their names.
REGISTERS = {
    "AF": "Atrial fibrillation",
    "AST": "Asthma",
    "CAN": "Cancer",
    "CHD": "Coronary heart disease",
    "CKD": "Chronic kidney disease",
    "COPD": "Chronic obstructive pulmonary disease",
    "DEM": "Dementia",
    "DEP": "Depression",
    "DM": "Diabetes",
    "EP": "Epilepsy",
    "HF": "Heart failure",
    "HYP": "High blood pressure",
    "LD": "Learning disability",
    "MH": "Severe mental illness",
    "NDH": "Non-diabetic hyperglycaemia",
    "OB": "Obesity",
    "OST": "Osteoporosis",
    "PAD": "Peripheral arterial disease",
    "PC": "Palliative care",
    "RA": "Rheumatoid arthritis",
    "STIA": "Stroke or TIA",
}
# Registers whose prevalences are added up.
SUMS = {
    "qof_cardiometabolic": ("HYP", "DM", "CHD", "STIA"),
    "qof_respiratory": ("COPD", "AST"),
    "qof_mental_cognitive": ("MH", "DEM", "DEP"),
}
SUM_NAMES = {
    "qof_cardiometabolic": "Heart, stroke, blood pressure and diabetes registers",
    "qof_respiratory": "Respiratory registers",
    "qof_mental_cognitive": "Mental health, depression and dementia registers",
}
SUM_MEANINGS = {
    "qof_cardiometabolic": "hypertension, diabetes, coronary heart disease and stroke or TIA",
    "qof_respiratory": "COPD and asthma",
    "qof_mental_cognitive": "serious mental illness, dementia and depression",
}
ATTRIBUTION = (
    "Practice registers are carried to areas by where the patients of each practice live: counted where that is "
    "published, else by ward, else modelled by distance. The method stands on every figure."
)
STANDARDISED = (
    "Standardised for age: the registers of practices over what their patients' ages would lead one to expect. "
    "Young areas do not look healthy, nor old ones ill, only because of age."
)


def prevalence_code(register: str) -> str:
    """The indicator of a register's crude prevalence."""
    return f"qof_{register.lower()}_prevalence"


def ratio_code(register: str) -> str:
    """The indicator of a register's age-standardised ratio."""
    return f"qof_{register.lower()}_ratio"


def standardised_code(total: str) -> str:
    """The indicator of the age-standardised form of a sum of prevalences."""
    return f"{total}_standardised"


def _register(code, name):
    return [
        IndicatorDefinition(
            prevalence_code(code),
            f"{name}: on the register",
            "%",
            HIGH,
            QOF,
            2,
            0,
            100,
            f"Patients on the register ({code}) as a share of the list that it counts against. {ATTRIBUTION}",
            THEME,
        ),
        IndicatorDefinition(
            ratio_code(code),
            f"{name}: register compared with that expected for age",
            "ratio",
            HIGH,
            QOF,
            0,
            0,
            10_000,
            f"100 is as many as expected ({code}). {STANDARDISED} {ATTRIBUTION}",
            THEME,
        ),
    ]


def _sum(code, name):
    most = 100 * len(SUMS[code])
    meaning = f"Sum of the prevalences of {SUM_MEANINGS[code]}."
    return [
        IndicatorDefinition(code, name, "%", HIGH, QOF, 1, 0, most, f"{meaning} {ATTRIBUTION}", THEME),
        IndicatorDefinition(
            standardised_code(code),
            f"{name}, standardised for age",
            "%",
            HIGH,
            QOF,
            1,
            0,
            100 * most,
            f"{meaning} {STANDARDISED} {ATTRIBUTION}",
            THEME,
        ),
    ]


DEFINITIONS = [
    *(definition for code, name in SUM_NAMES.items() for definition in _sum(code, name)),
    *(definition for code, name in REGISTERS.items() for definition in _register(code, name)),
]
