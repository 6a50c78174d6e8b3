"""Passwords: what will do, and how they are kept (Argon2id, RFC 9106)."""

from __future__ import annotations

import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from copilot.errors import BadInput

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256
KINDS_WANTED = 2

_KINDS = ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]")


class Passwords:
    """``hasher`` is for tests; the default follows RFC 9106's second recommendation (64 MiB, three passes)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys_hash = ""

    def hash(self, name: str, password: str) -> str:
        """The hash to keep. Raises BadInput for a password that ``name`` should not have."""
        _refuse_weak(name, password)
        return self.renew(password)

    def renew(self, password: str) -> str:
        """A hash of today's effort for a password that was accepted before."""
        return self._hasher.hash(_bytes(password))

    def verify(self, hashed: str | None, password: str) -> bool:
        """Whether ``password`` is the one; ``None`` stands for nobody's, takes as long, and is never right."""
        if len(password) > LONGEST_PASSWORD:
            password = ""
        try:
            return self._hasher.verify(hashed or self._nobodys(), _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, hashed: str) -> bool:
        """Whether the hash was made with less effort than is usual now."""
        return self._hasher.check_needs_rehash(hashed)

    def _nobodys(self) -> str:
        if not self._nobodys_hash:
            self._nobodys_hash = self._hasher.hash(secrets.token_bytes(32))
        return self._nobodys_hash


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _refuse_weak(name: str, password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadInput(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters. Choose another one, "
            "for instance a sentence."
        )
    if name in password.casefold():
        raise BadInput("The password contains the account's name. Choose one that does not.")
    if sum(bool(re.search(kind, password)) for kind in _KINDS) < KINDS_WANTED:
        raise BadInput("The password uses one kind of character only. Mix letters, digits or signs.")
