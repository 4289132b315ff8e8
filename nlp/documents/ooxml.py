"""Names and small look-ups shared by the parts of the Word reader (ECMA-376)."""

from __future__ import annotations

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# "Strict" files use other names for the same things; they are turned into these before reading.
STRICT = {
    "http://purl.oclc.org/ooxml/wordprocessingml/main": W[1:-1],
    "http://purl.oclc.org/ooxml/officeDocument/relationships": R[1:-1],
    "http://purl.oclc.org/ooxml/officeDocument/math": M[1:-1],
}


def child(node: etree._Element | None, name: str) -> etree._Element | None:
    """Return the first child ``w:name`` of `node`, None where there is none."""
    return None if node is None else node.find(W + name)


def value(node: etree._Element | None, name: str) -> str | None:
    """Return the attribute ``w:val`` of the child ``w:name`` of `node`."""
    found = child(node, name)
    return None if found is None else found.get(W + "val")


def switched_on(node: etree._Element | None, name: str) -> bool:
    """Say whether the toggle ``w:name`` stands in `node` and is not set to off."""
    found = child(node, name)
    return found is not None and found.get(W + "val") not in {"0", "false", "off"}
