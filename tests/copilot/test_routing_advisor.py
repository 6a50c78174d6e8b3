from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from routers import Fixed, Label, Order, Why

from copilot.appeal import Situation
from copilot.call import Speaker, Utterance
from copilot.routing import RoutingAdvisor, blended
from copilot.suggestion import Choice, Citation, Reason
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.catalogue.in_force import CatalogueInForce
from knowledge_base.library import make_library
from knowledge_base.policy import PolicyArticle

CATALOGUE = ResponsibilityCatalogue(
    "c1",
    (
        Department("市水务局", (Duty("负责供水", "供水条例第三条", ("停水", "水压低")),), "云川市"),
        Department("市城市管理局", (Duty("负责路灯", "市政条例第八条", ("路灯不亮",)),), "云川市", aliases=("城管局",)),
        Department("市粮食局", (Duty("负责粮食"),), "云川市", effective_to=date(2024, 12, 31)),
        Department("市民政局", (Duty("负责敬老卡"),), "云川市"),
    ),
)
IN_FORCE = CatalogueInForce(CATALOGUE)


def heard(text: str) -> Situation:
    return Situation("1", (Utterance("u1", Speaker.CITIZEN, text, 0, 1, "1"),), date(2026, 11, 22), "云川市")


def test_three_departments_are_offered_with_probability_reason_and_legal_basis() -> None:
    labels = (
        Label("市水务局", 0.7, (Why("duty", "停水"), Why("words", "停水、抢修"))),
        Label("市民政局", 0.2),
        Label("城管局", 0.1),
    )
    (suggestion,) = RoutingAdvisor(Fixed(Order(labels)), IN_FORCE).advise(heard("我们小区停水了"))
    assert [c.value for c in suggestion.choices] == ["市水务局", "市民政局", "市城市管理局"]
    assert suggestion.best.reasons == (Reason("duty", "停水", "供水条例第三条"), Reason("words", "停水、抢修", ""))
    assert suggestion.versions == {"router": "r1", "catalogue": "c1"}


def test_a_department_that_is_hardly_possible_comes_without_reasons() -> None:
    labels = (
        Label("市水务局", 0.9, (Why("duty", "停水"),)),
        Label("市民政局", 0.06, (Why("duty", "敬老卡"),)),
        Label("城管局", 0.01, (Why("duty", "路灯不亮"),)),
    )
    (suggestion,) = RoutingAdvisor(Fixed(Order(labels)), IN_FORCE).advise(heard("我们小区停水了"))
    assert [bool(choice.reasons) for choice in suggestion.choices] == [True, True, False]


def test_where_all_is_uncertain_reasons_are_given_all_the_same() -> None:
    labels = tuple(Label(name, 0.03, (Why("duty", "停水"),)) for name in ("市水务局", "市民政局", "城管局"))
    (suggestion,) = RoutingAdvisor(Fixed(Order(labels, abstained=True)), IN_FORCE).advise(heard("说不清楚的事"))
    assert all(choice.reasons for choice in suggestion.choices)


def test_a_department_that_was_dissolved_or_never_was_is_not_offered() -> None:
    labels = (Label("市粮食局", 0.6), Label("市火星局", 0.3), Label("市水务局", 0.1))
    (suggestion,) = RoutingAdvisor(Fixed(Order(labels)), IN_FORCE).advise(heard("我要反映粮食问题"))
    assert [c.value for c in suggestion.choices] == ["市水务局"]


def test_abstention_is_passed_on() -> None:
    (suggestion,) = RoutingAdvisor(Fixed(Order((Label("市水务局", 0.3),), abstained=True)), IN_FORCE).advise(
        heard("说不清楚的事")
    )
    assert suggestion.abstained


def test_nothing_is_ranked_before_something_was_said() -> None:
    assert RoutingAdvisor(Fixed(Order((Label("市水务局", 0.3),))), IN_FORCE).advise(heard("喂")) == []


@dataclass(frozen=True)
class Drifting:
    """Sure of the matter at first, led astray by the details."""

    version: str = "r1"

    def rank(self, text: str, limit: int = 3) -> Order:
        if "合同" in text:
            return Order((Label("市城市管理局", 0.6), Label("市民政局", 0.3)), abstained=True)
        return Order((Label("市民政局", 0.9), Label("市城市管理局", 0.05)))


def test_the_opening_of_an_appeal_counts_as_much_as_its_details() -> None:
    said = ("我想办敬老卡", "今年六十七了", "合同要不要带")
    heard_so_far = tuple(Utterance(f"u{n}", Speaker.CITIZEN, text, n, n + 1, "1") for n, text in enumerate(said))
    situation = Situation("1", heard_so_far, date(2026, 11, 22), "云川市")
    (suggestion,) = RoutingAdvisor(Drifting(), IN_FORCE).advise(situation)
    assert suggestion.best.value == "市民政局"
    assert suggestion.best.probability == pytest.approx(0.6)
    assert suggestion.abstained


class Counted:
    """Remembers what it was asked to rank."""

    version = "r1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def rank(self, text: str, limit: int = 3) -> Order:
        self.asked.append(text)
        return Order((Label("市民政局", 0.9),))


def test_the_opening_is_ranked_beside_all_that_was_said_and_no_text_twice_at_once() -> None:
    router, said = Counted(), ("我想办敬老卡", "今年六十七了", "合同要不要带")
    advisor = RoutingAdvisor(router, IN_FORCE)
    for spoken in (2, 3):
        heard_so_far = tuple(Utterance(f"u{n}", Speaker.CITIZEN, said[n], n, n + 1, "1") for n in range(spoken))
        advisor.advise(Situation("1", heard_so_far, date(2026, 11, 22), "云川市"))
    opening = "\n".join(said[:2])
    assert router.asked == [opening, opening, "\n".join(said)]


def cited(owner: str, probability: float) -> Choice[Citation]:
    quote = Citation(
        "p", "a", "敬老卡办理规定", "", "云民规〔2025〕2号", "市民政局", owner, date(2025, 1, 1), None, "满65周岁"
    )
    return Choice(quote, probability)


def test_who_owns_the_passage_that_answers_is_evidence_and_is_named_as_the_reason() -> None:
    misheard = Order((Label("市水务局", 0.3), Label("市民政局", 0.3)), abstained=True)
    situation = replace(heard("老年咖怎么拌"), passages=(cited("市民政局", 1.0),))
    (suggestion,) = RoutingAdvisor(Fixed(misheard), IN_FORCE).advise(situation)
    assert suggestion.best.value == "市民政局"
    assert suggestion.best.reasons == (Reason("policy", "《敬老卡办理规定》", "云民规〔2025〕2号"),)
    assert not suggestion.abstained


@pytest.mark.parametrize(("ownership", "first"), [("", "市民政局"), ("否", "市水务局")])
def test_an_article_that_is_no_evidence_of_ownership_counts_for_nobody(ownership: str, first: str) -> None:
    article = PolicyArticle(
        *("a", "热线工单办理规范", "", "市民政局", "市民政局", "云川市"),
        date(2025, 1, 1),
        None,
        "五个工作日内答复。",
        ownership=ownership,
    )
    library = make_library([article])
    unsure = Order((Label("市水务局", 0.35), Label("市民政局", 0.3)), abstained=True)
    situation = replace(heard("多久给答复"), passages=(cited("市民政局", 1.0),))
    (suggestion,) = RoutingAdvisor(Fixed(unsure), IN_FORCE, library=lambda: library).advise(situation)
    assert suggestion.best.value == first


def test_a_doubtful_passage_does_not_outweigh_a_sure_router() -> None:
    situation = replace(heard("我们小区停水了"), passages=(cited("市民政局", 0.6),))
    (suggestion,) = RoutingAdvisor(Fixed(Order((Label("市水务局", 0.95),))), IN_FORCE).advise(situation)
    assert suggestion.best.value == "市水务局"


def test_blending_keeps_the_sum_of_what_was_given() -> None:
    merged = blended([("a", 0.6), ("b", 0.4)], [("b", 0.8), ("c", 0.2), ("b", 0.1)], weight=0.5)
    assert sum(probability for _, probability in merged) == pytest.approx(1.0)
    assert [name for name, _ in merged] == ["b", "a", "c"]


def test_what_is_left_of_a_ranking_whose_first_is_gone_is_a_question() -> None:
    labels = (Label("市粮食局", 0.9), Label("市城市管理局", 0.03))
    (suggestion,) = RoutingAdvisor(Fixed(Order(labels)), IN_FORCE).advise(heard("我要反映粮食问题"))
    assert suggestion.best.value == "市城市管理局"
    assert suggestion.abstained


def _likely(*sets: tuple[str, ...]) -> tuple[str, ...]:
    @dataclass(frozen=True)
    class InTurn:
        version: str = "r1"

        def rank(self, text: str, limit: int = 3) -> Order:
            return Order(
                (Label("市水务局", 0.6), Label("市民政局", 0.3)), likely=sets[min(text.count("\n") - 1, len(sets) - 1)]
            )

    (suggestion,) = RoutingAdvisor(InTurn(), IN_FORCE).advise(
        replace(
            heard("我们小区停水了"),
            utterances=tuple(heard(t).utterances[0] for t in ("停水了三天", "没有人管", "请处理")),
        )
    )
    return suggestion.likely


def test_the_right_department_is_among_those_that_any_reading_of_the_appeal_holds_likely() -> None:
    assert _likely(("城管局", "市水务局"), ("市民政局",)) == ("市水务局", "市民政局", "市城市管理局")


def test_a_department_that_is_shown_above_a_likely_one_is_likely_too() -> None:
    sets = (("市水务局", "市城市管理局"),) * 2
    assert _likely(*sets) == ("市水务局", "市民政局", "市城市管理局")  # 市民政局 is shown as the second, with 30 %
    assert _likely(*[("市民政局",)] * 2) == ("市水务局", "市民政局")


@pytest.mark.parametrize("sets", [((),), (("市水务局",),), (("市水务局", "市火星局"),), (("市水务局", "市粮食局"),)])
def test_no_set_is_offered_that_promises_nothing_or_that_nobody_could_choose_from(
    sets: tuple[tuple[str, ...], ...],
) -> None:
    assert _likely(*sets) == ()
