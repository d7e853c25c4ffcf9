"""Prepare, propose and publish the default model."""

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from accounts.models import User
from priorities import services
from priorities.computed_thresholds import ThresholdsNotComputable


class Command(BaseCommand):
    help = (
        "Store the default model with thresholds computed from the loaded data. Publication takes two platform "
        "administrators: --proposed-by and --published-by. Without them a draft is left. A second call with the same "
        "data changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("--proposed-by", metavar="EMAIL", help="platform administrator who proposes")
        parser.add_argument("--published-by", metavar="EMAIL", help="another platform administrator, who publishes")

    def handle(self, *args, proposed_by, published_by, **options):
        if published_by and not proposed_by:
            raise CommandError("--published-by needs --proposed-by", returncode=2)
        try:
            version = self._install(proposed_by, published_by)
        except (services.PublicationRefused, ThresholdsNotComputable) as refusal:
            raise CommandError(str(refusal)) from None
        extents = sorted({entry["extent"] for entry in version.thresholds.values()})
        self.stdout.write(f"{version}: {version.get_state_display().lower()}; thresholds from {'; '.join(extents)}")

    def _install(self, proposed_by, published_by):
        if published_by:
            return services.publish_default_model(
                proposed_by=_administrator(proposed_by), published_by=_administrator(published_by)
            )
        if proposed_by:
            by = _administrator(proposed_by)
            version = services.install_default_model(by=by)
            if version.state == version.State.DRAFT:
                version = services.propose_version(version=version, by=by)
            return version
        return services.install_default_model(by=SystemActor("command:install_default_model"))


def _administrator(email: str) -> User:
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise CommandError(f"There is nobody with the address {email}.")
    return user
