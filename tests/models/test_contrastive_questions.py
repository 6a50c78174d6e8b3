from __future__ import annotations

import pytest

from models.adapting.contrastive_questions import Kind, Teaching, made_pairs, matter


def teaching(text: str, title: str = "云川市居住证管理办法", keywords: tuple[str, ...] = ()) -> Teaching:
    return Teaching(title, (title,), text, f"{title}\n{text}", keywords)


def questions(passages: list[Teaching], kind: Kind, seeds: int = 30) -> set[str]:
    return {p.question for seed in range(seeds) for p in made_pairs(passages, seed) if p.kind is kind}


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("云川市居住证管理办法", "云川市居住证"),
        ("关于印发《云川市养犬管理条例》的通知", "云川市养犬"),
        ("关于做好冬季供热工作的通知", "冬季供热"),
        ("第三条 医保缴费标准", "医保缴费"),
        ("二、办理时限", "办理时限"),
    ],
)
def test_a_title_says_what_it_is_about_without_its_form(title: str, about: str) -> None:
    assert matter(title) == about


def test_what_a_passage_holds_decides_what_may_be_asked() -> None:
    asked = questions([teaching("申请人应当提交身份证、居住证明的复印件。")], Kind.FACET)
    assert any("材料" in question or "带什么" in question for question in asked)
    assert not any("多少钱" in question for question in asked)


def test_a_statement_is_asked_for_with_its_answer_left_out() -> None:
    asked = questions([teaching("特困人员护理补贴为每月500元。")], Kind.STATEMENT)
    assert any("特困人员护理补贴" in question and "多少" in question for question in asked)
    assert not any("500" in question for question in asked)


def test_the_question_of_a_faq_is_asked() -> None:
    asked = questions([teaching("问：居住证多久能拿到？\n答：受理后十个工作日。")], Kind.FAQ)
    assert "居住证多久能拿到？" in asked


def test_everyday_words_of_the_article_are_asked_with() -> None:
    asked = questions([teaching("申请应当提交身份证。", keywords=("暂住证",))], Kind.FACET)
    assert any("暂住证" in question for question in asked)


def test_official_words_are_also_said_as_people_say_them() -> None:
    asked = questions([teaching("申请应当提交身份证。", title="养犬登记")], Kind.TITLE)
    assert {"养犬登记", "养狗登记"} <= asked


def test_an_article_without_a_title_is_about_what_its_first_lines_say() -> None:
    untitled = Teaching("a", (), "云川市关于发放育儿补贴的通知。申请人提交材料。", "…")
    assert any("育儿补贴" in question for question in questions([untitled], Kind.FACET))


def test_characters_are_misheard_only_where_that_is_wanted() -> None:
    own = [teaching("申请应当提交身份证。补贴500元。由市民政局负责发放补贴。")]

    def mishear(text: str, rate: float, seed: int) -> str:
        return text.replace("居", "局")

    heard = [pair.question for seed in range(20) for pair in made_pairs(own, seed, mishear)]
    assert any("局住证" in question for question in heard)
    assert not any("局住证" in pair.question for seed in range(20) for pair in made_pairs(own, seed))


def test_the_same_seed_makes_the_same_questions() -> None:
    own = [teaching("申请应当提交身份证。补贴500元。由市民政局负责发放补贴。")]
    assert made_pairs(own, 3) == made_pairs(own, 3)
    assert len({tuple(made_pairs(own, seed)) for seed in range(10)}) > 1


def test_a_passage_that_says_little_gives_no_question_of_a_word_or_two() -> None:
    short = [Teaching("a", (), "略。", "略。")]
    assert all(len(pair.question) >= 4 for pair in made_pairs(short, 0))
