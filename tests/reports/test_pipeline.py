from __future__ import annotations

from importlib.resources import files

import yaml

from nlp.reports.lexicon import load
from nlp.reports.pipeline import COMPONENTS, parse, report_pipeline
from nlp.taxonomy import taxonomy
from nlp.text import clean_running, segment


def test_the_steps_are_registered_components_with_span_groups(small: str) -> None:
    doc = segment(clean_running(small))
    for name, step in report_pipeline().pipeline:
        assert name in COMPONENTS
        doc = step(doc)
    assert {"headings", "units", "cues"} <= set(doc.spans)
    assert "II. HẠN CHẾ, NGUYÊN NHÂN" in [span.text for span in doc.spans["headings"]]
    assert any("còn hình thức" in span.text for span in doc.spans["units"])


def test_units_know_their_words(small: str) -> None:
    parsed = parse(small)
    words = next(
        w
        for u, w in zip(parsed.units, parsed.table.words, strict=True)
        if "Công tác tiếp công dân ở" in parsed.clean.text[u.start : u.end]
    )
    assert "công_tác" in words and "hình_thức" in words


def test_topics_and_fields_are_those_of_the_taxonomy() -> None:
    data = load("topics")
    assert list(data["topics"]) == [label.code for label in taxonomy().topics]
    assert set(data["fields"]) == set(taxonomy().field_codes)


def test_every_data_file_carries_a_version() -> None:
    for name in ("headings", "cues", "organs", "topics", "provinces", "references"):
        text = (files("nlp.reports") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
        assert isinstance(yaml.safe_load(text)["version"], int)
    assert len(load("provinces")["since_2025"]) == 34
    assert len({*load("provinces")["since_2025"], *load("provinces")["before_2025"]}) == 64
