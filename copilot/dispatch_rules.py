"""The rules of dispatch applied to one appeal: who leads, who helps, how far down it may go, what is out of scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from copilot.errors import PushedDown
from copilot.suggestion import Choice, Citation, Reason, Slot, Suggestion
from knowledge_base.catalogue.catalogue import Department, DepartmentKind, ResponsibilityCatalogue
from knowledge_base.catalogue.dispatch_rules import DispatchRule, Level, Route
from knowledge_base.catalogue.rule_book import Recognised

# From here on a rule is proof enough to recommend its department by itself. Measured by benchmarks/dispatch_rules.py.
CERTAIN = 0.8
# A helper is proposed where the rule that names it is more likely right than wrong.
_LIKELY = 0.5
_CARD = "rule:"
# A document that delegates the matter, by title or by number.
_DOCUMENT = re.compile(r"《[^》]{2,}》|[〔\[(（]\d{4}[〕\])）]\s*\d+\s*号")


@dataclass(frozen=True, slots=True)
class Finding:
    """A recognised matter with the departments it leads to in its place. ``weight``: how likely the rule is right."""

    rule: DispatchRule
    words: tuple[str, ...]
    weight: float
    lead: Department | None
    helpers: tuple[Department, ...]

    @property
    def out_of_scope(self) -> bool:
        """Whether the matter has another legal way than an order."""
        return self.rule.route is Route.OUT_OF_SCOPE

    def reasons(self) -> tuple[Reason, ...]:
        """What the rule says, for the person who decides."""
        said = f"{self.rule.name}（听到“{'、'.join(self.words)}”）"
        parts = [f"法定途径：{self.rule.way}" if self.out_of_scope else "", self._helped(), self.rule.note]
        told = Reason("rule", "；".join((said, *filter(None, parts))), self.rule.legal_basis)
        line = self.rule.hand_over
        return (told, Reason("rule", f"可直接转接：{line}", self.rule.legal_basis)) if line else (told,)

    def _helped(self) -> str:
        return f"{'、'.join(d.name for d in self.helpers)}协办" if self.helpers else ""


def findings(catalogue: ResponsibilityCatalogue, texts: Sequence[str], day: date, area: str) -> list[Finding]:
    """The matters that the first of ``texts`` names that names any, the surest first.

    ``texts`` go from the opening of an appeal to all of it: a citizen names the matter first, and what comes later is
    often another one mentioned in passing. ``area`` is the path of the place that was heard.
    """
    matches: list[Recognised] = next((m for text in texts if (m := catalogue.recognise(text, day, area))), [])
    return [_finding(catalogue, match, day, area) for match in matches]


def _finding(catalogue: ResponsibilityCatalogue, match: Recognised, day: date, area: str) -> Finding:
    rule = match.rule
    lead = _lead(catalogue, rule, day, area)
    named = (_in_force(catalogue, name, day) for name in rule.co_departments)
    helpers = [*named, _local_helper(catalogue, rule, day, area)]
    others = dict.fromkeys(d for d in helpers if d is not None and d is not lead)
    return Finding(rule, match.words, match.weight, lead, tuple(others))


def _lead(catalogue: ResponsibilityCatalogue, rule: DispatchRule, day: date, area: str) -> Department | None:
    """The rule's department, or the office below it that the rule lets the order go to in ``area``."""
    lead = _in_force(catalogue, rule.lead, day)
    if lead is None or rule.level is Level.CITY:
        return lead
    office = catalogue.street_office(area, day) if rule.level is Level.STREET else None
    return office or catalogue.branch(lead.name, area, day) or lead


def _local_helper(catalogue: ResponsibilityCatalogue, rule: DispatchRule, day: date, area: str) -> Department | None:
    if rule.helped_by is Level.STREET:
        return catalogue.street_office(area, day)
    lead = catalogue.find(rule.lead)
    return catalogue.branch(lead.name, area, day) if rule.helped_by is Level.DISTRICT and lead is not None else None


def _in_force(catalogue: ResponsibilityCatalogue, name: str, day: date) -> Department | None:
    department = catalogue.find(name)
    return department if department is not None and department.in_force_on(day) else None


def ruled(ranked: Iterable[tuple[str, float]], found: Sequence[Finding]) -> list[tuple[str, float]]:
    """Departments with probabilities, best first, after the rules have spoken; their sum stays what it was.

    A rule is right with its weight ``w`` and says nothing otherwise, so by the law of total probability each department
    keeps ``1 - w`` of what it had and the rule's lead gains ``w``. The surest rule speaks last.
    """
    total = dict(ranked)
    for finding in reversed(found):
        if finding.lead is None:
            continue
        total = {name: value * (1.0 - finding.weight) for name, value in total.items()}
        total[finding.lead.name] = total.get(finding.lead.name, 0.0) + finding.weight
    return sorted(total.items(), key=lambda item: -item[1])


def in_jurisdiction(
    catalogue: ResponsibilityCatalogue, department: Department, day: date, area: str
) -> Department | None:
    """The office with the same matters in ``area``: itself, its counterpart there, its superior, or nobody."""
    if department.kind.level is Level.CITY or department.covers(area):
        return department
    if department.kind is DepartmentKind.STREET:
        return catalogue.street_office(area, day)
    superior = _in_force(catalogue, department.part_of, day)
    return catalogue.branch(department.part_of, area, day) or superior


def may_go_to(department: Department, found: Sequence[Finding]) -> bool:
    """Whether the surest rule lets an order go as far down: a functional matter never goes to a street or town."""
    if department.kind is not DepartmentKind.STREET or not found:
        return True
    return found[0].rule.level is Level.STREET


def helpers_suggestion(finding: Finding, version: str) -> Suggestion[Any] | None:
    """The co-handling departments that the rule names, as a suggestion for a person to accept; ``None`` without any."""
    if not finding.helpers or finding.weight < _LIKELY or finding.out_of_scope:
        return None
    names = tuple(d.name for d in finding.helpers)
    return Suggestion(Slot.CO_DEPARTMENTS, (Choice(names, finding.weight, finding.reasons()),), {"catalogue": version})


def legal_way_card(finding: Finding, version: str) -> Suggestion[Any]:
    """The legal way of a matter that is out of scope, with the script that the agent may read: an answer card."""
    rule = finding.rule
    citation = Citation(
        passage_id=f"{_CARD}{rule.name}",
        article_id=f"{_CARD}{rule.name}",
        title=f"不属于热线受理范围：{rule.name}",
        heading=rule.way,
        document_number=rule.legal_basis,
        issuer="派单目录",
        owner=finding.lead.name if finding.lead is not None else "",
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        quote=rule.script,
    )
    return Suggestion(Slot.ANSWER, (Choice(citation, finding.weight, finding.reasons()),), {"catalogue": version})


def is_legal_way(citation: Citation) -> bool:
    """Whether a card comes from a rule: its owner then only explains, and is no evidence of who should act."""
    return citation.passage_id.startswith(_CARD)


def ask_before_pushing_down(
    catalogue: ResponsibilityCatalogue, text: str, present: str, wanted: Department, reason: str, day: date
) -> None:
    """Hold up a person who gives a functional department's matter to a street or town.

    ``text`` is what the order is about and ``present`` the department that has it now. A reason that names the document
    which delegates the matter confirms it. Raises PushedDown without one.
    """
    if wanted.kind is not DepartmentKind.STREET or _DOCUMENT.search(reason):
        return
    surest = next(iter(catalogue.recognise(text, day, wanted.area)), None)
    if surest is not None and surest.rule.level is Level.STREET:
        return
    matter, owner = (surest.rule.name, surest.rule.lead) if surest is not None else ("", present)
    department = catalogue.find(owner)
    if department is None or department.kind is DepartmentKind.STREET:
        return
    of = f"“{matter}” is" if matter else "This is"
    raise PushedDown(
        f"{of} a matter of {department.name} and must not be pushed down to {wanted.name}. Choose {department.name}, "
        "or confirm with a reason that names the document which delegates it, such as 《赋权事项清单》."
    )
