"""Who writes, and whom or what the petition is against; proposals with their places in the text."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.petitions.intake.party_look import Look, Parties, Party
from nlp.petitions.intake.petitioners import find_petitioners
from nlp.petitions.intake.respondents import find_respondents
from nlp.text.entities.lexicon import folded_key, tone_key
from nlp.text.entities.types import Entity
from nlp.text.entities.view import TextView

__all__ = ["Parties", "Party", "parties"]


def parties(
    view: TextView, names: Sequence[Entity], offices: Sequence[Entity], petition_type: str | None = None
) -> Parties:
    """Say who sends the petition and whom it is against.

    Parameters
    ----------
    view : TextView
    names : sequence of Entity
        from `nlp.text.entities.people`.
    offices : sequence of Entity
        from `nlp.petitions.intake.organisations`.
    petition_type : str, optional
        Code; a denunciation without a plain accusation falls back on the person it names most.
    """
    key = tone_key if view.accented else folded_key
    keys = [key(t.text) for t in view.tokens]
    starts = {t.start: i for i, t in enumerate(view.tokens)}
    offices = [o for o in offices if not any(o.start <= n.start < o.end for n in names) or o.end - o.start > 30]
    look = Look(view, keys, starts, list(names), offices)
    senders = find_petitioners(look)
    against = find_respondents(look, senders, petition_type)
    return Parties(tuple(sorted(senders, key=lambda p: p.start)), tuple(sorted(against, key=lambda p: p.start)))
