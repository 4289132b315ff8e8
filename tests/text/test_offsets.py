"""The map between a source and its clean text, for every kind of damage."""

from __future__ import annotations

import unicodedata

import pytest
from damaged_texts import LIGHT, SOURCES
from hypothesis import given
from hypothesis import strategies as st

from nlp.text import Clean, clean, clean_running
from nlp.text.alignment import Edit, apply_edits
from nlp.text.characters import is_mark

CLEANERS = pytest.mark.parametrize("cleaner", [clean, clean_running])


@CLEANERS
@LIGHT
@given(source=SOURCES)
def test_every_clean_character_has_a_whole_source_range(cleaner: type, source: str) -> None:
    cleaned: Clean = cleaner(source)
    assert cleaned.source == source
    end = 0
    for at in range(len(cleaned.text)):
        span = cleaned.to_source(at, at + 1)
        assert 0 <= span.start < span.end <= len(source)
        assert end <= span.end
        assert not is_mark(source[span.start]) or span.start == 0
        assert span.end == len(source) or not is_mark(source[span.end])
        end = span.end


@CLEANERS
@LIGHT
@given(source=SOURCES, data=st.data())
def test_a_range_maps_to_the_union_of_its_characters_and_back_to_a_cover_of_itself(
    cleaner: type, source: str, data: st.DataObject
) -> None:
    cleaned: Clean = cleaner(source)
    if not cleaned.text:
        return
    start = data.draw(st.integers(0, len(cleaned.text) - 1))
    end = data.draw(st.integers(start + 1, len(cleaned.text)))
    span = cleaned.to_source(start, end)
    assert span.start == cleaned.to_source(start, start + 1).start
    assert span.end == max(cleaned.to_source(at, at + 1).end for at in range(start, end))
    back = cleaned.from_source(span.start, span.end)
    assert back.start <= start < end <= back.end


@CLEANERS
@LIGHT
@given(source=SOURCES)
def test_characters_that_were_not_repaired_map_to_themselves(cleaner: type, source: str) -> None:
    cleaned: Clean = cleaner(source)
    plain = {c for c in "abcxyz0123456789" if c not in "012345678"}
    for at, char in enumerate(cleaned.text):
        span = cleaned.to_source(at, at + 1)
        quote = unicodedata.normalize("NFC", span.quote(source))
        if char in plain and len(span) == 1:
            assert quote == char or not quote.isascii()


@CLEANERS
@LIGHT
@given(source=SOURCES, data=st.data())
def test_from_source_is_monotone_and_inside(cleaner: type, source: str, data: st.DataObject) -> None:
    cleaned: Clean = cleaner(source)
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    span = cleaned.from_source(start, end)
    assert 0 <= span.start <= span.end <= len(cleaned.text)
    whole = cleaned.from_source(0, len(source))
    assert (whole.start, whole.end) == (0, len(cleaned.text))


@LIGHT
@given(source=SOURCES)
def test_artefacts_lie_in_the_source_and_in_order(source: str) -> None:
    cleaned = clean_running(source)
    starts = [artefact.span.start for artefact in cleaned.artefacts]
    assert starts == sorted(starts)
    assert all(0 <= a.span.start < a.span.end <= len(source) for a in cleaned.artefacts)


@pytest.mark.parametrize("cleaner", [clean, clean_running])
@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (0, 99)])
def test_ranges_outside_the_text_are_refused(cleaner: type, start: int, end: int) -> None:
    cleaned = cleaner("Đơn kiến nghị")
    with pytest.raises(ValueError, match="outside"):
        cleaned.to_source(start, end)
    with pytest.raises(ValueError, match="outside"):
        cleaned.from_source(start, end)


def test_a_decomposed_letter_is_quoted_with_all_its_marks() -> None:
    source = "Đe\u0302\u0300 nghi\u0323"
    cleaned = clean(source)
    assert cleaned.text == "Đề nghị"
    assert cleaned.to_source(1, 2).quote(source) == "e\u0302\u0300"
    assert cleaned.to_source(3, 7).quote(source) == "nghi\u0323"


def test_a_quote_over_a_page_break_covers_what_was_lifted_out() -> None:
    source = "Công tác tiếp công dân tại một số xã\n\n- 4 -\n\ncòn chậm, chưa đúng lịch."
    cleaned = clean_running(source)
    assert cleaned.text == "Công tác tiếp công dân tại một số xã còn chậm, chưa đúng lịch."
    at = cleaned.text.index("xã còn")
    assert cleaned.to_source(at, at + 6).quote(source) == "xã\n\n- 4 -\n\ncòn"
    assert [(a.kind, a.span.quote(source)) for a in cleaned.artefacts if a.kind == "page_number"] == [
        ("page_number", "- 4 -")
    ]


@LIGHT
@given(st.text(alphabet="abc ", max_size=30), st.data())
def test_edits_apply_as_written(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    edits = [
        Edit(start, end, data.draw(st.sampled_from(["", "x", "yz", "   "])))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    expected = text
    for edit in reversed(edits):
        expected = expected[: edit.start] + edit.new + expected[edit.end :]
    after, alignment = apply_edits(text, edits)
    assert after == expected
    for edit in edits:
        image = alignment.to_after(edit.start, edit.end)
        assert after[image.start : image.end] == edit.new


@pytest.mark.parametrize(
    "edits", [[Edit(2, 2, "x")], [Edit(2, 3, ""), Edit(1, 2, "")], [Edit(0, 2, ""), Edit(1, 3, "")]]
)
def test_edits_that_are_empty_or_overlap_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="disjoint"):
        apply_edits("abcdef", edits)
