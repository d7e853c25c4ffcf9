"""Small files about practices in the exact published layouts: headings and quirks real, practices made up."""

import csv
import io
import zipfile

import openpyxl

from .published import csv_file

BANDS = [*(f"{low}_{low + 4}" for low in range(0, 95, 5)), "95+"]
MAP_HEADINGS = {
    "icb": [
        "PUBLICATION", "EXTRACT_DATE", "PRACTICE_CODE", "PRACTICE_NAME", "PRACTICE_POSTCODE", "PCN_CODE", "PCN_NAME",
        "ONS_SUB_ICB_LOCATION_CODE", "SUB_ICB_LOCATION_CODE", "SUB_ICB_LOCATION_NAME", "ONS_ICB_CODE", "ICB_CODE",
        "ICB_NAME", "ONS_COMM_REGION_CODE", "COMM_REGION_CODE", "COMM_REGION_NAME", "SUPPLIER_NAME",
    ],
    "ccg": [
        "PUBLICATION", "EXTRACT_DATE", "PRACTICE_CODE", "PRACTICE_NAME", "PRACTICE_POSTCODE", "PCN_CODE", "PCN_NAME",
        "ONS_CCG_CODE", "CCG_CODE", "CCG_NAME", "ONS_STP_CODE", "STP_CODE", "STP_NAME", "ONS_COMM_REGION_CODE",
        "COMM_REGION_CODE", "COMM_REGION_NAME",
    ],
}  # fmt: skip


def zipped(path, rows, member):
    """A CSV alone in a zip archive, as the monthly lists come."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, buffer.getvalue())
    return path


def epraccur(path, rows, *, era="new"):
    """The directory without headings. `rows`: (code, status, setting) or with (opened, closed, postcode, grouping)."""
    lines = []
    for code, status, setting, *more in rows:
        opened, closed, postcode, grouping = (*more, *("19740401", "", "TE1 1ST", "Y60")[len(more) :])
        old = era == "old"
        where = ["THE SURGERY", "1 HIGH STREET", "", "TESTFORD", "", postcode, opened, closed, status, "B", "99X"]
        tail = ["20200401", "", "01999 999999", "", "", "", "0" if old else "1", "", "99X", "", setting, ""]
        lines.append([code, f"PRACTICE {code}", grouping, "QZZ", *where, *tail])
    return csv_file(path, lines, quoting=csv.QUOTE_ALL, newline="\n" if era == "old" else "\r\n")


def practice_map(path, rows, *, era="icb", extract="01Jul2026"):
    """`rows`: (code, postcode, network code or U)."""
    lines = [MAP_HEADINGS[era]]
    for code, postcode, network in rows:
        name = "Unallocated" if network == "U" else f"{network} PCN"
        boards = ["E38000999", "99X", "NHS Testshire - 99X", "E54000999", "QZZ", "NHS Testshire"]
        region = ["E40000099", "Y99", "Testland", *(["TPP"] if era == "icb" else [])]
        lines.append(["GP_PRAC_PAT_LIST", extract, code, f"PRACTICE {code}", postcode, network, name, *boards, *region])
    return zipped(path, lines, "gp-reg-pat-prac-map.csv") if path.suffix == ".zip" else csv_file(path, lines)


def quinary(path, lists, *, extract="2026-07-01", extra=(), levels=("PCN", "ICB"), drop=()):
    """Lists by sex and five-year age: `lists` maps a practice to (females, males) in every band. Larger organisations
    repeat the patients; `drop` names (practice, sex, band) that are missing."""
    lines = [
        ["PUBLICATION", "EXTRACT_DATE", "ORG_TYPE", "ORG_CODE", "ONS_CODE", "POSTCODE", "SEX", "AGE_GROUP_5",
         "NUMBER_OF_PATIENTS"],
    ]  # fmt: skip
    for level in (*levels, "GP"):
        for code, (female, male) in lists.items():
            organisation = code if level == "GP" else f"U{code[1:]}"
            ons, postcode = ("", "TE1 1ST") if level == "GP" else ("E38000999", "")
            start = ["GP_PRAC_PAT_LIST", extract, level, organisation, ons, postcode]
            lines.append([*start, "ALL", "ALL", 20 * (female + male)])
            for sex, number in (("FEMALE", female), ("MALE", male)):
                lines.append([*start, sex, "ALL", 20 * number])
                lines += [[*start, sex, band, number] for band in BANDS if (organisation, sex, band) not in drop]
    lines += [["GP_PRAC_PAT_LIST", extract, *row] for row in extra]
    return zipped(path, lines, "gp-reg-pat-prac-quin-age.csv") if path.suffix == ".zip" else csv_file(path, lines)


def list_totals(path, rows, *, extract="01JAN2021"):
    """Lists without age and sex: `rows` are (code, patients) or with (type, sex)."""
    headings = ["PUBLICATION", "EXTRACT_DATE", "TYPE", "CCG_CODE", "ONS_CCG_CODE", "CODE", "POSTCODE", "SEX", "AGE"]
    lines = [[*headings, "NUMBER_OF_PATIENTS"]]
    for code, patients, *more in rows:
        kind, sex = (*more, *("GP", "ALL")[len(more) :])
        lines.append(["GP_PRAC_PAT_LIST", extract, kind, "99X", "E38000999", code, "TE1 1ST", sex, "ALL", patients])
    return csv_file(path, lines, newline="\r\n")


def patients_by_area(path, rows, *, publication="GP_PRAC_PAT_LIST", heading="NUMBER_OF_PATIENTS", extract="01APR2025"):
    """Where patients live: `rows` are (practice, LSOA or word, sex, patients)."""
    lines = [["PUBLICATION", "EXTRACT_DATE", "PRACTICE_CODE", "PRACTICE_NAME", "LSOA_CODE", "SEX", heading]]
    lines += [[publication, extract, code, f"PRACTICE {code}", *rest] for code, *rest in rows]
    return csv_file(path, lines)


def payments(path, rows, **options):
    """`rows`: (code, network, opened, closed, kind, rurality, patients)."""
    headings = [
        "NHS England (Region) code", "NHS England (Region) Name", "CCG Code", "Sub ICB NAME", "Code", "CCG NAME",
        "Practice Code", "Practice Name", "Practice Address", "Practice Postcode", "Practice Open Date",
        "Practice Close Date", "Contract Type", "Dispensing Practice", "Practice type", "Practice Rurality",
        "Atypical characteristics", "Number of Registered Patients (Last Known Figure)",
    ]  # fmt: skip
    lines = [headings]
    for code, network, opened, closed, kind, rurality, patients in rows:
        named = [network, f"{network} PCN"] if network else ["Unknown or no PCN", "Unknown or no PCN"]
        where = [code, f"PRACTICE {code}", "THE SURGERY  1 HIGH STREET ", "TE1  1ST", opened, closed, "GMS", "No"]
        lines.append(["Y99", "TESTLAND", "99X", "NHS TESTSHIRE", *named, *where, kind, rurality, "", patients])
    return csv_file(path, lines, bom=True, **options)


def network_members(path, rows):
    """ePCN: `rows` of the members' sheet are (practice, network, joined, left)."""
    book = openpyxl.Workbook()
    details = book.active
    details.title = "PCNDetails"
    details.append(["PCN Code", "PCN Name", "Current Clinical \nCommissioning \nGroup Code"])
    sheet = book.create_sheet("PCN Core Partner Details")
    sheet.append(
        ["Partner\nOrganisation\nCode", "Partner\nName", "Practice\nParent\nCCG Code", "Practice\nParent\nCCG Name",
         "PCN Code", "PCN Name", "PCN Parent\nCCG Code", "PCN Parent\nCCG Name",
         "Practice to PCN\nRelationship\nStart Date", "Practice to PCN\nRelationship\nEnd Date",
         "Practice CCG and PCN\nCCG Match "]
    )  # fmt: skip
    for code, network, joined, left in rows:
        board = ["99X", "NHS TESTSHIRE CCG"]
        sheet.append([code, f"PRACTICE {code}", *board, network, f"{network} PCN", *board, joined, left, True])
    book.save(path)
    return path


def local_lookup(path, rows):
    """Birmingham and Solihull: `rows` are (practice, Main or Branch, network, locality)."""
    lines = [["Practice_Code", "Type", "PCN", "PCN_Code", "Locality", "Locality_Code", "LA", "LA_Code"]]
    for code, kind, network, place in rows:
        lines.append([code, kind, f"{network} PCN", network, place, "BSOL001", "Testford", "E08000001"])
    return csv_file(path, lines, quoting=csv.QUOTE_ALL)


def ward_shares(path, shares):
    """Practice x ward, wide: `shares` maps a practice to the shares of three wards; the others are nought."""
    wards = ["Acocks Green", "Alum Rock", "Testford Ward", *(f"Ward {n}" for n in range(20))]
    lines = [[code, *some, *([0.0] * 20)] for code, some in shares.items()]
    return csv_file(path, [["Practice Code", *wards], *lines])


def network_patients(path, rows):
    """Sussex: `rows` are (LSOA of 2011, network, patients, proportion)."""
    headings = ["LSOA11CD", "PCN_Code", "PCN_Name", "Patients", "Proportion_residents_to_PCN"]
    lines = [[area, network, f"{network} PCN", patients, share] for area, network, patients, share in rows]
    return csv_file(path, [headings, *lines], quoting=csv.QUOTE_NONNUMERIC)


def geographies(path, rows, *, era="CCG", manual=False):
    """QOF mapping to NHS geographies: `rows` are (practice, network or U, country)."""
    higher = "STP" if era == "CCG" else "ICB"
    headings = ["NAT_ONS_CODE", "NAT_CODE", "NAT_COUNTRY" if manual else "COUNTRY"]
    headings += ["REGION_ODS_CODE", "REGION_ONS_CODE", "REGION_NAME"]
    headings += [f"{name}_{part}" for name in (higher, era) for part in ("ODS_CODE", "ONS_CODE", "NAME")]
    lines = [[*headings, "PCN_ODS_CODE", "PCN_NAME", "PRACTICE_CODE", "PRACTICE_NAME"]]
    for code, network, country in rows:
        start = ["E92000001", country, "England", "Y99", "E40000099", "Testland"]
        boards = ["QZZ", "E54000999", "Testshire", "99X", "E38000999", "NHS Testshire"]
        lines.append([*start, *boards, network, f"{network} PCN", code, f"Practice {code}"])
    return csv_file(path, lines)


def indicator_groups(path, rows):
    """`rows`: (indicator, group, description, list type)."""
    headings = ["INDICATOR_CODE", "INDICATOR_POINT_VALUE", "GROUP_CODE", "GROUP_DESCRIPTION", "DOMAIN_CODE"]
    lines = [[code, 5, group, text, "CL", "Clinical", kind] for code, group, text, kind in rows]
    return csv_file(path, [[*headings, "DOMAIN_DESCRIPTION", "PATIENT_LIST_TYPE"], *lines])


def authority_prevalence(path, rows):
    """House of Commons Library: `rows` are (authority, group, register, list, prevalence)."""
    headings = ["lad_code", "lad_name", "group_code", "register", "list", "prevalence"]
    return csv_file(path, [headings, *[[code, "Testford", *rest] for code, *rest in rows]])


def qof_workbook(path, sheets, *, years=("2023-24", "2024-25"), title=""):
    """The practice workbook. `sheets` maps a group to (age of its list or "", rows): a row is a practice and
    (list, register, prevalence) of both years, or None for the sheet of a group without a register."""
    book = openpyxl.Workbook()
    book.active.title = "Title sheet"
    book.active["A8"] = "Prevalence, achievement and personalised care adjustments"
    book.active["A11"] = f"Publication date: {title}"
    for group, (age, rows) in sheets.items():
        sheet = book.create_sheet(group)
        listed = f"List size \naged {age}" if age else "List size"
        one = [listed, "Register", "Prevalence (%)"] if rows is not None else [listed]
        # The sheet of asthma has a second list, of children, in its second year.
        two = [listed, "List size \naged 6 to 19", *one[1:]] if age == "6+" else one
        where = ["Sub ICB Loc ODS code", "Sub ICB Loc ONS code", "Sub ICB Loc name", "PCN ODS code", "PCN name"]
        headings = [*where, "Practice code", "Practice name", *one, *two, "Year on year change \n(percentage point)"]
        achieved = len(headings)
        for column, text in enumerate([*headings, "Total Achievement Score (max xx)", "Register"], 1):
            sheet.cell(12, column, text)
        sheet.cell(10, 8, "Prevalence" if rows is not None else "List size")
        sheet.cell(10, achieved + 1, "Achievement")
        for year, column in zip(years, (8, 8 + len(one)), strict=False):
            sheet.cell(11, column, year)
        for n, (practice, first, second) in enumerate(rows or (), 13):
            cells = ["99X", "E38000999", "NHS Testshire", "U99999", "TEST PCN", practice, f"PRACTICE {practice}"]
            extra = [second[0], 99, *second[1:]] if age == "6+" else [*second]
            for column, value in enumerate([*cells, *first, *extra], 1):
                sheet.cell(n, column, value)
    book.save(path)
    return path
