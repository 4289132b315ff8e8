"""The same petition as other people, phones and scanners would have written it; the labels stay what they are.

Each transformation takes a text and a random generator and gives a text. They measure robustness and, where a
researcher asks for it, enlarge a training set. Nothing here is learned from a corpus: the slips are those that
Vietnamese typing, teencode and OCR are known for.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping

import numpy as np

from nlp.text import clean, fold

Noise = Callable[[str, np.random.Generator], str]
SYLLABLE = re.compile(r"[^\W\d_]+")
TONES = {"\u0309": "\u0303", "\u0303": "\u0309"}  # hỏi ↔ ngã
INITIALS = (("tr", "ch"), ("ch", "tr"), ("s", "x"), ("x", "s"), ("l", "n"), ("n", "l"), ("d", "gi"), ("gi", "d"))
# Strokes that recognition mistakes for each other, by shape.
LOOKALIKE = {
    "l": "1",
    "1": "l",
    "o": "0",
    "0": "o",
    "rn": "m",
    "m": "rn",
    "c": "e",
    "h": "b",
    "u": "n",
    "ư": "u",
    "ơ": "o",
    "t": "f",
}
TEENCODE = {
    "không": ("ko", "k", "hk", "hok"),
    "được": ("dc", "đc"),
    "gì": ("j",),
    "với": ("vs", "zới"),
    "rồi": ("r", "rùi"),
    "người": ("ng", "ngừi"),
    "những": ("n~",),
    "biết": ("bít",),
    "vậy": ("z", "v"),
    "anh": ("a",),
    "em": ("e",),
    "chị": ("c",),
    "mọi": ("m",),
    "trong": ("trog",),
    "nhiều": ("nhìu",),
    "bây": ("h",),
    "quá": ("wa", "qá"),
    "cũng": ("cug",),
    "chưa": ("chua", "ch"),
    "đường": ("đg",),
    "nước": ("nc",),
    "phường": ("p",),
    "quận": ("q",),
    "điện": ("đ.",),
    "thoại": ("thoại",),
    "luôn": ("lun",),
    "này": ("nì",),
    "như": ("nhu",),
    "thế": ("thía",),
    "cho": ("cho",),
    "là": ("là", "la"),
    "nhưng": ("nhg",),
    "thôi": ("thui",),
}
# What stands around a petition that came as a forwarded thread: office talk that says nothing of the case.
BEFORE = (
    "Từ: Bộ phận tiếp nhận\nGửi: Tổ tổng hợp\nTiêu đề: FW: FW: thư của công dân\n\n"
    "Em chuyển lại thư này, nhờ anh chị xem giúp em ạ.\n\n> ",
    "---------- Thư đã chuyển tiếp ----------\nTừ: hộp thư chung\nTới: van thu\nChủ đề: (không có)\n\n"
    "Anh xem nội dung bên dưới rồi phân loại nhé. Cảm ơn anh.\n\n",
    "[08:12] Tổ trực: dạ em nhận được tin sau, chuyển vào nhóm để mọi người nắm\n[08:13] Tin nhắn:\n",
)
AFTER = (
    "\n\n--\nBộ phận văn thư\nMáy lẻ 104\nThư này chỉ gửi cho người nhận có tên. Nếu nhận nhầm, xin xoá và báo lại.\n",
    "\n\n> Đã nhận. Em vào sổ rồi, mai em gửi lại anh mã số.\n> Trân trọng.\n",
    "\n[08:20] Tổ trực: dạ em đã ghi sổ\n[08:21] Trưởng nhóm: ok em, để chị xem\n",
)


def no_diacritics(text: str, rng: np.random.Generator) -> str:
    """Typed without diacritics; case is kept."""
    plain = clean(text).text
    return "".join(f.upper() if c.isupper() else f for c, f in zip(plain, fold(plain), strict=True))


def nfd(text: str, rng: np.random.Generator) -> str:
    """Composed characters taken apart, as some systems store them."""
    return unicodedata.normalize("NFD", text)


def upper_case(text: str, rng: np.random.Generator) -> str:
    """Everything in capitals."""
    return text.upper()


def typos(text: str, rng: np.random.Generator, share: float = 0.12) -> str:
    """A slip in about one syllable of eight: s/x, ch/tr, l/n, hỏi/ngã, swapped or lost letters."""

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        if rng.random() >= share or len(word) < 2:
            return word
        kind = rng.integers(4)
        if kind == 0:
            for one, other in INITIALS:
                if word.lower().startswith(one):
                    return (other.capitalize() if word[0].isupper() else other) + word[len(one) :]
        if kind <= 1:
            apart = unicodedata.normalize("NFD", word)
            swapped = "".join(TONES.get(c, c) for c in apart)
            if swapped != apart:
                return unicodedata.normalize("NFC", swapped)
        at = int(rng.integers(len(word) - 1))
        if kind == 2:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return word[: at + 1] + word[at + 2 :]

    return SYLLABLE.sub(slip, text)


def teencode(text: str, rng: np.random.Generator) -> str:
    """Phone spelling: short forms for common words, f for ph, a doubled last letter here and there."""

    def short(match: re.Match[str]) -> str:
        word = match[0]
        forms = TEENCODE.get(word.lower())
        if forms and rng.random() < 0.8:
            return str(forms[int(rng.integers(len(forms)))])
        if word.lower().startswith("ph") and rng.random() < 0.5:
            return "f" + word[2:]
        return word

    return SYLLABLE.sub(short, text).lower()


def ocr(text: str, rng: np.random.Generator, share: float = 0.06) -> str:
    """Recognition noise: look-alike strokes, lost or wrong tone marks, broken lines and a page number in the middle."""
    out: list[str] = []
    width, limit = 0, int(rng.integers(55, 85))
    page = len(text) // 2 if len(text) > 400 else -1
    for at, c in enumerate(text):
        if rng.random() < share:
            apart = unicodedata.normalize("NFD", c)
            c = LOOKALIKE.get(c.lower(), c) if len(apart) == 1 else unicodedata.normalize("NFC", apart[:-1])
        width = 0 if c == "\n" else width + 1
        if c == " " and width > limit:
            c, width, limit = "\n", 0, int(rng.integers(55, 85))
            if 0 <= page < at:
                c, page = "\n\n2\n\n", -1
        out.append(c)
    return "".join(out)


def thread(text: str, rng: np.random.Generator) -> str:
    """The petition inside a forwarded thread, with office talk before and after it."""
    return f"{BEFORE[int(rng.integers(len(BEFORE)))]}{text}{AFTER[int(rng.integers(len(AFTER)))]}"


NOISES: Mapping[str, Noise] = {
    "no_diacritics": no_diacritics,
    "nfd": nfd,
    "ocr": ocr,
    "typos": typos,
    "teencode": teencode,
    "caps": upper_case,
    "thread": thread,
}


def spoil(name: str, text: str, identifier: str) -> str:
    """`text` under the named noise; the same text and identifier always give the same result.

    Raises
    ------
    KeyError
        If there is no such noise.
    """
    seed = int.from_bytes(hashlib.sha256(f"{name}/{identifier}".encode()).digest()[:8], "big")
    return NOISES[name](text, np.random.default_rng(seed))
