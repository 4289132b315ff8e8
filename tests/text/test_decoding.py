"""Which encoding bytes are in."""

from __future__ import annotations

import unicodedata

import pytest
from damaged_texts import LIGHT
from hypothesis import given
from hypothesis import strategies as st

from nlp.text import ReadError, clean, decode
from nlp.text.legacy import TCVN3, VISCII, VNI

LETTER = "Kính gửi: Uỷ ban nhân dân xã.\r\nĐề nghị giải quyết dứt điểm đơn thư kéo dài của các hộ dân ở thôn Đông.\r\n"
_TCVN3 = {letter: char for char, letter in TCVN3.items()}
_VNI = {letter: char for char, letter in VNI.items()}
_VISCII = {letter: byte for byte, letter in VISCII.items()}


def _windows_1258(text: str) -> bytes:
    # The code page has no letter with roof and tone, and tones stand behind.
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = ""
    for char in text:
        marks = unicodedata.normalize("NFD", char)
        out += unicodedata.normalize("NFC", "".join(c for c in marks if c not in tones))
        out += "".join(c for c in marks if c in tones)
    return out.encode("cp1258")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (LETTER.encode(), "utf-8"),
        (LETTER.encode("utf-8-sig"), "utf-8"),
        (LETTER.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + LETTER.encode("utf-16-be"), "utf-16-be"),
        (LETTER.encode("utf-16-le"), "utf-16-le"),
        (LETTER.encode("utf-16-be"), "utf-16-be"),
        (LETTER.encode("utf-32"), "utf-32-le"),
        ("".join(_TCVN3.get(c, c) for c in LETTER).encode("latin-1"), "tcvn3"),
        ("".join(_VNI.get(c, c) for c in LETTER).encode("latin-1"), "vni"),
        (bytes(_VISCII.get(c, ord(c) % 256) for c in LETTER), "viscii"),
    ],
)
def test_text_comes_back_as_it_was(data: bytes, encoding: str) -> None:
    decoded = decode(data)
    assert (decoded.text, decoded.encoding) == (LETTER, encoding)


def test_windows_1258_comes_back_once_composed() -> None:
    decoded = decode(_windows_1258(LETTER))
    assert decoded.encoding == "cp1258"
    assert clean(decoded.text).text == LETTER.replace("\r\n", "\n")


def test_a_few_bad_bytes_are_replaced_and_counted() -> None:
    data = LETTER.encode() * 3 + b"\xe1\xba"
    decoded = decode(data)
    assert decoded.encoding == "utf-8"
    assert decoded.text.startswith(LETTER)
    assert [repair.code for repair in decoded.repairs] == ["bad_bytes"]


def test_western_punctuation_in_text_without_diacritics_is_read() -> None:
    assert decode("Don to cao \u2013 \u201cgap\u201d".encode("cp1252")).text == "Don to cao \u2013 \u201cgap\u201d"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n\t", "empty"),
        (b"\x00" * 40, "empty"),
        (bytes(range(256)) * 8, "binary"),
        (b"\x1f\x8b\x08\x00" + bytes(range(1, 255)) * 4, "binary"),
        ("ДОКЛАД о работе с обращениями граждан".encode("koi8-r"), "encoding_unknown"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        decode(data)
    assert caught.value.code == code
    assert caught.value.message[0].isupper()


@LIGHT
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_clear_error(data: bytes) -> None:
    try:
        decoded = decode(data)
    except ReadError as error:
        assert error.code in {"empty", "binary", "encoding_unknown"}
    else:
        assert decoded.text.strip()


@LIGHT
@given(st.text(min_size=1).filter(lambda text: text.strip("\x00 \t\r\n") and "\x00" not in text))
def test_utf8_is_never_taken_for_something_else(text: str) -> None:
    try:
        assert decode(text.encode()).text in {text, text.removeprefix("\ufeff")}
    except ReadError as error:
        assert error.code in {"binary", "empty"}
