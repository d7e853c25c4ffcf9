"""Where patients live, as local teams counted it: shares of practices by ward, patients of networks by LSOA."""

import numpy as np
import pandas as pd

from lsoa.models import Dataset, PatientDistribution
from lsoa.sources.base import Refused, Release, Source, Stage
from lsoa.sources.rows import RecordRows
from lsoa.sources.tables import as_numbers, english_rows, read_csv

from .cells import PublishedTable, english_practices, without_duplicates
from .evidence import UNDATED

# A share is of the whole list: those of one practice add up to at most this (rounding).
MOST = 1.001
# Holder of the patients of all other networks together.
OTHER_NETWORKS = "OTHER"


class WardShares(Source):
    """Birmingham and Solihull: practice x ward, what share of its list lives there. Wards by name, one a column."""

    key = "bsol-gp-ward-shares"
    stage = Stage.VALUES

    def recognises(self, material):
        """A wide table: practice code first, then hundreds of wards, without any of the headings of other tables."""
        columns = material.columns
        return (
            material.kind == "csv"
            and columns[:1] == ["Practice Code"]
            and len(columns) > 20
            and {"Acocks Green", "Alum Rock"} <= set(columns)
        )

    def release(self, material):
        return Release(
            title="Where the patients of practices live, by ward",
            publisher="Birmingham City Council",
            release=material.options.get("period") or UNDATED,
            standing=Dataset.Standing.CONVERTED,
            vintage=None,
            extent="Birmingham and Solihull",
        )

    def rows(self, material, context):
        report = context.report
        wards = material.columns[1:]
        if len(set(wards)) < len(wards):
            twice = next(ward for ward in wards if wards.count(ward) > 1)
            raise Refused(expected="each ward in one column", found=f"{twice!r} in two")
        frame = read_csv(material, material.columns, ["Practice Code"], report)
        frame = without_duplicates(english_practices(frame, "Practice Code", report), "Practice Code", report)
        shares = np.column_stack([_shares(frame, ward, report) for ward in wards])
        total = np.nansum(shares, axis=1)
        for line, code, whole in zip(
            frame.index[total > MOST], frame.loc[total > MOST, "Practice Code"], total[total > MOST], strict=True
        ):
            report.reject(line, code, f"shares add up to {whole:.3f}, more than the whole list")
        usable = total <= MOST
        frame, shares, total = frame[usable], shares[usable], total[usable]
        report.note_count("practices", len(frame))
        report.note_count("practices with less than 95 % of their patients in these wards", int((total < 0.95).sum()))
        row, column = np.nonzero(shares > 0)
        length = len(row)
        yield RecordRows(
            model="PatientDistribution",
            line=frame.index.to_numpy()[row],
            columns={
                "holder_kind": [PatientDistribution.Holder.PRACTICE.value] * length,
                "holder_code": frame["Practice Code"].to_numpy()[row],
                "place_kind": [PatientDistribution.PlaceKind.WARD.value] * length,
                "place_code": np.array(wards, dtype=object)[column],
                "share": shares[row, column],
            },
            key=("holder_code", "place_code"),
        )


def _shares(frame, ward, report) -> np.ndarray:
    """Shares of one column, NaN where blank or not between 0 and 1 (which is reported)."""
    share, _, unreadable = as_numbers(frame[ward])
    with np.errstate(invalid="ignore"):
        bad = unreadable | (share < 0) | (share > 1)
    for line, code in frame.loc[bad, "Practice Code"].items():
        report.reject(line, code, f"{ward}: {frame.at[line, ward]} is not a share from 0 to 1")
    return np.where(bad, np.nan, share)


class NetworkPatients(PublishedTable):
    """Sussex: for each LSOA of 2011 the network that most of its registered residents are with, and how many.

    Two files in the same layout: of all residents, and of those with a practice in Sussex (the larger shares).
    """

    stage = Stage.VALUES
    columns = ["LSOA11CD", "PCN_Code", "PCN_Name", "Patients", "Proportion_residents_to_PCN"]

    def __init__(self, key: str, method: int):
        self.key, self.method = key, method

    def recognises(self, material):
        if material.kind != "csv" or not set(self.columns) <= set(material.columns):
            return False
        return (2 if "method_2" in material.name.casefold() else 1) == self.method

    def release(self, material):
        return Release(
            title=f"Patients of primary care networks by LSOA, Sussex, method {self.method}",
            publisher="West Sussex County Council, public health, from NHS England's patients by LSOA",
            release=material.options.get("period") or UNDATED,
            standing=Dataset.Standing.CONVERTED,
            vintage=2011,
            extent="Sussex",
            method="The network that most registered residents of an area are with; all others together as OTHER.",
        )

    def rows(self, material, context):
        report = context.report
        frame = read_csv(material, self.columns, ["LSOA11CD", "PCN_Code", "PCN_Name"], report)
        frame = english_rows(frame, "LSOA11CD", report)
        patients, missing, unreadable = as_numbers(frame["Patients"])
        share, no_share, no_number = as_numbers(frame["Proportion_residents_to_PCN"])
        with np.errstate(invalid="ignore"):
            bad = unreadable | no_number | (missing != "") | (no_share != "") | (patients < 0)
            bad |= (share <= 0) | (share > 1) | frame["PCN_Code"].fillna("").eq("").to_numpy()
        for line, code in frame.loc[bad, "LSOA11CD"].items():
            report.reject(line, code, "no network, no number of patients, or a proportion that is not above 0 up to 1")
        frame = frame.assign(patients=patients, share=share)[~bad]
        frame = without_duplicates(frame, "LSOA11CD", report)
        report.note_count("patients of the network of their area", int(round(frame["patients"].sum())))
        yield _of_networks(frame, frame["PCN_Code"].to_numpy(), frame["patients"].to_numpy())
        # What is left of an area's patients is with other networks: without it the shares would be lost.
        others = np.round(frame["patients"] / frame["share"] - frame["patients"])
        some = (others > 0).to_numpy()
        report.note_count("patients of other networks", int(others[some].sum()))
        yield _of_networks(frame[some], [OTHER_NETWORKS] * int(some.sum()), others[some].to_numpy())


def _of_networks(frame, holders, patients) -> RecordRows:
    length = len(frame)
    return RecordRows(
        model="PatientDistribution",
        line=frame.index.to_numpy(),
        columns={
            "holder_kind": [PatientDistribution.Holder.NETWORK.value] * length,
            "holder_code": holders,
            "place_kind": [PatientDistribution.PlaceKind.AREA_2011.value] * length,
            "place_code": frame["LSOA11CD"].to_numpy(),
            "patients": patients,
        },
        key=("holder_code", "place_code"),
    )


class NetworkOfArea(Source):
    """Sussex: LSOA of 2021 -> network. Recognised and not kept: it has no numbers of patients."""

    key = "sussex-area-network"
    stage = Stage.VALUES

    def recognises(self, material):
        return material.kind == "csv" and {"LSOA21CD", "LTLA", "PCN_Code"} <= set(material.columns)

    def release(self, material):
        return Release(
            title="Network of most residents by LSOA (2021), Sussex",
            publisher="West Sussex County Council, public health",
            release=material.options.get("period") or UNDATED,
            standing=Dataset.Standing.CONVERTED,
            extent="Sussex",
        )

    def rows(self, material, context):
        frame: pd.DataFrame = read_csv(material, ["LSOA21CD"], ["LSOA21CD"], context.report)
        frame = english_rows(frame, "LSOA21CD", context.report)
        context.report.skip("rows without numbers of patients", len(frame))
        context.report.note(
            "Not kept: it names the network that most residents of an area are with, but not how many patients. "
            "The files with patients by LSOA and network are loaded instead."
        )
        yield from ()
