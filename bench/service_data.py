"""Made-up petitions and findings in any number, for load only: seeded, no language in them, filled in once."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta

from sqlalchemy import func, insert, select

from api.records.base import new_id, now
from api.records.engine import Records
from api.records.petitions import Petition, PetitionBand, PetitionField
from api.records.reports import Finding, FindingField, FindingTopic, Report
from api.records.words import exact_words, folded_words
from nlp.taxonomy import taxonomy

BANDS = 24  # as the fingerprints of the intake rules have
# The commonest syllables are those that people search for; the long tail is every onset with every rhyme. Drawn by
# Zipf's law, as in real text, a word of rank 20 stands in about two petitions of five and one of rank 200 in one of 20.
COMMON = """
    đất đai thu hồi bồi thường rác thải nước giếng đường hỏng cầu xã huyện tỉnh thủ tục hành chính chậm trễ hạn chế
    công tác quản lý cán bộ chưa kịp thời hồ sơ giải quyết đơn khiếu nại tố cáo kiến nghị phản ánh nhân dân môi trường
    ô nhiễm khói bụi mùi hôi trợ cấp người cao tuổi bảo hiểm xây dựng trái phép vỉa hè đèn điện chiếu sáng an ninh trật
    tự trộm cắp ma tuý học bệnh viện giáo viên lớp đề xem xét sớm khắc phục kinh phí đầu tư nâng cấp sửa chữa
    tuyên truyền phổ biến pháp luật kiểm tra giám sát phối hợp thực hiện nhiệm vụ năm quý tháng báo kết quả đạt được
"""
ONSETS = [
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "h",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "nh",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]
RHYMES = [
    "ạt",
    "ảy",
    "ấc",
    "ẩm",
    "ằng",
    "ẵn",
    "ẹp",
    "ẻo",
    "ếch",
    "ểnh",
    "ỉa",
    "ịt",
    "ỏng",
    "ọt",
    "ốc",
    "ổn",
    "ờm",
    "ợp",
    "ủi",
    "ụng",
    "ửa",
    "ựng",
    "ạch",
    "ảng",
    "ấy",
    "ẫn",
    "ắc",
    "ẹt",
    "ề",
    "ễ",
    "ỉ",
    "ọc",
    "ồm",
    "ỗi",
    "ởn",
    "ũi",
    "ừ",
    "ự",
]


def vocabulary() -> list[str]:
    """The common syllables, shuffled, then the tail."""
    common = sorted(set(COMMON.split()))
    tail = [o + r for o in ONSETS for r in RHYMES]
    pick = random.Random(3)
    pick.shuffle(common)
    pick.shuffle(tail)
    return common + [t for t in tail if t not in set(common)]


SYLLABLES = vocabulary()
CUMULATED = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(SYLLABLES))))
PROVINCES = [
    "Hà Nội",
    "Nghệ An",
    "Quảng Ngãi",
    "Đắk Lắk",
    "Cần Thơ",
    "Cà Mau",
    "Lào Cai",
    "Huế",
    "Lâm Đồng",
    "An Giang",
]


def words(pick: random.Random, low: int, high: int) -> str:
    """A made-up text of so many syllables."""
    return " ".join(pick.choices(SYLLABLES, cum_weights=CUMULATED, k=pick.randint(low, high)))


def fill_petitions(records: Records, count: int) -> None:
    """Add petitions up to `count`, each with its fields and its places in the index of look-alikes."""
    pick, known, today = random.Random(7), taxonomy(), date(2026, 11, 20)
    with records.read() as session:
        start = int(session.scalar(select(func.coalesce(func.max(Petition.num), 0))) or 0)
    for base in range(start, count, 5000):
        rows, fields, bands = [], [], []
        for num in range(base + 1, min(base + 5000, count) + 1):
            body, received = words(pick, 40, 140), today - timedelta(days=pick.randrange(1100))
            level = pick.choices(known.urgency, [70, 25, 5])[0].code
            status = pick.choices(["confirmed", "resolved", "new", "in_progress", "deferred"], [30, 55, 6, 8, 1])[0]
            where = pick.randrange(len(PROVINCES))
            rows.append({
                "num": num, "id": new_id(), "register_year": received.year, "register_seq": num, "received_at": received,
                "channel": pick.choice(["don", "portal", "hotline"]), "title": body[:80], "text": body,
                "text_sha256": f"{num:064d}", "exact": exact_words(body), "folded": folded_words(body),
                "province": PROVINCES[where], "commune": f"xã {where}-{pick.randrange(40)}", "status": status,
                "type": pick.choice(known.types).code, "urgency": level, "urgency_rank": known.urgency_rank(level),
                "machine_urgency_rank": 0, "needs_review": pick.random() < 0.1, "confidential": pick.random() < 0.1,
                "due_on": received + timedelta(days=30), "created_at": now(), "updated_at": now(), "version": 1,
            })  # fmt: skip
            for position, field in enumerate(pick.sample(known.field_codes, pick.choice([1, 1, 1, 2]))):
                repeated = {k: rows[-1][k] for k in ("received_at", "type", "province", "commune")}
                fields.append({"petition_num": num, "code": field, "position": position, **repeated})
            bands += [{"value": band << 32 | pick.getrandbits(32), "petition_num": num} for band in range(BANDS)]
        with records.write() as session:
            session.execute(insert(Petition), rows)
            session.execute(insert(PetitionField), fields)
            session.execute(insert(PetitionBand), bands)
        print(f"\r{base + len(rows):,} petitions", end="", flush=True)


def fill_findings(records: Records, count: int, per_report: int = 60) -> None:
    """Add findings up to `count`, in reports of `per_report`."""
    pick, known = random.Random(11), taxonomy()
    with records.read() as session:
        start = int(session.scalar(select(func.coalesce(func.max(Finding.num), 0))) or 0)
    for base in range(start, count, per_report):
        report = base // per_report + 1
        issuer, province = f"UBND huyện {report % 120}", PROVINCES[report % len(PROVINCES)]
        year, texts = 2015 + report % 11, []
        rows, topics, fields = [], [], []
        for num in range(base + 1, min(base + per_report, count) + 1):
            body = words(pick, 12, 60)
            texts.append(body)
            kind = pick.choices(["limitation", "cause", "recommendation", "lesson"], [40, 20, 35, 5])[0]
            sort = {"cause": "objective", "recommendation": pick.choice(["proposal", "solution"])}.get(kind)
            rows.append({
                "num": num, "id": f"f{num:016x}", "report_num": report, "seq": num - base, "kind": kind, "sort": sort,
                "text": body, "start": 0, "end": len(body), "quote": body, "section": ["II. HẠN CHẾ"], "detail": {},
                "confidence": 0.9, "review": pick.choices(["proposed", "accepted", "rejected"], [80, 15, 5])[0],
                "gone": False, "exact": exact_words(body), "folded": folded_words(body),
                "issuer_key": folded_words(issuer), "province": province, "year": year,
                "created_at": now(), "updated_at": now(), "version": 1,
            })  # fmt: skip
            topics += [{"finding_num": num, "code": t.code} for t in pick.sample(known.topics, pick.choice([1, 2]))]
            fields += [{"finding_num": num, "code": pick.choice(known.field_codes)}]
        with records.write() as session:
            session.execute(insert(Report), [{
                "num": report, "id": new_id(), "sha256": f"{report:064x}", "document_id": f"d{report}", "text": " ".join(texts),
                "document": {"metadata": {}}, "title": f"Báo cáo {report}", "issuer": issuer, "province": province,
                "issuer_key": folded_words(issuer), "year": year, "created_at": now(), "updated_at": now(), "version": 1,
            }])  # fmt: skip
            session.execute(insert(Finding), rows)
            session.execute(insert(FindingTopic), topics)
            session.execute(insert(FindingField), fields)
        print(f"\r{base + len(rows):,} findings ", end="", flush=True)
