"""The city's places: districts and the streets and towns in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class District:
    """区/县 with its 街道 and 镇."""

    name: str
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """地名表 of one city. Area paths are ``city/district`` and ``city/district/street``.

    Streets are looked up in an index: a large city has tens of thousands.
    """

    city: str
    districts: tuple[District, ...]
    _districts_of: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _areas: frozenset[str] = field(init=False, repr=False, compare=False)
    _longest: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        districts_of: dict[str, tuple[str, ...]] = {}
        areas = {self.city}
        for district in self.districts:
            areas.add(f"{self.city}/{district.name}")
            for street in dict.fromkeys(district.streets):
                districts_of[street] = (*districts_of.get(street, ()), district.name)
                areas.add(f"{self.city}/{district.name}/{street}")
        object.__setattr__(self, "_districts_of", districts_of)
        object.__setattr__(self, "_areas", frozenset(areas))
        object.__setattr__(self, "_longest", max(map(len, districts_of), default=0))

    @property
    def streets(self) -> int:
        """How many streets and towns there are, each name once."""
        return len(self._districts_of)

    def streets_in(self, text: str) -> list[str]:
        """The streets and towns that stand in ``text`` as they are written, each once, in order."""
        spans = (text[i:j] for i in range(len(text)) for j in range(i + 2, min(len(text), i + self._longest) + 1))
        return list(dict.fromkeys(span for span in spans if span in self._districts_of))

    def district_of(self, street: str) -> str | None:
        """The only district that has ``street``; ``None`` where none or several have it."""
        found = self._districts_of.get(street, ())
        return found[0] if len(found) == 1 else None

    def area(self, district: str | None, street: str = "") -> str:
        """The area path of a street or district, or of the city where the district is not known.

        A street of which there is only one needs no district.
        """
        known = district or (self.district_of(street) if street else None)
        path = f"{self.city}/{known}"
        if street and f"{path}/{street}" in self._areas:
            return f"{path}/{street}"
        return path if path in self._areas else self.city

    def has(self, area: str) -> bool:
        """Whether ``area`` is the path of the city, of a district or of a street."""
        return area in self._areas
