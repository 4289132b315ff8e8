"""What a clerk needs beside the labels: eligibility, deadlines, routing, parties and matters, duplicates."""

from nlp.petitions.intake.duplicates import Duplicate, Fingerprint, PetitionIndex, diff, find_duplicates, fingerprint
from nlp.petitions.intake.intake import IntakeReport, IntakeRules, intake_report
from nlp.petitions.intake.routing import Move, Office, RoutingCase, RoutingRules, dry_run, route

__all__ = [
    "Duplicate",
    "Fingerprint",
    "IntakeReport",
    "IntakeRules",
    "Move",
    "Office",
    "PetitionIndex",
    "RoutingCase",
    "RoutingRules",
    "diff",
    "dry_run",
    "find_duplicates",
    "fingerprint",
    "intake_report",
    "route",
]
