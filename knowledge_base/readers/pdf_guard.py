"""PDF streams that would unpack to far more than a document holds: found before a parser is let loose on them."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

from knowledge_base.errors import BadDocument

_STREAM = re.compile(rb"\bstream\r?\n")
_END = b"endstream"
_DICTIONARY = 1200
_MOST_TEXT = 8 * 2**20
_MOST_FONT = 64 * 2**20
_MOST_TOGETHER = 192 * 2**20
_FONT = (b"/Length1", b"/CIDFontType0C", b"/Type1C", b"/OpenType")
_NEVER_UNPACKED = (b"/Image", b"/DCTDecode", b"/JPXDecode", b"/JBIG2Decode", b"/CCITTFaxDecode")
_UNCHECKED = re.compile(rb"/(?:LZWDecode|LZW|RunLengthDecode|RL|ASCIIHexDecode|AHx)\b")
_MOST_UNCHECKED = 2**20
_LAST = b"%%EOF"
_TAIL = 4096


def check_pdf(raw: bytes, name: str) -> None:
    """Refuse a PDF that is cut short, damaged inside, or whose streams unpack beyond what a page or a font can hold.

    Pictures are not unpacked. In an encrypted file only the sizes as they lie there are known.
    """
    if _LAST not in raw[-_TAIL:]:
        raise BadDocument(f"{name} is cut short: it has no end. Export or download it again, then import that.")
    is_encrypted = b"/Encrypt" in raw
    together = 0
    for head, data in _streams(raw):
        if any(word in head for word in _NEVER_UNPACKED):
            continue
        most = _MOST_FONT if any(word in head for word in _FONT) else _MOST_TEXT
        if _UNCHECKED.search(head):
            most, size = _MOST_UNCHECKED, len(data)
        else:
            size = len(data) if is_encrypted else _unpacked(data, head, most, name)
        together += size
        if size > most or together > _MOST_TOGETHER:
            raise BadDocument(
                f"{name} holds a part that would unpack to more than {most // 2**20} MB and is not opened. "
                "If it is a real document, print it to a new PDF, or split it."
            )


def _streams(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Of each stream what its object says before it, and its bytes as they lie there."""
    place = 0
    while (match := _STREAM.search(raw, place)) is not None:
        start = match.end()
        end = raw.find(_END, start)
        place = end + len(_END) if end >= 0 else len(raw)
        head = raw[max(0, start - _DICTIONARY) : match.start()].rpartition(b" obj")[2]
        yield head, raw[start : end if end >= 0 else len(raw)]


def _unpacked(data: bytes, head: bytes, most: int, name: str) -> int:
    """Bytes that a stream unpacks to, counted to just above ``most``."""
    if b"/ASCII85Decode" in head or b"/A85" in head:
        try:
            data = base64.a85decode(data.strip().removesuffix(b"~>"))
        except ValueError:
            return len(data)
    if b"/FlateDecode" not in head and b"/Fl" not in head:
        return len(data)
    try:
        return len(zlib.decompressobj().decompress(data, most + 1))
    except zlib.error as error:
        # A parser would read what comes before the damage and say nothing.
        raise BadDocument(f"{name} is damaged inside. Export or download it again, then import that.") from error
