"""Model versions in `models/`: save, verify, load, list, promote, roll back."""

from nlp.registry.store import Manifest, Registry, RegistryError, Version

__all__ = ["Manifest", "Registry", "RegistryError", "Version"]
