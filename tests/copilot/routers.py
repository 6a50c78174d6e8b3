"""Routers that say what a test wants."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Why:
    kind: str
    text: str
    source: str = ""


@dataclass(frozen=True)
class Label:
    label: str
    probability: float
    reasons: tuple[Why, ...] = ()


@dataclass(frozen=True)
class Order:
    choices: tuple[Label, ...]
    abstained: bool = False
    likely: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fixed:
    """Always gives the same order, as a router that has learned nothing new."""

    order: Order
    version: str = "r1"

    def rank(self, text: str, limit: int = 3) -> Order:
        return self.order
