"""What a mail or chat thread puts around a petition is not judged, and nothing else is set aside."""

from __future__ import annotations

import pytest

from nlp.petitions.envelope import envelope, outside
from nlp.petitions.prepared import prepare
from nlp.text import Span, fold

PETITION = "Cống hộp đầu ngõ 12 bị bồi lấp từ trận mưa tháng 9, nước tràn vào bốn nhà, tổ dân phố đã báo hai lần"


def kept(text: str) -> str:
    prepared = prepare(text)
    return " ".join(prepared.text[s.start : s.end] for s in prepared.syllables)


BARE = kept(PETITION)


@pytest.mark.parametrize(
    "before, after",
    [
        ("Từ: \nGửi: Tổ một cửa\nNgày: 4/10/2025\n\nChị xem nội dung bên dưới, phân loại nhé\n\n", ""),
        ("Gửi chị, em chuyển lại thư của dân.\n----- Thư gốc -----\n\n", "\n\nTrân trọng\n--\nBộ phận văn thư\nMáy lẻ 12"),
        ("---------- Forwarded message ---------\n\n", "\n\nNếu nhận nhầm, xin xoá giúp."),
        ("[09:01] Hà: em nhận được tin sau\n[09:02] Hà: ", "\n[09:15] Bình: ok em, để chị xem"),
        ("Vào 4/10/2025 phòng tiếp dân đã viết:\n> ", "\n> Đã vào sổ rồi nhé."),
    ],
)
def test_only_the_petition_is_judged(before: str, after: str) -> None:
    assert kept(before + PETITION + after) == BARE


@pytest.mark.parametrize(
    "text",
    [
        PETITION,
        "Kính gửi: UBND xã\nNgày: 3/2\n" + PETITION,
        "Từ: năm 2019 đến nay\n" + PETITION,
        PETITION + "\nTrân trọng",
        "08:12 sáng 3/2: xe tải đổ trộm\n" + PETITION,
        "Tôi nhờ anh chị xem giúp em việc này. " + PETITION,
    ],
)
def test_a_petition_without_the_marks_of_a_thread_stays_whole(text: str) -> None:
    assert envelope(fold(text)) == ()


def test_who_wrote_and_the_subject_still_speak() -> None:
    said = kept("Từ: nhóm cư dân block B\nGửi: UBND phường\nChủ đề: Re: Fwd: cống tắc\n\n" + PETITION)
    assert said == kept("nhóm cư dân block B") + " " + "cống tắc" + " " + BARE


def test_a_thread_of_nothing_but_talk_is_read_as_it_is() -> None:
    text = "---- Thư chuyển tiếp ----\nEm chuyển lại thư, nhờ chị xem giúp em"
    assert kept(text).count(" ") > 5


def test_offsets_stay_those_of_the_text_as_given() -> None:
    text = "---- Thư gốc ----\nFROM: a\nTO: b\n" + PETITION
    prepared = prepare(text)
    first = prepared.syllables[1]
    assert text[first.start : first.end] == "Cống"


def test_outside_keeps_what_begins_outside() -> None:
    assert list(outside([Span(0, 2), Span(3, 5), Span(6, 8)], [Span(3, 6)])) == [0, 2]
