"""The city's places: districts and the streets and towns in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class District:
    """区/县 with its 街道 and 镇."""

    name: str
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """地名表 of one city. Area paths are ``city/district``."""

    city: str
    districts: tuple[District, ...]

    def district_of(self, street: str) -> str | None:
        """The only district that has ``street``; ``None`` where none or several have it."""
        found = [d.name for d in self.districts if street in d.streets]
        return found[0] if len(found) == 1 else None

    def area(self, district: str | None) -> str:
        """The area path of a district, or of the city where the district is not known."""
        known = district is not None and any(d.name == district for d in self.districts)
        return f"{self.city}/{district}" if known else self.city
