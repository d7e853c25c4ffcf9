"""An OpenID Connect provider on this machine: real discovery, codes with PKCE, signed tokens, keys that change.

    with OpenIDProvider() as provider:
        provider.people = [Person("amira", "amira@northgate.example", hosted_domain="northgate.example")]
        provider.behave(Misbehaviour.EXPIRED)      # for the next sign-in alone

Browsers see a page with a button for each person and one to cancel. Tests without a browser call `chosen(...)`.
The provider remembers since when somebody is signed in with it (`signed_in_at`); `prompt=login` has them sign in anew.
"""

import html
import json
import secrets
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from .openid_clients import Client
from .openid_tokens import Keys, Misbehaviour, Person, identity_token, pkce_challenge

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Provider on this machine</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>{heading}</h1>
<form method="post" action="/choose"><input type="hidden" name="request" value="{request}">{buttons}
<p><button name="person" value="">Cancel</button></p></form></main></body></html>"""


@dataclass
class Request:
    """One sign-in as it was asked for, and how the provider is going to answer it."""

    question: dict[str, str]
    misbehaviour: Misbehaviour | None
    person: Person | None = None
    code: str = ""
    used: bool = False
    # When the person signed in at the provider.
    auth_time: float = 0

    @property
    def is_anew(self) -> bool:
        """OpenID Connect Core 1.0, 3.1.2.1: whoever is signed in already is asked all the same."""
        return self.question.get("prompt") == "login" or self.question.get("max_age") == "0"

    @property
    def wants_auth_time(self) -> bool:
        return "max_age" in self.question or "auth_time" in self.question.get("claims", "")


class OpenIDProvider:
    """Runs in a thread of its own. `asked` counts the questions by path."""

    def __init__(self, *, client_id="portal-on-test", secret="a secret of tests", people=()):
        self.client, self.people = Client(client_id, secret), list(people)
        # By subject, in seconds since 1970.
        self.signed_in_at: dict[str, float] = {}
        self.keys = Keys()
        self.requests: dict[str, Request] = {}
        self.asked: dict[str, int] = {}
        self.document_changes: dict = {}
        # Answers that never end are let go when the provider stops.
        self.stopped = threading.Event()
        self._next: Misbehaviour | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def client_id(self) -> str:
        return self.client.client_id

    @property
    def secret(self) -> str:
        return self.client.secret

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def behave(self, misbehaviour: Misbehaviour | None) -> None:
        """What goes wrong in the next sign-in."""
        self._next = misbehaviour

    def rotate(self) -> None:
        """A new key signs from now on; the old one is not published any more."""
        self.keys = Keys()

    def document(self) -> dict:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": self.client.methods,
            "code_challenge_methods_supported": ["S256"],
        } | self.document_changes

    def begin(self, question: dict[str, str]) -> str:
        """The key of a new request. ValueError when it is not asked as the flow demands."""
        wanted = {"client_id": self.client_id, "response_type": "code", "code_challenge_method": "S256"}
        wrong = [name for name, value in wanted.items() if question.get(name) != value]
        missing = [name for name in ("redirect_uri", "state", "nonce", "code_challenge") if not question.get(name)]
        if wrong or missing or "openid" not in question.get("scope", "").split():
            raise ValueError(f"wrong: {wrong}, missing: {missing}, scope: {question.get('scope')}")
        key, misbehaviour = secrets.token_urlsafe(16), self._next
        self.requests[key], self._next = Request(question, misbehaviour), None
        return key

    def chosen(self, address: str, person: str | None) -> str:
        """What a browser does between the two redirects: opens `address`, chooses somebody, is sent back there."""
        question = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return self.choose(self.begin(question), person)

    def choose(self, key: str, subject: str | None) -> str:
        """The address to which the browser is sent back. None or "": the person cancelled."""
        request = self.requests[key]
        back = {"state": request.question["state"]}
        if request.misbehaviour is Misbehaviour.STATE_MISSING:
            back = {}
        if not subject:
            return self._back(request, back | {"error": "access_denied"})
        request.person = next(person for person in self.people if person.subject == subject)
        request.code = secrets.token_urlsafe(24)
        if request.is_anew and request.misbehaviour is not Misbehaviour.IGNORES_PROMPT:
            self.signed_in_at.pop(subject, None)
        request.auth_time = self.signed_in_at.setdefault(subject, time.time())
        if request.misbehaviour is Misbehaviour.OTHER_ISSUER_IN_CALLBACK:
            back["iss"] = "https://elsewhere.example"
        return self._back(request, back | {"code": request.code})

    def _back(self, request, answer) -> str:
        return f"{request.question['redirect_uri']}?{urlencode(answer)}"

    def tokens(self, form: dict[str, str], authorization: str) -> tuple[int, dict]:
        """The answer of the token endpoint: RFC 6749, 4.1.3 and 5.2; RFC 7636, 4.6."""
        if not self.client.is_proved(form, authorization, f"{self.issuer}/token"):
            return 401, {"error": "invalid_client"}
        known = [request for request in self.requests.values() if request.code]
        request = next((each for each in known if secrets.compare_digest(each.code, form.get("code", ""))), None)
        misbehaviour = request.misbehaviour if request else None
        if request is None or request.used or misbehaviour is Misbehaviour.CODE_REPLAYED:
            return 400, {"error": "invalid_grant"}
        request.used = True
        if (
            form.get("redirect_uri") != request.question["redirect_uri"]
            or pkce_challenge(form.get("code_verifier", "")) != request.question["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        access_token = secrets.token_urlsafe(24)
        request.question["access_token"] = access_token
        return 200, {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "id_token": identity_token(self, request, access_token),
        }

    def person_of(self, access_token: str) -> tuple[Person, Misbehaviour | None] | None:
        found = [each for each in self.requests.values() if each.question.get("access_token") == access_token]
        return (found[0].person, found[0].misbehaviour) if found else None

    def misbehaviour_of_code(self, code: str) -> Misbehaviour | None:
        return next((each.misbehaviour for each in self.requests.values() if each.code == code), None)


class _Handler(BaseHTTPRequestHandler):
    """What the provider answers over HTTP. Each provider has a class of its own, which knows it."""

    provider: OpenIDProvider
    protocol_version = "HTTP/1.0"

    def log_message(self, *arguments):
        """Quiet: what happened is in `provider`."""

    def do_GET(self):
        parts = urlsplit(self.path)
        self.provider.asked[parts.path] = self.provider.asked.get(parts.path, 0) + 1
        if parts.path == "/.well-known/openid-configuration":
            return self._json(200, self.provider.document())
        if parts.path == "/keys":
            return self._json(200, {"keys": self.provider.keys.published()})
        if parts.path == "/userinfo":
            return self._userinfo()
        if parts.path == "/authorize":
            return self._page({name: values[0] for name, values in parse_qs(parts.query).items()})
        return self._send(204 if parts.path == "/favicon.ico" else 404, b"", "text/plain")

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        self.provider.asked[self.path] = self.provider.asked.get(self.path, 0) + 1
        if self.path == "/choose":
            self.send_response(303)
            self.send_header("Location", self.provider.choose(form["request"], form.get("person")))
            return self.end_headers()
        if self.path == "/token":
            return self._token(form)
        return self._send(404, b"", "text/plain")

    def _page(self, question):
        try:
            key = self.provider.begin(question)
        except ValueError as error:
            return self._send(400, html.escape(str(error)).encode(), "text/plain")
        buttons = "".join(
            f'<p><button name="person" value="{html.escape(each.subject)}">{html.escape(each.name)}</button></p>'
            for each in self.provider.people
        )
        heading = "Sign in again" if self.provider.requests[key].is_anew else "Who are you?"
        return self._send(
            200, PAGE.format(heading=heading, request=key, buttons=buttons).encode(), "text/html; charset=utf-8"
        )

    def _token(self, form):
        misbehaviour = self.provider.misbehaviour_of_code(form.get("code", ""))
        if misbehaviour is Misbehaviour.REDIRECTED:
            self.send_response(307)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            return self.end_headers()
        if misbehaviour is Misbehaviour.HUGE:
            return self._send(200, b'{"access_token": "' + b"x" * 5_000_000 + b'"}', "application/json")
        if misbehaviour is Misbehaviour.SLOW:
            return self._trickle()
        if misbehaviour is Misbehaviour.NO_JSON:
            return self._send(200, b"<html>", "text/html")
        return self._json(*self.provider.tokens(form, self.headers.get("Authorization", "")))

    def _trickle(self):
        """A byte at a time, until whoever asked goes away."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.provider.stopped.wait(0.02):
                self.wfile.write(b" ")
        except OSError:
            return

    def _userinfo(self):
        found = self.provider.person_of(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if found is None:
            return self._json(401, {"error": "invalid_token"})
        person, misbehaviour = found
        subject = "somebody-else" if misbehaviour is Misbehaviour.OTHER_SUBJECT_IN_PROFILE else person.subject
        return self._json(200, person.profile() | {"sub": subject})

    def _json(self, status, content):
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status, content, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            # Whoever asked has gone: an answer of this size was not wanted.
            return


def _handler_of(provider: OpenIDProvider) -> type[_Handler]:
    return type("Handler", (_Handler,), {"provider": provider})
