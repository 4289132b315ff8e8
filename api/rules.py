"""An office's own intake rules: a folder with any of the packaged files, checked as a whole before it is used."""

from __future__ import annotations

from pathlib import Path

import yaml

from nlp.petitions.intake import IntakeRules, RoutingRules
from nlp.petitions.intake.rules import read_rules, rows
from nlp.text import LangNgheError

# Each file with its lists of dated rows.
FILES = {
    "deadlines.yaml": ("steps",),
    "eligibility.yaml": ("items", "flags"),
    "routing.yaml": ("units", "authorities"),
}


class RulesError(LangNgheError):
    """A rules file that cannot be used; the service does not start with it."""

    def __init__(self, message: str) -> None:
        super().__init__("rules_file", message)


def rules_file(folder: str, name: str) -> Path | None:
    """The office's own file of this name, None where it has none and the packaged one counts."""
    path = Path(folder) / name if folder else None
    return path if path is not None and path.is_file() else None


def intake_rules(folder: str) -> IntakeRules | None:
    """The rules in a folder; None without a folder.

    Raises
    ------
    RulesError
        If there is no such folder, or a row lacks its basis or status.
    """
    if not folder:
        return None
    if not Path(folder).is_dir():
        raise RulesError("LANGNGHE_RULES: không có thư mục này.")
    for name, lists in FILES.items():
        path = rules_file(folder, name)
        try:
            data = read_rules(name, path)
            for part in lists:
                rows(data[part])
        except (ValueError, KeyError, TypeError, OSError, yaml.YAMLError) as error:
            said = str(error) if isinstance(error, ValueError) else "thiếu mục hoặc không phải YAML"
            raise RulesError(f"LANGNGHE_RULES, {name}: {said}.") from error
    routing = rules_file(folder, "routing.yaml")
    return IntakeRules(rules_file(folder, "deadlines.yaml"), rules_file(folder, "eligibility.yaml"),
                       load_routing(routing) if routing else None)  # fmt: skip


def load_routing(path: Path) -> RoutingRules:
    """Routing rules from a file.

    Raises
    ------
    RulesError
        If the file cannot be read or a row is incomplete.
    """
    try:
        return RoutingRules.load(path)
    except (ValueError, KeyError, TypeError, OSError, yaml.YAMLError) as error:
        raise RulesError(f"{path.name}: tệp hướng xử lý không đọc được hoặc thiếu mục.") from error
