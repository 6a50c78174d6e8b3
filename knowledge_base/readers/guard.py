"""Is this file what it says, and safe to open? Refused before a library sees it: each with what to do instead."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from knowledge_base.errors import BadDocument

MOST_BYTES = 64 * 2**20
"""A larger file is refused: the largest compilations of rules that cities publish are a few MB."""

_MOST_UNPACKED = 512 * 2**20
_MOST_XML = 96 * 2**20  # a parser makes objects of some twenty times the size of what it reads
_MOST_PARTS = 20_000
_MOST_RATIO = 200
_SMALL_PART = 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")

_INSTEAD = {
    ".doc": "an old Word file. Open it in Word or WPS, save it as .docx, and import that",
    ".wps": "a WPS file. Open it in WPS, save it as .docx, and import that",
    ".xls": "an old Excel file. Open it in Excel or WPS, save it as .xlsx, and import that",
    ".et": "a WPS sheet. Open it in WPS, save it as .xlsx, and import that",
    ".rtf": "an RTF file. Open it in Word or WPS, save it as .docx, and import that",
    ".ofd": "an OFD file. Export it as PDF or .docx, and import that",
    ".odt": "an OpenDocument text. Save it as .docx, and import that",
    ".ods": "an OpenDocument sheet. Save it as .xlsx, and import that",
    **dict.fromkeys((".mht", ".mhtml"), "a web archive. Open it in a browser, save it as HTML, and import that"),
    **dict.fromkeys((".ppt", ".pptx"), "a presentation. Save its text as .docx, and import that"),
    **dict.fromkeys((".zip", ".rar", ".7z"), "an archive. Unpack it and import its files"),
    **dict.fromkeys(
        (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"),
        "a picture. Run text recognition on it, check the result, and import that",
    ),
}

READABLE = {
    ".docx": "docx",
    ".docm": "docx",
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "markdown",
}
"""The endings of files that are read, and the reader of each."""


def kind_of(raw: bytes, name: str) -> str:
    """Which reader a file is for, by its ending and its first bytes. Raises BadDocument where there is none."""
    suffix = PurePath(name).suffix.lower()
    if not raw.strip():
        raise BadDocument(f"{name} is empty. Export it again and check that it has text.")
    refuse_size(len(raw), name)
    if suffix in _INSTEAD:
        raise BadDocument(_other_kind(suffix, name))
    if suffix not in READABLE:
        known = ", ".join(sorted(READABLE))
        raise BadDocument(f"{name} is of a kind that is not read. Save it as one of {known}.")
    kind = READABLE[suffix]
    if raw.startswith(_OLE):
        raise BadDocument(_ole_refusal(raw, name))
    if kind in ("docx", "xlsx"):
        check_zip(raw, name, kind)
    if kind == "pdf" and b"%PDF-" not in raw[:1024]:
        raise BadDocument(f"{name} is not a PDF inside. Export it again from the program that made it.")
    return kind


def refuse_size(size: int, name: str) -> None:
    """Raise BadDocument where a file of ``size`` bytes is too large to be a document."""
    if size > MOST_BYTES:
        raise BadDocument(
            f"{name} has {size // 2**20} MB, more than {MOST_BYTES // 2**20}. "
            "Remove its pictures, or split it into several files."
        )


def _other_kind(suffix: str, name: str) -> str:
    return f"{name} is {_INSTEAD[suffix]}."


def _ole_refusal(raw: bytes, name: str) -> str:
    if _ENCRYPTED_PART in raw:
        return f"{name} is protected by a password. Open it, remove the password, save it, and import it again."
    return f"{name} is an old Word or Excel file by its content. Open it in Word or WPS and save it as .docx or .xlsx."


def check_zip(raw: bytes, name: str, kind: str) -> None:
    """Refuse a package that is damaged, of another kind, or that would unpack to far more than it should.

    The sizes that a package declares bind: no more of a part is ever unpacked than its declared size.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BadDocument(
            f"{name} is damaged or not an Office file inside. Open it in Word, Excel or WPS, save it anew, "
            "and import that."
        ) from error
    unpacked = sum(part.file_size for part in parts)
    xml = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels", ".vml")))
    swollen = any(p.file_size > _SMALL_PART and p.file_size > _MOST_RATIO * max(p.compress_size, 1) for p in parts)
    if unpacked > _MOST_UNPACKED or xml > _MOST_XML or len(parts) > _MOST_PARTS or swollen:
        raise BadDocument(
            f"{name} would unpack to {unpacked // 2**20} MB from {len(raw) // 2**10} kB and is not opened. "
            "If it is a real document, save it anew in Word, Excel or WPS, or split it."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise BadDocument(f"{name} is an encrypted archive. Save it without a password and import it again.")
    wanted = {"docx": "word/", "xlsx": "xl/"}[kind]
    if not any(part.filename.startswith(wanted) for part in parts):
        raise BadDocument(f"{name} is not what its ending says. Save it anew as .{kind} from Word, Excel or WPS.")
