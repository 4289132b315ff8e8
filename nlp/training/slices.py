"""The same scores over parts of the petitions: by channel, region, who composed them, length, year and writing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from nlp.training.corpus import PetitionRow
from nlp.training.judge import Judged

SHOWN = ("field_micro_f1", "type_accuracy", "urgency_accuracy")
LENGTHS = ((40, "đến 40 âm tiết"), (100, "41–100"), (200, "101–200"), (400, "201–400"))


def length_bin(row: PetitionRow) -> str:
    """The length of a text in syllables, as one of five bins."""
    count = len(row.text.split())
    return next((name for limit, name in LENGTHS if count <= limit), "trên 400")


SLICES: Mapping[str, Callable[[PetitionRow], tuple[str, ...]]] = {
    "channel": lambda r: (r.channel,),
    "region": lambda r: (r.region,),
    "hand": lambda r: (r.hand,),
    "length": lambda r: (length_bin(r),),
    "year": lambda r: (str(r.year or "?"),),
    "noise": lambda r: r.noise or ("none",),
    "fields": lambda r: (str(len(r.fields)),),
}


def slice_tables(judged: Judged, *, least: int = 5, times: int = 300) -> dict[str, list[dict[str, object]]]:
    """Slice → a row a value, largest first; values with fewer than `least` petitions are left out."""
    out: dict[str, list[dict[str, object]]] = {}
    for name, key in SLICES.items():
        members: dict[str, list[int]] = defaultdict(list)
        for i, row in enumerate(judged.rows):
            for value in key(row):
                members[value].append(i)
        rows = []
        for value, index in sorted(members.items(), key=lambda item: (-len(item[1]), item[0])):
            if len(index) >= least:
                scores = judged.take(index).scores(times, SHOWN)
                rows.append({"value": value, "n": len(index)} | {k: v.to_json() for k, v in scores.items()})
        out[name] = rows
    return out
