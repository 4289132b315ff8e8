"""Passwords: argon2id digests, a short list of what is refused, one-time passwords that can be read aloud."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nlp.text import LangNgheError, fold

LEAST = 10
MOST = 200
_COMMON = frozenset({
    "matkhau", "123456", "12345678", "123456789", "1234567890", "password", "qwerty", "anhyeuem", "iloveyou", "admin",
    "langnghe", "abc123", "111111", "000000", "quantri", "congvan", "vanthu",
})  # fmt: skip
_WORD = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


class PasswordError(LangNgheError):
    """A password that may not be used."""


@cache
def _hasher() -> PasswordHasher:
    # RFC 9106's second recommendation (64 MiB, 3 passes) with one lane: an office machine, few sign-ins at a time.
    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def digest(password: str) -> str:
    """The argon2id digest of a password, with its parameters and salt."""
    return _hasher().hash(password)


def matches(stored: str, password: str) -> bool:
    """True if the password is right; takes as long for an unknown user (`stored` empty) as for a known one."""
    try:
        return _hasher().verify(stored or _nobody(), password[:MOST]) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """True if the digest was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(stored)


def check_new(password: str, username: str) -> None:
    """Refuse a password that is easy to guess.

    Raises
    ------
    PasswordError
        `password_short`, `password_long`, `password_common`.
    """
    if len(password) < LEAST:
        raise PasswordError("password_short", f"Mật khẩu cần ít nhất {LEAST} ký tự; một câu ngắn dễ nhớ là tốt nhất.")
    if len(password) > MOST:
        raise PasswordError("password_long", f"Mật khẩu dài tối đa {MOST} ký tự.")
    plain = "".join(c for c in fold(password) if c.isalnum())
    rest = plain
    for word in sorted((*_COMMON, fold(username)), key=len, reverse=True):
        rest = rest.replace(word, "") if word else rest
    if len(rest) < 4 or len(set(plain)) < 5:
        raise PasswordError("password_common", "Mật khẩu này quá dễ đoán; hãy chọn một câu chỉ mình bạn biết.")


def one_time() -> str:
    """A random password of 16 characters in groups of four (about 79 bits)."""
    return "-".join("".join(secrets.choice(_WORD) for _ in range(4)) for _ in range(4))
