"""Which lines are headings, and where a heading runs into its paragraph."""

from __future__ import annotations

import re

from nlp.reports.headings import FINDING_ROLES, read_heading
from nlp.reports.numbering import Marker
from nlp.reports.zones import Line

ENDING = re.compile(r"[.;,!?]\s*(?:/\.)?\s*$")
VERB = re.compile(r"\b(đã|được|có|là|chưa|còn|nên|nhưng|đang|sẽ)\b", re.IGNORECASE)
"""Words that make a sentence of a line; a heading has none."""

_RUN_IN = re.compile(r"^(?P<head>[^:.;]{2,140}?)\s*(?P<mark>:|\.(?=\s+[A-ZÀ-ỸĐ]))\s*(?=\S)")
_ABOUT = re.compile(r"^(?:Về|Công tác|Lĩnh vực|Nhóm)\s")


def upper_share(text: str) -> float:
    """Share of capitals among the letters of a text; 0 without letters."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) / len(letters) if letters else 0.0


def is_heading(line: Line, marker: Marker | None, content: str, following: str) -> bool:
    """Decide whether a whole line is a heading (see the module's note on what counts)."""
    words = content.split()
    if not words or not any(c.isalpha() for c in content):
        return marker is not None and marker.style == "part"
    if line.heading_level is not None:
        return len(words) <= 60
    upper = upper_share(content)
    if upper > 0.8 and len(words) <= 40 and len(content) > 3 and (len(words) > 1 or marker is not None):
        return True
    ends = bool(ENDING.search(content))
    lead = content.rstrip().endswith(":")
    roles = read_heading(content).roles
    first = next((c for c in content if c.isalpha()), "a")
    if line.emphasis and len(words) <= 40 and not (ends and len(words) > 14):
        return True
    if marker is None:
        if ends or not first.isupper() or len(words) > 14 or "|" in content:
            return False
        named = roles & FINDING_ROLES | roles & {"result", "past_solution", "success_cause"}
        # "Khách quan" on a line of its own stands under the causes and says which.
        return bool(named or (len(words) <= 3 and roles & {"objective", "subjective"})) and not VERB.search(content)
    if marker.style == "part":
        return len(words) <= 40
    if marker.style in ("upper", "roman"):
        return len(words) <= 45 and (not ends or (len(words) <= 16 and content.rstrip().endswith(".")))
    if marker.style == "ordinal":
        return not ends and len(words) <= 10 and bool(roles & FINDING_ROLES) and not VERB.search(content)
    if lead:
        return len(words) <= 22
    if ends:
        about = bool(roles) or bool(_ABOUT.match(content))
        return content.rstrip().endswith(".") and len(words) <= 10 and about and not VERB.search(content)
    if marker.style == "decimal":
        return len(words) <= 32 and first.isupper()
    if marker.style in ("lower", "paren"):
        return len(words) <= 20 and first.isupper()
    short = len(words) <= 12 and first.isupper()
    return (
        short and bool(roles & (FINDING_ROLES | {"result", "objective", "subjective", "addressee"})) and bool(following)
    )


def run_in(content: str, marker: Marker | None) -> tuple[int, int] | None:
    """(end of the heading, start of the text) where a heading runs into its paragraph, else None."""
    match = _RUN_IN.match(content)
    if not match:
        return None
    head = match.group("head")
    words = head.split()
    if not head[:1].isupper() and not head[:1].isdigit():
        return None
    reading = read_heading(head)
    roles = reading.roles
    about = bool(_ABOUT.match(head)) and marker is not None and len(words) <= 12
    limit = 18 if marker is not None else 14
    if not (roles or about) or len(words) > limit:
        return None
    if match.group("mark") == "." and (marker is None or not (roles & FINDING_ROLES or about) or len(words) > 10):
        return None
    if VERB.search(head) and not re.match(
        r"(?i)(?:về|những|các|một số)?\s*(?:tồn tại|hạn chế|khó khăn|nguyên nhân|còn)", head
    ):
        return None
    if re.match(r"(?i)(?:tuy nhiên|bên cạnh|song|đề nghị|kiến nghị [A-ZĐ]|giao |yêu cầu )", head):
        return None
    return match.end("mark"), match.end()
