"""What an API key may do: what its scopes AND its maker's present rights in its organisation allow."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class KeyLimit:
    """Stands at `user.limit` of the maker while a key acts for them."""

    organisation_id: UUID
    scopes: frozenset[str]

    @classmethod
    def of_key(cls, key) -> "KeyLimit":
        return cls(key.organisation_id, frozenset(key.scopes))

    def of(self, held, organisation) -> frozenset:
        """Those of the rights `held` in the organisation that the key may use."""
        if organisation.pk != self.organisation_id:
            return frozenset()
        return frozenset(permission for permission in held if self.covers(permission))

    def covers(self, permission) -> bool:
        return str(permission) in self.scopes
