"""The command line's own words in Vietnamese: headings of help pages, and one clear line for a wrong call.

Typer writes help and errors in English. Its headings are names that may be set; the rest is put in Vietnamese where it
is shown. With another version of Typer a word may stay English, and nothing else changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from api.cli.output import WRONG_USE, err

UsageError: type[Exception] = typer.BadParameter.__bases__[0]
_WORDS = {
    "ARGUMENTS_PANEL_TITLE": "Đối số",
    "OPTIONS_PANEL_TITLE": "Tùy chọn",
    "COMMANDS_PANEL_TITLE": "Lệnh",
    "ERRORS_PANEL_TITLE": "Lỗi",
    "DEFAULT_STRING": "[mặc định: {}]",
    "ENVVAR_STRING": "[biến môi trường: {}]",
    "REQUIRED_LONG_STRING": "[bắt buộc]",
    "ABORTED_TEXT": "Đã dừng.",
}
_ERRORS = (
    (r"No such option: (.+?)(?: \(Possible options: (.+)\))?$", "không có tùy chọn {0}"),
    (r"No such command '(.+?)'.*", "không có lệnh {0}"),
    (r"Missing command\.", "thiếu tên lệnh"),
    (r"Missing \w+ '?(.+?)'?\..*", "thiếu {0}"),
    (r"Got unexpected extra argument\w*\(?s?\)? ?\((.+)\)", "thừa {0}"),
    (r"Option '(.+?)' requires .*", "tùy chọn {0} cần một giá trị"),
    (r"Invalid value for (.+?): .*", "giá trị của {0} không hợp lệ"),
)


def speak_vietnamese() -> None:
    """Set the words of help pages."""
    for name, word in _WORDS.items():
        if hasattr(rich_utils, name):
            setattr(rich_utils, name, word)
    for kind in (TyperCommand, TyperGroup):
        for method, change in (("get_help_option", _explained), ("get_usage", _used)):
            setattr(kind, method, change(getattr(kind, method)))


def _explained(plain: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def get_help_option(command: Any, context: Any) -> Any:
        option = plain(command, context)
        if option is not None:
            option.help = "Hiện hướng dẫn này rồi thoát."
        return option

    return get_help_option


def _used(plain: Callable[[Any, Any], str]) -> Callable[[Any, Any], str]:
    return lambda command, context: plain(command, context).replace("Usage: ", "Cách dùng: ", 1)


def in_vietnamese(message: str) -> str:
    """A message of a wrong call, in Vietnamese where it is a known one."""
    for pattern, said in _ERRORS:
        found = re.match(pattern, message, re.DOTALL)
        if found:
            return said.format(*(group or "" for group in found.groups()))
    return message


def run(app: typer.Typer) -> int:
    """Run the command line and return its exit status: 0 done, 2 wrong use, 1 stopped by the person."""
    speak_vietnamese()
    try:
        status: Any = app(prog_name="langnghe", standalone_mode=False)
    except typer.Abort:
        err.print("Đã dừng.")
        return 1
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            return WRONG_USE
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "langnghe"
        message = in_vietnamese(error.format_message())  # type: ignore[attr-defined]
        err.print(f"[red]Lỗi[/red] (usage): {message}. Xem: {path} --help", soft_wrap=True)
        return WRONG_USE
    return status if isinstance(status, int) else 0
