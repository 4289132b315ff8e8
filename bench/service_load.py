"""How fast the register, the findings search and the facets answer with 200,000 petitions and 50,000 findings.

    python bench/service_load.py [--database URL] [--petitions N] [--findings N] [--rounds N] [--json FILE]

A seeded generator fills the database once (text for load only, no language in it); the service then runs in a process
of its own without accounts, and this one asks it over HTTP: one caller for latency, then eight at once. Percentiles are
of single requests as the caller sees them.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import func, insert, select, text  # noqa: E402

from api.records.base import new_id, now  # noqa: E402
from api.records.engine import Records  # noqa: E402
from api.records.migrate import upgrade  # noqa: E402
from api.records.operations import Counter  # noqa: E402
from api.records.petitions import Petition, PetitionField  # noqa: E402
from api.records.reports import Finding, FindingField, FindingTopic, Report  # noqa: E402
from api.records.words import exact_words, folded_words  # noqa: E402
from nlp.taxonomy import taxonomy  # noqa: E402

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
    pick, known, today = random.Random(7), taxonomy(), date(2026, 11, 20)
    with records.read() as session:
        start = int(session.scalar(select(func.coalesce(func.max(Petition.num), 0))) or 0)
    for base in range(start, count, 5000):
        rows, fields = [], []
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
        with records.write() as session:
            session.execute(insert(Petition), rows)
            session.execute(insert(PetitionField), fields)
        print(f"\r{base + len(rows):,} petitions", end="", flush=True)


def fill_findings(records: Records, count: int, per_report: int = 60) -> None:
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


QUERIES: dict[str, list[str]] = {
    "register: newest": ["/v1/petitions"],
    "register: inbox": ["/v1/petitions?order=inbox&status=new", "/v1/petitions?order=inbox&status=new&status=deferred"],
    "register: filters": [
        "/v1/petitions?field=dat_dai&urgency=khan",
        "/v1/petitions?field=moi_truong&received_from=2026-01-01&order=received",
        "/v1/petitions?province=Huế&status=new&order=due",
        "/v1/petitions?type=to_cao&needs_review=true",
    ],
    "register: search": ["/v1/petitions?q=thu+hoi+dat", "/v1/petitions?q=%22đất+đai%22", "/v1/petitions?q=karaoke",
                         "/v1/petitions?q=mui+hoi&field=moi_truong"],
    "register: page": ["/petitions", "/inbox", "/petitions?field=dat_dai&order=received"],
    "findings: search": ["/v1/findings?q=thu+tuc+hanh+chinh+cham", "/v1/findings?q=đất+đai", "/v1/findings?q=dat+dai&year=2024",
                         "/v1/findings?q=%22cong+tac+quan+ly%22&kind=limitation", "/v1/findings?q=tuyen*"],
    "findings: filters": ["/v1/findings?kind=limitation&year=2024", "/v1/findings?topic=tiep_cong_dan&province=Huế",
                          "/v1/findings?review=accepted&field=dat_dai", "/v1/findings?order=document"],
    "findings: facets": ["/v1/findings/facets", "/v1/findings/facets?kind=limitation", "/v1/findings/facets?q=dat+dai",
                         "/v1/findings/facets?q=thu+tuc+hanh+chinh+cham&year=2024"],
    "findings: page": ["/findings", "/findings?q=dat+dai", "/findings?q=thu+tuc+hanh+chinh+cham&kind=limitation"],
    "one finding, similar": ["/v1/findings/f0000000000000100/similar"],
    "statistics: page": ["/statistics"],
}  # fmt: skip


def ask(base: str, path: str) -> float:
    quoted = urllib.parse.quote(path, safe="/?=&+%*")
    started = time.perf_counter()
    with urllib.request.urlopen(base + quoted, timeout=60) as answer:
        answer.read()
    return (time.perf_counter() - started) * 1000


def percentiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"n": len(ordered), "p50": round(statistics.median(ordered), 1),
            "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1), "max": round(ordered[-1], 1)}  # fmt: skip


def measure(base: str, rounds: int) -> dict[str, dict[str, float]]:
    found = {}
    for name, paths in QUERIES.items():
        for path in paths:
            ask(base, path)
        found[name] = percentiles([ask(base, path) for _ in range(rounds) for path in paths])
        print(
            f"{name:24s} p50 {found[name]['p50']:8.1f}  p95 {found[name]['p95']:8.1f}  max {found[name]['max']:8.1f} ms"
        )
    times: list[float] = []
    lock = threading.Lock()
    mixed = [p for name, paths in QUERIES.items() if name != "statistics: page" for p in paths]

    def client(seed: int) -> None:
        pick = random.Random(seed)
        own = [ask(base, pick.choice(mixed)) for _ in range(rounds * 4)]
        with lock:
            times.extend(own)

    threads = [threading.Thread(target=client, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    found["mixed, 8 callers at once"] = percentiles(times)
    print("mixed, 8 callers at once", found["mixed, 8 callers at once"])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite:///var/bench.db")
    parser.add_argument("--petitions", type=int, default=200_000)
    parser.add_argument("--findings", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--json", default="")
    options = parser.parse_args()
    records = Records(options.database)
    upgrade(records)
    fill_petitions(records, options.petitions)
    fill_findings(records, options.findings)
    with records.write() as session:
        session.merge(Counter(name="register-2026", value=options.petitions))
        if records.sqlite:
            session.execute(text("ANALYZE"))
    if not records.sqlite:
        with records.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    records.close()
    print()
    env = {**os.environ, "LANGNGHE_DATABASE": options.database, "LANGNGHE_ACCOUNTS": "off",
           "LANGNGHE_PORT": str(options.port), "LANGNGHE_JOBS": "off"}  # fmt: skip
    code = "from api.cli.serve import serve; serve(host=None, port=None, demo=False)"
    server = subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{options.port}"
    try:
        for _ in range(300):
            try:
                ask(base, "/healthz")
                break
            except OSError:
                time.sleep(0.2)
        found = measure(base, options.rounds)
    finally:
        server.terminate()
        server.wait(timeout=30)
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
