"""The command line: every command of the house under `langnghe`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.cli.blind import clerk_agreement, set_aside_rows
from api.cli.classify import classify
from api.cli.corpora import export_rows, import_rows, label_studio_config, split_rows
from api.cli.corpora_service import pull
from api.cli.db import db
from api.cli.extract import compare, extract
from api.cli.findings_judging import assemble_reports, evaluate_findings
from api.cli.fitting import train_findings, train_petitions, train_search, train_vectors
from api.cli.intake import intake
from api.cli.judging import evaluate_petitions
from api.cli.labelling import label_errors, queue, similar, simulate_labelling
from api.cli.models import models
from api.cli.redact import evaluate_privacy, redact_command
from api.cli.serve import serve
from api.cli.shadowing import shadow_candidate
from api.cli.training import corpus, evaluate, train
from api.cli.users import users
from api.cli.vietnamese import run

app = typer.Typer(
    name="langnghe",
    help="Lắng Nghe: đọc đơn thư và báo cáo của chính quyền địa phương. Mọi việc chạy trên máy này, không gửi gì ra ngoài.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"langnghe {version('langnghe')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="In số phiên bản rồi thoát.")
    ] = False,
) -> None:
    """Lắng Nghe: đọc đơn thư và báo cáo của chính quyền địa phương. Mọi việc chạy trên máy này, không gửi gì ra ngoài."""


app.command("serve")(serve)
app.command("classify")(classify)
app.command("intake")(intake)
app.command("extract")(extract)
app.command("compare")(compare)
app.command("redact")(redact_command)
train.command("petitions")(train_petitions)
train.command("findings")(train_findings)
train.command("vectors")(train_vectors)
train.command("search")(train_search)
app.add_typer(train, name="train")
evaluate.command("petitions")(evaluate_petitions)
evaluate.command("findings")(evaluate_findings)
evaluate.command("privacy")(evaluate_privacy)
app.add_typer(evaluate, name="evaluate")
corpus.command("assemble-reports")(assemble_reports)
corpus.command("pull")(pull)
corpus.command("import")(import_rows)
corpus.command("export")(export_rows)
corpus.command("split")(split_rows)
corpus.command("queue")(queue)
corpus.command("errors")(label_errors)
corpus.command("similar")(similar)
corpus.command("simulate")(simulate_labelling)
corpus.command("set-aside")(set_aside_rows)
corpus.command("agreement")(clerk_agreement)
corpus.command("label-studio-config")(label_studio_config)
app.add_typer(corpus, name="corpus")
models.command("shadow")(shadow_candidate)
app.add_typer(models, name="models")
app.add_typer(db, name="db")
app.add_typer(users, name="users")


def main() -> None:
    """Run the command line."""
    sys.exit(run(app))
