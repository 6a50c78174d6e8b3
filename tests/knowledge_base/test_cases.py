from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge_base.articles.splitting import SEPARATOR
from knowledge_base.library import make_library
from knowledge_base.policy import Passage, PolicyArticle
from knowledge_base.search.cases import ArticleCases, distinction

PASSAGE = Passage("a#1", "a", f"办法{SEPARATOR}缴费", "", "办法", "云1号", "局", "局", "云川市", date(2025, 1, 1), None)


def passage(text: str, number: int = 1) -> Passage:
    return replace(PASSAGE, passage_id=f"a#{number}", text=text)


def labels(text: str, *beside: str) -> list[str]:
    own = passage(text)
    found = distinction(own, [own, *(passage(other, n) for n, other in enumerate(beside, start=2))])
    return [option.label for option in found.options] if found else []


def test_two_conditions_of_one_thing_are_cases_quoted_verbatim() -> None:
    text = "第四条 断缴三个月以内补缴的，待遇不受影响。\n断缴超过三个月的，恢复缴费后要等三个月。等待期内不能报销。"
    found = distinction(passage(text))
    assert found is not None
    assert found.question == "请问属于哪种情形：断缴三个月以内补缴，还是断缴超过三个月？"
    assert [option.quote for option in found.options] == [
        "第四条 断缴三个月以内补缴的，待遇不受影响。",
        "断缴超过三个月的，恢复缴费后要等三个月。等待期内不能报销。",
    ]


def test_the_items_of_a_list_keep_the_sentence_that_announces_them() -> None:
    text = "领取期限：\n（一）缴费满一年不足五年的，最长十二个月；\n（二）缴费满五年的，最长二十四个月。"
    found = distinction(passage(text))
    assert found is not None
    assert [option.label for option in found.options] == ["缴费满一年不足五年", "缴费满五年"]
    assert found.options[1].quote == "领取期限：\n（二）缴费满五年的，最长二十四个月。"


def test_conditions_that_have_nothing_in_common_are_no_cases() -> None:
    assert labels("租房居住满半年的，凭租房合同申领；没有住所证明材料者的，提交声明。") == []
    assert labels("遛狗应当用牵引绳，避开老人。") == []


def test_articles_of_one_chapter_that_begin_with_a_condition_are_cases() -> None:
    assert labels(
        "第一条 计划停水的，提前通知。", "第二条 突发停水的，一小时内到场。", "第三条 本办法自发布之日起施行。"
    ) == [
        "计划停水",
        "突发停水",
    ]


def test_questions_that_differ_only_in_whom_they_are_about_are_cases() -> None:
    one, other = "问：单位职工怎么参加医保？\n答：由单位办。", "问：灵活就业人员怎么参加医保？\n答：自己办。"
    assert labels(one, other, "问：医保卡丢了怎么补？\n答：到窗口。") == ["单位职工", "灵活就业人员"]


def test_a_passage_that_holds_for_everybody_asks_nothing() -> None:
    assert distinction(passage("第一条 办理免费。"), [passage("第一条 办理免费。")]) is None


def test_cases_follow_the_library() -> None:
    def article(text: str) -> PolicyArticle:
        return PolicyArticle("a", "办法", "云1号", "局", "局", "云川市", date(2025, 1, 1), None, text)

    libraries = [make_library([article("单位违反的，罚五千元；个人违反的，罚五百元。")])]
    known = ArticleCases(lambda: libraries[-1])
    (own,) = libraries[0].passages()
    assert known.of(own) is not None
    libraries.append(make_library([article("违反的，罚款。")]))
    (own,) = libraries[1].passages()
    assert known.of(own) is None


def test_only_the_article_that_is_asked_about_is_cut_into_passages() -> None:
    def article(name: str, text: str) -> PolicyArticle:
        return PolicyArticle(name, "办法", f"云{name}号", "局", "局", "云川市", date(2025, 1, 1), None, text)

    library = make_library([article("a", "单位违反的，罚五千元；个人违反的，罚五百元。"), article("b", "免费。")])
    (own,) = library.passages_of("a")
    assert ArticleCases(lambda: library).of(own) is not None
    assert "_passages" not in vars(library)  # of a large library that takes seconds, and a caller waits
