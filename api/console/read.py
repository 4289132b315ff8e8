"""The page that reads one petition: pasted or uploaded, shown with labels and the words that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response

from api.console.deps import form_needs, page_needs
from api.console.highlight import Mark, cut, petition_marks
from api.console.rendering import environment, page, wants_fragment
from api.http.deps import ServiceDep
from api.security.roles import Principal
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError

router = APIRouter()


def analysis_view(text: str, result: dict[str, Any], more: Sequence[Mark] = ()) -> dict[str, Any]:
    """What the template of an analysis needs: the text in pieces, scores by field, signals grouped by code."""
    known = taxonomy()
    decided = {f["code"] for f in result["fields"]}
    others = [(code, p) for code, p in result.get("field_scores", {}).items() if code not in decided]
    signals: dict[str, list[dict[str, Any]]] = {}
    for signal in result["urgency"]["signals"]:
        signals.setdefault(signal["code"], []).append(signal)
    names = [(code, known.name(code)) for code in {*decided, *signals}]
    return {
        "result": result,
        "pieces": cut(text, [*petition_marks(result, names), *more]),
        "others": sorted(others, key=lambda p: -p[1])[:4],
        "signals": signals,
        "signal_levels": known.level_of_signal,
        "length": len(text),
    }


@router.get("/read")
def show(request: Request, me: Annotated[Principal, Depends(page_needs("classify"))]) -> Response:
    """The empty form."""
    return page(request, "read.html", me, text="", view=None, trouble="", filename="")


@router.post("/read")
async def read(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(form_needs("classify"))],
    text: Annotated[str, Form()] = "", file: Annotated[UploadFile | None, File()] = None,
) -> Response:  # fmt: skip
    """Read the text or the file, and show the answer beside it; nothing is stored."""
    view, trouble, filename = None, "", ""
    # Forms send line ends as CR LF; the petition as given has whatever the person sees, one character a line.
    text = text.replace("\r\n", "\n").replace("\x00", "")
    try:
        if file is not None and file.filename:
            filename = file.filename
            text = (await service.read_file(await file.read(), filename)).text
        view = analysis_view(text, await service.classify(text))
    except LangNgheError as error:
        trouble = error.message
    values = {"text": text, "view": view, "trouble": trouble, "filename": filename}
    if wants_fragment(request):
        shown = environment().get_template("read_result.html").render(**values)
        return Response(shown, media_type="text/html")
    return page(request, "read.html", me, status=422 if trouble else 200, **values)
