"""Reach an organisation's data only through the organisation."""

from django.db import models


class OrganisationScopedQuerySet(models.QuerySet):
    """Base of every QuerySet whose rows belong to one organisation.

    `organisation_lookup` names the path to the organisation, e.g. "plan__organisation" for a stop.
    """

    organisation_lookup = "organisation"

    def for_organisation(self, organisation):
        """Rows of this organisation; none at all for None (a person without membership)."""
        if organisation is None:
            return self.none()
        return self.filter(**{self.organisation_lookup: organisation})
