"""Columns of petitions and findings in memory, so that counting, filtering and ordering read no rows.

A table is kept in blocks of 4,096 row numbers. Triggers give a block a new random mark with every change of its rows,
inside the same transaction; whoever asks compares the marks that their own transaction sees with those in memory and
reads only the blocks that differ. So every process sees what the database holds, however it was written, and a mark of
work that was rolled back is never met again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, String, cast, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base

BLOCK_BITS = 12
NEVER = date.max.toordinal()  # the day of what has no day: after every other one
_AT_ONCE = 16  # blocks read by one statement

Array = NDArray[Any]


class ColumnMark(Base):
    """The mark of a block of rows; on PostgreSQL in shards, so that writers do not wait for each other."""

    __tablename__ = "column_marks"

    place: Mapped[str] = mapped_column(String(16), primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


def plain(values: Sequence[int]) -> Array:
    """Whole numbers as they are."""
    return np.array(values, dtype=np.int64)


def flags(values: Sequence[bool]) -> Array:
    """Yes or no."""
    return np.array(values, dtype=bool)


def days(values: Sequence[date | None]) -> Array:
    """Days as proleptic ordinals, `NEVER` where there is none."""
    return np.array([NEVER if v is None else v.toordinal() for v in values], dtype=np.int32)


class Coded:
    """Values of one column as codes in the order in which they were first met; a code never changes."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._codes: dict[Any, int] = {}

    def __call__(self, values: Sequence[Any]) -> Array:
        """Codes of these values, new ones added."""
        for value in dict.fromkeys(values):
            if value not in self._codes:
                self._codes[value] = len(self.values)
                self.values.append(value)
        return np.fromiter(map(self._codes.__getitem__, values), np.int32, len(values))

    def among(self, wanted: Collection[Any], part: int | None = None) -> Array:
        """For every code whether its value (or one part of a pair) is wanted; index it with codes for a mask of rows."""
        values = self.values[:] if part is None else [pair[part] for pair in self.values[:]]
        return np.array([v in wanted for v in values], dtype=bool)


@dataclass(frozen=True, slots=True)
class Source:
    """A table to keep: its row number, and its other columns by name, each with what turns values into an array.

    Two columns under one name are kept as pairs.
    """

    num: Any
    columns: Mapping[str, tuple[Any, Callable[[Sequence[Any]], Array]]]

    def read(self, session: Session, first: int, end: int) -> dict[str, Array]:
        """The columns of the rows `first` <= num < `end`, by num."""
        asked = [self.num]
        for column, _ in self.columns.values():
            asked += column if isinstance(column, tuple) else [column]
        rows = session.execute(select(*asked).where(self.num >= first, self.num < end)).all()
        given: Iterator[Sequence[Any]] = iter(list(zip(*rows, strict=True)) or [()] * len(asked))
        nums = plain(next(given))
        order = np.argsort(nums, kind="stable")
        answer = {"num": nums[order]}
        for name, (column, convert) in self.columns.items():
            values = (
                list(zip(*[next(given) for _ in column], strict=True)) if isinstance(column, tuple) else next(given)
            )
            answer[name] = convert(values)[order]
        return answer


class View:
    """One state of a table and of those beside it, whole columns made when they are first asked for."""

    def __init__(self, marks: Mapping[int, int], blocks: Mapping[int, Mapping[str, Mapping[str, Array]]]) -> None:
        self.marks = marks
        self.blocks = blocks
        self._made: dict[tuple[str, str], Array] = {}

    def __len__(self) -> int:
        return len(self["num"])

    def __getitem__(self, name: str) -> Array:
        return self.beside("", name)

    def beside(self, source: str, name: str) -> Array:
        """A column of a table beside the main one (the main one itself is "")."""
        made = self._made.get((source, name))
        if made is None:
            parts = [self.blocks[b][source][name] for b in sorted(self.blocks)]
            made = self._made[source, name] = np.concatenate(parts) if parts else np.array([], dtype=np.int64)
        return made

    def owners(self, source: str) -> Array:
        """For every row of a table beside the main one the place of the main row that it belongs to."""
        made = self._made.get((source, "owner"))
        if made is None:
            found = np.searchsorted(self["num"], self.beside(source, "num"))
            made = self._made[source, "owner"] = found
        return made

    def holding(self, source: str, chosen: Array) -> Array:
        """A mask of the main rows that own any of the chosen rows beside them."""
        mask = np.zeros(len(self), dtype=bool)
        mask[self.owners(source)[chosen]] = True
        return mask

    def owned(self, source: str, mask: Array) -> Array:
        """Places of the rows beside the main one that belong to the chosen main rows."""
        return np.flatnonzero(mask[self.owners(source)])

    def among(self, nums: Iterable[int] | Array) -> Array:
        """A mask of the rows with these numbers."""
        mask = np.zeros(len(self), dtype=bool)
        places, _ = self.places(np.asarray(nums if isinstance(nums, np.ndarray) else list(nums), dtype=np.int64))
        mask[places] = True
        return mask

    def places(self, nums: Array) -> tuple[Array, Array]:
        """Where rows with these numbers stand, and which of the numbers are there at all."""
        own = self["num"]
        found = np.searchsorted(own, nums)
        there = found < len(own)
        there[there] = own[found[there]] == nums[there]
        return found[there], there


class Columns:
    """What one process keeps of a table (its source is named "") and the tables beside it, shared by its threads."""

    def __init__(self, place: str, sources: Mapping[str, Source]) -> None:
        self._place = place
        self._sources = sources
        self._view = View({}, {})
        self._lock = threading.Lock()

    def coded(self, name: str, source: str = "") -> Coded:
        """The codes of a column."""
        coded = self._sources[source].columns[name][1]
        assert isinstance(coded, Coded)
        return coded

    def view(self, session: Session) -> View:
        """The table as this session sees it, with its own unfinished work."""
        marks = self._marks(session)
        view = self._view
        if view.marks == marks:
            return view
        with self._lock:
            old = self._view
            stale = [b for b, mark in marks.items() if old.marks.get(b) != mark]
            blocks = {b: columns for b, columns in old.blocks.items() if b in marks}
            for run in _runs(stale):
                blocks |= self._read(session, run)
            view = View(marks, blocks)
            # A transaction that writes may go on changing rows under one mark: what it sees is its own.
            if not session.connection().get_execution_options().get("writing"):
                self._view = view
        return view

    def _marks(self, session: Session) -> dict[int, int]:
        total = cast(func.sum(ColumnMark.value), BigInteger)
        rows = select(ColumnMark.block, total).where(ColumnMark.place == self._place).group_by(ColumnMark.block)
        return {row[0]: row[1] for row in session.execute(rows).all()}

    def _read(self, session: Session, run: Sequence[int]) -> dict[int, dict[str, dict[str, Array]]]:
        edges = np.array([*run, run[-1] + 1]) << BLOCK_BITS
        answer: dict[int, dict[str, dict[str, Array]]] = {b: {} for b in run}
        nums = np.array([], dtype=np.int64)
        for name, source in self._sources.items():
            found = source.read(session, int(edges[0]), int(edges[-1]))
            if name:
                # PostgreSQL may show what another transaction stored between two statements: its mark comes next time.
                owned = np.isin(found["num"], nums)
                found = {c: values[owned] for c, values in found.items()}
            else:
                nums = found["num"]
            cuts = np.searchsorted(found["num"], edges)
            for block, start, end in zip(run, cuts, cuts[1:], strict=False):
                answer[block][name] = {c: values[start:end] for c, values in found.items()}
        return answer


def _runs(blocks: Iterable[int]) -> Iterator[list[int]]:
    """Blocks next to each other together, a bounded number at once."""
    for _, group in groupby(enumerate(sorted(blocks)), lambda p: p[1] - p[0]):
        run = [b for _, b in group]
        yield from (run[i : i + _AT_ONCE] for i in range(0, len(run), _AT_ONCE))


def tally(codes: Array, coded: Coded) -> dict[Any, int]:
    """How often each value occurs, those that do not left out."""
    counts = np.bincount(codes)
    return {coded.values[i]: int(counts[i]) for i in np.flatnonzero(counts)}


def kept(session: Session, place: str, sources: Callable[[], Mapping[str, Source]]) -> Columns:
    """The columns of a table that belong to the records of this session."""
    shared = session.info.setdefault("columns", {})
    found = shared.get(place)
    if found is None:
        found = shared.setdefault(place, Columns(place, sources()))
    return found
