"""`langnghe models shadow`: how a candidate would have answered the register, before anybody sees its answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select

from api.cli.output import clear_errors, out
from api.records.engine import Records
from api.records.petition_store import current_decision, latest_analysis
from api.records.petitions import Petition
from api.settings import Settings
from nlp.petitions.encoder import load_reader
from nlp.registry import Registry, ShadowReport, shadow


def shadow_candidate(
    name: Annotated[str, typer.Argument(help="Phiên bản ứng viên.")],
    file: Annotated[Path | None, typer.Argument(help="Tệp JSONL id, text; bỏ trống là đọc sổ đơn.")] = None,
    database: Annotated[str, typer.Option(help="Địa chỉ cơ sở dữ liệu; mặc định LANGNGHE_DATABASE.")] = "",
    most: Annotated[int, typer.Option("--most", help="Chỉ những đơn mới nhất, tối đa bấy nhiêu.")] = 2000,
    save: Annotated[Path | None, typer.Option("--json", help="Ghi báo cáo (mã đơn và số đếm) ra tệp này.")] = None,
) -> None:
    """Cho bản ứng viên đọc thầm các đơn trong sổ và cho biết câu trả lời sẽ khác ở đâu; không ghi gì vào sổ."""
    with clear_errors():
        registry = Registry()
        candidate = load_reader(registry, name)

        def answer(row: Mapping[str, Any]) -> dict[str, Any]:
            return next(iter(candidate.classify_many([row])))

        if file is not None:
            live = load_reader(registry)
            rows = (json.loads(line) for line in file.read_text(encoding="utf-8-sig").split("\n") if line.strip())
            report = shadow(rows, answer, lambda row: next(iter(live.classify_many([row]))))
        else:
            records = Records(database or Settings.from_env().database)
            try:
                report = shadow(stored_answers(records, most), answer)
            finally:
                records.close()
        if save:
            save.write_text(json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    tell(report)


def stored_answers(records: Records, most: int, *, undecided: bool = False) -> Iterator[dict[str, Any]]:
    """The newest petitions of the register with the answer that was shown for each; all, or what nobody decided yet."""
    with records.read() as session:
        for petition in session.scalars(select(Petition).order_by(Petition.num.desc()).limit(most)):
            if undecided and current_decision(session, petition) is not None:
                continue
            analysis = latest_analysis(session, petition)
            if analysis is not None:
                answer = {**analysis.result, "id": petition.id}
                yield {
                    "id": petition.id, "text": petition.text, "received_at": petition.received_at.isoformat(),
                    "answer": answer,
                }  # fmt: skip


def tell(report: ShadowReport) -> None:
    """The report in a few lines."""
    found = report.to_json()
    out.print(
        f"{found['n']} đơn, {len(found['differing'])} đơn có câu trả lời khác; không đọc được {found['unreadable']}."
    )
    for task, count in sorted(found["changed"].items(), key=lambda item: -item[1]):
        out.print(f"  {task}: {count}")
    for title, key in (("Lĩnh vực thêm", "fields_gained"), ("Lĩnh vực bớt", "fields_lost")):
        if found[key]:
            out.print(f"  {title}: " + ", ".join(f"{c} {n}" for c, n in found[key].items()))
    for title, key in (("Không còn khẩn", "no_longer_khan"), ("Mới thành khẩn", "newly_khan")):
        if found[key]:
            out.print(f"  {title}: {', '.join(found[key][:20])}")
    review = found["needs_review"]
    out.print(f"  Cần người xem: {review['live']} → {review['candidate']}")
