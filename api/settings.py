"""Settings of one running instance, read from LANGNGHE_* variables and never at import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from nlp.petitions.intake import Office

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsError(ValueError):
    """A setting that cannot be used; the message is Vietnamese and names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an instance can be told; the defaults serve one office on one machine.

    `database` is a SQLAlchemy URL. `accounts` off means that whoever reaches the port is the local operator, so it is
    only allowed on a loopback address. `max_body` is in bytes, `max_text` in code points, `session_hours` in hours.
    `classify_workers`/`classify_queue` bound the work that needs a model, `threads` the work that waits for the
    database, `max_in_flight` everything together; beyond a bound the answer is 503 with Retry-After.
    `office_level` (`xa` or `tinh`), `office_name` and `office_province` say who receives petitions: routing, terms and
    old place names depend on it. `rules` is a folder with the office's own intake rules, `retention` its file of how long records
    are kept.
    `requests_per_minute` bounds one caller (0: no bound; -1: 1200 with accounts, none without).
    """

    database: str = "sqlite:///var/langnghe.db"
    models: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    accounts: bool = True
    demo: bool = False
    office_level: str = "xa"
    office_name: str = ""
    office_province: str = ""
    allowed_hosts: str = ""
    secure_cookies: bool = False
    rules: str = ""
    retention: str = ""
    max_body: int = 60 * 1024 * 1024
    max_json: int = 16 * 1024 * 1024
    max_text: int = 1_000_000
    classify_workers: int = 1
    classify_queue: int = 64
    classify_wait_s: float = 5.0
    threads: int = 8
    max_in_flight: int = 200
    requests_per_minute: int = -1
    session_hours: int = 10
    session_idle_minutes: int = 120
    lockout_after: int = 5
    lockout_minutes: int = 15
    jobs: bool = True
    job_poll_s: float = 0.5
    job_lease_s: int = 60
    busy_timeout_ms: int = 5000
    slow_request_s: float = 2.0

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read LANGNGHE_DATABASE, LANGNGHE_HOST, … from the environment; an unset variable keeps the default.

        Raises
        ------
        SettingsError
            If a value does not parse, or accounts are off on an address others can reach.
        """
        env = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for field in fields(cls):
            raw = env.get(f"LANGNGHE_{field.name.upper()}")
            if raw is not None and raw != "":
                values[field.name] = _parse(field.name, str(field.type), raw)
        return cls(**values).checked()

    def checked(self) -> Settings:
        """Return itself, or refuse a combination that would leave the records open to the network."""
        if not self.accounts and self.host not in LOOPBACK:
            raise SettingsError(
                "LANGNGHE_HOST: khi tắt tài khoản, dịch vụ chỉ được nghe trên địa chỉ nội bộ 127.0.0.1 hoặc ::1."
            )
        if self.office_level not in ("xa", "tinh"):
            raise SettingsError("LANGNGHE_OFFICE_LEVEL: cấp của cơ quan là xa hoặc tinh.")
        if not 0 <= self.port < 65536:
            raise SettingsError("LANGNGHE_PORT: cổng phải là số từ 0 đến 65535.")
        return self

    def with_(self, **changes: Any) -> Settings:
        """A checked copy with some values changed."""
        return replace(self, **changes).checked()

    @property
    def office(self) -> Office:
        """The office that receives petitions, as the intake rules know it."""
        return Office(self.office_level, self.office_name, province=self.office_province)

    @property
    def hosts(self) -> frozenset[str]:
        """Host names that requests may ask for; empty means any (a reverse proxy decides)."""
        named = frozenset(h.strip().lower() for h in self.allowed_hosts.split(",") if h.strip())
        if named:
            return named | LOOPBACK
        # On loopback a foreign Host header can only come from a page that rebinds its name to this machine.
        return LOOPBACK | {"testserver", "[::1]"} if self.host in LOOPBACK else frozenset()

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, or None for PostgreSQL and for an in-memory database."""
        if not self.database.startswith("sqlite"):
            return None
        path = self.database.split("///", 1)[-1]
        return Path(path) if path and ":memory:" not in path else None


def _parse(name: str, kind: str, raw: str) -> Any:
    try:
        if kind == "int":
            return int(raw)
        if kind == "float":
            return float(raw)
        if kind == "bool":
            return {"1": True, "true": True, "on": True, "yes": True, "0": False, "false": False, "off": False,
                    "no": False}[raw.strip().lower()]  # fmt: skip
    except (ValueError, KeyError) as error:
        raise SettingsError(f"LANGNGHE_{name.upper()}: giá trị không hợp lệ.") from error
    return raw
