"""Rows of registers: what is a usable one, and what they add up to nationally."""

import numpy as np
import pandas as pd

from lsoa.sources.rows import RecordRows
from lsoa.sources.tables import as_numbers

# Ages that a register counts: TOTAL, or from that age on (06OV).
LIST_TYPE = r"^(?:TOTAL|[0-9]{2}OV)$"


def usable_registers(frame: pd.DataFrame, report) -> pd.DataFrame:
    """Rows with a usable register and list, both as float; the others are rejected with line and reason.

    Needs PRACTICE_CODE, GROUP_CODE, REGISTER, PATIENT_LIST_TYPE, PRACTICE_LIST_SIZE; does not count rows as read.
    """
    register, missing_register, bad_register = as_numbers(frame["REGISTER"])
    size, missing_size, bad_size = as_numbers(frame["PRACTICE_LIST_SIZE"])
    frame = frame.assign(REGISTER=register, PRACTICE_LIST_SIZE=size)
    group, kind = (frame[name].fillna("").str.strip() for name in ("GROUP_CODE", "PATIENT_LIST_TYPE"))
    frame = frame.assign(GROUP_CODE=group, PATIENT_LIST_TYPE=kind)
    with np.errstate(invalid="ignore"):
        conditions = {
            "no register's code": (group == "").to_numpy(),
            "register or list size is not a number": bad_register | bad_size,
            "register is blank or withheld": missing_register != "",
            "list size is blank or withheld": missing_size != "",
            "register or list size is not positive": (register < 0) | (size <= 0),
            "more patients on the register than on the list": register > size,
            "not the type of a patient list": ~kind.str.match(LIST_TYPE).to_numpy(),
            "duplicate of an earlier line": frame.duplicated(["PRACTICE_CODE", "GROUP_CODE"]).to_numpy(),
        }
    reasons = np.select(list(conditions.values()), list(conditions), default="")
    bad = reasons != ""
    for line, code, name, reason in zip(
        frame.index[bad], frame.loc[bad, "PRACTICE_CODE"], group[bad], reasons[bad], strict=True
    ):
        report.reject(line, code, f"{name}: {reason}")
    return frame[~bad]


def register_rows(frame: pd.DataFrame, period) -> RecordRows:
    """Usable rows as records of PracticeRegister, all of one year."""
    return RecordRows(
        model="PracticeRegister",
        line=frame.index.to_numpy(),
        columns={
            "practice_code": frame["PRACTICE_CODE"].to_numpy(),
            "register": frame["GROUP_CODE"].to_numpy(),
            "period": np.full(len(frame), period, dtype=object),
            "list_type": frame["PATIENT_LIST_TYPE"].to_numpy(),
            "patients": frame["REGISTER"].to_numpy(),
            "list_size": frame["PRACTICE_LIST_SIZE"].to_numpy(),
        },
        key=("register", "practice_code", "period"),
    )


def note_prevalences(frame: pd.DataFrame, report) -> None:
    """Prevalence of every register over all practices, in per cent of its own type of list: sum over sum."""
    report.note_count("practices", frame["PRACTICE_CODE"].nunique())
    sums = frame.groupby(["GROUP_CODE", "PATIENT_LIST_TYPE"])[["REGISTER", "PRACTICE_LIST_SIZE"]].sum()
    percent = 100 * sums["REGISTER"] / sums["PRACTICE_LIST_SIZE"]
    told = [f"{group} {share:.2f} % ({kind})" for (group, kind), share in percent.items()]
    report.note(f"Prevalence over all practices, by register and its list: {', '.join(told)}.")
