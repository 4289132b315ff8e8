"""The shipped reader, loaded once."""

import pytest

from nlp.petitions import PetitionReader


@pytest.fixture(scope="session")
def reader() -> PetitionReader:
    return PetitionReader.load()
