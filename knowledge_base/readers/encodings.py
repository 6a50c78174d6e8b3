"""Bytes of text files: which of the encodings that Chinese offices use it is."""

from __future__ import annotations

import re

from knowledge_base.readers.findings import Finding

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_\-]{3,20})""")
_HEAD = 4096
# gb2312 and gbk are parts of gb18030, and pages that declare them use more than they hold.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "utf8": "utf-8"}


def decoded(raw: bytes) -> tuple[str, tuple[Finding, ...]]:
    """The text of ``raw``: by its byte order mark, what it declares, as UTF-8 or GB18030, whichever fits first.

    Where none fits, what cannot be decoded is counted and stands as U+FFFD.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _leniently(raw, encoding)
    match = _DECLARED.search(raw[:_HEAD])
    declared = match.group(1).decode("ascii").lower() if match else ""
    declared = _WIDER.get(declared, declared)
    for encoding in dict.fromkeys(filter(None, (declared, "utf-8", "gb18030", "big5"))):
        try:
            text = raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        wrong = declared and encoding != declared
        return text, (Finding("encoding", 1, f"{declared} → {encoding}"),) if wrong else ()
    # One broken byte makes no other encoding of the rest: that in which the fewest characters are lost.
    likely = dict.fromkeys((*((declared,) if declared in ("utf-8", "gb18030") else ()), "utf-8", "gb18030"))
    return min((_leniently(raw, encoding) for encoding in likely), key=lambda read: read[0].count("\ufffd"))


def _leniently(raw: bytes, encoding: str) -> tuple[str, tuple[Finding, ...]]:
    text = raw.decode(encoding, errors="replace")
    lost = text.count("\ufffd")
    return text, (Finding("undecodable", lost, encoding),) if lost else ()
