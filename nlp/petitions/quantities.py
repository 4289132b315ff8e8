"""How many people, how often, how long, how old: numerals in digits or words with the unit they count, as features.

"mười hai hộ" and "17 hộ" are one feature, "hai năm nay" and "26 tháng nay" another, so that a signal is learned from the
size and not from the wording.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from nlp.petitions.prepared import Prepared


@dataclass(frozen=True)
class Units:
    """The data file `quantity_units.yaml`."""

    digits: Mapping[str, int]
    opening: frozenset[str]
    tens: Mapping[str, int]
    joining: frozenset[str]
    units: Mapping[str, str]
    days: Mapping[str, float]
    after: frozenset[str]
    sizes: Mapping[str, tuple[float, ...]]


@cache
def units() -> Units:
    """The numerals and units, loaded once."""
    raw = yaml.safe_load((resources.files("nlp.petitions") / "data" / "quantity_units.yaml").read_text("utf-8"))
    return Units(
        raw["digits"], frozenset(raw["opening"]), raw["tens"], frozenset(raw["joining"]),
        {word: kind for kind, words in raw["units"].items() for word in words},
        raw["days"], frozenset(raw["after"]), {kind: tuple(limits) for kind, limits in raw["sizes"].items()},
    )  # fmt: skip


def numeral(folded: Sequence[str], at: int) -> tuple[int, int] | None:
    """The number that begins at a syllable and the first syllable after it, or None.

    Parameters
    ----------
    folded : sequence of str
        syllables without diacritics, lower case.
    """
    u, first = units(), folded[at]
    if first.isdigit():
        return (int(first), at + 1) if len(first) < 7 else None
    if first not in u.opening:
        return None
    total, current, end = 0, 0, at
    while end < len(folded):
        word = folded[end]
        if word in u.tens:
            scale = u.tens[word]
            total = (total + current or 1) * scale if scale >= 1000 else total + (current or 1) * scale
            current = 0
        elif word in u.digits:
            # "hai năm", "mười năm": years; "một trăm năm mươi": five.
            five = end == at or folded[end - 1] in u.joining or (end + 1 < len(folded) and folded[end + 1] in u.tens)
            if current or (word == "nam" and not five):
                break
            current = u.digits[word]
        elif word not in u.joining:
            break
        end += 1
    while end > at and folded[end - 1] in u.joining:
        end -= 1
    return total + current, end


def quantities(prepared: Prepared) -> Iterator[tuple[str, int, int]]:
    """Each numeral with its unit: (feature, first syllable, past the last)."""
    u = units()
    folded = [prepared.folded[s.start : s.end] for s in prepared.syllables]
    at = 0
    while at < len(folded):
        found = numeral(folded, at)
        if found is None:
            at += 1
            continue
        value, end = found
        if end < len(folded) and folded[end] in u.joining:
            end += 1
        if end < len(folded) and not folded[end][0].isdigit():
            yield from _counted(u, folded, value, at, end)
            end += 1
        at = end


def _counted(u: Units, folded: list[str], value: int, at: int, end: int) -> Iterator[tuple[str, int, int]]:
    unit = folded[end]
    if unit in u.days and not (unit == "nam" and 1930 <= value <= 2035):
        name = f"n {_size('days', value * u.days[unit])}"
        yield name, at, end + 1
        for k in range(end + 1, min(end + 3, len(folded))):
            if folded[k] in u.after:
                yield f"{name} {folded[k]}", at, k + 1
                break
        return
    kind = u.units.get(unit, "other")
    name = f"n {_size(kind, value)}"
    if kind == "other":
        yield f"{name} {unit}", at, end + 1
        return
    yield name, at, end + 1
    if kind == "people":
        yield f"{name} {unit}", at, end + 1
        if end + 1 < len(folded):
            yield f"{name} {unit} {folded[end + 1]}", at, end + 2


def _size(kind: str, value: float) -> str:
    return f"{kind}{bisect_right(units().sizes[kind], value)}"
