"""A comparison of configurations of search in sentences, Chinese and English, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from evaluation.retrieval.comparison import AgainstFirst, RetrievalComparison
from evaluation.routing.comparison_words import points

_KINDS = {"better": ("更好", "better"), "worse": ("更差", "worse")}


def sentences(found: AgainstFirst, n: int) -> tuple[str, str]:
    """What the figures allow to say, and no more: in Chinese and in English."""
    hit = found.differences["hit@1"]
    test = f"McNemar p {_p(found.adjusted)}"
    if found.verdict in _KINDS:
        chinese, english = _KINDS[found.verdict]
        return (
            f"{found.label} {chinese}：{n} 个问题上首条命中 {points(hit, '个百分点')}，{test}。",
            f"{found.label} is {english}: hit@1 {points(hit, 'points')} on {n} questions, {test}.",
        )
    undecided = f"{found.label} 与首列看不出差别：{n} 个问题上首条命中 {points(hit, '个百分点')}，{test}。"
    no_difference = (
        f"{found.label}: no difference that {n} questions could show: hit@1 {points(hit, 'points')}, {test}."
    )
    return undecided + _outlook_chinese(found), no_difference + _outlook(found)


def comparison_json(compared: RetrievalComparison) -> dict[str, Any]:
    """The comparison for machines."""
    return {
        "n": compared.n,
        "columns": [column.as_json() for column in compared.columns],
        "against_first": [_against_json(found, compared.n) for found in compared.against],
    }


def _against_json(found: AgainstFirst, n: int) -> dict[str, Any]:
    chinese, english = sentences(found, n)
    return {
        "label": found.label,
        "verdict": found.verdict,
        "sentence": english,
        "sentence_zh": chinese,
        "differences": {
            name: {
                "first": one.first,
                "second": one.second,
                "difference": one.difference,
                "interval": list(one.interval),
                "randomisation_p": found.p[name],
            }
            for name, one in found.differences.items()
        },
        "mcnemar": asdict(found.mcnemar),
        "mcnemar_p_adjusted": found.adjusted,
        "questions_needed": found.needed,
        "detectable_difference": found.detectable,
        "first_only": list(found.first_only),
        "second_only": list(found.second_only),
    }


def _outlook(found: AgainstFirst) -> str:
    return "" if found.needed is None else f" One like this needs about {found.needed} questions."


def _outlook_chinese(found: AgainstFirst) -> str:
    return "" if found.needed is None else f"要看出这样的差别约需 {found.needed} 个问题。"


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"= {value:.4f}"  # noqa: PLR2004 - as far as it is written
