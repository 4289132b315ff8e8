"""Hypothesis strategies for texts as they arrive: every kind of damage the text core knows."""

from __future__ import annotations

import unicodedata

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from printed_pages import NOTES, PLACES, SENTENCES, WORKS, Style, paragraphs, print_pages

from nlp.text.legacy import TCVN3, VNI

# The fast suite wants the same few examples each time; raise max_examples to search.
LIGHT = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_TO_TCVN3 = {letter: char for char, letter in TCVN3.items()}
_TO_VNI = {letter: char for char, letter in VNI.items()}


def to_tcvn3(text: str) -> str:
    """Return `text` as TCVN3 bytes read as Western letters."""
    return "".join(_TO_TCVN3.get(char, char) for char in text)


def to_vni(text: str) -> str:
    """Return `text` as VNI bytes read as Western letters."""
    return "".join(_TO_VNI.get(char, char) for char in text)


def to_utf8_twice(text: str) -> str:
    """Return `text` with its UTF-8 bytes read as Western letters."""
    return text.encode().decode("latin-1")


def _damaged(text: str, how: str) -> str:
    if how == "nfd":
        return unicodedata.normalize("NFD", text)
    if how == "mixed":
        return "".join(unicodedata.normalize("NFD", c) if at % 3 else c for at, c in enumerate(text))
    if how == "u_horn":
        return text.replace("ư", "\u01a3").replace("đ", "\u00f0")
    if how == "zero_width":
        return "\u200b".join(text[at : at + 3] for at in range(0, len(text), 3))
    if how == "nbsp":
        return text.replace(" ", "\u00a0\u2009", 3).replace("-", "\u2013")
    if how == "segmented":
        return text.replace("một số", "một_số").replace("công tác", "công_tác").replace(",", " ,")
    return {"tcvn3": to_tcvn3, "vni": to_vni, "utf8": to_utf8_twice}.get(how, str)(text)


_HOWS = ("", "nfd", "mixed", "u_horn", "zero_width", "nbsp", "segmented", "tcvn3", "vni", "utf8")
STYLES = st.builds(
    Style,
    width=st.integers(65, 82),
    page_lines=st.integers(8, 40),
    number=st.sampled_from(["", "{n}", "- {n} -", "Trang {n}/{m}"]),
    blank=st.booleans(),
    indent=st.sampled_from([0, 4]),
    notes=st.sampled_from(["", "sup", "bare", "bracket"]),
    form_feed=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n"]),
)


@st.composite
def printed_texts(draw: st.DrawFn) -> str:
    """Return printed pages, whole or line by line damaged."""
    text = print_pages(paragraphs(draw(st.integers(0, 10_000)), draw(st.integers(1, 8))), draw(STYLES))
    return "\n".join(_damaged(line, draw(st.sampled_from(_HOWS))) for line in text.split("\n"))


_FRAGMENTS = st.sampled_from(
    [
        *(text.format(place=PLACES[at % 9], work=WORKS[at % 7]) for at, text in enumerate(SENTENCES)),
        *NOTES,
        *("\n", "\r\n", "\f", "\t", " ", "  ", "\u00a0", "\u200b", "\u00ad", "\ufeff", "\u2028", "\r", "\x00"),
        *(
            "\u0301",
            "\u0323",
            "e\u0302\u0323",
            "u\u031b\u0309",
            "q\u0323",
            "\u01a3",
            "\u01a2\u0301",
            "\u00f0",
            "ﬁ",
            "ｎ",
        ),
        *(
            "**",
            "*x*",
            "<sup>1</sup>",
            "<sup>2",
            "¹",
            "²",
            "m²",
            "[1]",
            "1 ",
            "12\n",
            "- 3 -\n",
            "## ",
            "\\*",
            "|",
            "---\n",
        ),
        *("&nbsp;", "<br>", "<td>", "</tr>", "_a", "tồn_tại", "hạn_chế ,", "./.", "…", "TP. ", "a) ", "1.1. "),
        *(
            "a." * 90,
            "http://" + "." * 70,
            "https://xa.gov.vn/a_b?x=1",
            "x" * 200,
            "!" * 99,
            "한글",
            "\u1112\u1161\u11ab",
            "🏠",
        ),
        *("B¸o c¸o\n", "Ñôn toá caùo\n", "Äá» nghá»\n", "ngh-\niệp", "25-NQ/\nTW"),
    ]
)
SOURCES = st.one_of(
    printed_texts(),
    st.lists(_FRAGMENTS, max_size=25).map("".join),
    st.lists(st.one_of(_FRAGMENTS, st.text(max_size=6)), max_size=12).map("".join),
    st.text(max_size=60),
)
