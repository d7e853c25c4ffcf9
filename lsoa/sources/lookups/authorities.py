"""Every code that a local authority has had since 2011, with the one that stands for it today, and its region."""

from lsoa.models import Dataset

from ..base import ONS, Refused, Release, Source, Stage
from ..rows import RecordRows
from ..tables import read_csv

CODE = r"^[EWSN][0-9]{8}$"
FIELDS = {
    "code": "LADCD",
    "name": "LADNM",
    "current_code": "LADCD_ACTIVE",
    "current_name": "LADNM_ACTIVE",
    "upper_tier_code": "UTLACD",
    "upper_tier_name": "UTLANM",
    "region_code": "RGNCD",
    "region_name": "RGNNM",
}
# The longer edition lists every kind of place, and the authority of today in LADCD.
LONGER = FIELDS | {"code": "areacode", "name": "areaname"}
# A code tells from when on a list can be: the year in which the authority got it.
SINCE = {
    "E08000038": "2025",  # Barnsley
    "E06000063": "2023",  # Cumberland
    "E06000061": "2021",  # North Northamptonshire
    "E06000060": "2020",  # Buckinghamshire
    "E06000058": "2019",  # Bournemouth, Christchurch and Poole
}


class AuthorityCodes(Source):
    """Codes of local authorities, old and current; in the longer edition with other places between them."""

    key = "local-authority-codes"
    stage = Stage.LOOKUPS

    def headings(self):
        return [tuple(FIELDS.values())]

    def recognises(self, material):
        return material.kind == "csv" and set(FIELDS.values()) <= set(material.columns)

    def release(self, material):
        return Release(
            title="Codes of local authorities since 2011 with their successors, as compiled in geo-lookups",
            publisher=ONS,
            release="2019",
            standing=Dataset.Standing.CONVERTED,
            vintage=None,
            extent="United Kingdom",
        )

    def rows(self, material, context):
        report = context.report
        longer = {"areacode", "areatype"} <= set(material.columns)
        headings = LONGER if longer else FIELDS
        columns = list(headings.values())
        wanted = [*columns, "areatype"] if longer else columns
        frame = read_csv(material, wanted, text_columns=wanted, report=report).fillna("")
        frame = frame.apply(lambda column: column.astype(str).str.strip())
        report.read(len(frame))
        if longer:
            others = frame["areatype"] != "la"
            report.skip("codes of counties, regions and countries", int(others.sum()))
            frame = frame[~others]
        code = headings["code"]
        wrong = ~(frame[code].str.match(CODE) & frame["LADCD_ACTIVE"].str.match(CODE))
        for line, code_there in frame.loc[wrong, code].items():
            report.reject(line, code_there, "not the codes of a local authority and its successor")
        frame = frame[~wrong]
        if not len(frame):
            raise Refused(expected="codes of local authorities", found="none")
        codes = set(frame["LADCD_ACTIVE"])
        context.release = next((year for since, year in SINCE.items() if since in codes), "2011")
        report.note_count("codes with a successor", int((frame[code] != frame["LADCD_ACTIVE"]).sum()))
        yield RecordRows(
            model="AuthorityCode",
            line=frame.index.to_numpy(),
            columns={field: frame[heading].to_numpy() for field, heading in headings.items()},
            key=("code",),
        )
