"""What stands between a candidate and service: the comparison of two versions, and the hard cases of a promotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from api.cli.output import WRONG_USE, err, out
from nlp.registry import Registry, RegistryError, Version

if TYPE_CHECKING:
    from nlp.training.corpus import PetitionRow
    from nlp.training.hard import HardCheck
    from nlp.training.rivals import Reading

Pair = tuple[dict[str, Any] | None, "HardCheck | None"]


def compare_pair(registry: Registry, one: str, other: str, split: str, corpora: Path | None = None) -> Pair:
    """Two versions of one task on one split, and the hard cases; no result where the split is empty.

    Raises
    ------
    RegistryError
        `model_task` if the versions are of different tasks, or of one that has no comparison.
    """
    versions = registry.get(one), registry.get(other)
    tasks = {v.task for v in versions}
    if tasks not in ({"petitions"}, {"findings"}):
        raise RegistryError("model_task", "Chỉ so được hai phiên bản cùng đọc đơn (petitions) hoặc báo cáo (findings).")
    found = (_petitions if tasks == {"petitions"} else _findings)(registry, versions, split, corpora)
    if found[0] is not None:
        what = "đơn" if tasks == {"petitions"} else "báo cáo"
        found[0].update({"one": one, "other": other, "split": split, "what": what})
    return found


def _petitions(registry: Registry, versions: Sequence[Version], split: str, corpora: Path | None) -> Pair:
    from nlp.petitions.encoder import load_reader
    from nlp.training.compare import compare
    from nlp.training.corpus import load_petitions
    from nlp.training.evaluation import read
    from nlp.training.hard import check_readers, hard_rows

    one, other = (load_reader(registry, v.name) for v in versions)
    corpus = load_petitions(corpora)
    rows, hard = corpus.split(split), hard_rows(corpus)
    tell_learned(versions, [*rows, *hard])
    result = compare(read(one, rows), read(other, rows)) if rows else None
    return result, check_readers(one, other, hard) if hard else None


def tell_learned(versions: Sequence[Version], rows: Sequence[PetitionRow]) -> None:
    """Say it where a version is about to be judged on petitions that it learned from."""
    from nlp.training.train import learned

    for version in versions:
        if known := learned(version, rows):
            err.print(f"[red]Rò rỉ[/red]: {version.name} đã học {len(known)} trong {len(rows)} đơn dùng để chấm.")


def _findings(registry: Registry, versions: Sequence[Version], split: str, corpora: Path | None) -> Pair:
    from nlp.training.rivals import check_traps, compare_readings

    one, other = (_reading(registry, v, split, corpora) for v in versions)
    if not one.judged.reports:
        return None, None
    result = compare_readings(one, other)
    return result, check_traps(one, other, result) if one.traps else None


def _reading(registry: Registry, version: Version, split: str, corpora: Path | None) -> Reading:
    from nlp.registry.locate import corpora_root
    from nlp.training.report_corpus import load_reports
    from nlp.training.rivals import read_reports

    return read_reports(registry.load(version), load_reports((corpora or corpora_root()) / "reports", split))


def promote_checked(
    registry: Registry, name: str, *, who: str, why: str, corpora: Path | None = None, accept: bool = False
) -> Version:
    """Make a version live if it reads the hard cases no worse than what is live; what was checked is kept on record.

    Parameters
    ----------
    accept : bool
        promote it all the same; that, too, is kept on record.

    Raises
    ------
    typer.Exit
        If it is worse and nobody accepts that.
    """
    check = _check(registry, name, corpora)
    checks: Mapping[str, Any] = {}
    if check:
        show_check(check)
        if not check.passed and not accept:
            err.print(
                "[red]Lỗi[/red] (hard_regression): bản này đọc ca khó kém hơn bản đang dùng nên không đưa vào. "
                f"Vẫn muốn dùng: langnghe models promote {name} --accept-regressions --why “…”"
            )
            raise typer.Exit(WRONG_USE)
        checks = {"hard": check.to_json() | {"accepted": accept}}
    return registry.promote(name, who=who, why=why, checks=checks)


def _check(registry: Registry, name: str, corpora: Path | None) -> HardCheck | None:
    """The hard cases by the live version and by `name`; None where there is nothing to compare with."""
    version = registry.get(name)
    try:
        live = registry.live(version.task)
    except RegistryError as error:
        if error.code == "model_missing":
            return None
        raise
    if live.name == name or version.task not in ("petitions", "findings"):
        return None
    if not _readable(registry, live):
        err.print(f"Không đọc được bản đang dùng {live.name} nên không so ca khó.")
        return None
    if version.task == "findings":
        return _findings(registry, (live, version), "validation", corpora)[1]
    from nlp.petitions.encoder import load_reader
    from nlp.training.corpus import load_petitions
    from nlp.training.hard import check_readers, hard_rows

    rows = hard_rows(load_petitions(corpora))
    tell_learned([live, version], rows)
    return check_readers(load_reader(registry, live.name), load_reader(registry, name), rows) if rows else None


def _readable(registry: Registry, version: Version) -> bool:
    """Whether a version still reads: one that does not must not stand in the way of a better one."""
    text = "Đề nghị xem xét việc thu hồi đất của gia đình tôi."
    try:
        if version.task == "findings":
            from nlp.reports import ReportReader
            from nlp.training.findings_judge import PlainDocument

            ReportReader(registry.load(version)).extract(PlainDocument(text, "", "0" * 64))
        else:
            from nlp.petitions.encoder import load_reader

            load_reader(registry, version.name).classify(text)
    except Exception:
        return False
    return True


def show_check(check: HardCheck) -> None:
    """The outcome of the hard cases in a few lines."""
    verdict = "[green]đạt[/green]" if check.passed else "[red]không đạt[/red]"
    out.print(f"Ca khó: đúng {check.before} → {check.after} trên {check.n}, {verdict}")
    for title, ids in (
        ("tụt", check.regressed), ("khẩn mới bị bỏ sót", check.newly_missed_khan), ("đọc kém hơn rõ", check.worse),
    ):  # fmt: skip
        if ids:
            out.print(f"  {title}: {', '.join(ids[:20])}")
