"""What can be set, and who may do what, is written down; what is written down exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api.cli import app
from api.security.roles import PERMISSIONS, ROLES
from api.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GROUPS = ("langnghe", "corpus", "models", "train", "evaluate", "db", "users", "serve", "intake", "extract", "classify")


def test_every_setting_is_documented() -> None:
    missing = [f.name for f in fields(Settings) if f"`LANGNGHE_{f.name.upper()}`" not in PAGE]
    assert not missing


def test_every_role_is_documented_and_every_permission_belongs_to_one() -> None:
    assert all(f"`{code}` {role.name}" in PAGE for code, role in ROLES.items())
    assert set(PERMISSIONS) == set().union(*(role.permissions for role in ROLES.values()))


def _named(page: str) -> Iterator[str]:
    """What a page names as commands of `langnghe`, in code or in a block of it."""
    for said in re.findall(r"`([^`\n]+)`", page) + re.findall(r"^langnghe .+$", page, re.MULTILINE):
        for one in re.split(r" && | ; ", said):
            if one.split()[0] in GROUPS and " " in one:
                yield one.removeprefix("langnghe ")


def _unknown(said: str) -> list[str]:
    """The words of a command that the program does not know; `a · b` and `a|b` name several commands."""
    given = re.sub(r'"[^"]*"', "TEXT", said)
    head, words = get_command(app), [w for w in given.replace("[", " ").replace("]", " ").split() if w != "·"]
    commands: list[Any] = [head]
    while words and all(hasattr(c, "commands") for c in commands) and not words[0].startswith("-"):
        names = words.pop(0).split("|")
        while words and " · " in given and re.fullmatch(r"[a-z-]+", words[0]) and words[0] in commands[0].commands:
            names.append(words.pop(0))
        missing = [n for n in names if any(n not in c.commands for c in commands)]
        if missing:
            return missing
        commands = [c.commands[n] for c in commands for n in names]
    known = {o for c in commands for p in c.params for o in p.opts} | {"--help"}
    return [w for w in words if re.fullmatch(r"--?[a-z][a-z-]*", w) and w not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_command_link_and_make_target_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    wrong = [(said, bad) for said in _named(text) if (bad := _unknown(said))]
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path = target.partition("#")[0]
        if path and not re.match(r"\w+:", target) and not (page.parent / path).exists():
            wrong.append((target, ["?"]))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    wrong += [(f"make {t}", [t]) for t in re.findall(r"\bmake ([a-z]+)", " ".join(re.findall(r"`[^`]+`", text)))
              if t not in targets]  # fmt: skip
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_page_names_a_folder_of_somebody_s_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(?:work|home|tmp|root|Users)/", page.read_text(encoding="utf-8"))
