"""The outline of a report: headings, sections with their path, items, and the paragraphs that stand in them.

A heading is a line of its own, or runs into its paragraph ("1. Về tồn tại, hạn chế: …"). A line that leads into a list
("vẫn còn một số hạn chế sau:") opens a soft section over the items that follow. Nothing here decides what a finding is: the
roles become evidence for the sentence model and words for the explanation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.reports.headings import FINDING_ROLES, MAIN_ROLES, read_heading
from nlp.reports.lexicon import key
from nlp.reports.numbering import Marker, marker_of
from nlp.reports.organs import organ_at
from nlp.reports.zones import BODY, Line, zone_lines
from nlp.text import Clean

_STRONG = ("part", "upper", "roman")
_END = re.compile(r"[.;,!?]\s*(?:/\.)?\s*$")
_RUN_IN = re.compile(r"^(?P<head>[^:.;]{2,140}?)\s*(?P<mark>:|\.(?=\s+[A-ZÀ-ỸĐ]))\s*(?=\S)")
_ABOUT = re.compile(r"^(?:Về|Công tác|Lĩnh vực|Nhóm)\s")
_VERB = re.compile(r"\b(đã|được|có|là|chưa|còn|nên|nhưng|đang|sẽ)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """A node of the outline.

    `title` as printed, with its number; offsets are of the heading in the clean text. `roles` are those of the heading itself,
    `inherited` those of the nearest heading at or above it that has a main role. `kind` is line, run_in or lead.
    `parent` is an index into `Structure.sections`, -1 for the root.
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


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of running text: `start`/`end` without the number in front; `section` and `item` say where it stands.

    `item_label` is the number or bullet as printed (None for plain paragraphs), `item_index` counts the items of one list from 1,
    `item_group` numbers the lists and items of the document so that paragraphs under one item share it. `zone` as in `zones`.
    """

    start: int
    end: int
    section: int
    zone: str
    item_label: str | None
    item_style: str | None
    item_index: int
    item_group: int
    order: int


@dataclass(frozen=True, slots=True)
class Structure:
    """The outline of one document."""

    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]

    def path(self, section: int) -> tuple[str, ...]:
        """Titles from the outermost section to this one; soft leads are left out."""
        titles = []
        while section >= 0:
            node = self.sections[section]
            if node.kind != "lead":
                titles.append(node.title)
            section = node.parent
        return tuple(reversed(titles))

    def ancestors(self, section: int) -> Iterable[Section]:
        """The section and those around it, innermost first."""
        while section >= 0:
            yield self.sections[section]
            section = self.sections[section].parent


def lines_of(clean: Clean, blocks: Sequence[Any] = ()) -> list[Line]:
    """Split the clean text into lines and carry over what the source knows of them.

    Parameters: `clean`, the running text with its map; `blocks`, the reader's blocks with source offsets (`kind`, `start`, `level`).
    Returns lines with `emphasis` where the source set the whole line in Markdown bold and `heading_level` where it is a heading.
    """
    levels: dict[int, int] = {}
    tables: list[tuple[int, int]] = []
    for block in blocks:
        if block.end <= block.start:
            continue
        if block.kind == "heading":
            levels[clean.from_source(block.start, block.end).start] = block.level or 1
        elif block.kind == "table_cell":
            span = clean.from_source(block.start, block.end)
            tables.append((span.start, span.end))
    breaks = sorted(clean.from_source(a.span.start, a.span.end).start for a in clean.artefacts if a.kind == "soft_break")
    lines = []
    position = 0
    marked = "**" in clean.source or "__" in clean.source or "\n#" in clean.source or clean.source.startswith("#")
    for text in clean.text.split("\n"):
        start, end = position, position + len(text)
        position = end + 1
        level = next((levels[o] for o in range(start, min(end, start + 8)) if o in levels), None) if levels else None
        emphasis = False
        stripped = text.lstrip(" \t")
        if stripped.startswith("#"):
            level = level or len(stripped) - len(stripped.lstrip("#"))
        elif marked and stripped:
            emphasis = _is_bold(clean, start, end)
            if level is None:
                level = _markdown_level(clean, start, end)
        cut = _joined_heading(text, [b - start for b in breaks if start < b < end])
        if cut:
            lines.append(Line(start, start + cut, text[:cut], BODY, emphasis, level))
            start, text, emphasis, level = start + cut + 1, text[cut + 1:], False, None
        lines.append(Line(start, end, text, BODY, emphasis, level))
    return lines


def _joined_heading(text: str, breaks: Sequence[int]) -> int:
    """Where a line of its own that says what follows was joined with the text below it, or 0.

    Parameters: `text`, one line of running text; `breaks`, places in it where the source began a new line. The words of a heading may end like
    an unfinished sentence ("… hạn chế, tồn tại"); that the printed line stopped short and names a role tells it from one.
    """
    if not breaks or breaks[0] > 110:
        return 0
    head, tail = text[:breaks[0]].rstrip(), text[breaks[0]:].lstrip()
    widest = max((b - a for a, b in zip(breaks, breaks[1:], strict=False)), default=len(tail))
    marker = marker_of(head)
    content = head[marker.end:] if marker else head
    if not tail[:1].isupper() or _END.search(head) or not 1 <= len(content.split()) <= 14 or len(head) > 0.75 * widest:
        return 0
    roles = read_heading(content).roles
    named = bool(roles & (FINDING_ROLES | {"result", "success_cause", "past_solution"})) and not _VERB.search(content)
    return breaks[0] if named and (marker is not None or content[:1].isupper()) else 0


def _source_line(clean: Clean, start: int, end: int) -> str:
    span = clean.to_source(start, end)
    left = clean.source.rfind("\n", 0, span.start) + 1
    right = clean.source.find("\n", span.end)
    return clean.source[left:right if right >= 0 else len(clean.source)].strip()


def _is_bold(clean: Clean, start: int, end: int) -> bool:
    line = _source_line(clean, start, end).lstrip("#-+ ")
    return len(line) > 4 and line[:2] in ("**", "__") and line.rstrip(" :.").endswith(("**", "__")) and line.count("**") <= 2


def _markdown_level(clean: Clean, start: int, end: int) -> int | None:
    match = re.match(r"(#{1,6})\s", _source_line(clean, start, end))
    return len(match.group(1)) if match else None


def _upper_share(text: str) -> float:
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) / len(letters) if letters else 0.0


def _is_heading(line: Line, marker: Marker | None, content: str, following: str) -> bool:
    """Decide whether a whole line is a heading (see the module's note on what counts)."""
    words = content.split()
    if not words or not any(c.isalpha() for c in content):
        return marker is not None and marker.style == "part"
    if line.heading_level is not None:
        return len(words) <= 60
    upper = _upper_share(content)
    if upper > 0.8 and len(words) <= 40 and len(content) > 3 and (len(words) > 1 or marker is not None):
        return True
    ends = bool(_END.search(content))
    lead = content.rstrip().endswith(":")
    roles = read_heading(content).roles
    first = next((c for c in content if c.isalpha()), "a")
    if line.emphasis and len(words) <= 40 and not (ends and len(words) > 14):
        return True
    if marker is None:
        if ends or not first.isupper() or len(words) > 14 or "|" in content:
            return False
        return bool(roles & FINDING_ROLES | roles & {"result", "past_solution", "success_cause"}) and not _VERB.search(content)
    if marker.style == "part":
        return len(words) <= 40
    if marker.style in ("upper", "roman"):
        return len(words) <= 45 and (not ends or (len(words) <= 16 and content.rstrip().endswith(".")))
    if marker.style == "ordinal":
        return not ends and len(words) <= 10 and bool(roles & FINDING_ROLES) and not _VERB.search(content)
    if lead:
        return len(words) <= 22
    if ends:
        about = bool(roles) or bool(_ABOUT.match(content))
        return content.rstrip().endswith(".") and len(words) <= 10 and about and not _VERB.search(content)
    if marker.style == "decimal":
        return len(words) <= 32 and first.isupper()
    if marker.style in ("lower", "paren"):
        return len(words) <= 20 and first.isupper()
    short = len(words) <= 12 and first.isupper()
    return short and bool(roles & (FINDING_ROLES | {"result", "objective", "subjective", "addressee"})) and bool(following)


class _Outline:
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
            del self.stack[ranks.index(rank):]
        elif rank == "title":
            while self.stack and self.sections[self.stack[-1]].rank not in ("part",):
                self.stack.pop()
        elif rank in _STRONG:
            order = _STRONG.index(rank)
            while self.stack and _strength(self.sections[self.stack[-1]].rank) > order:
                self.stack.pop()
        elif rank.startswith("decimal"):
            depth = int(rank[7:])
            while self.stack and (self.sections[self.stack[-1]].rank in ("plain", "lower", "paren") or self.sections[
                self.stack[-1]].rank.startswith("bullet") or _depth(self.sections[self.stack[-1]].rank) > depth):
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
        while self.stack and self.sections[self.stack[-1]].rank.startswith("bullet"):
            self.stack.pop()

    def close_same(self, rank: str) -> None:
        """An item of the same rank as an open run-in heading ends it."""
        ranks = [self.sections[i].rank for i in self.stack]
        if rank in ranks and self.sections[self.stack[ranks.index(rank)]].kind == "run_in":
            del self.stack[ranks.index(rank):]


class _Table:
    """Rows of one table: its first row names the columns, and a cell stands under the name of its column."""

    def __init__(self, outline: _Outline) -> None:
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
            if all(len(text.split()) <= 12 for text in texts) and sum(any(c.isdigit() for c in text) for text in texts) * 2 <= len(texts):
                for (first, last), text in zip(cells, texts, strict=True):
                    self._outline.open(text or "(trống)", line.start + first, line.start + last, "column", "lead", read_heading(text).roles)
                    self._columns.append(self._outline.stack.pop())
                return []
        self._depth = len(self._outline.stack)
        return cells

    def enter(self, column: int) -> None:
        """Stand under a column's name."""
        del self._outline.stack[self._depth:]
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


def _run_in(content: str, marker: Marker | None) -> tuple[int, int] | None:
    """(end of the heading, start of the text) where a heading runs into its paragraph, else None."""
    match = _RUN_IN.match(content)
    if not match:
        return None
    head = match.group("head")
    words = head.split()
    if not head[:1].isupper() and not head[:1].isdigit():
        return None
    reading = read_heading(head)
    roles = reading.roles
    about = bool(_ABOUT.match(head)) and marker is not None and len(words) <= 12
    limit = 18 if marker is not None else 14
    if not (roles or about) or len(words) > limit:
        return None
    if match.group("mark") == "." and (marker is None or not (roles & FINDING_ROLES or about) or len(words) > 10):
        return None
    if _VERB.search(head) and not re.match(r"(?i)(?:về|những|các|một số)?\s*(?:tồn tại|hạn chế|khó khăn|nguyên nhân|còn)", head):
        return None
    if re.match(r"(?i)(?:tuy nhiên|bên cạnh|song|đề nghị|kiến nghị [A-ZĐ]|giao |yêu cầu )", head):
        return None
    return match.end("mark"), match.end()


def parse_structure(clean: Clean, blocks: Sequence[Any] = ()) -> Structure:
    """Read the outline of a report.

    Parameters: `clean`, the running text (`nlp.text.clean_running`); `blocks`, the document reader's hints, may be empty.
    Returns sections and paragraphs in order; every offset is one of `clean.text`, and no paragraph overlaps a heading.
    """
    lines = zone_lines(lines_of(clean, blocks))
    outline = _Outline()
    paragraphs: list[Paragraph] = []
    counters = {"group": 0, "index": 0, "previous": ""}

    def add(start: int, end: int, zone: str, marker: Marker | None) -> None:
        text = clean.text[start:end]
        lead, tail = len(text) - len(text.lstrip()), len(text.rstrip())
        if tail <= lead:
            return
        paragraphs.append(Paragraph(
            start + lead, start + tail, outline.current() if zone == BODY else -1, zone,
            None if marker is None else marker.label, None if marker is None else marker.style,
            int(counters["index"]), int(counters["group"]), len(paragraphs),
        ))

    bodies = [line for line in lines if line.text.strip()]
    table = _Table(outline)
    for number, line in enumerate(bodies):
        if line.zone != BODY:
            table.close()
            add(line.start, line.end, line.zone, None)
            continue
        cells = cells_of(line.text)
        if cells:
            counters.update(group=int(counters["group"]) + 1, previous="")
            for column, (first, last) in enumerate(table.row(line, cells)):
                counters["index"] = column + 1
                table.enter(column)
                add(line.start + first, line.start + last, BODY, None)
            table.leave()
            continue
        table.close()
        marker = marker_of(line.text)
        offset = marker.end if marker else len(line.text) - len(line.text.lstrip(" \t#"))
        content = line.text[offset:].rstrip()
        start = line.start + offset
        rank = marker.rank if marker else ("title" if _upper_share(content) > 0.8 else "plain")
        following = bodies[number + 1].text if number + 1 < len(bodies) else ""
        if _is_heading(line, marker, content, following):
            _open_heading(outline, line, rank, content)
            counters.update(group=int(counters["group"]) + 1, index=0, previous="")
            continue
        if marker is None:
            outline.close_leads()
            outline.close_bullets()
        else:
            outline.close_same(marker.rank)
        run_in = _run_in(content, marker)
        if run_in:
            title = line.text[:offset + run_in[0]].strip().rstrip(":")
            outline.open(title, line.start + len(line.text) - len(line.text.lstrip()), start + run_in[0],
                         rank, "run_in", read_heading(title).roles)
            start += run_in[1]
            content = content[run_in[1]:]
        if marker is None:
            counters.update(group=int(counters["group"]) + 1, index=0, previous="")
        elif marker.style != "bullet" or marker.depth <= 1 or counters["previous"] == "":
            same = counters["previous"] == marker.rank
            counters.update(group=int(counters["group"]) + 1, previous=marker.rank,
                            index=int(counters["index"]) + 1 if same else 1)
        add(start, line.end, BODY, marker)
        if content.endswith(":") and not run_in:
            roles = read_heading(content[-160:]).roles
            outline.open(content, start, line.end, "lead", "lead", roles)
    return Structure(tuple(lines), tuple(outline.sections), tuple(paragraphs))


def _open_heading(outline: _Outline, line: Line, rank: str, content: str) -> None:
    lead = len(line.text) - len(line.text.lstrip(" \t#"))
    title = " ".join(line.text[lead:].split()).rstrip(":").strip()
    start, end = line.start + lead, line.start + len(line.text.rstrip())
    last = outline.sections[-1] if outline.sections else None
    if last and rank == "title" and outline.stack and outline.stack[-1] == len(outline.sections) - 1 and (
        last.rank == "part" and len(key(last.title).split()) <= 4
    ):
        # "PHẦN THỨ HAI" with its words on the next line is one heading.
        joined = f"{last.title} {title}"
        roles = read_heading(joined).roles
        inherited = roles or last.inherited
        outline.sections[-1] = Section(joined, last.start, end, last.level, last.rank, "line", roles, inherited, last.parent)
        return
    outline.open(title, start, end, rank, "line", _line_roles(title, content))


def _line_roles(title: str, content: str) -> frozenset[str]:
    """Roles of a heading line; one that is nothing but the name of a body ("3. Công an tỉnh") says who is addressed."""
    roles = read_heading(title).roles
    organ = organ_at(content, 0)
    if organ and organ.end >= len(content.rstrip(" :.")) * 0.6:
        roles |= {"addressee"}
    return roles
