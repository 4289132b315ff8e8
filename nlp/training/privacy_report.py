"""The written report on personal data and parties: docs/evaluation-privacy.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from nlp.petitions.intake import intake_report
from nlp.privacy import personal_kinds, redact
from nlp.training.metrics import Interval
from nlp.training.privacy import (
    CHANGES,
    DOCUMENTS,
    PARTIES,
    AnnotatedText,
    SpanScore,
    clean_share,
    load_annotated,
    milliseconds,
    party_scores,
    personal_scores,
    same_labels,
)

NAMES = {"tat_ca": "**Tất cả**", **PARTIES, **DOCUMENTS}
TARGET = "evaluation-privacy.md"


def evaluate_privacy(to: Path, corpora: Path | None = None) -> Path:
    """Measure on the held-out parts and write the report.

    Parameters
    ----------
    to : Path
        Folder of the report.
    corpora : Path, optional
        Another corpora folder.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    FileNotFoundError
        If there are no annotations.
    """
    texts, lost = load_annotated(corpora)
    to.mkdir(parents=True, exist_ok=True)
    target = to / TARGET
    target.write_text(report(texts, lost), encoding="utf-8")
    return target


def report(texts: Sequence[AnnotatedText], lost: int = 0) -> str:
    """The report as Markdown."""
    petitions = [t for t in texts if t.source == "petitions"]
    held = [t for t in petitions if t.part == "kiem_tra"]
    fresh = [t for t in petitions if t.part == "moi"]
    dense = [t for t in texts if t.source == "composed" and t.part == "kiem_tra"]
    developed = [t for t in texts if t.part in ("phat_trien", "sua")]
    parts = [
        _head(petitions, held, fresh, dense, developed, lost),
        "## Dữ liệu cá nhân\n\n"
        "*Chạm*: nhãn có ít nhất một ký tự được nhận ra. *Che hết*: mọi ký tự của nhãn đều được nhận ra. *Đúng "
        "biên*: trùng khít.\n",
        _table(f"Đơn chưa xem khi viết quy tắc (nửa kiểm tra, {len(held)} đơn)", personal_scores(held)),
        _table(
            f"Đơn mới, gán nhãn sau khi đóng băng quy tắc ({len(fresh)} đơn, phần lớn của người soạn chưa gặp)",
            personal_scores(fresh),
        ),
        _table(f"Văn bản soạn dày đặc số và mã (nửa kiểm tra, {len(dense)} văn bản)", personal_scores(dense)),
        _table(f"Để so: phần đã dùng khi viết quy tắc ({len(developed)} văn bản)", personal_scores(developed)),
        _left(held, fresh, dense),
        _robust([*held, *fresh, *dense]),
        _useful([*held, *fresh]),
        "## Các bên và số văn bản\n\nTên được tính là đúng khi trùng hoặc chứa nhau sau khi bỏ dấu.\n",
        _table(f"Nửa kiểm tra ({len(held)} đơn)", party_scores(held)),
        _table(f"Đơn mới ({len(fresh)} đơn)", party_scores(fresh)),
        _speed([*held, *fresh]),
        _limits(),
    ]
    return "\n".join(parts)


def _head(
    petitions: Sequence[AnnotatedText],
    held: Sequence[AnnotatedText],
    fresh: Sequence[AnnotatedText],
    dense: Sequence[AnnotatedText],
    developed: Sequence[AnnotatedText],
    lost: int,
) -> str:
    left_out = f"- {lost} đơn đã gán nhãn bị bỏ vì văn bản trong kho đã đổi.\n" if lost else ""
    return (
        "# Đánh giá nhận dạng dữ liệu cá nhân và các bên\n\n"
        "Tệp này do `langnghe evaluate privacy` viết; sửa tay sẽ bị ghi đè.\n\n"
        "## Ai gán nhãn, trên gì\n\n"
        f"- {len(petitions)} đơn của kho ngữ liệu (đơn soạn, không phải đơn thật) và các văn bản soạn thêm "
        "có nhiều số, mã.\n"
        "- Một bên duy nhất gán nhãn, cũng là bên viết quy tắc; chưa có người thứ hai gán lại, nên không có độ "
        "đồng thuận. Cách gán và nguồn gốc: `corpora/entities/README.md`.\n"
        "- Nhãn được gán trước khi viết quy tắc rồi chia đôi theo mã băm của id. Lỗi của nửa kiểm tra "
        f"({len(held)} đơn, {len(dense)} văn bản soạn) không được xem; nhưng văn bản đã được đọc một lần khi gán nhãn, "
        "nên danh sách họ và từ ngữ có thể chịu ảnh hưởng.\n"
        "- Sau khi đóng băng lần đầu, 60 đơn của người soạn khác được gán nhãn và chạy một lần: chạm 0,90 họ tên, "
        "0,82 địa chỉ, 0,59 người gửi, 0,50 người bị. Lỗi của chúng sau đó được xem để sửa quy tắc, nên nay chúng "
        "nằm trong phần đã dùng.\n"
        f"- Đóng băng lần hai rồi mới gán nhãn {len(fresh)} đơn mới, phần lớn của người soạn chưa gặp, và chỉ chạy để "
        "báo cáo: đây là con số đáng tin nhất. Sau lần chạy ấy có vài sửa nhỏ do kiểm thử đơn vị chỉ ra (ngoặc quanh "
        "số điện thoại, chữ “thi” viết thường, số thông báo trước ngày), không do xem lỗi của các phần này.\n"
        "- Khoảng trong ngoặc là khoảng bootstrap 95% theo văn bản.\n" + left_out
    )


def _table(title: str, scores: Sequence[SpanScore]) -> str:
    kinds = personal_kinds()
    lines = [
        f"### {title}\n",
        "| Loại | Số nhãn | Số nhận ra | Chạm | Che hết | Đúng biên | Chính xác |",
        "|---|---|---|---|---|---|---|",
    ]
    for s in scores:
        name = NAMES.get(s.entity) or kinds[s.entity].name
        lines.append(
            f"| {name} | {s.gold} | {s.found} | {_show(s.recall)} | {_show(s.covered)} | {_show(s.exact)} | "
            f"{_show(s.precision)} |"
        )
    return "\n".join(lines) + "\n"


def _show(value: Interval) -> str:
    if value.value != value.value:
        return "–"
    return f"{value.value:.2f} [{value.low:.2f}; {value.high:.2f}]"


def _left(held: Sequence[AnnotatedText], fresh: Sequence[AnnotatedText], dense: Sequence[AnnotatedText]) -> str:
    return (
        "## Văn bản sạch hẳn sau khi che\n\n"
        "Tỉ lệ văn bản không còn sót ký tự nào của dữ liệu cá nhân đã gán nhãn:\n\n"
        f"- nửa kiểm tra: {_show(clean_share(held))}\n- đơn mới: {_show(clean_share(fresh))}\n"
        f"- văn bản soạn dày đặc: {_show(clean_share(dense))}\n\n"
        "Bản che vì thế vẫn phải được người đọc lại trước khi ra khỏi cơ quan.\n"
    )


def _robust(texts: Sequence[AnnotatedText]) -> str:
    lines = [
        "## Khi chữ viết khác đi\n",
        f"Cùng {len(texts)} văn bản kiểm tra và đơn mới, đổi cách viết; chạm và chính xác của họ tên, địa chỉ "
        f"và mọi loại.\n",
        "| Cách viết | Tất cả: chạm | Tất cả: chính xác | Họ tên: chạm | Địa chỉ: chạm |",
        "|---|---|---|---|---|",
    ]
    for name, change in CHANGES.values():
        by = {s.entity: s for s in personal_scores(texts, change)}
        cells = [
            _show(by["tat_ca"].recall),
            _show(by["tat_ca"].precision),
            *(_show(by[k].recall) if k in by else "–" for k in ("ho_ten", "dia_chi")),
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append(
        "\nVăn bản tổ hợp rời (NFD) cho cùng kết quả như dựng sẵn (NFC); điều đó được kiểm thử, không đo ở đây.\n"
    )
    return "\n".join(lines)


def _useful(texts: Sequence[AnnotatedText]) -> str:
    version, same = same_labels(texts)
    kept = "Chức danh, xưng hô, tên xã, tỉnh, tên cơ quan được giữ nguyên.\n"
    if not same:
        return "## Bản che còn phân loại được không\n\nChưa có mô hình đơn thư đang dùng nên chưa đo. " + kept
    return (
        "## Bản che còn phân loại được không\n\n"
        f"Mô hình {version} cho cùng kết quả với đơn gốc và bản che: lĩnh vực {_show(same['fields'])}, "
        f"loại đơn {_show(same['type'])}, mức khẩn {_show(same['urgency'])} ({len(texts)} đơn). " + kept
    )


def _speed(texts: Sequence[AnnotatedText]) -> str:
    day = date(2026, 9, 15)
    one = milliseconds(texts, redact)
    two = milliseconds(texts, lambda t: intake_report(t, None, received_at=day))
    return (
        "## Tốc độ\n\n"
        f"Che dữ liệu: {one:.1f} ms; phiếu tiếp nhận (điều kiện, thời hạn, hướng xử lý, các bên, dấu vân tay): "
        f"{two:.1f} ms; "
        "thời gian xử lý cho 100 âm tiết, một lõi, trên máy viết báo cáo này.\n"
    )


def _limits() -> str:
    return (
        "## Chưa làm được\n\n"
        "- Tên một chữ trong văn bản gõ toàn chữ thường không dấu (“ong son”) hầu như không nhận ra: quá nhiều "
        "từ trùng.\n"
        "- Văn bản toàn chữ hoa nhận thừa nhiều hơn, vì không còn chữ hoa để phân biệt.\n"
        "- Tên doanh nghiệp, cửa hàng mang tên người được giữ lại như tên tổ chức.\n"
        "- Chữ viết tắt tên (N.V.T.) coi như đã che. Số thửa, tờ bản đồ, mã hồ sơ không che; ai cần thì che thêm.\n"
        "- Người được nhận ra qua hoàn cảnh kể trong đơn (vợ liệt sĩ duy nhất của thôn…) thì không phép che "
        "chữ nào giấu được.\n"
    )
