"""allauth's pages about second factors, with what our templates ask beside."""

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator


class ShowFactorView(AuthenticateView):
    """After the password: a code, or a passkey, whichever the person has."""

    def get_context_data(self, **kwargs):
        user = self.stage.login.user
        kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        own = {"has_app": Authenticator.Type.TOTP in kinds, "has_passkey": Authenticator.Type.WEBAUTHN in kinds}
        return super().get_context_data(**kwargs) | own

    def form_invalid(self, form):
        """Each try has a challenge of its own; the answer says with its status that it was not right."""
        response = super().form_invalid(form)
        response.status_code = 422
        return response
