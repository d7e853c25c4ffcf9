"""How the API's document describes what callers prove themselves with."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.credentials.authentication.TokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema):
        return build_bearer_security_scheme_object(
            header_name="Authorization",
            token_prefix="Bearer",  # noqa: S106 - the name of the scheme
            bearer_format="JWT",
        )


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.credentials.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key her_...`: a key that an administrator of an organisation made for a machine.",
        }
