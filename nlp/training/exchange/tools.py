"""doccano, Label Studio and Argilla: what each of them writes and reads.

- doccano (intent detection and slot filling project, JSONL): `text`, `cats`, `entities` as [start, end, label]; other
  keys travel as metadata. Exports of its other project types (`label` or `labels`) are read too.
- Label Studio (JSON): tasks with `data`, `annotations` and `predictions`; offsets count UTF-16 units, as browsers do.
- Argilla 2 (JSON): records with `fields`, `suggestions`, `responses` and `metadata`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlp.training.corpus import PetitionRow
from nlp.training.exchange.labels import EVIDENCE, flat, from_utf16, known, marked, span_label, to_utf16, unflatten

META = ("id", "channel", "region", "year", "hand", "noise", "group", "hard")
Raw = dict[str, Any]


def meta(row: PetitionRow) -> Raw:
    """What a row says beside its text and labels."""
    stored = row.to_json()
    return {k: stored[k] for k in META if stored.get(k) not in (None, "", [])}


def lines(path: Path) -> Iterator[Any]:
    """JSON objects of a file: one array, or one object a line.

    Raises
    ------
    ValueError
        With the line number, never the content.
    """
    text = path.read_text(encoding="utf-8-sig")
    if text.lstrip().startswith("["):
        yield from json.loads(text)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError:
                raise ValueError(f"dòng {number} không phải JSON") from None


# -- doccano --------------------------------------------------------------------------------------------------------


def write_doccano(path: Path, rows: Sequence[PetitionRow]) -> None:
    """One JSON object a line for doccano's import."""
    with path.open("w", encoding="utf-8") as stream:
        for row in rows:
            entities = [[start, end, label] for label, start, end in marked(row)]
            made = {"text": row.text, "cats": flat(row), "entities": entities, "meta": meta(row)}
            stream.write(json.dumps(made, ensure_ascii=False) + "\n")


def read_doccano(path: Path) -> Iterator[Raw]:
    """Rows of a doccano export, of any of its text projects."""
    for task in lines(path):
        labels = task.get("label", task.get("labels")) or []
        spans = [*(task.get("entities") or []), *(x for x in labels if isinstance(x, list))]
        cats = [*(task.get("cats") or []), *(x for x in labels if isinstance(x, str))]
        extra = task.get("meta") or {k: task[k] for k in META if k in task}
        yield {
            **extra, "id": extra.get("id", task.get("id")), "text": task.get("text", task.get("data")), "_labels": cats,
            "_spans": [_doccano_span(s) for s in spans],
        }  # fmt: skip


def _doccano_span(span: Any) -> tuple[Any, int, int]:
    if isinstance(span, Mapping):
        return span["label"], int(span["start_offset"]), int(span["end_offset"])
    return span[2], int(span[0]), int(span[1])


# -- Label Studio ---------------------------------------------------------------------------------------------------

CHOICES = {"fields": "field", "subfields": "subfield", "type": "type", "urgency": "urgency"}
SPANS = {"signals": "signal", EVIDENCE: "field"}


def label_config() -> str:
    """The labelling interface to paste into a Label Studio project (its names are those of `write_label_studio`)."""
    many = ' choice="multiple"'
    parts = ["<View>"]
    for name, kind in SPANS.items():
        parts += [f'  <Labels name="{name}" toName="text">', *(f'    <Label value="{c}"/>' for c in known(kind))]
        parts.append("  </Labels>")
    parts.append('  <Text name="text" value="$text"/>')
    for name, kind in CHOICES.items():
        parts.append(f'  <Choices name="{name}" toName="text"{many if name.endswith("fields") else ""}>')
        parts += [f'    <Choice value="{c}"/>' for c in known(kind)]
        parts.append("  </Choices>")
    return "\n".join([*parts, "</View>\n"])


def write_label_studio(
    path: Path, rows: Sequence[PetitionRow], answers: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Tasks for Label Studio's import.

    Parameters
    ----------
    answers : mapping, optional
        id → contract object of a model, written as pre-annotation for rows that have no labels of their own.
    """
    tasks = []
    for row in rows:
        stored = row.to_json()
        values = {k: stored[k] if isinstance(stored[k], list) else [stored[k]] for k in CHOICES if stored[k]}
        task: Raw = {"data": {"text": row.text, **meta(row)}, "annotations": [], "predictions": []}
        if values:
            task["annotations"].append({"result": _results(row.text, values, marked(row))})
        answer = (answers or {}).get(row.id)
        if answer and not values:
            task["predictions"].append(
                {
                    "model_version": answer["model"]["name"],
                    "score": min(f["probability"] for f in answer["fields"]),
                    "result": _results(row.text, *_of_answer(answer)),
                }
            )
        tasks.append(task)
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _of_answer(answer: Mapping[str, Any]) -> tuple[dict[str, list[str]], list[tuple[str, int, int]]]:
    values = {
        "fields": [f["code"] for f in answer["fields"]],
        "subfields": [s["code"] for f in answer["fields"] for s in f["subfields"]],
        "type": [answer["type"]["code"]],
        "urgency": [answer["urgency"]["code"]],
    }
    return values, [(s["code"], s["start"], s["end"]) for s in answer["urgency"]["signals"]]


def _results(text: str, values: Mapping[str, list[str]], spans: Iterable[tuple[str, int, int]]) -> list[Raw]:
    found: list[Raw] = [
        {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(codes)}}
        for name, codes in values.items()
        if codes
    ]
    for label, start, end in spans:
        kind, code = span_label(label)
        a, b = to_utf16(text, start, end)
        value = {"start": a, "end": b, "text": text[start:end], "labels": [code]}
        found.append({"from_name": kind, "to_name": "text", "type": "labels", "value": value})
    return found


def read_label_studio(path: Path) -> Iterator[Raw]:
    """Rows of a Label Studio JSON export: the last annotation of each task that was not cancelled."""
    for task in lines(path):
        data = dict(task.get("data") or {})
        text = str(data.pop("text", ""))
        done = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
        labels: list[str] = []
        spans: list[tuple[Any, int, int]] = []
        for part in done[-1]["result"] if done else []:
            value = part.get("value", {})
            if part.get("type") == "choices":
                kind = CHOICES.get(part.get("from_name", ""), "")
                labels += [f"{kind}:{c}" if kind and ":" not in c else c for c in value.get("choices", ())]
            elif part.get("type") == "labels":
                a, b = from_utf16(text, int(value["start"]), int(value["end"]))
                own = part.get("from_name") == EVIDENCE
                spans += [(f"{EVIDENCE}:{c}" if own and ":" not in c else c, a, b) for c in value.get("labels", ())]
        yield {**data, "id": data.get("id", task.get("id")), "text": text, "_labels": labels, "_spans": spans}


# -- Argilla --------------------------------------------------------------------------------------------------------


def write_argilla(
    path: Path, rows: Sequence[PetitionRow], answers: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Records for Argilla 2: questions `fields`, `subfields`, `type`, `urgency`, `signals`, `evidence`.

    `answers` are written as suggestions, labels of the row as submitted responses.
    """
    records = []
    for row in rows:
        stored = row.to_json()
        given = {k: stored[k] for k in CHOICES if stored[k]}
        for name, spans in (("signals", row.signals), (EVIDENCE, row.evidence)):
            if spans:
                given[name] = [{"start": s.start, "end": s.end, "label": s.code} for s in spans]
        record: Raw = {
            "id": row.id, "status": "completed" if given else "pending", "fields": {"text": row.text}, "vectors": {},
            "metadata": {k: v for k, v in meta(row).items() if k != "id"}, "suggestions": {},
            "responses": {k: [{"value": v, "user_id": None, "status": "submitted"}] for k, v in given.items()},
        }  # fmt: skip
        answer = (answers or {}).get(row.id)
        if answer:
            values, found = _of_answer(answer)
            agent = answer["model"]["name"]
            for name, codes in values.items():
                value = codes if name.endswith("fields") else codes[0]
                record["suggestions"][name] = {"value": value, "score": None, "agent": agent}
            said = [{"start": a, "end": b, "label": c} for c, a, b in found]
            record["suggestions"]["signals"] = {"value": said, "score": None, "agent": agent}
        records.append(record)
    path.write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_argilla(path: Path) -> Iterator[Raw]:
    """Rows of Argilla records: the last submitted response to each question; suggestions alone are no labels."""
    for record in lines(path):
        labels: list[str] = []
        spans: list[tuple[Any, int, int]] = []
        for name, responses in (record.get("responses") or {}).items():
            said = [r["value"] for r in responses if r.get("status", "submitted") in ("submitted", None)]
            if not said:
                continue
            if name in SPANS:
                prefix = f"{EVIDENCE}:" if name == EVIDENCE else ""
                spans += [(f"{prefix}{s['label']}", int(s["start"]), int(s["end"])) for s in said[-1]]
            elif name in CHOICES:
                codes = said[-1] if isinstance(said[-1], list) else [said[-1]]
                labels += [f"{CHOICES[name]}:{c}" for c in codes]
        fields = record.get("fields") or {}
        yield {
            **(record.get("metadata") or {}), "id": record.get("id"), "text": fields.get("text"), "_labels": labels,
            "_spans": spans,
        }  # fmt: skip


def settle(raw: Raw) -> Raw:
    """A tool's row with its flat labels and spans put where a corpus row has them.

    Raises
    ------
    ValueError
        For an unknown label.
    """
    out = {k: v for k, v in raw.items() if not k.startswith("_")}
    if "_labels" in raw:
        out |= unflatten(raw["_labels"])
        out |= {name: [] for name in SPANS}
        for label, start, end in raw["_spans"]:
            kind, code = span_label(label)
            out[kind].append({"code": code, "start": start, "end": end})
    return out
