"""Which ward a publication means by a name: several in England may have the same one."""

import numpy as np
import pandas as pd

from .places import Areas, Practices, globe_points

# The ward meant is the namesake nearest to where the practices that name it stand, and no further away than this.
FURTHEST_KM = 60.0


def wards_by_name(shares: pd.DataFrame, names, areas: Areas, practices: Practices) -> dict[str, str]:
    """The code of the ward that each name (or code) in `shares.ward` means; names without a ward are left out.

    `shares` has the columns practice (a code), ward, share; `names` is the ward's name of each area.
    """
    frame = pd.DataFrame({"code": areas.ward, "name": names})
    points = globe_points(areas.lon, areas.lat)
    frame[["x", "y", "z"]] = points
    frame = frame[frame["code"] != ""]
    wards = frame.groupby("code").agg(name=("name", "first"), x=("x", "mean"), y=("y", "mean"), z=("z", "mean"))
    by_name = {name.casefold(): group for name, group in wards.groupby("name")}
    place = pd.Series(np.arange(len(practices)), index=practices.code)
    found = {}
    for ward, rows in shares.groupby("ward"):
        if ward in wards.index:
            found[ward] = ward
            continue
        namesakes = by_name.get(str(ward).strip().casefold())
        at = place.reindex(rows["practice"]).to_numpy()
        known = ~np.isnan(at) & (rows["share"].to_numpy() > 0)
        known[known] = practices.located[at[known].astype(int)]
        if namesakes is None or not known.any():
            continue
        at = at[known].astype(int)
        weight = rows["share"].to_numpy()[known] * practices.patients[at]
        centre = np.average(globe_points(practices.lon[at], practices.lat[at]), axis=0, weights=weight)
        km = np.sqrt(np.square(namesakes[["x", "y", "z"]].to_numpy() - centre).sum(axis=1))
        if km.min() <= FURTHEST_KM:
            found[ward] = namesakes.index[km.argmin()]
    return found
