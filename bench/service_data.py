"""Made-up petitions and findings in any number, for load only: seeded, no language in them, filled in once."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, insert, select, text

from api.records.base import new_id, now
from api.records.engine import Records
from api.records.migrations.search_index import create_statements, drop_statements
from api.records.petitions import Petition, PetitionField
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


EXACT, FOLDED = {s: exact_words(s) for s in SYLLABLES}, {s: folded_words(s) for s in SYLLABLES}


def words(pick: random.Random, low: int, high: int) -> dict[str, str]:
    """A made-up text of so many syllables, with what the search index keeps of it."""
    drawn = pick.choices(SYLLABLES, cum_weights=CUMULATED, k=pick.randint(low, high))
    return {"text": " ".join(drawn), "exact": " ".join(map(EXACT.__getitem__, drawn)),
            "folded": " ".join(map(FOLDED.__getitem__, drawn))}  # fmt: skip


@contextmanager
def loading(records: Records, table: str) -> Iterator[None]:
    """Put the search index of a table aside while rows pour in, and make it once at the end."""
    kind = "sqlite" if records.sqlite else "postgresql"
    if records.sqlite:
        before = drop_statements(kind, table)
        after = [*create_statements(kind, table), f"INSERT INTO {table}_fts({table}_fts) VALUES ('rebuild')"]
    else:
        names = {c: f"ix_{table}_tsv_{c}" for c in ("exact", "folded")}
        before = [f"DROP INDEX {name}" for name in names.values()]
        after = [f"CREATE INDEX {name} ON {table} USING gin (tsv_{c})" for c, name in names.items()]
    _do(records, before)
    try:
        yield
    finally:
        _do(records, after)


def _do(records: Records, statements: Iterable[str]) -> None:
    with records.write() as session:
        for statement in statements:
            session.execute(text(statement))


def fill_petitions(records: Records, count: int) -> None:
    """Add petitions up to `count`, each with its fields and its places in the index of look-alikes."""
    pick, known, today = random.Random(7), taxonomy(), date(2026, 11, 20)
    with records.read() as session:
        start = int(session.scalar(select(func.coalesce(func.max(Petition.num), 0))) or 0)
    if start >= count:
        return
    with loading(records, "petitions"):
        _fill_petitions(records, start, count, pick, known, today)
    _fill_bands(records, start, count)


def _fill_petitions(records: Records, start: int, count: int, pick: random.Random, known: Any, today: date) -> None:
    for base in range(start, count, 5000):
        rows, fields = [], []
        for num in range(base + 1, min(base + 5000, count) + 1):
            body, received = words(pick, 40, 140), today - timedelta(days=pick.randrange(1100))
            level = pick.choices(known.urgency, [70, 25, 5])[0].code
            status = pick.choices(["confirmed", "resolved", "new", "in_progress", "deferred"], [30, 55, 6, 8, 1])[0]
            where = pick.randrange(len(PROVINCES))
            rows.append({
                "num": num, "id": new_id(), "register_year": received.year, "register_seq": num, "received_at": received,
                "channel": pick.choice(["don", "portal", "hotline"]), "title": body["text"][:80], **body, "text_sha256": f"{num:064d}",
                "province": PROVINCES[where], "commune": f"xã {where}-{pick.randrange(40)}", "status": status,
                "type": pick.choice(known.types).code, "urgency": level, "urgency_rank": known.urgency_rank(level),
                "machine_urgency_rank": 0, "needs_review": pick.random() < 0.1, "confidential": pick.random() < 0.1,
                "due_on": received + timedelta(days=30), "created_at": now(), "updated_at": now(), "version": 1,
            })  # fmt: skip
            for position, field in enumerate(pick.sample(known.field_codes, pick.choice([1, 1, 1, 2]))):
                fields.append({"petition_num": num, "code": field, "position": position})
        with records.write() as session:
            session.execute(insert(Petition), rows)
            session.execute(insert(PetitionField), fields)
        print(f"\r{base + len(rows):,} petitions", end="", flush=True)


def _fill_bands(records: Records, start: int, count: int) -> None:
    """The index of look-alikes, in its own order, so that its pages are written once."""
    drawn = np.random.default_rng(7).integers(0, 2**32, (count - start, BANDS)) | np.arange(BANDS) << 32
    values, nums = drawn.ravel(), np.repeat(np.arange(start + 1, count + 1), BANDS)
    order = np.argsort(values)
    rows = zip(values[order].tolist(), nums[order].tolist(), strict=True)
    _do(records, ["DROP INDEX ix_petition_bands_petition_num"])
    with records.write() as session:
        driver: Any = session.connection().connection.driver_connection
        if records.sqlite:
            driver.executemany("INSERT INTO petition_bands (value, petition_num) VALUES (?, ?)", rows)
        else:
            with driver.cursor().copy("COPY petition_bands (value, petition_num) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    _do(records, ["CREATE INDEX ix_petition_bands_petition_num ON petition_bands (petition_num)"])


def fill_findings(records: Records, count: int, per_report: int = 60) -> None:
    """Add findings up to `count`, in reports of `per_report`."""
    pick, known = random.Random(11), taxonomy()
    with records.read() as session:
        start = int(session.scalar(select(func.coalesce(func.max(Finding.num), 0))) or 0)
    if start >= count:
        return
    with loading(records, "findings"):
        _fill_findings(records, start, count, per_report, pick, known)


def _fill_findings(records: Records, start: int, count: int, per_report: int, pick: random.Random, known: Any) -> None:
    for base in range(start, count, per_report):
        report = base // per_report + 1
        issuer, province = f"UBND huyện {report % 120}", PROVINCES[report % len(PROVINCES)]
        year, texts = 2015 + report % 11, []
        rows, topics, fields = [], [], []
        for num in range(base + 1, min(base + per_report, count) + 1):
            body = words(pick, 12, 60)
            texts.append(body["text"])
            kind = pick.choices(["limitation", "cause", "recommendation", "lesson"], [40, 20, 35, 5])[0]
            sort = {"cause": "objective", "recommendation": pick.choice(["proposal", "solution"])}.get(kind)
            rows.append({
                "num": num, "id": f"f{num:016x}", "report_num": report, "seq": num - base, "kind": kind, "sort": sort,
                **body, "start": 0, "end": len(body["text"]), "quote": body["text"], "section": ["II. HẠN CHẾ"], "detail": {},
                "confidence": 0.9, "review": pick.choices(["proposed", "accepted", "rejected"], [80, 15, 5])[0],
                "gone": False, "issuer_key": folded_words(issuer), "province": province, "year": year,
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
