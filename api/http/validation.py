"""What is wrong with a request's data, said in Vietnamese without repeating the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

_MESSAGES = {
    "missing": "Thiếu trường bắt buộc.",
    "extra_forbidden": "Trường này không có trong giao diện.",
    "json_invalid": "Nội dung không phải JSON hợp lệ.",
    "string_too_short": "Nội dung quá ngắn.",
    "string_too_long": "Nội dung quá dài.",
    "string_type": "Phải là chuỗi ký tự.",
    "string_pattern_mismatch": "Sai định dạng.",
    "string_unicode": "Có ký tự không thể lưu trữ.",
    "int_type": "Phải là số nguyên.",
    "int_parsing": "Phải là số nguyên.",
    "int_from_float": "Phải là số nguyên.",
    "float_type": "Phải là số.",
    "float_parsing": "Phải là số.",
    "bool_type": "Phải là đúng hoặc sai.",
    "bool_parsing": "Phải là đúng hoặc sai.",
    "list_type": "Phải là danh sách.",
    "dict_type": "Phải là đối tượng JSON.",
    "model_type": "Phải là đối tượng JSON.",
    "model_attributes_type": "Phải là đối tượng JSON.",
    "enum": "Giá trị không thuộc danh mục cho phép.",
    "literal_error": "Giá trị không thuộc danh mục cho phép.",
    "too_long": "Quá nhiều phần tử.",
    "too_short": "Cần ít nhất một phần tử.",
    "greater_than_equal": "Giá trị quá nhỏ.",
    "less_than_equal": "Giá trị quá lớn.",
    "greater_than": "Giá trị quá nhỏ.",
    "less_than": "Giá trị quá lớn.",
    "date_parsing": "Phải là ngày dạng NĂM-THÁNG-NGÀY.",
    "date_type": "Phải là ngày dạng NĂM-THÁNG-NGÀY.",
    "date_from_datetime_parsing": "Phải là ngày dạng NĂM-THÁNG-NGÀY.",
    "date_from_datetime_inexact": "Phải là ngày dạng NĂM-THÁNG-NGÀY, không kèm giờ.",
    "datetime_parsing": "Phải là thời điểm dạng ISO 8601.",
    "datetime_from_date_parsing": "Phải là thời điểm dạng ISO 8601.",
    "value_error": "Giá trị không hợp lệ.",
}


def explain(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """For every error where it is (a JSON pointer, or the parameter's name) and what to do about it.

    The offending value is left out on purpose: it may be a petition.
    """
    rows = []
    for error in errors[:20]:
        place = [str(p) for p in error.get("loc", ())]
        if place[1:2] in (["<one>"], ["<many>"]):  # which of two shapes of a body was taken
            del place[1]
        where = "/" + "/".join(place[1:]) if place[:1] == ["body"] else ".".join(place)
        kind, context = str(error.get("type", "")), error.get("ctx", {})
        if kind in ("too_short", "too_long") and context.get("field_type") == "Value":
            kind = f"string_{kind}"
        message = str(context.get("reason", "")) or _MESSAGES.get(kind, "Giá trị không hợp lệ.")
        rows.append({"where": where, "code": kind, "message": message})
    return rows


def refused(model: type[BaseModel], row: Any) -> dict[str, Any]:
    """The error row `{"id", "error"}` of one of many that is not what `model` asks for."""
    given = row if isinstance(row, dict) else {}
    identity = given.get("id")
    if given.get("text") == "":
        return {"id": identity, "error": {"code": "text_empty", "message": "Đơn không có nội dung."}}
    wrong = {"where": "", "message": _MESSAGES["value_error"]}
    try:
        model.model_validate(row)
    except ValidationError as error:
        rows = error.errors(include_url=False, include_input=False)
        wrong = explain([{**e, "loc": ("body", *e["loc"])} for e in rows])[0]
        if any(e["loc"][:1] == ("id",) for e in rows):
            identity = None
    return {
        "id": identity,
        "error": {"code": "invalid", "message": f"{wrong['where']}: {wrong['message']}".lstrip("/: ")},
    }
