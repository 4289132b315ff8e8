"""Redacted copies: personal data replaced by placeholders that stay the same for the same person or number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from nlp.privacy.identities import same_thing
from nlp.privacy.kinds import personal_kinds
from nlp.privacy.recognition import THRESHOLD, as_given, personal_entities, placeholder_pattern
from nlp.text import Span
from nlp.text.entities import TextView, view


@dataclass(frozen=True, slots=True)
class RedactedSpan:
    """One replacement: the place in the text as given, and the placeholder's place in the redacted text."""

    entity: str
    placeholder: str
    source: Span
    redacted: Span


@dataclass(frozen=True)
class Redacted:
    """A redacted text and the way from the text as given to it.

    Attributes
    ----------
    text : str
        The text with placeholders.
    mapping : mapping
        placeholder → what it stands for, as written. Personal data itself: keep it where the original is kept, and
        out of logs (it is left out of `repr`).
    spans : tuple[RedactedSpan, ...]
        In order.
    """

    text: str
    mapping: Mapping[str, tuple[str, ...]] = field(repr=False)
    spans: tuple[RedactedSpan, ...]

    def moved(self, start: int, end: int) -> Span:
        """The place in the redacted text of a range of the text as given; a cut placeholder is taken whole.

        Used to carry signals and evidence over to a redacted copy.
        """
        return Span(self._moved(start, False), max(self._moved(end, True), self._moved(start, False)))

    def _moved(self, offset: int, is_end: bool) -> int:
        shift = 0
        for s in self.spans:
            if offset < s.source.start or (is_end and offset == s.source.start):
                break
            if offset < s.source.end or (is_end and offset == s.source.end):
                return s.redacted.end if is_end else s.redacted.start
            shift = s.redacted.end - s.source.end
        return offset + shift


def redact(text: str, keep: Collection[str] = (), *, threshold: float = THRESHOLD) -> Redacted:
    """Replace personal data by placeholders such as `[HỌ TÊN 1]`.

    One person keeps one number however named (`Đào Văn Thắc`, `ông Thắc`, `DAO VAN THAC`); titles and `ông`, `bà`
    stay, so the text reads on and can still be classified. Placeholders already there are left, and new ones count
    on after them, so redacting twice changes nothing.

    Parameters
    ----------
    text : str
        The text as given.
    keep : collection of str
        Codes of kinds to leave in the text.
    threshold : float
        As in `find_personal_data`.

    Raises
    ------
    KeyError
        If `keep` names an unknown kind.
    """
    return redact_view(view(text), keep, threshold=threshold)


def redact_view(looked: TextView, keep: Collection[str] = (), *, threshold: float = THRESHOLD) -> Redacted:
    """As `redact`, on a view that others share."""
    kinds = personal_kinds()
    unknown = set(keep) - set(kinds)
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    found = personal_entities(looked, entities=set(kinds) - set(keep), threshold=threshold)
    groups = same_thing(looked, found)
    used: dict[str, int] = {}
    for m in placeholder_pattern().finditer(looked.text):
        used[m.group(1)] = max(used.get(m.group(1), 0), int(m.group(2)))
    source = looked.clean.source
    parts: list[str] = []
    spans: list[RedactedSpan] = []
    mapping: dict[str, tuple[str, ...]] = {}
    position = length = 0
    for entity, group in zip(found, groups, strict=True):
        place = as_given(looked, entity).span
        if place.start < position:
            continue
        words = kinds[entity.kind].placeholder
        placeholder = f"[{words} {used.get(words, 0) + group + 1}]"
        before = source[position : place.start]
        start = length + len(before)
        parts += [before, placeholder]
        length = start + len(placeholder)
        spans.append(RedactedSpan(entity.kind, placeholder, place, Span(start, length)))
        written = place.quote(source)
        if written not in mapping.get(placeholder, ()):
            mapping[placeholder] = (*mapping.get(placeholder, ()), written)
        position = place.end
    parts.append(source[position:])
    return Redacted("".join(parts), MappingProxyType(mapping), tuple(spans))
