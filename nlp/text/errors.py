"""Errors that a person may read: a stable code for programs and a Vietnamese sentence for people."""

from __future__ import annotations


class LangNgheError(Exception):
    """An expected failure with a stable code and a Vietnamese message.

    Parameters
    ----------
    code : str
        ASCII snake_case, part of the public contract.
    message : str
        One Vietnamese sentence. It never contains the text of a petition or report.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[LangNgheError], tuple[str, str]]:
        # Exceptions cross process boundaries in batch work; the default would lose the second argument.
        return (type(self), (self.code, self.message))


class ReadError(LangNgheError):
    """Bytes or a file that cannot be read as text: empty, damaged, protected, too large or disguised."""
