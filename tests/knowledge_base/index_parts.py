"""A small library, its index in force, and what is found in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from articles import CITY, article

from knowledge_base.calibration import SIGNALS, Calibration
from knowledge_base.index.making import make_index
from knowledge_base.library import make_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.policy import PolicyArticle
from knowledge_base.retriever import Retriever
from models.baselines import HashingEmbedder

TODAY = date(2026, 11, 22)
EAGER = Calibration(weights=(0.0,) * len(SIGNALS), bias=5.0, threshold=0.5)
"""Shows whatever is found, so that what is found is what is tested."""


class CountingEmbedder(HashingEmbedder):
    """Counts the passages that it embeds."""

    def __init__(self) -> None:
        super().__init__(256)
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded.extend(texts)
        return super().embed_passages(texts)


PERMIT = article("permit", "第一条 居住满半年的，可以申领居住证。\n第二条 居住证不收工本费。")
NOISE = article("noise", "第一条 夜间施工噪声扰民的，由城市管理部门责令改正。")
FUND = article("fund", "问：公积金可以提取来付房租吗？\n答：可以，每月不超过一千五百元。")


def made(folder: Path, *articles: PolicyArticle) -> tuple[LibraryInForce, CountingEmbedder]:
    library, embedder = make_library(articles), CountingEmbedder()
    make_index(folder, library.passages(), embedder, library.version, source=library.base, editions=library.editions)
    embedder.embedded.clear()
    return LibraryInForce(library, folder, embedder), embedder


def found(force: LibraryInForce, query: str, day: date = TODAY, **more: object) -> list[str]:
    retriever = Retriever(force, HashingEmbedder(256), EAGER)
    return [hit.passage.text for hit in retriever.search(query, day=day, area=CITY, limit=20, **more)]  # type: ignore[arg-type]
