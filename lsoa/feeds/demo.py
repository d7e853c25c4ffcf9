"""Fictional sources for demonstrations: files as another system would drop them, the same for the same moment."""

import hashlib
import json
import math
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

FOLDER = "demo"
STEP = timedelta(minutes=15)
STEPS = 48
KEPT_FILES = 3
PLACES = (("ZZ1", "Aldermoor Infirmary (fictional)"), ("ZZ2", "Kelderness Hospital (fictional)"))


@dataclass(frozen=True)
class Wave:
    """A measure that rises and falls over the day: mean, swing, share of noise, hour of its peak."""

    measure: str
    unit: str
    mean: float
    swing: float
    noise: float
    peak: float = 14
    decimals: int = 0


WAVES = {
    "ae_attendances": (
        Wave("attendances", "patients", 9, 5, 2),
        Wave("waiting", "patients", 55, 22, 6, 19),
        Wave("waits_over_4h", "patients", 14, 8, 3, 21),
        Wave("waits_over_12h", "patients", 2, 1.5, 1, 23),
    ),
    "ambulance_demand": (
        Wave("incidents", "incidents", 24, 9, 4, 17),
        Wave("calls", "calls", 38, 15, 6, 17),
        Wave("response_minutes", "minutes", 27, 7, 4, 18, 1),
        Wave("handover_delays", "handovers", 3, 2, 1, 20),
    ),
    "staff_absence": (
        Wave("absence_rate", "%", 5.2, 0.3, 0.3, 9, 1),
        Wave("staff_absent", "people", 148, 9, 6, 9),
    ),
}
ALERT = {
    "event": "Cold weather",
    "severity": "Moderate",
    "headline": "Fictional: yellow cold-health alert for Aldermoor and the Isles",
    "description": "Made up for this demonstration. Vulnerable people living alone are at greater risk.",
    "area_code": "ZZ9",
    "area": "Aldermoor and the Isles (fictional)",
}
SUBJECTS = (*WAVES, "weather_alerts")


def folder_of(subject: str) -> str:
    """Where the fictional source of a subject drops its files, below the root of file drops."""
    return f"{FOLDER}/{subject}"


def write_all(root: Path, moment: datetime) -> list[Path]:
    """Drop a file of every subject as of `moment` (with a zone) and remove older ones. Returns the files."""
    return [_write(Path(root) / folder_of(subject), contents(subject, moment), moment) for subject in SUBJECTS]


def contents(subject: str, moment: datetime) -> dict:
    """What the source of a subject says at a moment: the last twelve hours, or the alert of the day."""
    if subject == "weather_alerts":
        sent = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        times = {"sent": sent.isoformat(), "onset": sent.isoformat()}
        return {"alerts": [ALERT | times | {"expires": (sent + timedelta(days=2)).isoformat()}]}
    last = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    readings = []
    for back in range(STEPS):
        at = last - back * STEP
        for place, (code, name) in enumerate(PLACES):
            for wave in WAVES[subject]:
                value = _value(wave, at, code, 1 if place == 0 else 0.55)
                where = {"place_code": code, "place_name": name}
                readings.append(
                    {"observed_at": at.isoformat(), "measure": wave.measure, "value": value, "unit": wave.unit} | where
                )
    return {"source": "fictional", "readings": readings}


def _value(wave: Wave, at: datetime, place: str, scale: float) -> float:
    day = math.cos((at.hour + at.minute / 60 - wave.peak) * math.pi / 12)
    digest = hashlib.sha256(f"{wave.measure}{place}{at.isoformat()}".encode()).digest()
    noise = int.from_bytes(digest[:4]) / 2**31 - 1
    scale = 1 if wave.unit == "%" else scale
    return round(max(0.0, (wave.mean + wave.swing * day + wave.noise * noise) * scale), wave.decimals)


def _write(folder: Path, data: dict, moment: datetime) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{moment:%Y%m%dT%H%M%S}.json"
    part = path.with_suffix(".part")
    part.write_text(json.dumps(data))
    # The name appears with the whole content: nobody need wait for this file to settle.
    os.utime(part, (moment.timestamp() - 10,) * 2)
    os.replace(part, path)
    for old in sorted(folder.glob("*.json"))[:-KEPT_FILES]:
        old.unlink(missing_ok=True)
    return path
