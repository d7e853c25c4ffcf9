"""What a derivation is: an adapter that reads datasets instead of files."""

import hashlib
import io
from dataclasses import dataclass, field

from lsoa.models import Dataset
from lsoa.sources.base import Source, Stage


@dataclass
class DerivedMaterial:
    """One dataset to be derived. `inputs` are what it is made from, `version` names the method: when one of them
    changes, the figures are made anew. `facts` is for the derivation itself (e.g. the release that it derives)."""

    key: str
    name: str
    inputs: list[Dataset]
    version: str
    facts: dict = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)

    kind, columns, head = "derived", (), b""

    def __str__(self):
        return self.name

    @property
    def sha256(self) -> str:
        """The same for the same method and inputs, whatever the order of those."""
        parts = [self.key, self.name, self.version, *sorted(str(dataset.pk) for dataset in self.inputs)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def open(self):
        return io.BytesIO()

    def tables(self):
        return [self]

    def check_packing(self) -> None:
        """Nothing is packed."""

    def check_unchanged(self) -> None:
        """There is no file that could change."""


class Derivation(Source):
    """Figures from datasets that are loaded. `release(material)` and `rows(material, context)` as for any adapter;
    each material becomes a dataset whose inputs are stored, and older releases of it become history as usual."""

    stage = Stage.DERIVED

    def recognises(self, material) -> bool:
        return isinstance(material, DerivedMaterial) and material.key == self.key

    def materials(self) -> list[DerivedMaterial]:
        """What can be derived from the datasets that are loaded now, older releases first; nothing when something is
        lacking. Cheap: it is asked after every load."""
        raise NotImplementedError
