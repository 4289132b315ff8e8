"""A petition reader that follows the registry: what is promoted answers from the next request on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from nlp.petitions.encoder import Reader, load_reader
from nlp.petitions.results import PetitionResult
from nlp.registry import Live, Registry


class LivePetitionReader:
    """The methods of `PetitionReader`, always by the version in service.

    Parameters
    ----------
    registry : Registry, optional
    every : float
        seconds between looks at the registry.

    Raises
    ------
    RegistryError
        By the constructor, if no version is live.
    """

    def __init__(self, registry: Registry | None = None, *, every: float = 1.0) -> None:
        self._live: Live[Reader] = Live(registry or Registry(), load_reader, every=every)

    @property
    def trouble(self) -> str:
        """Why the newest promotion is not in service (an error code), or nothing."""
        return self._live.trouble

    def pinned(self) -> Reader:
        """The reader in service now; whoever answers several petitions at once keeps it until they are answered."""
        return self._live.get()

    def classify(
        self, text: str, *, received_at: date | None = None, channel: str | None = None, id: str | None = None
    ) -> PetitionResult:
        """Read one petition, as `PetitionReader.classify`."""
        return self.pinned().classify(text, received_at=received_at, channel=channel, id=id)

    def classify_many(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Read many with one version, whatever is promoted meanwhile."""
        return self.pinned().classify_many(rows)
