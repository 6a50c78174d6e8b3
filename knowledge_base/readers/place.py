"""Where a document holds and who keeps it right: from the gazetteer and the catalogue, by who issued it."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.gazetteer import Gazetteer

_ABOVE = (
    "国务院",
    "中华人民共和国",
    "国家",
    "中共中央",
    "全国人民代表大会",
    "省人民政府",
    "省委",
    "自治区人民政府",
    "最高人民",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The city that a document is read for; either may be missing."""

    catalogue: ResponsibilityCatalogue | None = None
    gazetteer: Gazetteer | None = None


def area_of(surroundings: Surroundings, issuer: str, title: str) -> tuple[str, str]:
    """``(area path, the words that say so)`` of a document; both empty where it is not clear.

    A district or street that the issuer's name or, failing that, the title names; else the city, where they name it or
    an authority above it. Several districts are no answer.
    """
    gazetteer = surroundings.gazetteer
    if gazetteer is None:
        return "", ""
    for words in (issuer, title):
        districts = [d.name for d in gazetteer.districts if d.name in words]
        streets = [
            (d.name, street)
            for d in gazetteer.districts
            for street in d.streets
            if street in words and (not districts or d.name in districts)
        ]
        if len(streets) == 1:
            return gazetteer.area(*streets[0]), words
        if len(districts) == 1:
            return gazetteer.area(districts[0]), words
        if districts or streets:
            return "", ""
    for words in (issuer, title):
        if gazetteer.city in words or any(organ in words for organ in _ABOVE):
            return gazetteer.city, words
    return "", ""


def area_of_owner(surroundings: Surroundings, owner: str) -> str:
    """The area of the department that keeps a document, where nothing else says in which it holds; or empty."""
    department = surroundings.catalogue.find(owner) if surroundings.catalogue is not None and owner else None
    # An article holds in the city or in a district; that of a street's office, in its district.
    return "/".join(department.area.split("/")[:2]) if department is not None else ""


def owner_of(surroundings: Surroundings, explained_by: str, issuer: str) -> tuple[str, str]:
    """``(department of the catalogue, the words that say so)``: who explains the document, else who issued it."""
    catalogue, gazetteer = surroundings.catalogue, surroundings.gazetteer
    if catalogue is None:
        return "", ""
    city = gazetteer.city if gazetteer else ""
    for words in filter(None, (explained_by, *issuer.split())):
        # 云川市公安局 is 市公安局 in the catalogue, 临湖区民政局 keeps its district.
        names = [words, words.replace(city, "市", 1), words.replace(city, "", 1)] if city else [words]
        for name in names:
            if found := catalogue.find(name):
                return found.name, words
    return "", ""
