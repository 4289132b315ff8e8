"""Every version that the project ships verifies, loads and answers, the retired ones too."""

from __future__ import annotations

import pytest

from nlp.petitions.encoder import load_reader
from nlp.registry import Registry, Version
from nlp.registry.locate import CHECKOUT

SHIPPED = Registry(CHECKOUT / "models")
VERSIONS = SHIPPED.list()
TEXT = "Bãi rác cạnh trường học bốc mùi hôi thối, hơn 20 hộ đã gửi đơn từ năm 2023 mà chưa ai giải quyết."


@pytest.mark.parametrize("version", VERSIONS, ids=lambda v: v.name)
def test_a_shipped_version_verifies_and_loads(version: Version) -> None:
    SHIPPED.verify(version)
    assert SHIPPED.load(version) is not None


@pytest.mark.parametrize("version", [v for v in VERSIONS if v.task == "petitions"], ids=lambda v: v.name)
def test_a_shipped_petition_model_answers_whatever_release_made_it(version: Version) -> None:
    result = load_reader(SHIPPED, version.name).classify(TEXT)
    assert any(f.code == "moi_truong" for f in result.fields)
    assert result.model.version == version.version


def test_exactly_one_version_of_each_task_is_in_service() -> None:
    tasks = {v.task for v in VERSIONS}
    live = [v.task for v in VERSIONS if v.state == "live"]
    assert sorted(live) == sorted(tasks)
    assert {"petitions", "findings"} <= tasks
