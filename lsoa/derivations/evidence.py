"""What the prevalence of a year is held against, as plain numbers for `Dataset.quality["validation"]`.

Nothing is stated that is not computed here from what is loaded; what cannot be computed is named under "missing".
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from lsoa.attribution import validation as against
from lsoa.attribution.prevalence import Figures
from lsoa.attribution.rates import BAND_YEARS, LOWEST_AGE
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.catalogue.qof import REGISTERS
from lsoa.json_values import as_json
from lsoa.models import AuthorityCode, PatientDistribution

from . import reading
from .inputs import AUTHORITY_PREVALENCE, OUTCOMES
from .year import PrevalenceOfYear

OTHER_NETWORKS = "OTHER"
# A list a twentieth larger or smaller than the one of the other figures is another list.
SAME_LIST = 0.05
# Above this share of one network nobody else is left whose prevalence could be told.
MOSTLY_ONE = 0.999

PUBLICATIONS = {
    "lists": "Patients Registered at a GP Practice (5-year age groups), NHS England",
    "registered": "Patients Registered at a GP Practice (by LSOA), NHS England",
    "wards": "Shares of practices' lists by ward, Birmingham and Solihull",
    "networks": "Patients of primary care networks by LSOA, Sussex",
    "authorities": "QOF prevalence by local authority 2019-20, House of Commons Library",
    "imd_decile": "English indices of deprivation (deciles)",
    "outcomes": "English indices of deprivation (indicators: acute morbidity, comparative illness and disability)",
    "changes": "LSOA (2011) to LSOA (2021) look-up, Office for National Statistics",
    "population": "Census 2021, TS007A (age), Office for National Statistics",
    "deprivation": "Deprivation of practices' patients, OHID Fingertips",
}


def validate(year: PrevalenceOfYear) -> tuple[dict, np.ndarray]:
    """(the validation, the doubt of each practice that it found)"""
    missing: list[str] = []
    wards = _wards(year, missing)
    networks = _networks(year, missing)
    found = [entry["doubt"] for entry in (wards, *networks) if entry]
    doubt = year.doubt(max(found) if found else None)
    crude = year.crude(doubt)
    ratios = year.ratios(doubt) if year.rates else None
    for key in ("lists", "registered", "deprivation"):
        if getattr(year.inputs, key) is None:
            missing.append(PUBLICATIONS[key])
    if "population" not in year.inputs.indicators:
        missing.append(PUBLICATIONS["population"])
    result = {
        "period": year.inputs.registers.period,
        "national": _national(year),
        "methods": _methods(year),
        "lists": _lists(year),
        "wards": wards,
        "networks": networks,
        "doubt": max(found) if found else None,
        "authorities": _authorities(year, crude, missing),
        "core20": _core20(year, crude, ratios, doubt, missing),
        "outcomes": _outcomes(year, crude, ratios, doubt, missing),
        "rates": _rates(year),
        "errors": _errors(year, crude, ratios),
        "missing": sorted(set(missing)),
    }
    return as_json(result), doubt


def _national(year) -> list[dict]:
    """Every register: national prevalence of practices, and how far the areas' total is from it, in points."""
    difference = against.national_difference(year.weights.shares, year.counts, year.lists)
    return [
        {"register": code, "prevalence": 100 * year.national[place], "difference": difference[place]}
        for place, code in enumerate(year.registers)
    ]


def _methods(year) -> list[dict]:
    """How many practices and patients came by each method, most patients first."""
    table = pd.DataFrame({"method": year.weights.method, "patients": year.practices.patients})
    found = table.groupby("method")["patients"].agg(["size", "sum"]).sort_values("sum", ascending=False)
    return [
        {
            "method": method,
            "practices": int(row["size"]),
            "patients": row["sum"],
            "share": row["sum"] / found["sum"].sum(),
        }
        for method, row in found.iterrows()
    ]


def _lists(year) -> dict | None:
    """The list by age, and how many practices and patients it knows."""
    if year.inputs.lists is None:
        return None
    known = ~np.isnan(year.people).any(axis=1)
    return {
        "release": year.inputs.lists.release,
        "practices": int(known.sum()),
        "of": len(known),
        "patients_share": year.practices.patients[known].sum() / year.practices.patients.sum(),
    }


def _wards(year, missing) -> dict | None:
    """Distance alone against published shares of lists by ward."""
    shares = year.ward_shares
    if shares is None:
        missing.append(PUBLICATIONS["wards"])
        return None
    wards = np.unique(shares["ward"])
    of_area = pd.Index(wards).get_indexer(year.areas.ward)
    inside = np.flatnonzero(of_area >= 0)
    member = csr_matrix((np.ones(len(inside)), (inside, of_area[inside])), shape=(len(year.areas), len(wards)))
    rows = pd.Index(year.practices.code).get_indexer(np.unique(shares["practice"]))
    rows = rows[year.practices.located[rows]]
    place = pd.Series(np.arange(len(rows)), index=year.practices.code[rows])
    shares = shares[shares["practice"].isin(place.index)]
    real = np.zeros((len(rows), len(wards)))
    real[place[shares["practice"]].to_numpy(), pd.Index(wards).get_indexer(shares["ward"])] = shares["share"]
    if not len(rows):
        return None
    modelled = (year.weights.by_distance[rows] @ member).toarray()
    patients = year.practices.patients[rows]
    agreed = against.overlap(modelled, real, patients)
    return agreed | {
        "publications": [dataset.title for dataset in year.inputs.wards],
        "doubt": _doubt_of(modelled, real, patients),
        "differences": _differences(year, rows, modelled, real, patients),
    }


def _doubt_of(modelled, real, patients) -> float:
    """Of the wards' patients, those of practices whose shares are known."""
    weight = real.T @ patients
    with np.errstate(invalid="ignore", divide="ignore"):
        first = modelled * patients[:, None] / (modelled.T @ patients)
        second = real * patients[:, None] / weight
    used = ~np.isnan(first).any(axis=0) & ~np.isnan(second).any(axis=0)
    return against.doubt(first[:, used], second[:, used], weight[used])


def _differences(year, rows, modelled, real, patients) -> dict[str, float]:
    """By register, how far places' prevalences by distance are from those by the real shares, in points."""
    with np.errstate(invalid="ignore", divide="ignore"):
        prevalence = 100 * year.counts[rows] / year.lists[rows]
    found = against.prevalence_difference(modelled, real, patients, prevalence)
    return dict(zip(year.registers, found.tolist(), strict=True))


def _networks(year, missing) -> list[dict]:
    """Distance alone against published patients of networks by LSOA (2011)."""
    entries = []
    changes = reading.read_changes()
    for dataset in year.inputs.networks:
        frame = reading.read_networks(dataset)
        by_2011 = reading.network_kind(frame) == PatientDistribution.PlaceKind.AREA_2011
        if by_2011 and not len(changes):
            missing.append(PUBLICATIONS["changes"])
            continue
        entry = _network_entry(year, frame, changes if by_2011 else None)
        if entry is not None:
            entries.append(entry | {"publication": dataset.title, "key": dataset.publication})
    if not year.inputs.networks:
        missing.append(PUBLICATIONS["networks"])
    return entries


def _network_entry(year, frame, changes) -> dict | None:
    """The network that most residents of an area are with: its real share, and the one that distance gives it."""
    total = frame.groupby("area")["patients"].sum()
    largest = frame[frame["network"] != OTHER_NETWORKS].sort_values("patients").groupby("area").last()
    # A network that no practice of ours is in any more can be nobody's nearest.
    largest = largest[largest["network"].isin(year.network) & largest.index.isin(total.index)]
    if not len(largest):
        return None
    networks = np.unique(largest["network"])
    areas = largest.index.to_numpy()
    to_place = _to_places(year, areas, changes)
    attributed = year.weights.by_distance.multiply(year.practices.patients[:, None]).tocsr()
    of_network = pd.Index(networks).get_indexer(year.network)
    member = csr_matrix(
        (np.ones((of_network >= 0).sum()), (of_network[of_network >= 0], np.flatnonzero(of_network >= 0))),
        shape=(len(networks), len(year.practices)),
    )
    by_network = (member @ attributed @ to_place).toarray()
    everybody = np.asarray(attributed.sum(axis=0)).ravel() @ to_place
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = by_network / everybody
    own = pd.Index(networks).get_indexer(largest["network"])
    modelled = shares[own, np.arange(len(areas))]
    real = largest["patients"].to_numpy() / total[areas].to_numpy()
    used = ~np.isnan(modelled)
    weight = total[areas].to_numpy()
    both = np.vstack((modelled, 1 - modelled)), np.vstack((real, 1 - real))
    return against.largest_holder(modelled[used], real[used], weight[used]) | {
        "networks": len(networks),
        "patients": weight[used].sum(),
        "same_network": np.average(by_network.argmax(axis=0)[used] == own[used], weights=weight[used]),
        "doubt": against.doubt(both[0][:, used], both[1][:, used], weight[used]),
        "differences": _network_differences(year, member, attributed @ to_place, own, modelled, real, weight, used),
    }


def _to_places(year, areas, changes) -> csr_matrix:
    """From areas of 2021 to the places compared: which part of an area's people belongs to each."""
    if changes is None:
        changes = pd.DataFrame({"code_2011": areas, "code_2021": areas, "weight": 1.0})
    row = pd.Index(year.areas.code).get_indexer(changes["code_2021"])
    column = pd.Index(areas).get_indexer(changes["code_2011"])
    used = (row >= 0) & (column >= 0)
    values = changes["weight"].to_numpy(dtype=float)[used]
    return csr_matrix((values, (row[used], column[used])), shape=(len(year.areas), len(areas)))


def _network_differences(year, member, attributed, own, modelled, real, weight, used) -> dict[str, float]:
    """By register, points between an area's prevalence with the real and with the modelled share of its network.

    Network and rest have the prevalences of those of their practices that distance brings to the area; an area that
    distance gives to one network alone has the national one as the rest.
    """
    found = {}
    here = np.arange(attributed.shape[1])
    whole = np.asarray(attributed.sum(axis=0)).ravel()
    inside = (member @ attributed).toarray()[own, here]
    fair = used & (inside > 0)
    for place, code in enumerate(year.registers):
        with np.errstate(invalid="ignore", divide="ignore"):
            prevalence = 100 * year.counts[:, place] / year.lists[:, place]
        prevalence = np.nan_to_num(prevalence, nan=100 * year.national[place])
        ill = attributed.multiply(prevalence[:, None]).tocsr()
        ill_inside, ill_everywhere = (member @ ill).toarray()[own, here], np.asarray(ill.sum(axis=0)).ravel()
        with np.errstate(invalid="ignore", divide="ignore"):
            rest = (ill_everywhere - ill_inside) / (whole - inside)
            rest = np.where(modelled < MOSTLY_ONE, rest, 100 * year.national[place])
            gap = np.abs((real - modelled) * (ill_inside / inside - rest))
        if fair.any():
            found[code] = np.average(gap[fair], weights=weight[fair])
    return found


def _authorities(year, crude: Figures, missing) -> dict | None:
    """Prevalences of local authorities made of areas, against the House of Commons Library's, register by register."""
    dataset = year.inputs.authorities
    if dataset is None:
        missing.append(PUBLICATIONS["authorities"])
        return None
    theirs = reading.read_place_figures(dataset, "local_authority")
    theirs = theirs[theirs["indicator"].isin(year.registers) & theirs["place_code"].str.startswith("E")]
    codes = set(theirs["place_code"]) | set(year.table.authority)
    current = AuthorityCode.objects.current_codes(codes)
    theirs = theirs.assign(place=theirs["place_code"].map(lambda code: current.get(code, code)))
    ours_at = np.array([current.get(code, code) for code in year.table.authority], dtype=object)
    places = np.array(sorted((set(theirs["place"]) & set(ours_at)) - {""}), dtype=object)
    if not len(places):
        return None
    column = pd.Index(places).get_indexer(ours_at)
    inside = np.flatnonzero(column >= 0)
    member = csr_matrix((np.ones(len(inside)), (column[inside], inside)), shape=(len(places), len(year.areas)))
    known = ~np.isnan(year.counts)
    total = member @ (year.weights.shares.T @ np.where(known, year.counts, 0.0))
    whole = member @ (year.weights.shares.T @ np.where(known, year.lists, 0.0))
    whole_list = theirs[theirs["denominator"].notna()].groupby("indicator")["denominator"].sum()
    entries = []
    for position, register in enumerate(year.registers):
        own = theirs[theirs["indicator"] == register].groupby("place")[["count", "denominator"]].sum(min_count=1)
        if not len(own):
            continue
        own = own.reindex(places)
        published = (100 * own["count"] / own["denominator"]).to_numpy(dtype=float)
        entry = against.against(100 * total[:, position] / whole[:, position], published)
        same = _same_list(whole_list.get(register), whole_list.max(), year.lists[:, position], year.practices.patients)
        entries.append({"register": register, "same_list": same} | entry)
    periods = sorted(theirs["period"].unique())
    return {
        "publication": dataset.title,
        "key": AUTHORITY_PREVALENCE,
        "their_period": ", ".join(periods),
        "our_period": year.inputs.registers.period,
        "registers": entries,
    }


def _same_list(theirs, their_whole, ours, our_whole) -> bool | None:
    """Whether both count the register against a list of the same ages: it is the same part of the whole list."""
    if theirs is None or not their_whole:
        return None
    known = ~np.isnan(ours)
    return bool(abs(theirs / their_whole - ours[known].sum() / our_whole[known].sum()) < SAME_LIST)


def _core20(year, crude, ratios, doubt, missing) -> dict | None:
    """How many of the most deprived fifth of areas have low figures, crude and standardised: below the national
    median in one sum, and in all of them."""
    dataset = year.inputs.indicators.get("imd_decile")
    if dataset is None:
        missing.append(PUBLICATIONS["imd_decile"])
        return None
    decile = reading.read_values(dataset, "imd_decile", year.areas.code)
    core = decile <= CORE20_DECILE
    result = {"areas": int(core.sum()), "publication": f"{dataset.title}, {dataset.release}", "sums": []}
    forms = _forms(year, crude, ratios, doubt)
    low = {form: np.ones(len(year.areas), dtype=bool) for form in forms}
    for total in forms.get("crude", {}):
        entry = {"indicator": total}
        for form, sums in forms.items():
            if total in sums:
                value = sums[total]
                entry[form] = against.low_share(value, core)
                low[form] &= value < np.nanmedian(value)
        result["sums"].append(entry)
    for form in forms:
        result[form] = float(low[form][core].mean()) if core.any() else None
    return result


def _outcomes(year, crude, ratios, doubt, missing) -> list[dict]:
    """Rank correlations of the sums with published outcomes of areas."""
    found = []
    forms = _forms(year, crude, ratios, doubt)
    for code in OUTCOMES:
        dataset = year.inputs.indicators.get(code)
        if dataset is None:
            continue
        outcome = reading.read_values(dataset, code, year.areas.code)
        entry = {"indicator": code, "release": dataset.release, "sums": []}
        for total in forms.get("crude", {}):
            held = {form: sums[total] for form, sums in forms.items() if total in sums}
            ranks = {form: against.rank_correlation(value, outcome) for form, value in held.items()}
            entry["sums"].append({"indicator": total} | ranks)
        found.append(entry)
    if not found:
        missing.append(PUBLICATIONS["outcomes"])
    return found


def _forms(year, crude, ratios, doubt) -> dict[str, dict[str, np.ndarray]]:
    """The sums of areas, crude and (with lists by age) standardised."""
    forms = {"crude": year.sums(crude, year.registers, np.ones(len(year.registers)), doubt)}
    if ratios is not None:
        forms["standardised"] = year.sums(ratios, year.rates, year.national[year.columns(year.rates)], doubt)
    return {form: {total: summed.value[:, 0] for total, summed in sums.items()} for form, sums in forms.items()}


def _rates(year) -> list[dict]:
    """The fitted rates by age, per cent."""
    return [
        {
            "register": code,
            "from_age": LOWEST_AGE[year.list_type[code]],
            "band_years": BAND_YEARS,
            "rates": np.round(100 * rate.rate, 3),
            "deprivation": rate.deprivation,
            "practices": rate.practices,
        }
        for code, rate in year.rates.items()
    ]


def _errors(year, crude, ratios) -> list[dict]:
    """The median area: its figures and their standard errors."""
    entries = []
    for place, code in enumerate(year.registers):
        entry = {"register": code, "name": REGISTERS[code]}
        entry["prevalence"], entry["error"] = (
            float(np.nanmedian(table[:, place])) for table in (crude.value, crude.error)
        )
        if ratios is not None and code in year.rates:
            column = list(year.rates).index(code)
            entry["ratio_error"] = float(np.nanmedian(ratios.error[:, column]))
        entries.append(entry)
    return entries
