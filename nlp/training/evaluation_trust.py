"""The second half of the evaluation report: trust, robustness, evidence, slices, transfer, samples and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlp.training import plots
from nlp.training.evaluation_names import NOISE_NAMES, REASONS, SCORES, SLICE_NAMES, TASKS, interval, name_of, share
from nlp.training.writeup import Block, Figure, Heading, Items, Table, Text

ROBUST_LIMIT = 0.05


def trust(e: Mapping[str, Any], figures: bool) -> list[Block]:
    ece = [[TASKS[r["name"]], interval(r["ece"]), str(sum(b["n"] for b in r["bins"]))] for r in e["reliability"]]
    blocks: list[Block] = [
        Heading(2, "Xác suất đáng tin đến đâu"),
        Text("Sai số hiệu chỉnh kỳ vọng (ECE, 10 khoảng đều). Với ít đơn, ECE của xác suất hoàn hảo vẫn lớn hơn 0."),
        Table(["Xác suất của", "ECE", "Số xác suất"], ece),
    ]
    for r in e["reliability"]:
        if r["name"] in ("fields", "type"):
            rows = [[share(b["p"]), share(b["share"]), str(b["n"])] for b in r["bins"]]
            blocks += [
                Heading(3, f"Bảng tin cậy: {TASKS[r['name']]}"),
                Table(["Xác suất trung bình", "Tỷ lệ đúng", "n"], rows),
            ]
    if figures:
        blocks.append(Figure(plots.reliability_plot(e["reliability"], TASKS), "Biểu đồ tin cậy."))
    tasks = list(e["risk_coverage"])
    points = [
        [
            f"{e['risk_coverage'][tasks[0]]['points'][k][0]:.0%}",
            *(f"{e['risk_coverage'][t]['points'][k][1]:.3f}" for t in tasks),
        ]
        for k in range(len(e["risk_coverage"][tasks[0]]["points"]))
    ]
    names = {"fields": "lĩnh vực", "type": "loại đơn", "urgency": "mức khẩn"}
    blocks += [
        Heading(3, "Rủi ro theo độ bao phủ"),
        Text("Tỷ lệ sai nếu chỉ tự quyết phần đơn chắc nhất; phần còn lại chuyển người xem."),
        Table(["Phần tự quyết", *(names[t] for t in tasks)], points),
    ]
    if figures:
        blocks.append(Figure(plots.risk_plot(e["risk_coverage"], names), "Đường rủi ro – bao phủ."))
    r = e["review"]
    rows = [
        [{"any": "ít nhất một việc"}.get(k, names.get(k, k)), interval(v), interval(r["error_with_review"][k])]
        for k, v in r["error_without_review"].items()
    ]
    return [
        *blocks,
        Heading(3, "Cờ “cần người xem”"),
        Text(f"Phần đơn không bị gắn cờ (độ bao phủ): {interval(r['coverage'])}."),
        Table(["Sai ở", "đơn không gắn cờ", "đơn có cờ"], rows),
        Items([f"{REASONS.get(k, k)}: {n} đơn" for k, n in r["reasons"].items()]),
    ]


def robust(e: Mapping[str, Any], figures: bool) -> list[Block]:
    clean = e["scores"]["model"]["field_micro_f1"]
    rows = [
        [
            "nguyên văn",
            interval(clean),
            "–",
            "–",
            *(interval(e["scores"]["model"][k]) for k in ("type_accuracy", "urgency_accuracy", "khan_recall")),
        ]
    ]
    for r in e["robustness"]:
        lost = -r["difference"]["value"]
        verdict = "đạt" if lost <= ROBUST_LIMIT else "chưa đạt"
        rows.append([
            NOISE_NAMES[r["noise"]], interval(r["field_micro_f1"]), interval(r["difference"], signed=True), verdict,
            interval(r["type_accuracy"]), interval(r["urgency_accuracy"]), interval(r["khan_recall"]),
        ])  # fmt: skip
    blocks: list[Block] = [
        Heading(2, "Chịu nhiễu"),
        Text(
            "Cùng các đơn ấy, viết theo cách khác (biến đổi trong `nlp/training/noise.py`). Mục tiêu: mất tối đa 5 "
            "điểm micro-F1 lĩnh vực."
        ),
        Table(
            ["Cách viết", SCORES["field_micro_f1"], "Chênh lệch", "≤ 5 điểm", "Loại đơn", "Mức khẩn", "Phủ khẩn"],
            rows,
            frozenset({3}),
        ),
    ]
    if figures:
        shown = [(NOISE_NAMES[r["noise"]], r["field_micro_f1"]) for r in e["robustness"]]
        blocks.append(
            Figure(
                plots.interval_plot(shown, "micro-F1 lĩnh vực", clean["value"]),
                "Điểm khi có nhiễu; vạch đứng là nguyên văn.",
            )
        )
    return blocks


def faithful(e: Mapping[str, Any]) -> list[Block]:
    names = {"fields": "Bằng chứng của lĩnh vực", "urgency": "Dấu hiệu của mức khẩn"}
    rows = [
        [names[k], str(v["n"]), *(interval(v[c]) for c in ("evidence", "random", "difference", "share_larger"))]
        for k, v in e["faithfulness"].items()
    ]
    return [
        Heading(2, "Bằng chứng có trung thực không"),
        Text(
            "Xoá các cụm từ được nêu làm bằng chứng thì xác suất giảm bao nhiêu; so với xoá cùng số âm tiết ở chỗ "
            "khác (trung bình ba lần bốc)."
        ),
        Table(
            ["", "n", "Giảm khi xoá bằng chứng", "Giảm khi xoá ngẫu nhiên", "Hiệu", "Tỷ lệ giảm nhiều hơn ngẫu nhiên"],
            rows,
        ),
    ]


def _group_table(rows: Sequence[Mapping[str, Any]], title: str, keys: Sequence[str]) -> Table:
    body = [
        [name_of(r["value"]) if r["value"] != "khac" else r["value"], str(r["n"]), *(interval(r[k]) for k in keys)]
        for r in rows
    ]
    return Table([title, "n", *(SCORES[k] for k in keys)], body)


def slices(e: Mapping[str, Any]) -> list[Block]:
    blocks: list[Block] = [
        Heading(2, "Theo từng lát"),
        Text("Lát có dưới 5 đơn được bỏ; khoảng tin cậy rộng nghĩa là lát còn nhỏ."),
    ]
    for key, rows in e["slices"].items():
        if rows:
            blocks += [
                Heading(3, SLICE_NAMES[key]),
                _group_table(rows, SLICE_NAMES[key], ("field_micro_f1", "type_accuracy", "urgency_accuracy")),
            ]
    return blocks


def transfer(e: Mapping[str, Any]) -> list[Block]:
    if not e.get("transfer"):
        return [Heading(2, "Chuyển giao"), Text("Chưa chạy với mô hình này: thêm `--transfer` (vài phút).")]
    keys = ("field_micro_f1", "field_macro_f1", "type_accuracy", "urgency_accuracy", "khan_recall", "khan_precision")
    blocks: list[Block] = [
        Heading(2, "Chuyển giao: người soạn và kênh chưa từng gặp"),
        Text(
            "Mỗi dòng: học lại từ đầu không có giá trị ấy, chấm trên chính nó (phần huấn luyện và kiểm định; phần "
            "test đứng ngoài). Các giá trị chia làm bốn phần, mỗi lần bỏ riêng cả một phần, nên mô hình còn thiếu cả "
            "những giá trị khác của phần ấy."
        ),
    ]
    for key, title in (("hand", "Người soạn bị bỏ riêng"), ("channel", "Kênh bị bỏ riêng")):
        if e["transfer"].get(key):
            blocks += [Heading(3, title), _group_table(e["transfer"][key], title, keys)]
    return blocks


def curve(e: Mapping[str, Any], figures: bool) -> list[Block]:
    if not e.get("curve"):
        return [Heading(2, "Đường cong học"), Text("Chưa chạy với mô hình này: thêm `--curve` (vài phút).")]
    keys = ("field_micro_f1", "subfield_micro_f1", "type_accuracy", "urgency_accuracy", "signal_micro_f1")
    rows = [[f"{r['share']:.0%}", str(r["n"]), *(interval(r[k]) for k in keys)] for r in e["curve"]]
    gain = e["curve"][-1]["field_micro_f1"]["value"] - e["curve"][len(e["curve"]) // 2]["field_micro_f1"]["value"]
    blocks: list[Block] = [
        Heading(2, "Đường cong học"),
        Table(["Phần dùng", "Số đơn", *(SCORES[k] for k in keys)], rows),
        Text(
            f"Từ {e['curve'][len(e['curve']) // 2]['n']} lên {e['curve'][-1]['n']} đơn, micro-F1 lĩnh vực đổi "
            f"{gain:+.3f}."
        ),
    ]
    if figures:
        names = {k: SCORES[k] for k in ("field_micro_f1", "type_accuracy", "urgency_accuracy", "signal_micro_f1")}
        blocks.append(Figure(plots.curve_plot(e["curve"], names), "Điểm theo số đơn huấn luyện."))
    return blocks


def redaction(e: Mapping[str, Any]) -> list[Block]:
    title = Heading(2, "Học từ văn bản đã che, đọc văn bản nguyên")
    if not e.get("redaction"):
        return [title, Text("Chưa chạy với mô hình này: thêm `--redaction` (học lại hai lần).")]
    words = {"raw": "nguyên văn", "redacted": "đã che"}
    keys = ("field_micro_f1", "type_accuracy", "urgency_accuracy", "khan_recall", "signal_micro_f1")
    rows = [
        [words[r["learned"]], words[r["read"]], *(interval(r[k]) for k in keys), interval(r["difference"])]
        for r in e["redaction"]
    ]
    return [
        title,
        Text(
            "Đơn lấy từ sổ để học luôn đã che thông tin cá nhân, còn đơn mới thì chưa. Chấm trên phần kiểm định; cột "
            "cuối là chênh lệch cặp của micro-F1 lĩnh vực so với học từ nguyên văn."
        ),
        Table(["Học từ", "Đọc", *(SCORES[k] for k in keys), "Chênh"], rows),
    ]


def samples(e: Mapping[str, Any]) -> list[Block]:
    s = e.get("samples")
    if not s:
        return [
            Heading(2, "Đơn thật của bên thứ ba"),
            Text("Chưa chạy với mô hình này: thêm `--samples` khi có thư mục mẫu bên cạnh dự án."),
        ]
    keys = ("field_micro_f1", "field_macro_f1", "type_accuracy", "urgency_accuracy", "khan_recall", "khan_precision")
    rows = [
        [
            SCORES[k],
            interval(s[k]),
            str(s[k]["n"]),
            share(s["majority"].get(k)),
            f"{s['targets'][k]:.2f}" if k in s["targets"] else "–",
        ]
        for k in keys
    ]
    fields = [[f"{name_of(r['code'])}", str(r["n"]), share(r["f1"])] for r in s["per_field"]]
    return [
        Heading(2, "Đơn thật của bên thứ ba"),
        Text(
            f"{s['n']} đơn do người ngoài dự án viết và gán nhãn; chỉ chấm một lần ở cuối, không dùng để học, chọn "
            "ngưỡng hay chọn phương án. "
            "Khẩn và mọi loại đơn trừ kiến nghị, phản ánh có n dưới 30: báo cáo để biết."
        ),
        Table(["Chỉ số", "Mô hình", "n", "Nhãn đông nhất", "Mục tiêu"], rows),
        Text(f"Số đơn bị đọc thấp hơn mức khẩn đúng: {s['urgency_too_low']}. Không đọc được: {s['unreadable']}."),
        Table(["Lĩnh vực", "n", "F1"], fields),
    ]


def examples(e: Mapping[str, Any]) -> list[Block]:
    rows = [
        [f"`{x['id']}`", ", ".join(map(name_of, x["gold"])),
         ", ".join(f"{name_of(c)} ({p:.2f})" for c, p in zip(x["said"], x["probability"], strict=True)), x["excerpt"]]
        for x in e["examples"]
    ]  # fmt: skip
    return [
        Heading(2, "Phân tích lỗi: ví dụ"),
        Text(f"Lỗi lĩnh vực chắc chắn nhất của từng cặp nhầm, lấy từ phần {e['examples_from']} của ngữ liệu dự án."),
        Table(["Đơn", "Đúng", "Mô hình", "Trích đầu đơn"], rows, frozenset({1, 2, 3})),
    ]


def notes() -> list[Block]:
    return [
        Heading(2, "Cách tính"),
        Items([
            "micro-F1: gộp mọi cặp đơn–nhãn; macro-F1: trung bình F1 của các nhãn có mặt trong nhãn đúng.",
            "Dấu hiệu đúng khi đoạn tìm được chồng lên một đoạn đúng cùng mã.",
            "Bootstrap theo đơn (Efron, Tibshirani 1993); chênh lệch khi có nhiễu là bootstrap cặp trên cùng đơn.",
            "Ngưỡng, hiệu chỉnh và giới hạn “cần người xem” chỉ lấy từ kiểm tra chéo trên phần huấn luyện.",
        ]),
    ]  # fmt: skip
