"""Versions of the decision model: drafts, scenarios of organisations, what is in force and what was."""

import uuid
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet


class ModelVersionQuerySet(OrganisationScopedQuerySet):
    def national(self):
        """Versions common to all organisations: those that are, were or may come into force."""
        return self.filter(organisation__isnull=True)

    def scenarios_of(self, organisation):
        """What an organisation tries for itself, the latest change first; nothing for None."""
        return self.for_organisation(organisation).order_by("-updated_at")

    def published(self):
        return self.filter(state=ModelVersion.State.PUBLISHED)

    def with_people(self):
        """Everybody whom a page about versions names."""
        return self.select_related(
            "created_by", "updated_by", "proposed_by", "published_by", "restored_by", "based_on", "organisation"
        )


class ModelVersion(models.Model):
    """One version of the decision model: tree and tables (.dxi), thresholds, visit minutes.

    Draft -> in review -> published -> retired, and from retired back into force. Only a draft can be changed: a
    trigger (migration 0004) refuses any other change of its content, and every other way between states.
    A version of an organisation is a scenario: it stays a draft and stays with the organisation.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="model_versions",
        help_text="Whose scenario this is; empty for versions that may come into force.",
    )
    title = models.CharField(max_length=120, blank=True, help_text="What its author tries, in a few words.")
    based_on = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="drafts")
    revision = models.PositiveIntegerField(
        default=0, help_text="Counts the changes of a draft: two editors cannot overwrite each other unseen."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    definition = models.TextField(help_text="The model as .dxi.")
    definition_sha256 = models.CharField(max_length=64)
    inputs = models.JSONField(help_text="Input attribute to indicator code.")
    thresholds = models.JSONField(
        default=dict, help_text="Per input: bounds, half-widths, how they were found and from which datasets."
    )
    minutes = models.JSONField(help_text="Visit minutes and review interval per class, and the additions.")
    accepted_conflicts = models.JSONField(
        default=dict,
        blank=True,
        help_text="Per attribute whose rules contradict each other: who accepted that, and why.",
    )
    reason = models.TextField(blank=True)
    review_note = models.TextField(blank=True, help_text="What the reviewer said when the version was returned.")
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    restored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    restored_at = models.DateTimeField(null=True, blank=True, help_text="When it came into force again.")
    restored_because = models.TextField(blank=True)
    outdated_at = models.DateTimeField(
        null=True, blank=True, help_text="When data were loaded from which its thresholds would come out differently."
    )
    outdated_because = models.CharField(max_length=300, blank=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "number", "organisation"], name="model_version_number_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(state="draft"), name="model_scenario_is_never_in_force"
            ),
            models.CheckConstraint(
                condition=Q(restored_at__isnull=True) | (Q(restored_by__isnull=False) & ~Q(restored_because="")),
                name="model_restored_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(restored_at__isnull=True) | Q(state__in=["published", "retired"]),
                name="model_restored_only_after_publication",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | ~Q(title=""), name="model_scenario_has_a_title"
            ),
            models.CheckConstraint(condition=Q(state="draft") | ~Q(reason=""), name="model_proposed_for_a_reason"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(state="published"), name="model_one_published_version"
            ),
            # Publication needs two platform administrators.
            models.CheckConstraint(
                condition=~Q(state__in=["published", "retired"])
                | (
                    Q(proposed_by__isnull=False, published_by__isnull=False, published_at__isnull=False)
                    & ~Q(proposed_by=F("published_by"))
                ),
                name="model_published_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="review") | Q(proposed_by__isnull=False), name="model_in_review_names_who_proposed"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(thresholds={}), name="model_beyond_draft_has_thresholds"
            ),
        ]

    def __str__(self):
        if self.organisation_id is not None:
            return f"{self.title} (scenario {self.number} of {self.name})"
        return f"{self.name}, version {self.number}"

    @property
    def is_scenario(self) -> bool:
        return self.organisation_id is not None

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @cached_property
    def compiled(self):
        """The parsed model, thresholds and minutes: `priorities.model_versions.CompiledVersion`."""
        from priorities.model_versions import compile_version

        return compile_version(self)
