"""What a writer keeps: the basket of findings and searches under a name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.http.routes.insight import owner_of
from api.records.operations import SavedSearch
from api.records.reports import BasketItem
from api.records.words import in_vietnamese_order
from api.security.roles import Principal


def in_basket(session: Session, me: Principal) -> set[str]:
    """Ids of the findings in this person's basket."""
    return set(session.scalars(select(BasketItem.finding_id).where(BasketItem.user_id == owner_of(me))))


def saved_searches(session: Session, me: Principal, place: str) -> list[SavedSearch]:
    """This person's kept searches of one place, by name."""
    rows = select(SavedSearch).where(SavedSearch.user_id == owner_of(me), SavedSearch.place == place)
    return sorted(session.scalars(rows), key=lambda s: in_vietnamese_order(s.name))
