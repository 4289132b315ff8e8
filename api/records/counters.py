"""Running numbers that no two writers can share."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.records.operations import Counter


def next_value(session: Session, name: str, step: int = 1) -> int:
    """Raise the counter by `step` and return its new value; the row stays locked until the transaction ends."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(Counter).values(name=name, value=0).on_conflict_do_nothing())
    statement = update(Counter).where(Counter.name == name).values(value=Counter.value + step).returning(Counter.value)
    return int(session.execute(statement).scalar_one())


def current(session: Session, name: str) -> int:
    """The last value given out, 0 if none."""
    return int(session.scalar(select(Counter.value).where(Counter.name == name)) or 0)
