"""Following what is in service: noticed without a restart, swapped whole, the old reader kept on failure."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from nlp.registry import Live, Registry, RegistryError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    found = Registry(tmp_path / "models")
    for version in ("1", "2"):
        found.save("petitions", {"version": version}, labels={}, metrics={}, config={}, data={}, version=version)
    found.promote("petitions-1", who="Lan", why="đầu")
    return found


def read(registry: Registry) -> str:
    """A stand-in for `PetitionReader.load`."""
    return str(registry.load(registry.live("petitions"))["version"])


def test_a_promotion_is_noticed_and_a_rollback_too(registry: Registry) -> None:
    clock = Clock()
    live = Live(registry, read, every=1.0, clock=clock)
    assert live.get() == "1"
    # Another process promotes.
    Registry(registry.root).promote("petitions-2", who="Lan", why="tốt hơn")
    assert live.get() == "1", "looked at most once a second"
    clock.now += 1.5
    assert live.get() == "2"
    Registry(registry.root).rollback("petitions", who="Lan", why="lỗi")
    clock.now += 1.5
    assert live.get() == "1"


def test_a_version_that_does_not_load_leaves_the_old_one_in_service(registry: Registry) -> None:
    clock = Clock()
    live = Live(registry, read, every=1.0, clock=clock)
    Registry(registry.root).promote("petitions-2", who="Lan", why="tốt hơn")
    (registry.root / "petitions-2" / "artefact.joblib").write_bytes(b"x")
    clock.now += 1.5
    assert (live.get(), live.trouble) == ("1", "model_tampered")
    Registry(registry.root).rollback("petitions", who="Lan", why="hỏng")
    clock.now += 1.5
    assert (live.get(), live.trouble) == ("1", "")


def test_a_failed_version_is_not_tried_again_at_every_request(registry: Registry) -> None:
    clock, tried = Clock(), []

    def load(r: Registry) -> str:
        tried.append(1)
        if len(tried) > 1:
            raise RuntimeError
        return "1"

    live = Live(registry, load, every=1.0, clock=clock)
    registry.promote("petitions-2", who="Lan", why="thử")
    for _ in range(5):
        clock.now += 2
        assert live.get() == "1"
    assert len(tried) == 2
    clock.now += 100
    live.get()
    assert len(tried) == 3


def test_requests_go_on_with_the_old_reader_while_one_thread_loads(registry: Registry) -> None:
    clock = Clock()
    loading, go = threading.Event(), threading.Event()

    def load(r: Registry) -> str:
        version = read(r)
        if version == "2":
            loading.set()
            assert go.wait(10)
        return version

    live = Live(registry, load, every=1.0, clock=clock)
    registry.promote("petitions-2", who="Lan", why="tốt hơn")
    clock.now += 1.5
    seen: list[str] = []
    slow = threading.Thread(target=lambda: seen.append(live.get()))
    slow.start()
    assert loading.wait(10)
    clock.now += 1.5
    assert live.get() == "1", "nobody waits for the loading thread"
    go.set()
    slow.join(10)
    assert seen == ["2"]
    assert live.get() == "2"


def test_there_must_be_something_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(RegistryError):
        Live(Registry(tmp_path / "none"), read)
