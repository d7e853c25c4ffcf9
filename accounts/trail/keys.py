"""The keys that sign seals and manifests: Ed25519 (RFC 8032), the private one in a file that only the worker reads."""

import base64
import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

PEM_END = "-----END PUBLIC KEY-----"


class KeyProblem(ValueError):
    """A key that is missing, unreadable or of another kind; the message says what was expected and found."""


def key_id(key: Ed25519PublicKey) -> str:
    """16 hexadecimal digits that name a public key: the beginning of SHA-256 over its 32 bytes."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def private_key() -> Ed25519PrivateKey:
    """The key of AUDIT_SEAL_KEY. The demo makes its own. KeyProblem where there is none, or no such key in the file."""
    if not settings.AUDIT_SEAL_KEY:
        raise KeyProblem("AUDIT_SEAL_KEY names no file: make a key with `manage.py seal_audit --make-key FILE`.")
    path = Path(settings.AUDIT_SEAL_KEY)
    if settings.DEMO_MODE and not path.exists():
        make_key(path)
    return load_private_key(path)


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """KeyProblem unless the file holds an Ed25519 private key in PEM without a passphrase."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyProblem(f"{path} should hold an Ed25519 private key in PEM: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(f"{path} should hold an Ed25519 private key, but holds {type(key).__name__}.")
    return key


def make_key(path: Path) -> Ed25519PrivateKey:
    """Write a new private key, readable for its owner only, and the public one beside it (.pub). Never overwrites."""
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        # Another process was first.
        return load_private_key(path)
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.with_name(path.name + ".pub").write_bytes(public_pem(key.public_key()))
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def load_public_keys(text: str) -> dict[str, Ed25519PublicKey]:
    """Public keys by id, of a text that holds one PEM block after another. KeyProblem for anything else in a block."""
    keys = {}
    for block in text.split(PEM_END):
        if "-----BEGIN" not in block:
            continue
        try:
            key = load_pem_public_key((block + PEM_END + "\n").strip().encode())
        except ValueError as error:
            raise KeyProblem(f"The list of public keys holds a block that is none: {error}") from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyProblem(f"The list of public keys holds a {type(key).__name__}, not an Ed25519 key.")
        keys[key_id(key)] = key
    return keys


def known_public_keys(path: Path | None = None) -> dict[str, Ed25519PublicKey]:
    """Keys whose signatures count: those of the file (AUDIT_SEAL_PUBLIC_KEYS by default), and that of our own key.

    With a `path` only the keys in it: auditors need no secret, and trust no key that they were not given.
    """
    listed = path or (Path(settings.AUDIT_SEAL_PUBLIC_KEYS) if settings.AUDIT_SEAL_PUBLIC_KEYS else None)
    keys = {}
    if listed is not None:
        try:
            keys = load_public_keys(listed.read_text())
        except OSError as error:
            raise KeyProblem(f"The list of public keys cannot be read: {error}") from error
    if path is None and settings.AUDIT_SEAL_KEY:
        own = private_key().public_key()
        keys[key_id(own)] = own
    return keys


def sign(content: bytes) -> tuple[str, str]:
    """Id of our key and its signature in base 64."""
    key = private_key()
    return key_id(key.public_key()), base64.b64encode(key.sign(content)).decode()


def is_signed(content: bytes, key: str, signature: str, keys: dict[str, Ed25519PublicKey]) -> bool:
    """Whether `signature` is one of `content` by the key of that id, if we know it."""
    if key not in keys:
        return False
    try:
        keys[key].verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True
