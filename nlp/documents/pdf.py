"""PDF files with a text layer."""

from __future__ import annotations

import threading

import pypdfium2

from nlp.documents.archive import damaged
from nlp.documents.builder import TextBuilder
from nlp.documents.document import Limits
from nlp.text import ReadError

# PDFium is not safe under threads.
LOCK = threading.Lock()


def read_pdf(data: bytes, builder: TextBuilder, limits: Limits) -> None:
    """Extract the text layer of a PDF file page by page.

    Raises
    ------
    ReadError
        ``protected``, ``damaged``, ``too_large`` or ``scanned`` (pages without a text layer).
    """
    with LOCK:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise ReadError(
                    "protected", "Tệp PDF được bảo vệ bằng mật khẩu; hãy bỏ mật khẩu rồi gửi lại."
                ) from None
            raise damaged() from error
        try:
            if len(pdf) > limits.max_pages:
                raise ReadError("too_large", f"Tệp PDF có quá nhiều trang: giới hạn là {limits.max_pages} trang.")
            seen = False
            for page in pdf:
                text_page = page.get_textpage()
                text = text_page.get_text_bounded().replace("\r\n", "\n").replace("\x02", "").strip("\n")
                text_page.close()
                page.close()
                seen = seen or bool(text.strip())
                builder.add(text + "\n")
                builder.end_page()
            if not seen:
                raise ReadError("scanned", "Tệp là bản quét, chưa có lớp chữ; cần nhận dạng chữ (OCR) trước khi đọc.")
        except pypdfium2.PdfiumError as error:
            raise damaged() from error
        finally:
            pdf.close()
