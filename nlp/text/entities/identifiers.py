"""Numbers and codes that lead to one person: identity papers, phones, accounts, plates, land and insurance numbers.

A pattern alone is weak evidence (a decision number can have nine digits too), so most patterns need a word before
them; the words that say the opposite (mã số thuế, hoá đơn, hồ sơ …) are looked at as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nlp.text.entities.types import Entity, best_disjoint
from nlp.text.entities.view import TextView

# What OCR writes for digits; only believed after a word that announces a number.
_OCR = str.maketrans({"o": "0", "O": "0", "l": "1", "I": "1", "i": "1", "S": "5", "B": "8"})
_D = r"[0-9]"
_SEP = r"[ .\-–/]{0,2}"
_WINDOW = 48

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
# A number opens a word, or follows one without a space (ĐT.0905…), or follows another number (0905…/0914…).
_OPENS = r"(?:(?<![\w+/.,-])|(?<=[^\W\d_][/.,-])|(?<=\d{6}[/-]))"
_PHONE = re.compile(
    rf"{_OPENS}\(?(?:\+?84|0)\)?{_SEP}\(?(?:{_D}[ .\-–)]{{0,2}}){{8,9}}{_D}?(?!\w|/(?!\+?84\d|0\d{{3}}))"
)
# One more digit after a gap: of the next sentence, or a count (gọi 0905318446 2 lần).
_NEXT = re.compile(r"(?<=\d)[ .\-–)]{1,2}\d\Z")
_PHONE_MASKED = re.compile(r"(?<![\w+])0[35789](?:[ .\-]?[\dxX*]){3,9}(?![\w])")
_PHONE_OCR = re.compile(r"(?<!\w)[0oO][3-9oO](?:[ .\-]?[0-9oOlI]){7,8}(?!\w)")
_TWELVE = re.compile(rf"(?<![\w.,/-])0{_D}{{2}}(?:[ .]?{_D}){{9}}(?!\w|[/-](?:\d|[A-ZĐ]{{2}}))")
_NINE = re.compile(r"(?<![\w.,/-])[0-9OolI](?:[ .]?[0-9OolI]){8}(?!\w|[/-](?:\d|[A-ZĐ]{2}))")
_ACCOUNT = re.compile(rf"(?<![\w/]){_D}(?:[ .\-]?{_D}){{5,18}}(?![\w/])")
_PLATE = re.compile(
    r"(?<![\w/-])[1-9]\d[ ]?-?[ ]?[A-ZĐ]{1,2}\d?(?:[ ]?[-–][ ]?|[ ]|\.|)(?:\d{3}[ .]?(?:\d{2}|[xX]{2})|\d{4})(?![\w/-])"
)
_PLATE_BOAT = re.compile(r"(?<!\w)[A-Z][A-Za-z]{1,2}[ -]?\d{4,5}(?:[ -]?TS)?(?!\w)")
_LAND = re.compile(r"(?<!\w)[A-ZĐ]{1,2}[ ]?(?:\d{3}[ .]?\d{3}|\d{3}[xX]{3})(?!\w)")
_LAND_BOOK = re.compile(r"(?<!\w)(?:C[HS][ ]?\d{3,6}|\d{3,6}[ ]?QSDĐ(?:/[\w-]+)?)(?!\w)")
_CARD = re.compile(r"(?<!\w)[A-Z]{2}[ ]?\d[ ]?\d{2}[ ]?\d{10}(?!\w)")
_TEN = re.compile(r"(?<![\w.,/-])\d{10}(?![\w/-])")

_ID_WORDS = re.compile(r"cccd|cmnd|cmtnd|\bcmt\b|can cuoc|chung minh|dinh danh|\bcc\b|giay to|ho chieu")
_ACCOUNT_WORDS = re.compile(r"tai khoan|\bstk\b|\btk\b|\bso tk\b|chuyen khoan|chuyen tien vao|ngan hang")
_PHONE_WORDS = re.compile(
    r"dien thoai|\bsdt\b|\bd/?t\b|\btel\b|\bphone\b|zalo|lien (?:he|lac)|hotline|so may|di dong|\bgoi\b|so cua"
)
_LAND_WORDS = re.compile(
    r"so do|so hong|bia do|\bgcn|giay chung nhan|quyen su dung|seri|so phat hanh|vao so|\bso\b \Z|mang ten"
)
_PLATE_WORDS = re.compile(r"bien so|\bbks\b|bien kiem soat|\bbien\b|\bxe\b|cavet|dang ky xe|o to|xe may")
_BOAT_WORDS = re.compile(r"\bghe\b|\btau\b|\bthuyen\b|\bsa lan\b|\bvo\b")
_INSURANCE_WORDS = re.compile(r"bhxh|bhyt|bao hiem|vssid|so huu|luong huu|the y te")
_OTHER_NUMBER = re.compile(
    r"ma so thue|\bmst\b|hoa don|bien lai|ho so|phieu|ma khach|ma benh|ma ve|ma doi tuong|ma hs|cong to|bien "
    r"ban so|so bao danh|"
    r"quyet dinh|cong van|so the|van ban|ma van don|ma so doanh|don hang|ma don|so bien nhan|bien nhan|\bma\b \Z|ma ho"
)  # fmt: skip


def identifiers(view: TextView) -> list[Entity]:
    """Find the numbers and codes of persons.

    Returns
    -------
    list[Entity]
        kinds `email`, `so_dien_thoai`, `so_dinh_danh`, `tai_khoan`, `bien_so`, `so_giay_chung_nhan`, `so_bao_hiem`;
        disjoint, in order; `value` is the digits (letters in upper case) without separators.
    """
    if not any(c.isdigit() for c in view.text) and "@" not in view.text:
        return []
    return best_disjoint(e for rule in _RULES for e in rule(view) if e.score >= 0.5)


def _near(view: TextView, start: int, words: re.Pattern[str], window: int = _WINDOW) -> int:
    """Distance in characters from the nearest of `words` before `start`, or -1; a blank line ends the look."""
    left = view.folded[max(0, start - window) : start]
    cut = left.rfind("\n\n")
    left = left[cut + 2 :] if cut >= 0 else left
    last = -1
    for match in words.finditer(left):
        last = match.end()
    return len(left) - last if last >= 0 else -1


def _digits(text: str) -> str:
    return "".join(c for c in text.translate(_OCR) if c.isdigit())


def _trimmed(text: str) -> str:
    text = text.rstrip(" .-–/(")
    return text.rstrip(")") if "(" not in text else text


def _emails(view: TextView) -> Iterator[Entity]:
    for m in _EMAIL.finditer(view.text):
        value = m.group().rstrip(".")
        yield Entity("email", m.start(), m.start() + len(value), 0.95, "email_pattern", value.lower())


def _phone_digits(raw: str) -> str:
    digits = _digits(raw)
    return "0" + digits[2:].lstrip("0") if digits.startswith("84") else digits


def _phones(view: TextView) -> Iterator[Entity]:
    for m in _PHONE.finditer(view.text):
        raw = _trimmed(m.group())
        # The bracket of "(024) 3764 1288" belongs to the number, that of "(0905 318 446)" does not.
        wrapped = raw.startswith("(") and (")" not in raw or raw.endswith(")"))
        begin, raw = m.start() + wrapped, raw.strip("()") if wrapped else raw
        digits = _phone_digits(raw)
        extra = _NEXT.search(raw)
        if extra and (extra.group().startswith(". ") or len(digits) == 11 and digits[1] in "35789"):
            raw = raw[: extra.start()]
            digits = _phone_digits(raw)
        near = _near(view, m.start(), _PHONE_WORDS)
        other = _near(view, m.start(), _OTHER_NUMBER, 26)
        if len(digits) == 10 and digits[1] in "35789":
            score = 0.9
        elif len(digits) == 11 and digits[1] == "2":
            score = 0.85
        elif len(digits) == 11 and digits[1] == "1":
            score = 0.8
        elif len(digits) == 10 and digits[1] == "2" and near >= 0:
            score = 0.7
        else:
            continue
        if other >= 0 and (near < 0 or other < near) or _near(view, m.start(), _ACCOUNT_WORDS, 30) >= 0 and near < 0:
            score -= 0.45
        yield Entity("so_dien_thoai", begin, begin + len(raw), score, "phone_pattern", digits)
    for m in _PHONE_MASKED.finditer(view.text):
        raw = _trimmed(m.group())
        if re.search(r"[xX*]", raw) and len(re.sub(r"[^\dxX*]", "", raw)) >= 6:
            yield Entity("so_dien_thoai", m.start(), m.start() + len(raw), 0.7, "phone_masked", raw.replace(" ", ""))
    for m in _PHONE_OCR.finditer(view.text):
        if re.search(r"[oOlI]", m.group()) and re.search(r"\d{3}", m.group()) and len(_digits(m.group())) == 10:
            yield Entity("so_dien_thoai", m.start(), m.end(), 0.7, "phone_ocr", _digits(m.group()))


def _identity(view: TextView) -> Iterator[Entity]:
    for m in _TWELVE.finditer(view.text):
        digits = _digits(m.group())
        near = _near(view, m.start(), _ID_WORDS)
        # Three digits of the province (001–096), then sex and century (Thông tư 59/2021/TT-BCA, Điều 4).
        valid = 1 <= int(digits[:3]) <= 96 and digits[3] in "0123"
        if not valid and near < 0:
            continue
        score = 0.95 if near >= 0 else 0.6
        if near < 0 and (_near(view, m.start(), _ACCOUNT_WORDS) >= 0 or _near(view, m.start(), _OTHER_NUMBER, 24) >= 0):
            score = 0.3
        yield Entity("so_dinh_danh", m.start(), m.end(), score, "citizen_id", digits)
    for m in _NINE.finditer(view.text):
        digits = _digits(m.group())
        near = _near(view, m.start(), re.compile(r"cmnd|cmtnd|\bcmt\b|chung minh|cccd|can cuoc"), 30)
        if near >= 0 and len(digits) == 9 and sum(c.isdigit() for c in m.group()) >= 5:
            yield Entity("so_dinh_danh", m.start(), m.end(), 0.9, "old_identity_card", digits)


def _accounts(view: TextView) -> Iterator[Entity]:
    for m in _ACCOUNT.finditer(view.text):
        raw = _trimmed(m.group())
        digits = _digits(raw)
        if not 6 <= len(digits) <= 19:
            continue
        near = _near(view, m.start(), _ACCOUNT_WORDS, 60)
        after = view.folded[m.end() : m.end() + 26]
        bank = re.match(
            r"[ ,(\-–]{1,3}(?:ngan hang|nh |vietcom|vcb|techcom|tcb|mb\b|mbbank|bidv|agribank|vietin|acb|sacom|"
            r"vpbank|tpbank|vib|scb|hdbank|shb)",
            after,
        )
        between = view.folded[max(0, m.start() - max(near, 0)) : m.start()]
        money = re.match(r"\s?(?:dong|d\b|vnd|trieu|nghin|ngan\b(?! hang)|ty\b|k\b|tr\b)", after)
        date = re.match(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}\Z", raw)
        if money or date or (re.search(r"[.]\d{3}\Z", raw) and near > 12 and len(digits) < 10):
            continue
        if near < 0 and not bank:
            if re.match(r"9704", digits) and len(digits) in (16, 19):
                yield Entity("tai_khoan", m.start(), m.start() + len(raw), 0.85, "bank_card", digits)
            continue
        other = bool(re.search(r"\d", between)) and near > 24 or _near(view, m.start(), _OTHER_NUMBER, 20) >= 0
        phone = _near(view, m.start(), _PHONE_WORDS, 20) >= 0
        score = 0.93 if near >= 0 and near < 30 else 0.8
        if (other or phone) and not bank:
            score = 0.4
        if len(digits) < 8 and near > 12:
            score = 0.4
        yield Entity("tai_khoan", m.start(), m.start() + len(raw), score, "bank_account", digits)


def _plates(view: TextView) -> Iterator[Entity]:
    for m in _PLATE.finditer(view.text if view.accented else view.text.upper()):
        raw = _trimmed(m.group())
        near = _near(view, m.start(), _PLATE_WORDS, 60)
        parted = bool(re.search(r"[-–.]", raw))
        if len(re.sub(r"\W", "", raw)) < 7:
            continue
        score = 0.9 if near >= 0 else 0.75 if parted else 0.5
        yield Entity("bien_so", m.start(), m.start() + len(raw), score, "licence_plate", re.sub(r"\W", "", raw).upper())
    for m in _PLATE_BOAT.finditer(view.text):
        if _near(view, m.start(), _BOAT_WORDS, 20) >= 0 or m.group().endswith("TS"):
            yield Entity("bien_so", m.start(), m.end(), 0.75, "boat_number", re.sub(r"\W", "", m.group()).upper())


def _land(view: TextView) -> Iterator[Entity]:
    # Text typed without diacritics is often without capitals too; there only the words before a code can tell.
    for m in _LAND.finditer(view.text if view.accented else view.text.upper()):
        near = _near(view, m.start(), _LAND_WORDS, 70)
        two = bool(re.match(r"[A-ZĐ]{2}", m.group()))
        score = 0.94 if near >= 0 and two else 0.88 if near >= 0 else 0.5 if two and " " in m.group() else 0.2
        yield Entity(
            "so_giay_chung_nhan", m.start(), m.end(), score, "land_certificate", re.sub(r"\W", "", m.group()).upper()
        )
    for m in _LAND_BOOK.finditer(view.text):
        if _near(view, m.start(), _LAND_WORDS, 40) >= 0 or "QSDĐ" in m.group():
            yield Entity(
                "so_giay_chung_nhan", m.start(), m.end(), 0.8, "land_book_number", re.sub(r"\s", "", m.group()).upper()
            )


def _insurance(view: TextView) -> Iterator[Entity]:
    for m in _CARD.finditer(view.text):
        yield Entity("so_bao_hiem", m.start(), m.end(), 0.95, "health_card", re.sub(r"\W", "", m.group()))
    for m in _TEN.finditer(view.text):
        near = _near(view, m.start(), _INSURANCE_WORDS, 40)
        if near < 0 or _near(view, m.start(), re.compile(r"ma so thue|\bmst\b|tai khoan|dien thoai|sdt"), 24) >= 0:
            continue
        score = 0.92 if near < 24 else 0.6
        yield Entity("so_bao_hiem", m.start(), m.end(), score, "insurance_number", m.group())


_RULES: tuple[Callable[[TextView], Iterator[Entity]], ...] = (
    _emails, _phones, _identity, _accounts, _plates, _land, _insurance,
)  # fmt: skip
