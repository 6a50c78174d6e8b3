"""The interval of a share whose cases come in groups of near-duplicates, which say less than as many different ones."""

from __future__ import annotations

import numpy as np

from evaluation.measures import Bools, Interval, Ints, wilson_interval


def share_interval(right: Bools, groups: Ints | None = None) -> Interval:
    """The 95 % interval of ``right``'s mean, shape ``(n,)``: Wilson's, on the effective number of cases.

    That number is n over the design effect (Kish 1965; so used for shares by Korn and Graubard 1998). It is the number
    of groups where all cases agree, and 1 where there is one group, of which nobody knows how others would differ. It
    stays sensible for few cases and for shares near 1, where a bootstrap does not.
    """
    cases = len(right)
    if groups is None or not cases:
        return wilson_interval(int(right.sum()), cases)
    share = float(right.mean())
    _, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place)
    if share in (0.0, 1.0) or len(sizes) == 1:
        return wilson_interval(share * len(sizes), len(sizes))
    gaps = np.bincount(place, weights=right - share, minlength=len(sizes))
    count = len(sizes)
    spread = float((gaps**2).sum()) / cases**2 * (count / max(count - 1, 1))
    effect = max(1.0, spread / (share * (1 - share) / cases))
    return wilson_interval(share * cases / effect, cases / effect)
