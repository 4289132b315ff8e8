"""A petition as the rules for its parties look at it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace

from nlp.petitions.intake.rules import WordSet, packaged, word_set
from nlp.text.entities.lexicon import folded_key, tone_key
from nlp.text.entities.types import Entity
from nlp.text.entities.view import TextView

_CALLS = ("ông", "bà", "anh", "chị", "cô", "chú", "bác", "cụ", "cậu", "dì", "hộ", "em", "cháu", "con", "là", "nhà")


@dataclass(frozen=True)
class Party:
    """A person, office or group that takes part.

    Attributes
    ----------
    role : str
        `nguoi_gui` or `nguoi_bi` (khiếu nại, tố cáo, or the other side of a dispute).
    kind : str
        `ca_nhan`, `co_quan` or `tap_the`.
    start, end : int
        in the clean text.
    described : tuple[int, int]
        range of the words that tell the party's post (level and kind are judged on them), in the clean text.
    how : str
        the rule that chose it.
    """

    role: str
    kind: str
    start: int
    end: int
    described: tuple[int, int]
    how: str
    score: float


@dataclass(frozen=True)
class Parties:
    """Petitioners and respondents in order of the text."""

    petitioners: tuple[Party, ...]
    respondents: tuple[Party, ...]


@dataclass(frozen=True)
class Look:
    view: TextView
    keys: list[str]
    starts: dict[int, int]
    names: list[Entity]
    offices: list[Entity]

    def cued(self, entity: Entity, words: WordSet, *, over: int = 3) -> bool:
        """Whether a phrase of `words` stands before, with ông, bà, là or a colon between."""
        i = self.starts.get(entity.start)
        if i is None:
            return False
        for _ in range(over + 2):
            size = words.before(self.keys, i, self.view.accented)
            if size and self._joined(i):
                # "Mẹ tôi là …", "chồng con tên …" name somebody else.
                first = i - size
                half = self.view.tokens[first - 1].folded if first else ""
                # con trai của tôi (Phạm Gia Ân), đất nhà tôi (Trưng Trắc, Văn Lâm)
                bare = (
                    size == 1 and "(" in self.view.gap(i) and half in ("cua", "nha", "trai", "gai", "me", "chong", "vo")
                )
                receives = self.view.tokens[first].folded == "tiep" and half == "nguoi"
                if bare or receives or (self.view.tokens[first].folded == "ky" and half in ("thu", "dang", "chu")):
                    return False
                follows = first > 0 and not re.search(r"[.\n:;!?,(\])]", self.view.gap(first))
                by_kin = party_words("kin").at(self.keys, first, self.view.accented) > 0
                of_kin = party_words("kin").before(self.keys, first, self.view.accented) > 0
                return not follows or not (of_kin or by_kin)
            titled = entity.kind == "co_quan" and i > 0 and self.view.tokens[i - 1].folded in _TITLE_WORDS
            if i == 0 or not (titled or self.keys[i - 1] in _CALL_KEYS[self.view.accented]):
                return False
            i -= 1
        return False

    def _joined(self, i: int) -> bool:
        return bool(re.match(r"[\s:,\-–(]{0,8}(?:1[.)]\s{0,2})?\Z", self.view.gap(i))) if i else False

    def token_after(self, offset: int) -> int | None:
        """Index of the first token that begins at or after an offset."""
        tokens = self.view.tokens
        at = bisect_left(tokens, offset, key=lambda t: t.start)
        return at if at < len(tokens) else None

    def after(self, entity: Entity, size: int) -> str:
        return self.view.text[entity.end : entity.end + size]

    def before(self, entity: Entity, size: int) -> str:
        return self.view.text[max(0, entity.start - size) : entity.start]


_TITLE_WORDS = frozenset(("chu", "tich", "pho", "giam", "doc", "truong", "chanh", "thanh", "tra", "thu", "hieu"))
# The head of an office belongs to whom is meant: "Chủ tịch UBND xã", "Chánh Thanh tra Sở".
_HEAD_OF = re.compile(
    r"(?<!\w)(?:phó\s|pho\s)?(?:chủ tịch|giám đốc|hiệu trưởng|thủ trưởng|chi cục trưởng|cục trưởng|viện trưởng|chánh "
    r"thanh tra|chánh án|chánh văn phòng|trưởng|chu tich|giam doc|hieu truong|thu truong)\s\Z",
    re.IGNORECASE,
)
_QUOTES = '"“”«»'
_CALL_KEYS = {True: frozenset(tone_key(c) for c in _CALLS), False: frozenset(folded_key(c) for c in _CALLS)}


def party_words(name: str) -> WordSet:
    return word_set("parties.yaml", name)


def make_party(role: str, entity: Entity, how: str, score: float, look: Look) -> Party:
    kind = "co_quan" if entity.kind == "co_quan" else "ca_nhan"
    head = _HEAD_OF.search(look.before(entity, 34)) if kind == "co_quan" and role == "nguoi_bi" else None
    if head:
        begin = entity.start - (min(34, entity.start) - head.start())
        entity = replace(entity, start=begin, value=look.view.folded[begin : entity.end])
    # What tells the post stands close: "ông Lê Minh Quế là cán bộ địa chính xã", "trưởng thôn Lò Văn Ón".
    start = max(0, entity.start - 40)
    cut = [m.end() for m in re.compile(r"[.;:\n]\s|\A").finditer(look.view.text, start, entity.start)]
    start = cut[-1] if cut else look.view.text.find(" ", start, entity.start) + 1
    stop = re.compile(r"[.;\n]").search(look.view.text, entity.end, entity.end + 70)
    return Party(
        role,
        kind,
        entity.start,
        entity.end,
        (start, stop.start() if stop else min(entity.end + 70, len(look.view.text))),
        how,
        score,
    )


def in_quotes(look: Look, start: int) -> bool:
    """Whether a place stands inside quotation marks of its line: a brand, a shop, what somebody said."""
    line = look.view.text[look.view.text.rfind("\n", 0, start) + 1 : start]
    return sum(line.count(q) for q in _QUOTES) % 2 == 1


def is_witness(look: Look, name: Entity) -> bool:
    near = (
        look.before(name, 34).lower().split("\n")[-1]
        + " | "
        + look.after(name, 44).lower().split(".")[0].split("\n")[0]
    )
    return any(str(w) in near for w in packaged("parties.yaml")["witness"])
