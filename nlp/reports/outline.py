"""The section tree of a report, built while its lines go by."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.reports.headings import MAIN_ROLES, read_heading
from nlp.reports.lexicon import key
from nlp.reports.organs import organ_at
from nlp.reports.zones import Line

_STRONG = ("part", "upper", "roman")


@dataclass(frozen=True, slots=True)
class Section:
    """A node of the outline.

    `title` as printed, with its number; offsets are of the heading in the clean text. `roles` are those of the
    heading itself, `inherited` those of the nearest heading at or above it that has a main role. `kind` is line,
    run_in or lead. `parent` is an index into `Structure.sections`, -1 for the root.
    """

    title: str
    start: int
    end: int
    level: int
    rank: str
    kind: str
    roles: frozenset[str]
    inherited: frozenset[str]
    parent: int


class Outline:
    """Builds the section tree while the lines go by."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.stack: list[int] = []

    def current(self) -> int:
        return self.stack[-1] if self.stack else -1

    def open(self, title: str, start: int, end: int, rank: str, kind: str, roles: frozenset[str]) -> None:
        self._pop_to(rank, kind)
        parent = self.current()
        inherited = roles
        if not roles & MAIN_ROLES and parent >= 0:
            inherited = self.sections[parent].inherited | roles
        level = self.sections[parent].level + 1 if parent >= 0 else 1
        self.sections.append(Section(title, start, end, level, rank, kind, roles, inherited, parent))
        self.stack.append(len(self.sections) - 1)

    def _pop_to(self, rank: str, kind: str) -> None:
        self.close_leads()
        ranks = [self.sections[i].rank for i in self.stack]
        if rank in ranks:
            del self.stack[ranks.index(rank) :]
        elif rank == "title":
            while self.stack and self.sections[self.stack[-1]].rank not in ("part",):
                self.stack.pop()
        elif rank in _STRONG:
            order = _STRONG.index(rank)
            while self.stack and _strength(self.sections[self.stack[-1]].rank) > order:
                self.stack.pop()
        elif rank.startswith("decimal"):
            depth = int(rank[7:])
            while self.stack and (
                self.sections[self.stack[-1]].rank in ("plain", "lower", "paren")
                or self.sections[self.stack[-1]].rank.startswith("bullet")
                or _depth(self.sections[self.stack[-1]].rank) > depth
            ):
                self.stack.pop()
        elif rank in ("lower", "paren"):
            while self.stack and self.sections[self.stack[-1]].rank.startswith("bullet"):
                self.stack.pop()
        elif rank == "plain":
            while self.stack and self.sections[self.stack[-1]].rank.startswith(("bullet", "paren", "lower")):
                self.stack.pop()

    def close_leads(self) -> None:
        while self.stack and self.sections[self.stack[-1]].kind == "lead":
            self.stack.pop()

    def close_bullets(self) -> None:
        """A paragraph without a bullet ends what a bullet's run-in heading opened."""
        while (
            self.stack
            and self.sections[self.stack[-1]].rank.startswith("bullet")
            and self.sections[self.stack[-1]].kind == "run_in"
        ):
            self.stack.pop()

    def close_aside(self) -> None:
        """A paragraph without a number ends what a heading run into such a paragraph opened ("Tồn tại, hạn chế: …")."""
        while self.stack and self.sections[self.stack[-1]].kind == "run_in" and self.sections[self.stack[-1]].rank == "plain":
            self.stack.pop()

    def close_same(self, rank: str) -> None:
        """An item of the same rank as an open run-in heading ends it."""
        ranks = [self.sections[i].rank for i in self.stack]
        if rank in ranks and self.sections[self.stack[ranks.index(rank)]].kind == "run_in":
            del self.stack[ranks.index(rank) :]


class Table:
    """Rows of one table: its first row names the columns, and a cell stands under the name of its column."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._columns: list[int] | None = None
        self._depth = 0

    def row(self, line: Line, cells: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Cells of a row that hold content; none for the row of names and for a rule between rows."""
        texts = [line.text[a:b].strip() for a, b in cells]
        if not any(c.isalpha() for text in texts for c in text):
            return []
        if self._columns is None:
            self._columns = []
            if all(len(text.split()) <= 12 for text in texts) and sum(
                any(c.isdigit() for c in text) for text in texts
            ) * 2 <= len(texts):
                for (first, last), text in zip(cells, texts, strict=True):
                    self._outline.open(
                        text or "(trống)",
                        line.start + first,
                        line.start + last,
                        "column",
                        "lead",
                        read_heading(text).roles,
                    )
                    self._columns.append(self._outline.stack.pop())
                return []
        self._depth = len(self._outline.stack)
        return cells

    def enter(self, column: int) -> None:
        """Stand under a column's name."""
        del self._outline.stack[self._depth :]
        if self._columns and column < len(self._columns):
            self._outline.stack.append(self._columns[column])

    def leave(self) -> None:
        """End of a row."""
        if self._columns:
            self._outline.stack = [i for i in self._outline.stack if self._outline.sections[i].rank != "column"]

    def close(self) -> None:
        """End of the table."""
        self.leave()
        self._columns = None


def cells_of(text: str) -> list[tuple[int, int]]:
    """Offsets of the cells of a table row between bars; empty for a line that is none."""
    if not text.lstrip().startswith("|") or text.count("|") < 3:
        return []
    bars = [i for i, c in enumerate(text) if c == "|"]
    return [(a + 1, b) for a, b in zip(bars, bars[1:], strict=False)]


def _strength(rank: str) -> int:
    return _STRONG.index(rank) if rank in _STRONG else 9


def _depth(rank: str) -> int:
    return int(rank[7:]) if rank.startswith("decimal") else 0


def open_heading(outline: Outline, line: Line, rank: str, content: str) -> None:
    lead = len(line.text) - len(line.text.lstrip(" \t#"))
    title = " ".join(line.text[lead:].split()).rstrip(":").strip()
    start, end = line.start + lead, line.start + len(line.text.rstrip())
    last = outline.sections[-1] if outline.sections else None
    if (
        last
        and rank == "title"
        and outline.stack
        and outline.stack[-1] == len(outline.sections) - 1
        and (last.rank == "part" and len(key(last.title).split()) <= 4)
    ):
        # "PHẦN THỨ HAI" with its words on the next line is one heading.
        joined = f"{last.title} {title}"
        roles = read_heading(joined).roles
        inherited = roles or last.inherited
        outline.sections[-1] = Section(
            joined, last.start, end, last.level, last.rank, "line", roles, inherited, last.parent
        )
        return
    outline.open(title, start, end, rank, "line", _line_roles(title, content))


def _line_roles(title: str, content: str) -> frozenset[str]:
    """Roles of a heading line; one that is nothing but the name of a body ("3. Công an tỉnh") says who is addressed."""
    roles = read_heading(title).roles
    organ = organ_at(content, 0)
    if organ and organ.end >= len(content.rstrip(" :.")) * 0.6:
        roles |= {"addressee"}
    return roles
