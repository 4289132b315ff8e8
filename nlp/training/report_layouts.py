"""Render a clean draft the way real files look: wrapped lines, pages, footnotes, broken Unicode, recognition noise.

A rendering is a list of characters that each know which character of the draft they come from (-1 for what the layout
added), so marks move with their text exactly, through any number of steps. Everything random is drawn from a
generator seeded by the name.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.text import Span

Glyphs = list[tuple[str, int]]
_FOOTNOTE_LINE = re.compile(r"^\^\^ ?(?P<mark>[¹²³⁴⁵⁶⁷⁸⁹⁰]+) ?(?P<text>.*)$")
_SUPERSCRIPT = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹⁰", "1234567890")
_SLIPS = {
    "ố": "ổ",
    "ổ": "ố",
    "ừ": "ứ",
    "ữ": "ừ",
    "ậ": "ạ",
    "ệ": "ê",
    "ị": "i",
    "ạ": "a",
    "ẫ": "ẩ",
    "ẩ": "ẫ",
    "ỗ": "ổ",
    "ứ": "ú",
    "ơ": "o",
    "ắ": "ấ",
    "ễ": "ể",
    "đ": "d",
    "l": "1",
    "ỏ": "ó",
    "ủ": "ú",
    "ĩ": "ỉ",
    "ặ": "ạ",
    "ờ": "ò",
    "ộ": "ô",
}


@dataclass(frozen=True)
class Rendered:
    """The text of a file and, for each of its characters, the draft's character it comes from (-1: none)."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Where a range of the draft stands in the rendered text. Raises ValueError where nothing of it is left."""
        places = [i for i, o in enumerate(self.origin) if start <= o < end]
        if not places:
            raise ValueError(f"khoảng {start}–{end} không còn trong bản kết xuất")
        return Span(places[0], places[-1] + 1)


def render(text: str, layout: Sequence[str], name: str, headings: Sequence[tuple[int, int]] = ()) -> Rendered:
    """Render a draft's text.

    Parameters: `text` with footnote lines (`^^ ¹ …`) after their paragraphs; `layout` names from plain, md, wrap:NN
    (characters a line), pages:NN (lines a page), nfd, uhorn, ocr, segmented, toc, letterhead; `name` seeds what is
    random; `headings` are (start, end) in `text`, for the table of contents. Raises ValueError for an unknown layout.
    """
    rng = random.Random(f"layout:{name}")
    options = dict(part.partition(":")[::2] for part in layout)
    unknown = set(options) - {"plain", "md", "wrap", "pages", "nfd", "uhorn", "ocr", "segmented", "toc", "letterhead"}
    if unknown:
        raise ValueError(f"cách trình bày lạ: {', '.join(sorted(unknown))}")
    glyphs, notes = _lift_footnotes(text)
    if "toc" in options:
        glyphs = _add_contents(glyphs, text, headings, rng)
    if "ocr" in options:
        glyphs, notes = _noise(glyphs, rng), {k: _noise(v, rng) for k, v in notes.items()}
    if "segmented" in options:
        glyphs = _segmented(glyphs)
    if "md" in options:
        glyphs = _markdown_footnotes(glyphs)
    width = int(options["wrap"]) if options.get("wrap") else (76 if "pages" in options else 0)
    if "pages" in options:
        glyphs = _pages(glyphs, notes, width, int(options["pages"] or 40), rng)
    else:
        glyphs = glyphs + _note_block(notes, list(notes))
        glyphs = _wrap(glyphs, width) if width else glyphs
    if "uhorn" in options:
        glyphs = [({"ư": "ƣ", "Ư": "Ƣ"}.get(c, c), o) for c, o in glyphs]
    if "nfd" in options:
        glyphs = _decompose(glyphs, rng)
    return Rendered("".join(c for c, _ in glyphs), tuple(o for _, o in glyphs))


def _lift_footnotes(text: str) -> tuple[Glyphs, dict[str, Glyphs]]:
    glyphs: Glyphs = []
    notes: dict[str, Glyphs] = {}
    position = 0
    for line in text.split("\n"):
        match = _FOOTNOTE_LINE.match(line)
        if match:
            start = position + match.start("text")
            notes[match.group("mark")] = [(c, start + i) for i, c in enumerate(match.group("text"))]
        else:
            glyphs.extend((c, position + i) for i, c in enumerate(line))
            glyphs.append(("\n", position + len(line)))
        position += len(line) + 1
    return glyphs[:-1], notes


def _added(text: str) -> Glyphs:
    return [(c, -1) for c in text]


def _note_block(notes: dict[str, Glyphs], marks: Sequence[str]) -> Glyphs:
    block: Glyphs = []
    for mark in marks:
        block += _added("\n" + mark + " ") + notes[mark]
    return block


def _lines(glyphs: Glyphs) -> list[Glyphs]:
    lines: list[Glyphs] = [[]]
    for glyph in glyphs:
        lines[-1].append(glyph)
        if glyph[0] == "\n":
            lines.append([])
    return lines


def _wrap_line(line: Glyphs, width: int) -> list[Glyphs]:
    ended = bool(line) and line[-1][0] == "\n"
    body = line[:-1] if ended else line
    if body and body[0][0] == "|":
        # A table row stays on one line: what reads tables out of a file does not wrap them.
        return [line]
    rows: list[Glyphs] = []
    while len(body) > width:
        cut = next((i for i in range(width, 0, -1) if body[i][0] == " "), None)
        if cut is None:
            cut = next((i for i in range(width, len(body)) if body[i][0] == " "), None)
            if cut is None:
                break
        rows.append([*body[:cut], ("\n", body[cut][1])])
        body = body[cut + 1 :]
    rows.append([*body, line[-1]] if ended else body)
    return rows


def _wrap(glyphs: Glyphs, width: int) -> Glyphs:
    return [g for line in _lines(glyphs) for row in _wrap_line(line, width) for g in row]


def _pages(glyphs: Glyphs, notes: dict[str, Glyphs], width: int, height: int, rng: random.Random) -> Glyphs:
    """Cut into pages: the footnotes of a page under it, then the page number, wherever the sentence stands."""
    rows = [row for line in _lines(glyphs) for row in _wrap_line(line, width)]
    style = rng.choice(["{}", "- {} -", "Trang {}", "{}"])
    rule = rng.choice(["", "", "____________\n", "---\n"])
    out: Glyphs = []
    for number, first in enumerate(range(0, len(rows), height), start=1):
        page = rows[first : first + height]
        flat = [g for row in page for g in row]
        out += flat
        if flat and flat[-1][0] != "\n":
            out += _added("\n")
        seen = [mark for mark in notes if any(mark == "".join(c for c, _ in run) for run in _mark_runs(flat))]
        if seen:
            out += _added(rule)
            for mark in seen:
                note = _added(mark.translate(_SUPERSCRIPT) + " ") + notes[mark] + _added("\n")
                out += _wrap(note, width)
        if first + height < len(rows) or number > 1:
            out += _added(style.format(number) + "\n")
    while out and out[-1][0] == "\n" and out[-1][1] == -1:
        out.pop()
    return out


def _mark_runs(glyphs: Glyphs) -> list[Glyphs]:
    runs: list[Glyphs] = []
    previous = False
    for glyph in glyphs:
        is_mark = glyph[0] in "¹²³⁴⁵⁶⁷⁸⁹⁰"
        if is_mark and previous:
            runs[-1].append(glyph)
        elif is_mark:
            runs.append([glyph])
        previous = is_mark
    return runs


def _markdown_footnotes(glyphs: Glyphs) -> Glyphs:
    out: Glyphs = []
    index = 0
    while index < len(glyphs):
        char, origin = glyphs[index]
        if char in "¹²³⁴⁵⁶⁷⁸⁹⁰":
            run = index
            while run < len(glyphs) and glyphs[run][0] in "¹²³⁴⁵⁶⁷⁸⁹⁰":
                run += 1
            digits = "".join(c for c, _ in glyphs[index:run]).translate(_SUPERSCRIPT)
            out += [(c, origin) for c in f"<sup>{digits}</sup>"]
            index = run
            continue
        out.append((char, origin))
        index += 1
    return out


def _noise(glyphs: Glyphs, rng: random.Random) -> Glyphs:
    """About six recognition slips in a thousand letters: a tone or hook misread."""
    return [(_SLIPS[c], o) if c in _SLIPS and rng.random() < 0.02 else (c, o) for c, o in glyphs]


def _segmented(glyphs: Glyphs) -> Glyphs:
    """Words joined by "_" and punctuation set off by blanks, as corpora that passed a segmenter look."""
    from underthesea import word_tokenize

    out: Glyphs = []
    for line in _lines(glyphs):
        text = "".join(c for c, _ in line)
        position = 0
        for number, word in enumerate(word_tokenize(text)):
            start = text.find(word, position)
            if start < 0:
                continue
            gap = line[position:start]
            out += gap if gap or number == 0 else _added(" ")
            out += [("_" if c == " " else c, o) for c, o in line[start : start + len(word)]]
            position = start + len(word)
        out += line[position:]
    return out


def _decompose(glyphs: Glyphs, rng: random.Random) -> Glyphs:
    """Some lines in decomposed Unicode, as files that passed two word processors are."""
    out: Glyphs = []
    for line in _lines(glyphs):
        if rng.random() < 0.6:
            out += [(part, o) for c, o in line for part in unicodedata.normalize("NFD", c)]
        else:
            out += line
    return out


def _add_contents(glyphs: Glyphs, text: str, headings: Sequence[tuple[int, int]], rng: random.Random) -> Glyphs:
    """A table of contents before the first heading: every heading again, dots, a page number."""
    if not headings:
        return glyphs
    rows, page = [], 1
    for start, end in headings:
        title = " ".join(text[start:end].split())
        page += rng.random() < 0.5
        rows.append(f"{title} {'.' * max(6, 68 - len(title))} {page}\n")
    at = next((i for i, (_, o) in enumerate(glyphs) if o >= headings[0][0]), 0)
    return glyphs[:at] + _added("MỤC LỤC\n" + "".join(rows) + "\n") + glyphs[at:]
