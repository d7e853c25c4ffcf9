"""Test data: organisations, people with roles, jobs."""

from datetime import timedelta

import factory
from django.utils import timezone

from accounts.credentials import key_text
from accounts.models import ApiKey, Job, JobState, Membership, Organisation, User
from accounts.permissions import Role


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Community Trust {n}")


class UserFactory(factory.django.DjangoModelFactory):
    """A person without any role and without a usable password (sign in with `client.force_login`)."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.nhs.uk")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    password = "!"


class PlatformAdministratorFactory(UserFactory):
    email = factory.Sequence(lambda n: f"platform{n}@example.nhs.uk")
    full_name = factory.Sequence(lambda n: f"Platform administrator {n}")
    is_platform_administrator = True


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    roles = factory.LazyFunction(lambda: [Role.VIEWER.value])


class JobFactory(factory.django.DjangoModelFactory):
    """A waiting job of an organisation; `JobFactory(running=True)` has a fresh heartbeat."""

    class Meta:
        model = Job

    class Params:
        running = factory.Trait(
            state=JobState.RUNNING,
            started_at=factory.LazyFunction(timezone.now),
            heartbeat_at=factory.LazyFunction(timezone.now),
        )
        failed = factory.Trait(state=JobState.FAILED, finished_at=factory.LazyFunction(timezone.now))

    organisation = factory.SubFactory(OrganisationFactory)
    kind = "test.work"
    title = "Optimise a plan"


class ApiKeyFactory(factory.django.DjangoModelFactory):
    """A key without a maker and with a secret that nobody knows: for pages. One to use: `keys.create_key`."""

    class Meta:
        model = ApiKey

    organisation = factory.SubFactory(OrganisationFactory)
    name = "Data warehouse"
    prefix = factory.LazyFunction(key_text.new_prefix)
    secret_digest = key_text.NOBODYS_DIGEST
    scopes = ["areas.view"]
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=90))
