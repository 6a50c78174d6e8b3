"""The difference between two versions of an article, as an editor reads it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.articles.content import changed_content, empty_content
from knowledge_base.articles.difference import Mark, Paragraph, difference, paragraphs, sentences

WORDS = st.text(alphabet="居住证办理，。；收费甲乙\n二十五元 ", max_size=60)


def shown(paragraph: Paragraph) -> str:
    signs = {Mark.SAME: "{}", Mark.INSERTED: "[+{}]", Mark.DELETED: "[-{}]"}
    return "".join(signs[piece.mark].format(piece.text) for piece in paragraph.pieces)


def test_a_changed_figure_is_marked_inside_its_sentence() -> None:
    old = "第一条 居住证由公安机关签发。办理需要十个工作日，费用二十元。"
    new = "第一条 居住证由公安机关签发。办理需要五个工作日，费用二十元。"
    assert [shown(p) for p in paragraphs(old, new)] == [
        "第一条 居住证由公安机关签发。办理需要[-十][+五]个工作日，费用二十元。"
    ]


def test_a_new_paragraph_and_one_that_is_gone_are_whole() -> None:
    old, new = "甲条保持不变。\n乙条已经删除。\n丁条也不变。", "甲条保持不变。\n丁条也不变。\n全新的一段话。"
    found = list(paragraphs(old, new))
    assert [(p.mark, p.changed) for p in found] == [
        (Mark.SAME, False),
        (Mark.DELETED, True),
        (Mark.SAME, False),
        (Mark.INSERTED, True),
    ]


def test_a_sentence_that_was_rewritten_is_no_patchwork_of_characters() -> None:
    old, new = "保持的句子。费用由申请人承担。", "保持的句子。首次办理免缴工本费用。"
    assert [shown(p) for p in paragraphs(old, new)] == ["保持的句子。[-费用由申请人承担。][+首次办理免缴工本费用。]"]


def test_of_a_long_text_that_changed_everywhere_each_paragraph_is_compared_with_its_own() -> None:
    old = [f"第{n}条 第{n}类证件由第{n}窗口受理，收费二十元。" for n in range(200)]
    new = ["新增的一段话。", *(line.replace("二十", "十五") for line in old)]
    found = list(paragraphs("\n".join(old), "\n".join(new)))
    assert sum(p.mark is Mark.SAME for p in found) == 200
    assert shown(found[1]) == "第0条 第0类证件由第0窗口受理，收费[-二十][+十五]元。"


def test_a_very_long_sentence_is_taken_out_and_put_in_whole() -> None:
    old, new = "前一句。" + "甲乙丙丁" * 500 + "。", "前一句。" + "甲乙丙戊" * 500 + "。"
    (found,) = paragraphs(old, new)
    assert [piece.mark for piece in found.pieces] == [Mark.SAME, Mark.DELETED, Mark.INSERTED]


def test_fields_are_compared_by_name() -> None:
    before = changed_content(empty_content(), {"title": "办法", "owner": "市公安局", "keywords": ["甲"]})
    after = changed_content(before, {"owner": "市民政局", "keywords": ["甲", "乙"], "text": "新"})
    found = difference(before, after)
    assert [(c.field, c.before, c.after) for c in found.fields] == [
        ("owner", "市公安局", "市民政局"),
        ("keywords", "甲", "甲、乙"),
    ]
    assert found.changes == 3
    assert difference(after, after).changes == 0


@given(WORDS, WORDS)
def test_the_pieces_make_the_old_text_and_the_new(old: str, new: str) -> None:
    found = list(paragraphs(old, new))
    for text, own, other in ((old, Mark.DELETED, Mark.INSERTED), (new, Mark.INSERTED, Mark.DELETED)):
        lines = [p for p in found if p.mark is not other]
        rebuilt = ["".join(piece.text for piece in p.pieces if piece.mark in (Mark.SAME, own)) for p in lines]
        assert rebuilt == text.splitlines()


@given(WORDS)
def test_nothing_changed_is_nothing_marked(text: str) -> None:
    assert not any(p.changed for p in paragraphs(text, text))
    for line in text.splitlines():
        assert "".join(sentences(line)) == line
