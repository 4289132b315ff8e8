"""Cursors of paged lists: where the last page ended, as an opaque string."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from nlp.text import LangNgheError


class CursorError(LangNgheError):
    """A cursor that this list did not give out."""

    def __init__(self) -> None:
        super().__init__("cursor_invalid", "Con trỏ phân trang không hợp lệ; hãy bắt đầu lại từ trang đầu.")


def encode(order: str, values: list[Any]) -> str:
    """Pack the order of the list and the sort values of its last row."""
    body = json.dumps([order, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def decode(cursor: str, order: str, kinds: tuple[type, ...]) -> list[Any]:
    """Unpack a cursor of a list in the same order.

    Raises
    ------
    CursorError
        If it is damaged, or belongs to another order.
    """
    try:
        body = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeError, RecursionError) as error:
        raise CursorError from error
    if not isinstance(body, list) or len(body) != len(kinds) + 1 or body[0] != order:
        raise CursorError
    for value, kind in zip(body[1:], kinds, strict=True):
        if type(value) is not kind:
            raise CursorError
        if isinstance(value, int) and abs(value) > 2**62 or isinstance(value, str) and "\x00" in value:
            raise CursorError
    return body[1:]
