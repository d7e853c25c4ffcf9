"""What of a version can be edited."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from priorities.dex.dxi import read_dxi
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.model import Attribute, Model, Table
from priorities.model_versions import CompiledVersion, compile_version


@dataclass(frozen=True)
class DraftContent:
    """The editable fields of a ModelVersion; never changed in place. ``accepted_conflicts``: attribute key -> why
    its contradicting rules are accepted."""

    definition: str
    inputs: dict
    thresholds: dict
    minutes: dict
    accepted_conflicts: dict = field(default_factory=dict)

    @classmethod
    def of(cls, version) -> "DraftContent":
        accepted = {name: reason_of(accepted) for name, accepted in version.accepted_conflicts.items()}
        return cls(version.definition, version.inputs, version.thresholds, version.minutes, accepted)

    @cached_property
    def model(self) -> Model:
        return read_dxi(self.definition)

    @cached_property
    def compiled(self) -> CompiledVersion:
        """Ready to evaluate. Raises ModelError while something is missing or does not fit."""
        return compile_version(self)

    @property
    def tables(self) -> tuple[Attribute, ...]:
        """Attributes with a decision table, in pre-order."""
        return tuple(attribute for attribute in self.model.attributes if isinstance(attribute.function, Table))

    def fields(self) -> dict:
        return {
            "definition": self.definition,
            "inputs": self.inputs,
            "thresholds": self.thresholds,
            "minutes": self.minutes,
            "accepted_conflicts": self.accepted_conflicts,
        }

    def with_tables(self, tables: dict[int, Table]) -> "DraftContent":
        """``tables``: attribute index -> its new table."""
        attributes = tuple(
            replace(attribute, function=tables[attribute.index]) if attribute.index in tables else attribute
            for attribute in self.model.attributes
        )
        return replace(self, definition=write_dxi(replace(self.model, attributes=attributes)))


def reason_of(accepted) -> str:
    """Stored with who and when; edited as the reason alone."""
    return accepted.get("reason", "") if isinstance(accepted, dict) else str(accepted)
