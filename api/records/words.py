"""The words that search sees: with accents (`exact`) and without (`folded`), cut the same way for both databases."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from nlp.text import LangNgheError, fold

_WORD = re.compile(r"[^\W_]+")
_MARKED = re.compile(r"[^\x00-\x7f]")
MAX_TERMS = 24
SURELY_FIT = 7_000
MOST_INDEXED = 1_000_000
PAIRED = 16_383  # as far into a text as PostgreSQL tells places apart

# Old and new placing of the tone mark is one spelling to a reader: "hoà" and "hòa", "uỷ" and "ủy".
_TONE_SHAPES = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
_TONE = re.compile(r"(?<!q)(" + "|".join(_TONE_SHAPES) + r")(?![^\W\d_])")


class QueryError(LangNgheError):
    """A search that cannot be understood."""


def exact_words(text: str) -> str:
    """Lower-cased words of `text` with their accents, tone marks placed one way, joined by single spaces."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return _joined(_WORD.findall(_TONE.sub(lambda m: _TONE_SHAPES[m[0]], lowered)))


def folded_words(text: str) -> str:
    """Lower-cased words of `text` without accents, đ as d, joined by single spaces."""
    return _joined(_WORD.findall(fold(unicodedata.normalize("NFC", text))))


def refitted(cut: str) -> str:
    """Words that an earlier version joined, cut again where the index is full."""
    return _joined(cut.split())


def _joined(words: list[str]) -> str:
    """The words with single spaces, cut where PostgreSQL's index of one text is full (1 MiB of words, places, pairs).

    No text that people wrote is: it takes tens of thousands of different long words.
    """
    if len(words) < SURELY_FIT and sum(map(len, words)) < 10 * SURELY_FIT:
        return " ".join(words)
    seen: dict[str, int] = {}
    pairs: set[tuple[str, str]] = set()
    room = MOST_INDEXED
    for place, word in enumerate(words):
        count = seen[word] = seen.get(word, 0) + 1
        room -= (len(word.encode()) + 8 if count == 1 else 0) + (2 if count < 256 else 0)
        if 0 < place <= PAIRED and (pair := (words[place - 1], word)) not in pairs:
            pairs.add(pair)
            room -= len(_paired(pair).encode())
        if room < 0:
            return " ".join(words[:place])
    return " ".join(words)


_LETTERS = {c: i for i, c in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=200_000)}
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng, as dictionaries have them


def in_vietnamese_order(text: str) -> list[tuple[list[int], list[int]]]:
    """A key that sorts as a Vietnamese dictionary does (a ă â … d đ …), the same on every database and machine.

    Word by word: letters first, then tones; digits before letters, case makes no difference.
    """
    key = []
    for word in unicodedata.normalize("NFD", text).lower().split():
        tones = [0]
        plain = []
        for c in word:
            if c in _TONES:
                tones[-1] = _TONES.index(c) + 1
            else:
                plain.append(c)
                tones.append(0)
        key.append(([_LETTERS.get(c, ord(c)) for c in unicodedata.normalize("NFC", "".join(plain))], tones))
    return key


@dataclass(frozen=True, slots=True)
class Term:
    """One piece of a query: words that stand together; `prefix` lets the last one go on; `wanted` False excludes."""

    words: tuple[str, ...]
    prefix: bool = False
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search; `exact` tells whether accents were typed and therefore count."""

    terms: tuple[Term, ...]
    exact: bool

    @property
    def column(self) -> str:
        """The column to search."""
        return "exact" if self.exact else "folded"

    def unaccented(self) -> Query:
        """The same search with accents ignored."""
        return Query(
            tuple(Term(tuple(folded_words(" ".join(t.words)).split()), t.prefix, t.wanted) for t in self.terms), False
        )


_PIECE = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


def parse_query(text: str) -> Query | None:
    """Read what a person typed: words (all must occur), "a phrase", prefix*, -excluded.

    Accents count only if some were typed: "dat dai" finds "đất đai", "đất đai" does not find "đạt đại".

    Returns
    -------
    Query or None
        None when nothing searchable was typed.

    Raises
    ------
    QueryError
        `query_too_long` beyond 24 pieces; `query_only_excludes` when there is nothing to look for.
    """
    exact = bool(_MARKED.search(unicodedata.normalize("NFC", text)))
    cut = exact_words if exact else folded_words
    terms: list[Term] = []
    for minus, phrase, word in _PIECE.findall(text):
        body = phrase or word
        prefix = body.rstrip().endswith("*")
        words = tuple(cut(body).split())
        if words:
            terms.append(Term(words, prefix, not minus))
    if len(terms) > MAX_TERMS:
        raise QueryError("query_too_long", f"Câu tìm kiếm quá dài: tối đa {MAX_TERMS} từ hoặc cụm từ.")
    if terms and not any(t.wanted for t in terms):
        raise QueryError("query_only_excludes", "Câu tìm kiếm chỉ có từ loại trừ; hãy thêm ít nhất một từ cần tìm.")
    return Query(tuple(terms), exact) if terms else None


def to_fts5(query: Query) -> str:
    """The query in SQLite's FTS5 syntax; words hold only letters and digits, so nothing can break out of a quote."""

    def piece(term: Term) -> str:
        return f'"{" ".join(term.words)}"' + ("*" if term.prefix else "")

    wanted = " AND ".join(piece(t) for t in query.terms if t.wanted)
    unwanted = [piece(t) for t in query.terms if not t.wanted]
    body = f"({wanted})" + (f" NOT ({' OR '.join(unwanted)})" if unwanted else "")
    return f"{{{query.column}}} : ({body})"


def to_tsquery(query: Query) -> str:
    """The query in PostgreSQL's tsquery syntax for the configuration `simple`: words only, as relevance counts them."""
    parts = [f"({_chained(t, ' <-> ')})" if t.wanted else f"!({_chained(t, ' <-> ')})" for t in query.terms]
    return " & ".join(parts)


def to_paired_tsquery(query: Query) -> tuple[str, dict[str, str]]:
    """The query as an SQL expression of type tsquery with its values, for columns that hold pairs of neighbours too.

    A pair says by itself that two words stand together. Only longer phrases leave their order to be checked, in the few
    rows that hold all of their pairs. Pairs are no words, so no parser may take them apart.
    """
    parts, values = [], {}
    for i, term in enumerate(query.terms):
        pairs = tuple(map(_paired, zip(term.words, term.words[1:], strict=False)))
        asked = []
        if pairs:
            asked.append(f"CAST(:pairs{i} AS tsquery)")
            values[f"pairs{i}"] = _chained(Term(pairs, term.prefix), " & ")
        if len(pairs) != 1:
            asked.append(f"to_tsquery('simple', :words{i})")
            values[f"words{i}"] = _chained(term, " <-> ")
        said = f"({' && '.join(asked)})"
        parts.append(said if term.wanted else f"(!! {said})")
    return " && ".join(parts), values


def _paired(words: tuple[str, str]) -> str:
    """Two neighbouring words as PostgreSQL's index holds them."""
    return "_" + "_".join(words)


def _chained(term: Term, operator: str) -> str:
    """The words of a term in tsquery syntax; they hold only letters and digits, so nothing can break out of a quote."""
    return operator.join(f"'{w}'" for w in term.words) + (":*" if term.prefix else "")


def find_words(text: str, query: Query) -> list[tuple[int, int]]:
    """Where the wanted words of a query stand in `text`: non-overlapping (start, end) code-point offsets, in order."""
    cut = exact_words if query.exact else folded_words
    tokens = [(m.start(), m.end(), cut(m[0])) for m in re.finditer(r"(?:[^\W_]|[\u0300-\u036f])+", text)]
    marked: set[int] = set()
    for term in (t for t in query.terms if t.wanted):
        size = len(term.words)
        for i in range(len(tokens) - size + 1):
            window = [t[2] for t in tokens[i : i + size]]
            last_ok = window[-1].startswith(term.words[-1]) if term.prefix else window[-1] == term.words[-1]
            if last_ok and tuple(window[:-1]) == term.words[:-1]:
                marked.update(range(i, i + size))
    spans: list[tuple[int, int]] = []
    for i in sorted(marked):
        start, end, _ = tokens[i]
        if spans and i - 1 in marked and not text[spans[-1][1] : start].strip():
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
