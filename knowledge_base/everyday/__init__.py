"""What everyday Chinese calls a thing, and what statutes, notices and service guides call it: tables of this project.

One table a field of life, of two columns (口语, 规范用语); :mod:`knowledge_base.search.everyday_terms` reads them. Who
extends them: what is said must mean this wherever it stands in a longer sentence (被关 would be in 被关注), and the
official words must be another name of the very thing, not its subject. A line that says the same twice keeps another
from being read into a word: 仲裁员,仲裁员 a shorter one (裁员), 证明,证明 one whose end it begins with (身份证 in
身份证明).
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def tables() -> tuple[Path, ...]:
    """Their files; no word is said in two of them."""
    folder = Path(str(files(__name__)))
    return tuple(folder / f"{name}.csv" for name in ("services", "city", "work", "law"))
