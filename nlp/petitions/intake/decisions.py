"""Whose decision a petition contests: an office that issued, refused, fined or cut off."""

from __future__ import annotations

import re

from nlp.petitions.intake.party_look import Look, party_words
from nlp.text.entities.types import Entity

_CONTESTS = re.compile(
    r"không đồng ý|khiếu nại|không phục|không chấp nhận|không nhất trí|không nhận|không đồng tình|phản đối|ko đồng ý|"
    r"trái luật|huỷ|hủy|khong dong y|khieu nai|khong chap nhan|khong phuc"
)
_ADDRESSED = re.compile(
    r"(?:kính gửi|gửi|gởi|thưa|lên|tới|đến|chuyển|đề nghị|nhờ|mong|yêu cầu|xin|kinh gui|gui|chuyen|de nghi|nho|mong|"
    r"yeu cau)\W*(?:[^\W\d]+\s){0,3}\Z"
)
_DOCUMENT_OF = re.compile(
    r"(?:quyết định|công văn|thông báo|văn bản|kết luận|phiếu|giấy|bản án|biên bản|vb|qđ|tb|cách tính|phương án|kết "
    r"quả|quyet dinh|cong van|thong bao|van ban|ket luan|phieu|giay|ban an|bien ban|qd)[^.;\n]{0,44} (?:của|cua) "
    r"(?:[^\W\d]+ ){0,4}\Z"
)
# "ra" alone is also to go out.
_ISSUES = re.compile(
    r"ra\s(?:\w+\s)?(?:quyết|văn|thông|công văn|kết|giấy|phiếu|qđ|tb|cv|vb|lệnh|biên|quyet|van|thong|cong van|ket|giay)"
)
_WHEN = re.compile(
    r"(?:,?\s(?:(?:ngày|hôm|vào|ngay|hom)\s)?\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?,?)?"
    r"(?:\s(?:đã|lại|vừa|mới|cũng|vẫn|tự ý|cố tình|da|lai|vua|moi))*(?=\s)"
)


def decided(look: Look, office: Entity, petition_type: str | None) -> bool:
    """Whether an office did what is contested: it issued, refused, fined … or the document is said to be its own."""
    text = look.view.text.lower() if look.view.accented else look.view.folded
    text = text if len(text) == len(look.view.text) else look.view.folded
    contested = petition_type == "khieu_nai" or _CONTESTS.search(text)
    before = text[max(0, office.start - 60) : office.start]
    if not contested or _ADDRESSED.search(before):
        return False
    # Between the office and what it did may stand a day and "đã".
    skipped = _WHEN.match(text, office.end)
    i = look.token_after(skipped.end() if skipped else office.end)
    acts = (
        i is not None
        and bool(party_words("decided").at(look.keys, i, look.view.accented))
        and (look.view.tokens[i].folded != "ra" or _ISSUES.match(text, look.view.tokens[i].start))
        and not re.search(r"[^\s,]", text[skipped.end() if skipped else office.end : look.view.tokens[i].start])
    )
    return acts or bool(_DOCUMENT_OF.search(before))
