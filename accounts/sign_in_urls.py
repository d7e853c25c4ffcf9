"""The part of allauth that this product uses, included below /accounts/.

The rest (self-registration, email management, resets by email) stays shut.
"""

from allauth.account import views as account
from django.urls import path, re_path

from .sessions.urls import sign_in_urls as second_step
from .signing_in.openid_connect import views_of
from .views import connections
from .views.sign_in import SignInView, password_page, refused

google_login, google_callback = views_of("google")
cis2_login, cis2_callback = views_of("cis2")

urlpatterns = [
    *second_step,
    path("login/", SignInView.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    # Closed: allauth's own pages link here by name.
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", password_page(account.password_change), name="account_change_password"),
    path("password/set/", password_page(account.password_set), name="account_set_password"),
    # Reached by the link that an administrator hands to a new person (accounts.first_links).
    re_path(
        r"^password/first/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/first/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("google/login/", google_login, name="google_login"),
    path("google/login/callback/", google_callback, name="google_callback"),
    path("cis2/login/", cis2_login, name="cis2_login"),
    path("cis2/login/callback/", cis2_callback, name="cis2_callback"),
    path("connections/", connections.overview, name="connections"),
    path("connections/<slug:provider>/connect/", connections.connect, name="connection-add"),
    path("connections/<slug:provider>/remove/", connections.disconnect, name="connection-remove"),
    path("<slug:provider>/keys/", connections.client_keys, name="provider-client-keys"),
    path("not-signed-in/<slug:provider>/<slug:page>/", refused, name="sign-in-refused"),
]
