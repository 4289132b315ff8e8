"""How fast the service answers with 200,000 petitions and 50,000 findings, and what it does with 100 callers at once.

    python bench/service_load.py [--database URL …] [--petitions N] [--findings N] [--rounds N] [--markdown FILE]

A seeded generator fills each database once; the service then runs in a process of its own without accounts, with the
live models, and this one asks it over HTTP: one caller for latency, then eight at once, then a crowd of a hundred that
reads, classifies and enters petitions. Percentiles are of single requests as the caller sees them.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter as Tally
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import text  # noqa: E402

from api.records.engine import Records  # noqa: E402
from api.records.migrate import upgrade  # noqa: E402
from api.records.operations import Counter  # noqa: E402
from bench.service_data import fill_findings, fill_petitions  # noqa: E402

ENTERED = "Đường liên thôn ở xã Hoà Phú hư hỏng nặng, mưa xuống là lầy, học sinh đi học rất khổ. Đề nghị xã sửa chữa."
LIMIT_MS = 150
CROWD = 100
LEAST = 60  # requests of each kind, so that a 95th percentile is not one single answer

QUERIES: dict[str, list[str]] = {
    "sổ đơn: mới nhất": ["/v1/petitions"],
    "sổ đơn: hộp việc": ["/v1/petitions?order=inbox&status=new", "/v1/petitions?order=inbox&status=new&status=deferred"],
    "sổ đơn: lọc": [
        "/v1/petitions?field=dat_dai&urgency=khan",
        "/v1/petitions?field=moi_truong&received_from=2026-01-01&order=received",
        "/v1/petitions?province=Huế&status=new&order=due",
        "/v1/petitions?type=to_cao&needs_review=true",
    ],
    "sổ đơn: tìm chữ": ["/v1/petitions?q=thu+hoi+dat", "/v1/petitions?q=%22đất+đai%22", "/v1/petitions?q=karaoke",
                         "/v1/petitions?q=mui+hoi&field=moi_truong"],
    "trang sổ đơn, hộp việc": ["/petitions", "/inbox", "/petitions?field=dat_dai&order=received"],
    "phát hiện: tìm chữ": ["/v1/findings?q=thu+tuc+hanh+chinh+cham", "/v1/findings?q=đất+đai", "/v1/findings?q=dat+dai&year=2024",
                         "/v1/findings?q=%22cong+tac+quan+ly%22&kind=limitation", "/v1/findings?q=tuyen*"],
    "phát hiện: lọc": ["/v1/findings?kind=limitation&year=2024", "/v1/findings?topic=tiep_cong_dan&province=Huế",
                          "/v1/findings?review=accepted&field=dat_dai", "/v1/findings?order=document"],
    "phát hiện: đếm theo chiều": ["/v1/findings/facets", "/v1/findings/facets?kind=limitation", "/v1/findings/facets?q=dat+dai",
                         "/v1/findings/facets?q=thu+tuc+hanh+chinh+cham&year=2024"],
    "trang tra cứu phát hiện": ["/findings", "/findings?q=dat+dai", "/findings?q=thu+tuc+hanh+chinh+cham&kind=limitation"],
    "phát hiện tương tự": ["/v1/findings/f0000000000000100/similar"],
    "trang một đơn": ["/petitions/{petition}"],
    "phiếu tiếp nhận": ["/v1/petitions/{petition}/intake"],
    "trang thống kê": ["/statistics"],
}  # fmt: skip


# Pages that count everything; the aim of 150 ms is for the register and the findings.
BESIDE = ("trang thống kê",)


@dataclass
class Figures:
    """What was measured on one database."""

    database: str
    latency: dict[str, dict[str, float]] = field(default_factory=dict)
    crowd: dict[str, object] = field(default_factory=dict)


def ask(base: str, path: str, body: bytes | None = None, timeout: float = 60) -> tuple[int, float]:
    """The status of an answer and how long it took, in milliseconds."""
    quoted = urllib.parse.quote(path, safe="/?=&+%*")
    request = urllib.request.Request(base + quoted, data=body, headers={"Content-Type": "application/json"})
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            answer.read()
            status = answer.status
    except urllib.error.HTTPError as error:
        error.read()
        status = error.code
    return status, (time.perf_counter() - started) * 1000


def must(base: str, path: str) -> float:
    """The time of an answer that has to succeed."""
    status, took = ask(base, path)
    if status != 200:
        raise SystemExit(f"{path}: {status}")
    return took


def percentiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"n": len(ordered), "p50": round(statistics.median(ordered), 1),
            "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1), "max": round(ordered[-1], 1)}  # fmt: skip


def used(process: int) -> float:
    """Seconds of processor time that a process has used so far; nan where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(base: str, rounds: int, petition: str, process: int) -> dict[str, dict[str, float]]:
    """Latency of every kind of question, alone and with eight callers at once."""
    asked = {name: [p.replace("{petition}", petition) for p in paths] for name, paths in QUERIES.items()}
    found = {}
    for name, paths in asked.items():
        for path in paths:
            must(base, path)
        enough = max(rounds, LEAST // len(paths))
        before = used(process)
        times = [must(base, path) for _ in range(enough) for path in paths]
        found[name] = {**percentiles(times), "cpu": round((used(process) - before) * 1000 / len(times), 1)}
        print(f"{name:24s} {found[name]}", flush=True)
    mixed = [p for name, paths in asked.items() if name not in BESIDE for p in paths]
    before = used(process)
    times = together(8, lambda pick: [must(base, pick.choice(mixed)) for _ in range(rounds * 4)])
    cpu = round((used(process) - before) * 1000 / len(times), 1)
    found["trộn lẫn, 8 người gọi cùng lúc"] = {**percentiles(times), "cpu": cpu}
    print("trộn lẫn, 8 người gọi cùng lúc", found["trộn lẫn, 8 người gọi cùng lúc"], flush=True)
    return found


def together(callers: int, work: object) -> list:
    """What so many callers bring back, all starting at once."""
    brought: list = []
    lock, begin = threading.Lock(), threading.Barrier(callers)

    def one(seed: int) -> None:
        begin.wait()
        own = work(random.Random(seed))  # type: ignore[operator]
        with lock:
            brought.extend(own)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(callers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return brought


def crowd(base: str, petition: str) -> dict[str, object]:
    """A hundred callers at once, each with six questions: an answer or 503 with Retry-After, never a time-out."""
    body = ('{"text": "' + ENTERED + '"}').encode()
    asked = [("/v1/petitions", None), ("/v1/findings?q=dat+dai", None), ("/petitions", None),
             (f"/v1/petitions/{petition}", None), ("/v1/petitions/classify", body), ("/v1/petitions", body)]  # fmt: skip

    def one(pick: random.Random) -> list[tuple[int, float]]:
        return [ask(base, *question, timeout=60) for question in pick.sample(asked, len(asked))]

    answers = together(CROWD, one)
    # A caller that got no answer in time brings nothing back.
    return {"statuses": dict(sorted(Tally(status for status, _ in answers).items())),
            "unanswered": CROWD * len(asked) - len(answers),
            **percentiles([took for _, took in answers])}  # fmt: skip


def run(database: str, options: argparse.Namespace) -> Figures:
    """Fill one database, start the service on it and measure."""
    records = Records(database)
    upgrade(records)
    fill_petitions(records, options.petitions)
    fill_findings(records, options.findings)
    with records.write() as session:
        # Numbers that an earlier run gave out are not given again.
        name = f"register-{date.today().year}"
        last = session.get(Counter, name)
        session.merge(Counter(name=name, value=max(last.value if last else 0, options.petitions + 10**6)))
        if records.sqlite:
            session.execute(text("ANALYZE"))
        petition = session.execute(
            text("SELECT id FROM petitions WHERE NOT confidential ORDER BY num LIMIT 1")
        ).scalar_one()
    if not records.sqlite:
        with records.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # In service autovacuum does this; a bench does not wait for it.
            connection.execute(text("VACUUM ANALYZE"))
            # The generator gave the numbers itself; the sequence goes on after them.
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence('petitions', 'num'), max(num)) FROM petitions")
            )
    records.close()
    print(f"\n{'SQLite' if records.sqlite else 'PostgreSQL'}", flush=True)
    env = {**os.environ, "LANGNGHE_DATABASE": database, "LANGNGHE_ACCOUNTS": "off",
           "LANGNGHE_PORT": str(options.port), "LANGNGHE_JOBS": "off"}  # fmt: skip
    code = "from api.cli.serve import serve; serve(host=None, port=None, demo=False)"
    server = subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{options.port}"
    try:
        for _ in range(1500):  # a busy machine takes its time to load the models
            try:
                if ask(base, "/readyz")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.2)
        figures = Figures("SQLite" if records.sqlite else "PostgreSQL")
        figures.latency = measure(base, options.rounds, petition, server.pid)
        figures.crowd = crowd(base, petition)
        print("crowd", figures.crowd, flush=True)
    finally:
        server.terminate()
        server.wait(timeout=30)
    return figures


def written(figures: list[Figures], options: argparse.Namespace) -> str:
    """The figures as a page of documentation."""
    head = " | ".join(f"{f.database} p50 | p95 | lớn nhất | CPU" for f in figures)
    rows = [f"| Việc | {head} |", "|---|" + "---:|---:|---:|---:|" * len(figures)]
    for name in figures[0].latency:
        cells = " | ".join(
            " | ".join(_number(f.latency[name][k]) for k in ("p50", "p95", "max", "cpu")) for f in figures
        )
        rows.append(f"| {name} | {cells} |")
    over = [f"{f.database}: {name} ({_number(row['p95'])} ms)" for f in figures for name, row in f.latency.items()
            if row["p95"] > LIMIT_MS and name not in (*BESIDE, "trộn lẫn, 8 người gọi cùng lúc")]  # fmt: skip
    crowds = "\n".join(
        f"- {f.database}: {', '.join(f'{n} câu trả lời {status}' for status, n in f.crowd['statuses'].items())}, "  # type: ignore[attr-defined]
        f"{f.crowd['unanswered']} không được trả lời; "
        f"p50 {_number(f.crowd['p50'])} ms, p95 {_number(f.crowd['p95'])} ms, lâu nhất {_number(f.crowd['max'])} ms."  # type: ignore[arg-type]
        for f in figures
    )
    load = ", ".join(f"{x:.1f}".replace(".", ",") for x in os.getloadavg())
    return f"""# Dịch vụ nhanh đến đâu

Lệnh đo lại: `python bench/service_load.py --database sqlite:///var/bench.db --database postgresql://… --markdown docs/bench-service.md`.

{options.petitions:,} đơn và {options.findings:,} phát hiện do bộ sinh có hạt giống tạo ra (chỉ để thử tải, không phải ngôn ngữ thật).
Thời gian tính bằng mili giây, nhìn từ phía gọi HTTP trên cùng máy, mỗi việc ít nhất {LEAST} lần; đích là p95 dưới {LIMIT_MS} ms.
Cột CPU là thời gian xử lý trung bình của riêng tiến trình dịch vụ cho một lần gọi (không kể PostgreSQL); cột này ít phụ thuộc máy bận hay rảnh.
Máy: {os.cpu_count()} nhân, {platform.machine()}, Python {platform.python_version()}; tải máy lúc đo xong (1, 5, 15 phút): {load}.
Tải cao hơn số nhân nghĩa là máy đang bận việc khác, các số dưới đây khi ấy là cận trên. Đo ngày {date.today():%d/%m/%Y}.

Lọc, đếm, xếp thứ tự và thống kê đọc các cột giữ trong bộ nhớ (cỡ này khoảng 40 MiB): mỗi khối 4.096 dòng có một dấu mà cơ sở dữ liệu đổi trong
cùng giao dịch với mỗi thay đổi, và được đọc lại khi dấu khác đi. Tìm chữ hỏi chỉ mục toàn văn của cơ sở dữ liệu; trang nào cũng chỉ tải các dòng của nó.

{chr(10).join(rows)}

Vượt đích: {"; ".join(over) if over else "không có"}.

## {CROWD} người gọi cùng lúc

Mỗi người gọi 6 việc (sổ đơn, tìm phát hiện, một trang, một đơn, phân loại, nhập đơn). Mỗi việc phải được trả lời hoặc nhận 503 kèm Retry-After, không được quá giờ.

{crowds}
""".replace(f"{options.petitions:,}", f"{options.petitions:,}".replace(",", ".")).replace(
        f"{options.findings:,}", f"{options.findings:,}".replace(",", ".")
    )


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def main() -> None:
    """Measure each database and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", action="append", default=[])
    parser.add_argument("--petitions", type=int, default=200_000)
    parser.add_argument("--findings", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    figures = [run(database, options) for database in options.database or ["sqlite:///var/bench.db"]]
    if options.markdown:
        options.markdown.write_text(written(figures, options), encoding="utf-8")


if __name__ == "__main__":
    main()
