"""The evaluation of a petition model as a report in Vietnamese, from its JSON alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlp.taxonomy import taxonomy
from nlp.training import plots
from nlp.training.evaluation_names import SCORES, SYSTEMS, interval, label_name, name_of, share
from nlp.training.evaluation_trust import (
    curve,
    examples,
    faithful,
    notes,
    redaction,
    robust,
    samples,
    slices,
    transfer,
    trust,
)
from nlp.training.writeup import Block, Figure, Heading, Items, Table, Text


def report_blocks(
    e: Mapping[str, Any], *, figures: bool = False, command: str = "langnghe evaluate petitions"
) -> list[Block]:
    """The whole report; with `figures` (needs matplotlib) also its plots."""
    parts = [
        _head(e, command),
        _scores(e, figures),
        _labels(e, figures),
        _confusion(e, figures),
        trust(e, figures),
        robust(e, figures),
        faithful(e),
        slices(e),
        transfer(e),
        curve(e, figures),
        redaction(e),
        samples(e),
        examples(e),
        notes(),
    ]
    return [block for part in parts for block in part]


def _head(e: Mapping[str, Any], command: str) -> list[Block]:
    m = e["model"]
    lines = [
        f"Mô hình: `{m['name']}` (SHA-256 `{m['artefact_sha256'][:12]}…`), bộ nhãn {e['taxonomy']}.",
        f"Phần chấm: **{e['split']}**, {e['n']} đơn (mã băm `{e['data'][e['split']][:12]}…`); phần huấn luyện: "
        f"{e['train_n']} đơn.",
        "Khoảng trong ngoặc vuông là khoảng tin cậy 95% theo bootstrap trên đơn (phân vị); n là số đơn.",
        "Đơn thuộc ngữ liệu dự án do người soạn viết theo từng hoàn cảnh, không phải đơn thật; xem "
        "`corpora/petitions/DATASHEET.md`.",
    ]
    if e.get("learned_before"):
        lines.append(
            f"**Rò rỉ**: mô hình này đã học {e['learned_before']} đơn của chính phần chấm; điểm dưới đây không nói được "
            "gì về đơn mới."
        )
    if not e["trained_on_these"]:
        lines.append(
            "**Lưu ý**: mô hình này học từ một bản ngữ liệu khác với bản hiện có; hãy huấn luyện lại trước khi kết "
            "luận."
        )
    return [
        Heading(1, "Đánh giá mô hình đọc đơn thư"),
        Text(f"Tệp này do `{command}` sinh ra cùng `evaluation-petitions.json`; không sửa tay."),
        Items(lines),
    ]


def _scores(e: Mapping[str, Any], figures: bool) -> list[Block]:
    systems = [s for s in SYSTEMS if s in e["scores"]]
    rows = [
        [title, *(interval(e["scores"][s].get(key)) for s in systems)]
        for key, title in SCORES.items()
        if e["scores"]["model"].get(key)
    ]
    targets = []
    for key, target in e["targets"].items():
        v = e["scores"]["model"].get(key)
        if v and v["value"] is not None:
            verdict = "đạt" if v["value"] >= target else "trong khoảng" if v["high"] >= target else "chưa đạt"
            targets.append([SCORES[key], f"{target:.2f}", f"{v['value']:.3f}", verdict])
    blocks: list[Block] = [
        Heading(2, "Điểm chung và các mức nền"),
        Table(["Chỉ số", *(SYSTEMS[s] for s in systems)], rows),
        Text(
            "¹ Cùng loại đặc trưng với bộ phân loại fastText (từ và mảnh từ 3–6 ký tự, băm) nhưng không có lớp ẩn; "
            "không phải fastText. "
            "Mức nền học trên cùng phần huấn luyện, cấu hình mặc định, không tinh chỉnh. “Từ khoá” dùng chính tệp "
            "cụm từ gợi ý của dự án."
        ),
        Heading(3, "So với mục tiêu"),
        Text("“Trong khoảng”: điểm dưới mục tiêu nhưng mục tiêu nằm trong khoảng tin cậy."),
        Table(["Chỉ số", "Mục tiêu", "Đạt được", "Kết luận"], targets, frozenset({3})),
    ]
    if figures:
        shown = [(SCORES[k], e["scores"]["model"][k]) for k in SCORES if k in e["scores"]["model"]]
        blocks.append(Figure(plots.interval_plot(shown, "điểm"), "Điểm của mô hình với khoảng 95%."))
    if e.get("ceiling"):
        blocks += _ceiling(e["ceiling"])
    if e.get("hard"):
        hard_rows = [[t, interval(e["hard"].get(k))] for k, t in SCORES.items() if e["hard"].get(k)]
        blocks += [Heading(3, "Trên các ca khó"), Table(["Chỉ số", "Mô hình"], hard_rows)]
    return blocks


def _ceiling(c: Mapping[str, Any]) -> list[Block]:
    rows = [
        ["Lĩnh vực", share(c.get("field_micro_f1")), f"alpha Krippendorff {share(c.get('field_alpha'))}"],
        ["Loại đơn", share(c.get("type_accuracy")), f"kappa Cohen {share(c.get('type_kappa'))}"],
        ["Mức khẩn", share(c.get("urgency_accuracy")), f"kappa Cohen {share(c.get('urgency_kappa'))}"],
    ]
    return [
        Heading(3, "Trần: hai người gán nhãn"),
        Text(
            f"Trên {c['n']} đơn được người thứ hai gán nhãn độc lập, coi người thứ hai như một mô hình. Điểm của mô "
            "hình khó vượt mức này "
            "một cách có ý nghĩa."
        ),
        Table(["Việc", "micro-F1 hoặc độ đúng", "Đồng thuận"], rows, frozenset({2})),
        *_signal_ceiling(c.get("signals") or {}),
    ]


def _signal_ceiling(signals: Mapping[str, Any]) -> list[Block]:
    names = {s.code: s.name for s in taxonomy().signals} | {"all": "Mọi dấu hiệu"}
    rows = [
        [names[code], str(s["one"]), str(s["two"]), share(s["f1"]), share(s["span_f1"])] for code, s in signals.items()
    ]
    head = ["Dấu hiệu", "Đơn, người một", "Đơn, người hai", "F1 có hay không", "F1 vị trí (chồng nhau)"]
    return [Table(head, rows)] if rows else []


def _labels(e: Mapping[str, Any], figures: bool) -> list[Block]:
    titles = {
        "fields": "Lĩnh vực",
        "subfields": "Tiểu lĩnh vực",
        "type": "Loại đơn",
        "urgency": "Mức khẩn",
        "signals": "Dấu hiệu khẩn",
    }
    blocks: list[Block] = [Heading(2, "Từng nhãn")]
    for key, title in titles.items():
        rows = []
        for r in e["labels"][key]:
            f1 = share(r["f1"]) if key == "signals" else interval(r["f1"])
            rows.append(
                [
                    f"{label_name(key, r['code'])} (`{r['code']}`)",
                    str(r["n"]),
                    share(r["precision"]),
                    share(r["recall"]),
                    f1,
                ]
            )
        blocks += [Heading(3, title), Table(["Nhãn", "n", "Chính xác", "Phủ", "F1"], rows)]
        if figures and key == "fields":
            shown = [(name_of(r["code"]), r["f1"]) for r in e["labels"][key]]
            blocks.append(Figure(plots.interval_plot(shown, "F1"), "F1 từng lĩnh vực với khoảng 95%."))
    blocks.append(Text("Nhãn có n dưới 30 chỉ để biết, không để kết luận."))
    return blocks


def _matrix(title: str, table: Sequence[Sequence[int]], codes: Sequence[str], figures: bool) -> list[Block]:
    names = [name_of(c) for c in codes]
    rows = [[n, *(str(c) for c in row)] for n, row in zip(names, table, strict=True)]
    blocks: list[Block] = [Heading(3, title), Table(["đúng ↓ / mô hình →", *names], rows)]
    if figures:
        blocks.append(Figure(plots.matrix_plot([list(r) for r in table], names), f"{title}: nhãn đúng theo hàng."))
    return blocks


def _confusion(e: Mapping[str, Any], figures: bool) -> list[Block]:
    t, c = taxonomy(), e["confusion"]
    pairs = [[name_of(p["missed"]), name_of(p["added"]), str(p["n"])] for p in c["fields"][:15]]
    blocks: list[Block] = [
        Heading(2, "Nhầm lẫn"),
        *_matrix("Loại đơn", c["type"], [x.code for x in t.types], figures),
        *_matrix("Mức khẩn", c["urgency"], [x.code for x in t.urgency], figures),
        Heading(3, "Cặp lĩnh vực hay nhầm"),
        Text("Bỏ sót và gắn thừa trong cùng một đơn; “–” là chỉ có một trong hai."),
        Table(["Bỏ sót", "Gắn thừa", "Số đơn"], pairs, frozenset({1})),
    ]
    if e["missed_khan"]:
        rows = [
            [
                f"`{m['id']}`",
                name_of(m["said"]),
                "; ".join(f"{label_name('signals', s['code'])}: “{s['text']}”" for s in m["signals"]),
            ]
            for m in e["missed_khan"]
        ]
        blocks += [
            Heading(3, "Đơn khẩn bị đọc thấp hơn"),
            Table(["Đơn", "Mô hình", "Dấu hiệu bị bỏ qua"], rows, frozenset({1, 2})),
        ]
    else:
        blocks.append(Text("Không đơn khẩn nào bị đọc thấp hơn."))
    return blocks
