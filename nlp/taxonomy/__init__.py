"""The label set that corpora, models, API, console and exports share."""

from nlp.taxonomy.labels import Field, Label, Signal, Taxonomy, taxonomy

__all__ = ["Field", "Label", "Signal", "Taxonomy", "taxonomy"]
