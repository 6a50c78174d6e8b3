"""The name that somebody may have meant: 市住房保障局 is no department, 市住房和城乡建设局 is."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

# What nearly every office is called says nothing about which of them is meant.
_USUAL = str.maketrans("", "", "市区县局委办厅处科中心府街道镇乡和与")
_NEAR_ENOUGH = 0.5


def nearest_name(wanted: str, names: Iterable[str]) -> str:
    """The one of ``names`` that is most like ``wanted`` (Ratcliff and Obershelp 1988); empty where none is near enough.

    Names are compared without the characters that nearly all of them share; the first of equally near ones is taken.
    """
    bare = wanted.translate(_USUAL)
    near = [(_likeness(bare, name.translate(_USUAL)), name) for name in names]
    best = max(near, key=lambda found: found[0], default=(0.0, ""))
    return best[1] if best[0] >= _NEAR_ENOUGH else ""


def _likeness(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks() if block.size > 1)
    return max(matcher.ratio() if shared else 0.0, shared / min(len(one), len(other)))
