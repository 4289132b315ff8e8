"""Model versions in `models/`: save, verify, load, list, promote, roll back, and follow what is in service."""

from nlp.registry.live import Live
from nlp.registry.shadow import ShadowReport, shadow
from nlp.registry.store import Manifest, Registry, RegistryError, Version

__all__ = ["Live", "Manifest", "Registry", "RegistryError", "ShadowReport", "Version", "shadow"]
