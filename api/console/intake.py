"""The page that enters a new petition into the register."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.console.deps import form_needs, page_needs
from api.console.register import parse_day
from api.console.rendering import page
from api.http.deps import ServiceDep, actor_of
from api.records import petition_store as store
from api.records.attachments import attach
from api.records.base import today
from api.records.intakes import Reading
from api.security.roles import Principal
from nlp.text import LangNgheError

router = APIRouter()


@router.get("/petitions/new")
def show(request: Request, me: Annotated[Principal, Depends(page_needs("petition.add"))]) -> Response:
    """The empty form."""
    return page(request, "intake.html", me, form={}, trouble="", channels=store.CHANNELS, on=today())


@router.post("/petitions/new")
async def enter(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(form_needs("petition.add"))],
    text: Annotated[str, Form()] = "", received_at: Annotated[str, Form(max_length=10)] = "",
    channel: Annotated[str, Form(max_length=32)] = "don", province: Annotated[str, Form(max_length=80)] = "",
    commune: Annotated[str, Form(max_length=120)] = "", name: Annotated[str, Form(max_length=300)] = "",
    address: Annotated[str, Form(max_length=500)] = "", contact: Annotated[str, Form(max_length=200)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:  # fmt: skip
    """Read the text or the file, give it the next number, and open it."""
    form = {"text": text, "received_at": received_at, "channel": channel, "province": province, "commune": commune,
            "name": name, "address": address, "contact": contact}  # fmt: skip
    body = text.replace("\r\n", "\n").replace("\x00", "")
    data = b""
    parties = (
        (store.NewParty(name=name.strip(), address=address.strip(), contact=contact.strip()),) if name.strip() else ()
    )
    try:
        if file is not None and file.filename:
            data = await file.read()
            body = (await service.read_file(data, file.filename)).text.replace("\x00", "\ufffd")
        received = parse_day(received_at) or today()
        if received > today():
            raise store.PetitionError("received_in_future", "Ngày nhận không thể sau hôm nay.")
        new = store.NewPetition(body, received, channel if channel in store.CHANNELS else "other", None,
                                province.strip() or None, commune.strip() or None, parties)  # fmt: skip
        reading = await service.read(new)
    except LangNgheError as error:
        return page(request, "intake.html", me, status=422, form=form, trouble=error.message, channels=store.CHANNELS,
                    on=today())  # fmt: skip
    filename = file.filename if file is not None and data else ""
    identity = await service.in_thread(_store, service, new, reading, me, data, filename or "")
    return RedirectResponse(f"/petitions/{identity}?done={identity}&what=add", 303)


def _store(service: Any, new: store.NewPetition, reading: Reading, me: Principal, data: bytes, filename: str) -> str:
    with service.records.write() as session:
        petition = store.add_petition(session, new, reading, actor_of(me))
        if data:
            attach(session, petition, data, filename, actor_of(me))
        return str(petition.id)
