"""The evaluation of a findings model as a Vietnamese document (docs/evaluation-reports.md)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from nlp.training.findings_evaluation import KINDS, TARGETS, Evaluation

NAMES: Mapping[str, str] = {
    "limitation": "Hạn chế",
    "cause": "Nguyên nhân",
    "recommendation": "Kiến nghị và giải pháp",
    "solution": "– giải pháp",
    "proposal": "– kiến nghị",
    "lesson": "Bài học",
    "objective": "– nguyên nhân khách quan",
    "subjective": "– nguyên nhân chủ quan",
    "link:cause_of": "Liên kết nguyên nhân → hạn chế",
    "link:addresses": "Liên kết kiến nghị → hạn chế",
    "link:all": "Liên kết, chung",
}
BASELINES: Mapping[str, str] = {
    "headings": "Chỉ đầu mục",
    "cues": "Chỉ cụm từ gợi ý",
    "words": "Chỉ mô hình chữ trong câu",
}
_EXAMPLES = 4


def write_report(result: Evaluation) -> str:
    """The whole document.

    Parameters: `result` of `evaluate_findings`, with or without the leave-one-genre-out table and the samples.
    """
    parts = [_head(result), _main_table(result), _baseline_table(result)]
    if result.agreement:
        parts.append(_agreement(result))
    parts.append(_genre_table(result))
    if result.left_out:
        parts.append(_left_out_table(result))
    parts += [_details(result), _link_faults(result), _errors(result)]
    if result.samples:
        parts.append(_samples(result))
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _head(result: Evaluation) -> str:
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return f"""# Đánh giá mô hình đọc báo cáo

Mô hình `{result.model}`, ngày {today}. Tệp này do lệnh `langnghe evaluate findings` viết ra; đừng sửa tay.

**Đọc kỹ trước khi dùng số liệu.** Các báo cáo của ngữ liệu do mô hình ngôn ngữ soạn theo lối văn của cơ quan nhà nước
(docs/annotation-reports.md). Người soạn cố ý cài câu dễ nhầm, nên điểm ở đây không phải là điểm trên văn bản của một
địa phương nào; điểm ấy chỉ có khi địa phương tự gán nhãn văn bản của mình. Tập kiểm tra gồm {result.reports} báo cáo, chia
theo người soạn và thể loại, không báo cáo nào được dùng để học, chọn tham số hay viết luật.

Cách chấm: một đoạn vàng được coi là tìm thấy khi ít nhất nửa số ký tự của nó nằm trong đoạn dự đoán cùng loại; một dự đoán
đúng khi ít nhất nửa số ký tự của nó nằm trong đoạn vàng cùng loại; dự đoán nuốt hơn ba đoạn vàng là sai; đoạn hai người gán
nhãn còn phân vân thì bỏ qua. Khoảng 95% lấy bằng cách rút lại cả báo cáo (bootstrap theo văn bản)."""


def _number(value: float) -> str:
    return f"{value:.3f}"


def _main_table(result: Evaluation) -> str:
    rows = [
        "## Tập kiểm tra",
        "",
        "| Loại | n | Chính xác | Độ phủ | F1 | Khoảng 95% | Mục tiêu |",
        "|---|---|---|---|---|---|---|",
    ]
    for code, row in result.test.items():
        target = TARGETS.get(code)
        mark = "" if target is None else f"{target:.2f}" + (" ✓" if row["f1"] >= target else " chưa đạt")
        rows.append(
            f"| {NAMES.get(code, code)} | {int(row['gold'])} | {_number(row['precision'])} | {_number(row['recall'])} | "
            f"**{_number(row['f1'])}** | {_number(row['low'])}–{_number(row['high'])} | {mark} |"
        )
    rows += [
        "",
        "Nơi n nhỏ hơn 30 thì con số chỉ để tham khảo. Liên kết được chấm từ đầu đến cuối: cả hai đầu phải là phát hiện đúng.",
    ]
    return "\n".join(rows)


def _baseline_table(result: Evaluation) -> str:
    rows = ["## So với cách làm đơn giản hơn (F1, cùng tập kiểm tra)", "", "| Cách làm | " + " | ".join(NAMES[k] for k in KINDS) + " |",
            "|---" * (len(KINDS) + 1) + "|"]  # fmt: skip
    for code, name in BASELINES.items():
        if code in result.baselines:
            rows.append(f"| {name} | " + " | ".join(_number(result.baselines[code][k]["f1"]) for k in KINDS) + " |")
    rows.append("| **Mô hình** | " + " | ".join(f"**{_number(result.test[k]['f1'])}**" for k in KINDS) + " |")
    return "\n".join(rows)


def _agreement(result: Evaluation) -> str:
    found = result.agreement
    rows = [
        "## Trần: hai người đọc",
        "",
        f"{found['reports']} báo cáo được người thứ hai đọc mù, chấm như một mô hình. Cả hai lượt là mô hình ngôn ngữ cùng họ, đọc cùng "
        "một hướng dẫn: đây là tính nhất quán, không phải sự thật, và cao hơn hai cán bộ khác nhau.",
        "",
        "| Loại | n | F1 của người thứ hai | Khoảng 95% |",
        "|---|---|---|---|",
    ]
    for kind in KINDS:
        row = found["kinds"][kind]
        rows.append(
            f"| {NAMES[kind]} | {int(row['gold'])} | {_number(row['f1'])} | {_number(row['low'])}–{_number(row['high'])} |"
        )
    sort, links = found["sort"], found["links"]
    rows += [
        "",
        f"Khách quan hay chủ quan: giống nhau {sort['same']}/{sort['n']} nguyên nhân. Liên kết giữa các phát hiện cả hai cùng đánh dấu: "
        f"F1 {_number(links['f1'])} ({links['gold']} liên kết của người soạn).",
    ]
    return "\n".join(rows)


def _kind_rows(table: Mapping[str, Mapping[str, Mapping[str, float]]]) -> list[str]:
    shown = ("limitation", "cause", "recommendation")
    rows = ["| Thể loại | " + " | ".join(f"{NAMES[k]} F1 (n)" for k in shown) + " |", "|---" * (len(shown) + 1) + "|"]
    for genre, kinds in table.items():
        cells = [f"{_number(kinds[k]['f1'])} ({int(kinds[k]['gold'])})" if kinds[k]["gold"] else "–" for k in shown]
        rows.append(f"| {'**Chung**' if genre == 'all' else genre} | " + " | ".join(cells) + " |")
    return rows


def _genre_table(result: Evaluation) -> str:
    return "\n".join(["## Theo thể loại (tập kiểm tra)", "", *_kind_rows(result.genres)])


def _left_out_table(result: Evaluation) -> str:
    note = (
        "Mỗi hàng là một mô hình học lại từ đầu, không thấy báo cáo nào của thể loại ấy, chấm trên mọi báo cáo của thể loại ấy "
        "(cả ngữ liệu). Đây là con số gần nhất với việc gặp một loại văn bản mới."
    )
    return "\n".join(["## Bỏ từng thể loại", "", note, "", *_kind_rows(result.left_out)])


def _details(result: Evaluation) -> str:
    details = result.details
    names = {"addressee": "nơi nhận kiến nghị", "responsible": "đơn vị thực hiện", "due": "thời hạn"}
    rows = ["## Những điều kèm theo phát hiện", ""]
    rows += [
        f"- {names.get(k, k)}: đúng {v['right']}/{v['n']} nơi vàng có ghi" for k, v in details["attributes"].items()
    ]
    rows.append(f"- chủ đề (micro-F1): {_number(details['topics']['f1'])} trên {details['topics']['gold']} nhãn")
    embedded = details["embedded_causes"]
    rows.append(
        f"- nguyên nhân nằm trong câu hạn chế: F1 {_number(embedded['f1'])} (vàng {embedded['gold']}, máy {embedded['said']})"
    )
    rows.append(
        "- siêu dữ liệu khớp nguyên văn sau khi bỏ dấu: "
        + ", ".join(f"{k} {v['right']}/{v['n']}" for k, v in details["metadata"].items())
    )
    rows += ["", "### Độ tin cậy", "", f"Sai số hiệu chuẩn trung bình (ECE): {_number(details['calibration_error'])}.", "",
             "| Độ tin cậy | Số phát hiện | Máy nói | Đúng thật |", "|---|---|---|---|"]  # fmt: skip
    for row in details["calibration"]:
        rows.append(
            f"| {row['from']:.1f}–{row['from'] + 0.1:.1f} | {row['n']} | {_number(row['said'])} | {_number(row['right'])} |"
        )
    return "\n".join(rows)


LINK_FAULTS: Mapping[str, str] = {
    "right": "nối đúng",
    "no_source": "bỏ sót: không tìm ra nguyên nhân hoặc kiến nghị ở đầu này",
    "no_limitation": "bỏ sót: không tìm ra hạn chế ở đầu kia",
    "unsaid": "bỏ sót: tìm ra cả hai đầu mà không nối",
    "other_limitation": "thừa: nguồn có liên kết vàng nhưng tới hạn chế khác",
    "unlinked_source": "thừa: nguồn không có liên kết vàng nào",
    "no_finding": "thừa: một đầu không phải phát hiện",
}


def _link_faults(result: Evaluation) -> str:
    counts = result.details.get("link_faults", {})
    gold = sum(counts.get(k, 0) for k in ("right", "no_source", "no_limitation", "unsaid"))
    both = counts.get("right", 0) + counts.get("unsaid", 0)
    rows = ["## Liên kết sai ở đâu", "", "| Chuyện gì xảy ra | Số liên kết |", "|---|---|"]
    rows += [f"| {name} | {counts.get(code, 0)} |" for code, name in LINK_FAULTS.items()]
    rows += [
        "",
        f"Trần của bước nối: {both}/{gold} liên kết vàng có đủ hai đầu trong số phát hiện tìm được. Những gì đã thử, và vì sao phần còn lại "
        "khó: docs/findings-experiments.md.",
    ]
    return "\n".join(rows)


def _errors(result: Evaluation) -> str:
    rows = ["## Lỗi còn lại", "", "| Lỗi | Số lần |", "|---|---|"]
    for name, count in sorted(result.details["errors"].items(), key=lambda item: -item[1]):
        error, _, kind = name.partition(" ")
        rows.append(f"| {error} {NAMES.get(kind, kind).strip('– ')} | {count} |")
    groups: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in result.errors:
        groups[f"{row['error']} {NAMES.get(row['kind'], row['kind']).strip('– ')}"].append(row)
    rows += ["", "Ví dụ (lấy đều theo thứ tự, không chọn):", ""]
    for name, found in sorted(groups.items()):
        rows.append(f"- **{name}**")
        step = max(1, len(found) // _EXAMPLES)
        rows += [f"  - {_cut(row['text'])} *({row['report']})*" for row in found[::step][:_EXAMPLES]]
    return "\n".join(rows)


def _cut(text: str) -> str:
    return text if len(text) <= 220 else text[:218].rsplit(" ", 1)[0] + " …"


def _samples(result: Evaluation) -> str:
    rows = [
        "## Văn bản thật đặt ngoài dự án",
        "",
        "Bảy văn bản hành chính công khai do hai người gán nhãn, không thuộc dự án, không dùng để học hay chọn gì; chấm một lần ở cuối. "
        "Số nguyên nhân rất ít nên chỉ để tham khảo.",
        "",
        "| Loại | n | Chính xác | Độ phủ | F1 | Khoảng 95% |",
        "|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        row = result.samples[kind]
        if row["gold"]:
            rows.append(f"| {NAMES[kind]} | {int(row['gold'])} | {_number(row['precision'])} | {_number(row['recall'])} | **{_number(row['f1'])}** | "
                        f"{_number(row['low'])}–{_number(row['high'])} |")  # fmt: skip
    meta = result.samples.get("metadata", {})
    rows += [
        "",
        f"Siêu dữ liệu: đúng {int(meta.get('right', 0))}/{int(meta.get('gold', 0))} mục có trong nhãn vàng (khớp nguyên văn sau khi bỏ dấu).",
    ]
    return "\n".join(rows)


def targets_missed(result: Evaluation) -> Sequence[str]:
    """Names of the targets that the test split does not reach."""
    return [NAMES.get(code, code) for code, target in TARGETS.items() if result.test[code]["f1"] < target]
