"""The section tree of a report, built while its lines go by."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.reports.headings import MAIN_ROLES, read_heading
from nlp.reports.lexicon import key
from nlp.reports.organs import organ_at
from nlp.reports.zones import Line, Row

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
        self._declared: dict[int, int] = {}
        """Level of the sections whose heading the format declares."""

    def current(self) -> int:
        return self.stack[-1] if self.stack else -1

    def open(
        self, title: str, start: int, end: int, rank: str, kind: str, roles: frozenset[str], declared: int | None = None
    ) -> None:
        self._pop_to(rank, kind)
        parent = self.current()
        inherited = roles
        if not roles & MAIN_ROLES and parent >= 0:
            inherited = self.sections[parent].inherited | roles
        level = self.sections[parent].level + 1 if parent >= 0 else 1
        if declared is not None:
            self._declared[len(self.sections)] = declared
        self.sections.append(Section(title, start, end, level, rank, kind, roles, inherited, parent))
        self.stack.append(len(self.sections) - 1)

    def _pop_to(self, rank: str, kind: str) -> None:
        self.close_leads()
        ranks = [self.sections[i].rank for i in self.stack]
        if rank in ranks:
            del self.stack[ranks.index(rank) :]
        elif rank.startswith("style"):
            while self.stack and not self._stands_over(self.stack[-1], int(rank[5:])):
                self.stack.pop()
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

    def _stands_over(self, section: int, level: int) -> bool:
        """Whether a heading of a declared level stands under `section`."""
        if section in self._declared:
            return self._declared[section] < level
        return self.sections[section].rank in _STRONG

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
        while (
            self.stack
            and self.sections[self.stack[-1]].kind == "run_in"
            and self.sections[self.stack[-1]].rank == "plain"
        ):
            self.stack.pop()

    def close_same(self, rank: str) -> None:
        """An item of the same rank as an open run-in heading ends it."""
        ranks = [self.sections[i].rank for i in self.stack]
        if rank in ranks and self.sections[self.stack[ranks.index(rank)]].kind == "run_in":
            del self.stack[ranks.index(rank) :]


class Table:
    """Rows of one table: its first row names the columns, and a cell stands under the name of its column."""

    def __init__(self, outline: Outline, text: str) -> None:
        self._outline = outline
        self._text = text
        self._columns: dict[int, int] | None = None
        self._depth = 0
        self._number = 0
        self._head: Row | None = None

    def row(self, line: Line) -> list[tuple[int, int, int]]:
        """(start, end, column) of what a line holds of a table's cells; nothing for the row of names and for a rule
        between rows.
        """
        if line.row is not None and line.row.table != self._number:
            self.close()
            self._number = line.row.table
        cells = _cells_on(line)
        if not any(c.isalpha() for a, b, _ in cells for c in self._text[a:b]) or (line.row and line.row is self._head):
            return []
        if self._columns is None:
            self._columns = {}
            whole = list(line.row.cells) if line.row else cells
            texts = [" ".join(self._text[a:b].split()) for a, b, _ in whole]
            if all(len(text.split()) <= 12 for text in texts) and sum(
                any(c.isdigit() for c in text) for text in texts
            ) * 2 <= len(texts):
                self._head = line.row
                for (first, last, column), text in zip(whole, texts, strict=True):
                    roles = read_heading(text).roles
                    self._outline.open(text or "(trống)", first, last, "column", "lead", roles)
                    self._columns[column] = self._outline.stack.pop()
                return []
        self._depth = len(self._outline.stack)
        return cells

    def enter(self, column: int) -> None:
        """Stand under a column's name."""
        del self._outline.stack[self._depth :]
        if self._columns and column in self._columns:
            self._outline.stack.append(self._columns[column])

    def leave(self) -> None:
        """End of a row."""
        if self._columns:
            self._outline.stack = [i for i in self._outline.stack if self._outline.sections[i].rank != "column"]

    def close(self) -> None:
        """End of the table."""
        self.leave()
        self._columns, self._head = None, None


def _cells_on(line: Line) -> list[tuple[int, int, int]]:
    """(start, end, column) of the cells that stand on a line, in the clean text."""
    if line.row is None:
        return [(line.start + a, line.start + b, column) for column, (a, b) in enumerate(cells_of(line.text))]
    found = [(max(a, line.start), min(b, line.end), column) for a, b, column in line.row.cells]
    return [piece for piece in found if piece[0] < piece[1]]


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
    declared = line.heading_level if line.declared else None
    outline.open(title, start, end, rank, "line", _line_roles(title, content), declared)


def _line_roles(title: str, content: str) -> frozenset[str]:
    """Roles of a heading line; one that is nothing but the name of a body ("3. Công an tỉnh") says who is addressed."""
    roles = read_heading(title).roles
    organ = organ_at(content, 0)
    if organ and organ.end >= len(content.rstrip(" :.")) * 0.6:
        roles |= {"addressee"}
    return roles
