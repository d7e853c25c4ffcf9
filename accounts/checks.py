"""What `manage.py check --deploy` asks about accounts."""

from django.conf import settings
from django.core.checks import Tags, Warning, register

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}


@register(Tags.security, deploy=True)
def demo_mode_is_not_for_the_world(app_configs=None, **kwargs):
    """In demo mode everybody who reaches the portal signs in with one click, as an administrator too."""
    public = sorted(set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS)
    if not (settings.DEMO_MODE and public):
        return []
    return [
        Warning(
            f"DEMO_MODE is on and the portal answers as {', '.join(public)}: whoever reaches it may be anybody.",
            hint="Switch DEMO_MODE off wherever real data is loaded.",
            id="accounts.W001",
        )
    ]
