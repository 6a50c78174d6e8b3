"""Radicals that a PDF gives for the characters that look the same."""

from __future__ import annotations

import unicodedata

_KANGXI = range(0x2F00, 0x2FD6)
_COMPATIBLE = range(0xF900, 0xFB00)
# Unicode gives the radicals that have a simplified or another form of their own no character to be read as.
_SUPPLEMENT = dict(
    zip(
        "⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        "母民西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)


def _table() -> dict[int, str]:
    plain = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*_KANGXI, *_COMPATIBLE)}
    return plain | {ord(radical): character for radical, character in _SUPPLEMENT.items()}


_CHARACTERS = _table()


def as_characters(text: str) -> str:
    """``text`` with the character for each radical (U+2E80 to U+2FD5) and compatibility ideograph that looks like one.

    A font draws 行 and the radical ⾏ with one glyph, and a browser or office program writes either into the PDF.
    Nothing else is changed: normalising the whole text (NFKC) would also make Chinese punctuation Latin.
    """
    return text.translate(_CHARACTERS)
