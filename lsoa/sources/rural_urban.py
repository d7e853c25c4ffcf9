"""Rural-urban classification of LSOAs, of 2011 and of 2021."""

from dataclasses import dataclass

import numpy as np

from lsoa.models import Dataset

from .base import ONS, Refused, Release, Source, Stage
from .rows import AreaColumns, ValueRows
from .tables import english_rows, extent_of, read_csv


@dataclass(frozen=True)
class Layout:
    """Headings of an edition. `code` lists the names under which the code of the area is found."""

    code: tuple[str, ...]
    ruc_code: str
    ruc_name: str
    standing: int


OFFICIAL, CONVERTED = Dataset.Standing.OFFICIAL, Dataset.Standing.CONVERTED
LAYOUTS = {
    # The first heading became LSOA.code in copies that went through R.
    2011: (Layout(("LSOA11CD", "LSOA.code"), "RUC11CD", "RUC11", OFFICIAL),),
    2021: (
        Layout(("LSOA21CD",), "RUC21CD", "RUC21NM", OFFICIAL),
        Layout(("lsoa21_code",), "ruc21_code", "classification", CONVERTED),
    ),
}
# First letters of the classes: in 2011 A-C are urban and D-F rural, in 2021 they say so.
RURAL = {2011: {"A": 0.0, "B": 0.0, "C": 0.0, "D": 1.0, "E": 1.0, "F": 1.0}, 2021: {"U": 0.0, "R": 1.0}}


class RuralUrban(Source):
    """Class of every area, and the indicator `is_rural` (1 rural, 0 urban)."""

    stage = Stage.LOOKUPS

    def __init__(self, vintage: int):
        self.vintage = vintage
        self.key = f"rural-urban-{vintage}"

    def _found(self, material):
        """(layout, heading of the area's code), None for another table."""
        columns = set(material.columns)
        for layout in LAYOUTS[self.vintage]:
            code = next((heading for heading in layout.code if heading in columns), None)
            if code is not None and {layout.ruc_code, layout.ruc_name} <= columns:
                return layout, code
        return None

    def recognises(self, material):
        return material.kind == "csv" and self._found(material) is not None

    def release(self, material):
        layout, _ = self._found(material)
        return Release(
            title=f"Rural Urban Classification ({self.vintage}) of Lower Layer Super Output Areas",
            publisher=ONS,
            release=str(self.vintage),
            standing=layout.standing,
            vintage=self.vintage,
        )

    def rows(self, material, context):
        layout, code = self._found(material)
        columns = [code, layout.ruc_code, layout.ruc_name]
        frame = read_csv(material, columns, text_columns=columns, report=context.report).fillna("")
        frame = english_rows(frame, code, context.report)
        classes = frame[layout.ruc_code].astype(str).str.strip()
        rural = classes.str[:1].map(RURAL[self.vintage]).to_numpy(dtype=float)
        known = ~np.isnan(rural) & (classes.str.len() <= 4).to_numpy()
        for line, area, cell in zip(frame.index[~known], frame.loc[~known, code], classes[~known], strict=True):
            context.report.reject(line, area, f"{cell[:20]!r} is no class of {self.vintage}")
        frame, classes, rural = frame[known], classes[known], rural[known]
        if not len(frame):
            raise Refused(expected=f"classes of English LSOAs of {self.vintage}", found="none")
        codes, lines = frame[code].to_numpy(), frame.index.to_numpy()
        context.extent = extent_of(codes.tolist(), [""] * len(codes))
        names = [name or None for name in frame[layout.ruc_name].astype(str).str.strip().str[:100]]
        yield AreaColumns(
            line=lines,
            code=codes,
            columns={"rural_urban_code": classes.to_numpy(), "rural_urban_name": names},
        )
        yield ValueRows(indicator="is_rural", period=str(self.vintage), line=lines, code=codes, value=rural)


RURAL_URBAN_SOURCES = [RuralUrban(2011), RuralUrban(2021)]
