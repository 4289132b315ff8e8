"""The legacy Vietnamese encodings: what their bytes, read as Western letters, stand for.

TCVN3 (ABC fonts): TCVN 5712:1993, third table. VNI: the "VNI Windows" convention, a vowel followed by a byte for its
marks. VISCII: RFC 1456. Windows-1258 is Python's own ``cp1258``.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata

TCVN3: dict[str, str] = {
    chr(start + at): letter
    for start, letters in (
        (0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"),
        (0xB5, "àảãáạ"),
        (0xBB, "ằẳẵắ"),
        (0xC6, "ặầẩẫấậè"),
        (0xCE, "ẻẽéẹềểễếệìỉ"),
        (0xDC, "ĩíịò"),
        (0xE1, "ỏõóọồổỗốộờởỡớợù"),
        (0xF1, "ủũúụừửữứựỳỷỹýỵ"),
    )
    for at, letter in enumerate(letters)
}

_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
VISCII: dict[int, str] = {**{0x80 + at: letter for at, letter in enumerate(_VISCII_HIGH)}, **_VISCII_LOW}

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_ROOF, _BREVE = "\u0302", "\u0306"
_VNI_TONES = {"ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_VNI_ROOFS = {"â": "", "á": _ACUTE, "à": _GRAVE, "å": _HOOK, "ã": _TILDE, "ä": _DOT}
_VNI_BREVES = {"ê": "", "é": _ACUTE, "è": _GRAVE, "ú": _HOOK, "ü": _TILDE, "ë": _DOT}
_VNI_SINGLE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_SINGLE)
    for vowel in "aeouyôö":
        base = _VNI_SINGLE.get(vowel, vowel)
        for sign, tone in _VNI_TONES.items():
            table[vowel + sign] = base + tone
    for vowel in "aeo":
        for sign, tone in _VNI_ROOFS.items():
            table[vowel + sign] = vowel + _ROOF + tone
    for sign, tone in _VNI_BREVES.items():
        table["a" + sign] = "a" + _BREVE + tone
    table |= {key.upper(): letter.upper() for key, letter in table.items()}
    # A capital followed by the small form of its mark is as common as the proper pair.
    table |= {key[0].upper() + key[1:]: letter[0].upper() + letter[1:] for key, letter in table.items()}
    return {key: unicodedata.normalize("NFC", letter) for key, letter in table.items()}


VNI: dict[str, str] = _vni_table()
TCVN3_PATTERN = re.compile("[" + re.escape("".join(TCVN3)) + "]")
VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))


def _western(byte: int) -> set[str]:
    found = {chr(byte)}
    # Five bytes stand for nothing in Windows-1252; programs then keep the control character.
    with contextlib.suppress(UnicodeDecodeError):
        found.add(bytes([byte]).decode("cp1252"))
    return found


_BYTE_OF: dict[str, int] = {char: byte for byte in range(0x80, 0x100) for char in _western(byte)}
_FOLLOWING = "".join(re.escape(char) for char, byte in _BYTE_OF.items() if 0x80 <= byte <= 0xBF)
# UTF-8 sequences of two and three bytes whose bytes were read as Western characters: "Ä‘", "á»™", "â€“".
UTF8_PATTERN = re.compile(f"[Â-ß][{_FOLLOWING}]|[à-ï][{_FOLLOWING}]{{2}}")


def from_utf8(found: str) -> str | None:
    """Return the character whose UTF-8 bytes were read as the Western characters `found`, None if there is none."""
    try:
        return bytes(_BYTE_OF[char] for char in found).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None
