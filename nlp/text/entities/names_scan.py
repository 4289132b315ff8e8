"""What the name rules look at: keys of words, lines, and what stands before a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.text.entities.lexicon import Lexicon, Words, lexicon, word_keys
from nlp.text.entities.types import Entity
from nlp.text.entities.view import TextView

KIND = "ho_ten"
SPACES = re.compile(r"[ \u00a0]{1,4}\Z")
CALL_GAP = re.compile(r"[ \u00a0]{1,4}\Z|\.[ ]?\Z")
CUE_GAP = re.compile(r"\s{0,3}[:\-–,(\"“]{0,2}\s{0,40}\Z")
_WRAP = re.compile(r" {0,4}\n {0,40}\Z")
_ABBREVIATION_GAP = re.compile(r"(?:[ ]{1,3}|\.[ ]?)\Z")
_LINE_TAIL = re.compile(r"[ \t]*(?:$|\n|[,(–\-;.])")
# Words of place that are half of another word: gia đình, thị trường.
_HALF_WORDS = {"đình": ("gia",), "trường": ("thị", "môi", "hiện", "chủ"), "báo": ("tố", "thông", "bài")}
# Last words of roles that are no office: cử tri, công dân, đại diện.
_NOT_OFFICE = frozenset(("tri", "dan", "dien", "thau"))
_PLACE_AND_DATE = re.compile(r",?\s*(?:ngày|ngay)?\s*\d{1,2}\s*(?:[/.\-]|tháng|thang)")
_SIGNER = re.compile(
    r"(?:ký|người|đơn|đại diện|trân trọng|kính đơn|điểm chỉ|thay mặt|giám đốc|chủ nhiệm|trưởng)", re.IGNORECASE
)
_LINE_HEAD = re.compile(r"(?:\n|\A)[ \t\-–*•(]*(?:\d[\d/.\- ]{4,10}[,.:\-– ]{1,3})?\Z")
_SIGNING_WORDS = re.compile(r"(?:tên|đơn|diện|tay|nhiệm|đốc|sư|mặt)[^\n]{0,3}:?\s*$")


@dataclass(slots=True)
class Scan:
    """A view with the lookup keys of its words and its lines as ranges of tokens."""

    view: TextView
    words: Lexicon
    keys: list[str]
    line_of: list[int]
    lines: list[tuple[int, int]]
    shouted_lines: frozenset[int]

    def surname_at(self, i: int, j: int) -> bool:
        """Whether tokens `i` to `j` begin with a surname and go on."""
        keys, words = self.keys, self.words
        if keys[i] in words.saints and i + 1 < j:
            i += 1
        if j - i < 2:
            return False
        if keys[i] in words.surnames or words.minority.starts_at(keys, i) or words.compound.starts_at(keys, i):
            return True
        # OCR and slips lose or change a tone ("Huynh Vãn Lực"); bank slips have none ("LUONG MY DUYEN").
        loose = lexicon(False)
        folded = [t.folded for t in self.view.tokens[i:j]]
        if folded[0] not in loose.surnames:
            return False
        if j - i > 2 and folded[1] in loose.sure_middle and not self.view.tokens[i].shouted:
            return True
        plain = all(t.shouted and t.text.isascii() for t in self.view.tokens[i:j])
        return plain and all(loose.is_name_part(f) for f in folded[1:])

    def is_known_place(self, i: int, j: int) -> bool:
        """Whether the whole of tokens `i` to `j` is a province, a district or a street of the lists."""
        return max(self.words.known_places.starts_at(self.keys, i), self.words.streets.starts_at(self.keys, i)) >= j - i

    def entity(self, i: int, j: int, score: float, recogniser: str) -> Entity:
        """The name made of tokens `i` to `j`."""
        tokens = self.view.tokens
        start, end = tokens[i].start, tokens[j - 1].end
        if len(tokens[j - 1].text) == 1 and j - i > 1 and self.view.text[end : end + 1] == ".":
            end += 1
        return Entity(KIND, start, end, round(score, 2), recogniser, " ".join(t.folded for t in tokens[i:j]))


def scan_names(view: TextView) -> Scan:
    """Look up a view's words once."""
    words = lexicon(view.accented)
    keys = word_keys((t.text for t in view.tokens), view.accented)
    lines: list[tuple[int, int]] = []
    line_of: list[int] = []
    start = 0
    for i, token in enumerate(view.tokens):
        if i and "\n" in view.text[view.tokens[i - 1].end : token.start]:
            lines.append((start, i))
            start = i
        line_of.append(len(lines))
    lines.append((start, len(view.tokens)))
    shouted = frozenset(
        n for n, (a, b) in enumerate(lines)
        if b - a >= 3 and sum(t.shouted for t in view.tokens[a:b]) >= 0.8 * (b - a)
    )  # fmt: skip
    return Scan(view, words, keys, line_of, lines, shouted)


def runs(scan: Scan) -> Iterator[tuple[int, int]]:
    """Maximal runs of capitalised tokens with nothing but spaces between; a wrapped line may split a name in two."""
    tokens, i = scan.view.tokens, 0
    while i < len(tokens):
        glued = tokens[i].start > 0 and scan.view.text[tokens[i].start - 1].isdigit()  # the B of "lớp 9B"
        if not tokens[i].capital or glued:
            i += 1
            continue
        j = i + 1
        while j < len(tokens) and tokens[j].capital:
            gap = scan.view.gap(j)
            wrapped = _WRAP.match(gap) and scan.keys[j - 1] in scan.words.sure_middle and not tokens[j].shouted
            if not SPACES.match(gap) and not wrapped:
                break
            j += 1
        yield i, j
        i = j


def before(scan: Scan, i: int, words: Words, gap: re.Pattern[str] = SPACES) -> int:
    """Length of the phrase of `words` that stands right before token `i`; 0 for none."""
    if i == 0 or not gap.match(scan.view.gap(i)):
        return 0
    size = words.ends_at(scan.keys, i)
    for k in range(i - size + 1, i):
        if not re.match(r"[ /\n]{1,4}\Z", scan.view.gap(k)):
            return 0
    return size


def place_before(scan: Scan, i: int) -> int:
    """Length of a word for a place or an organisation right before token `i` (xã, đường, P., công ty …); 0 for none."""
    size = before(scan, i, scan.words.before_place, _ABBREVIATION_GAP)
    word = scan.view.tokens[i - 1].text.lower() if i else ""
    if word in _HALF_WORDS and i > 1 and scan.view.tokens[i - 2].text.lower() in _HALF_WORDS[word]:
        return 0
    if size and "." in scan.view.gap(i) and len(scan.view.tokens[i - 1].text) > 3:
        return 0
    return size


def titled(scan: Scan, i: int) -> bool:
    """Whether a title of office stands before position `i` ("ông Chủ tịch xã" and then a name)."""
    for back in (0, 1):
        end = i - back
        if end <= 0:
            break
        if scan.words.not_names.ends_at(scan.keys, end) >= 2:
            return True
        if scan.words.roles.ends_at(scan.keys, end) and scan.view.tokens[end - 1].folded not in _NOT_OFFICE:
            return True
    return False


def signed_line(scan: Scan, i: int) -> bool:
    """Whether token `i` opens one of the last lines of the text."""
    line = scan.line_of[i]
    return scan.lines[line][0] == i and line > 0 and line >= len(scan.lines) - 3


def signature(scan: Scan, i: int, j: int) -> bool:
    """Whether a run opens a line near the end of the text, or a line after words like "người làm đơn"."""
    tokens, text = scan.view.tokens, scan.view.text
    line = scan.line_of[i]
    first, _ = scan.lines[line]
    between = text[tokens[first].start : tokens[i].start]
    opens = first == i or (len(between) < 24 and bool(_SIGNING_WORDS.search(between)))
    if not opens or line != scan.line_of[j - 1]:
        return False
    if not _LINE_HEAD.search(text[max(0, tokens[first].start - 40) : tokens[first].start]):
        return False
    end = tokens[j - 1].end
    if not _LINE_TAIL.match(text, end) or _PLACE_AND_DATE.match(text, end):
        return False
    if line >= len(scan.lines) - 3 and line > 0:
        return True
    if line == 0:
        return False
    a, b = scan.lines[line - 1]
    said = text[tokens[a].start : tokens[b - 1].end]
    return len(said) < 60 and bool(_SIGNER.search(said))
