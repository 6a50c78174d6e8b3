"""The text of one paragraph of a Word document, and all that hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from knowledge_base.readers.findings import Finding
from knowledge_base.readers.numbering import W

if TYPE_CHECKING:
    from lxml import etree

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_VML_PICTURE = "{urn:schemas-microsoft-com:vml}imagedata"
_TEXT_BOX = f"{W}txbxContent"
_NAMED = 3


class Seen:
    """What was met in the whole document."""

    def __init__(self) -> None:
        self.left: list[tuple[str, str]] = []
        self._met: dict[str, list[str]] = {}

    def count(self, code: str, place: str) -> None:
        """Note one more of ``code``, near the text ``place``."""
        self._met.setdefault(code, []).append(place)

    def findings(self) -> Iterator[Finding]:
        """One finding for each code, with the first places."""
        for code, places in self._met.items():
            named = [f"“{place}”" for place in dict.fromkeys(places) if place][:_NAMED]
            yield Finding(code, len(places), "、".join(named))


class Runs:
    """Reads one paragraph; ``boxes`` are the text boxes that hang on it, ``notes`` its footnotes in order."""

    def __init__(self, seen: Seen) -> None:
        self.boxes: list[etree._Element] = []
        self.notes: list[tuple[str, str]] = []
        self._seen = seen
        self._beginning = ""
        self._read: dict[str, Callable[[etree._Element], str]] = {
            f"{W}t": lambda e: e.text or "",
            f"{W}tab": lambda _: " ",
            f"{W}br": lambda _: "\n",
            f"{W}cr": lambda _: "\n",
            f"{W}noBreakHyphen": lambda _: "-",
            f"{W}sym": self._symbol,
            f"{W}del": self._deleted,
            f"{W}moveFrom": self._deleted,
            f"{W}ins": self._inserted,
            f"{W}r": self._run,
            f"{W}pPr": lambda _: "",
            f"{W}rPr": lambda _: "",
            f"{W}instrText": lambda _: "",
            f"{W}ruby": self._ruby,
            f"{W}footnoteReference": lambda e: self._note("footnote", e),
            f"{W}endnoteReference": lambda e: self._note("endnote", e),
            f"{W}drawing": self._drawn,
            f"{W}pict": self._drawn,
            f"{W}object": self._object,
            f"{_MC}AlternateContent": lambda e: self._inside(e[0]) if len(e) else "",
            f"{_M}oMath": self._formula,
        }

    def text(self, paragraph: etree._Element) -> str:
        """The text of a ``w:p`` as it is shown, its automatic number aside."""
        self._beginning = "".join(t.text or "" for t in paragraph.iter(f"{W}t"))[:12]
        return self._inside(paragraph)

    def _inside(self, element: etree._Element) -> str:
        parts: list[str] = []
        for child in element:
            read = self._read.get(child.tag) if isinstance(child.tag, str) else None
            parts.append(read(child) if read else self._inside(child))
        return "".join(parts)

    def _run(self, run: etree._Element) -> str:
        hidden = run.find(f"{W}rPr/{W}vanish")
        text = self._inside(run)
        if hidden is not None and hidden.get(f"{W}val") not in ("0", "false"):
            self._seen.left.append(("hidden-text", text))
            return ""
        return text

    def _deleted(self, element: etree._Element) -> str:
        text = "".join(t.text or "" for t in element.iter(f"{W}delText", f"{W}t"))
        self._seen.left.append(("deleted-text", text))
        return ""

    def _inserted(self, element: etree._Element) -> str:
        text = self._inside(element)
        if text.strip():
            self._seen.count("inserted-text", text.strip()[:12])
        return text

    def _ruby(self, element: etree._Element) -> str:
        base, reading = element.find(f"{W}rubyBase"), element.find(f"{W}rt")
        if reading is not None:
            self._seen.left.append(("hidden-text", self._inside(reading)))
        return "" if base is None else self._inside(base)

    def _note(self, kind: str, element: etree._Element) -> str:
        self.notes.append((kind, str(element.get(f"{W}id"))))
        return ""

    def _symbol(self, _element: etree._Element) -> str:
        self._seen.count("symbols", self._beginning)
        return "□"

    def _drawn(self, element: etree._Element) -> str:
        boxes = [b for b in element.iter(_TEXT_BOX) if not _within_fallback(b, element) and not _within_box(b, element)]
        self.boxes += boxes
        pictures = sum(1 for _ in element.iter(_PICTURE, _VML_PICTURE))
        for _ in range(pictures):
            self._seen.count("images", self._beginning or "图片")
        if not boxes and not pictures:
            self._seen.count("embedded", _drawing_name(element) or self._beginning)
        return ""

    def _object(self, _element: etree._Element) -> str:
        self._seen.count("embedded", self._beginning)
        return ""

    def _formula(self, element: etree._Element) -> str:
        text = "".join(t.text or "" for t in element.iter(f"{_M}t"))
        self._seen.count("formulas", text[:12])
        return text


def _within_fallback(element: etree._Element, top: etree._Element) -> bool:
    return any(up.tag == f"{_MC}Fallback" for up in _up_to(element, top))


def _within_box(element: etree._Element, top: etree._Element) -> bool:
    return any(up.tag == _TEXT_BOX for up in _up_to(element, top))


def _up_to(element: etree._Element, top: etree._Element) -> Iterator[etree._Element]:
    for up in element.iterancestors():
        if up is top:
            return
        yield up


def _drawing_name(element: etree._Element) -> str:
    data = element.find(f".//{_A}graphicData")
    return "" if data is None else str(data.get("uri", "")).rpartition("/")[2]
