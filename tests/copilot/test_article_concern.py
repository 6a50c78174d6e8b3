"""What was withdrawn as wrong does not come back unseen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from articles import article

from copilot.articles.concern import WithdrawnAs, reason_of, withdrawn_as
from copilot.articles.desk import ArticleDesk
from copilot.errors import BadInput
from copilot.store import Store, Version
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.library import make_library

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
FILE = article("permit", "第一条 收二十元。", owner="市公安局")


@pytest.fixture
def desk(tmp_path: Path) -> ArticleDesk:
    store = Store(f"sqlite:///{tmp_path / 'hotline.db'}")
    store.upgrade()
    catalogue = ResponsibilityCatalogue("1", (Department("市公安局", (Duty("证"),), "云川市"),))
    library = make_library([FILE])
    return ArticleDesk(store.articles, lambda: library, lambda: catalogue, Gazetteer("云川市", ()))


def edited(desk: ArticleDesk, draft: Version, text: str) -> Version:
    return desk.edit(draft.seen, {"text": text}, "li", NOW)


def published(desk: ArticleDesk, draft: Version) -> Version:
    made = desk.submit(draft.seen, None, "li", NOW, DAY)
    return desk.approve(made.seen, "wang", NOW, DAY)


def withdrawn(desk: ArticleDesk, because: WithdrawnAs = WithdrawnAs.WRONG) -> Version:
    return desk.withdraw("permit", "wang", NOW, DAY, "收费写错", because=because)


def test_a_draft_of_what_was_wrong_is_submitted_only_after_somebody_answers_for_it(desk: ArticleDesk) -> None:
    gone = withdrawn(desk)
    assert (gone.reason, withdrawn_as(gone)) == ("内容有误：收费写错", WithdrawnAs.WRONG)
    draft = desk.begin("permit", "li", NOW, DAY)
    concern = desk.concern("permit", draft.number)
    assert concern is not None
    assert (concern.number, concern.same_text, concern.confirmed) == (1, True, None)
    draft = edited(desk, draft, "第一条 不收费。")
    with pytest.raises(BadInput, match="Version 1 of permit was withdrawn as wrong"):
        desk.submit(draft.seen, None, "li", NOW, DAY)
    with pytest.raises(BadInput, match="Say what was changed"):
        desk.confirm_corrected(draft.seen, " ", "li", NOW)
    draft = desk.confirm_corrected(draft.seen, "改为不收费", "li", NOW)
    answered = desk.concern("permit", draft.number)
    assert answered is not None
    assert answered.confirmed is not None
    assert (answered.same_text, answered.confirmed.by, answered.confirmed.note) == (False, "li", "改为不收费")
    back = published(desk, draft)
    assert (back.number, back.state.value) == (2, "published")
    assert desk.concern("permit", desk.begin("permit", "li", NOW, DAY).number) is None


def test_an_answer_does_not_hold_once_the_wrong_text_is_back(desk: ArticleDesk) -> None:
    withdrawn(desk)
    draft = edited(desk, desk.begin("permit", "li", NOW, DAY), "第一条 不收费。")
    draft = desk.confirm_corrected(draft.seen, "改为不收费", "li", NOW)
    draft = edited(desk, draft, FILE.text)
    with pytest.raises(BadInput, match="withdrawn as wrong"):
        desk.submit(draft.seen, None, "li", NOW, DAY)
    published(desk, desk.confirm_corrected(draft.seen, "原文无误，依据第三条", "li", NOW))


def test_a_draft_begun_before_the_withdrawal_is_not_published_either(desk: ArticleDesk) -> None:
    draft = edited(desk, desk.begin("permit", "li", NOW, DAY), "第一条 收三十元。")
    waiting = desk.submit(draft.seen, None, "li", NOW, DAY)
    withdrawn(desk)
    with pytest.raises(BadInput, match="withdrawn as wrong"):
        desk.approve(waiting.seen, "wang", NOW, DAY)


def test_a_copy_of_an_older_wrong_wording_is_told_though_another_counts(desk: ArticleDesk) -> None:
    withdrawn(desk)
    draft = edited(desk, desk.begin("permit", "li", NOW, DAY), "第一条 不收费。")
    published(desk, desk.confirm_corrected(draft.seen, "改为不收费", "li", NOW))
    copy = desk.begin("permit", "li", NOW, DAY, copy_of=1)
    concern = desk.concern("permit", copy.number)
    assert concern is not None
    assert (concern.number, concern.same_text) == (1, True)


def test_what_was_right_after_all_comes_back_word_for_word_and_asks_nobody_again(desk: ArticleDesk) -> None:
    withdrawn(desk)
    draft = desk.begin("permit", "li", NOW, DAY)
    published(desk, desk.confirm_corrected(draft.seen, "原文无误，依据第三条", "li", NOW))
    again = desk.begin("permit", "li", NOW, DAY)
    assert desk.concern("permit", again.number) is None


def test_whoever_answers_for_a_draft_is_one_of_its_makers(desk: ArticleDesk) -> None:
    withdrawn(desk)
    draft = desk.confirm_corrected(desk.begin("permit", "li", NOW, DAY).seen, "原文无误", "wang", NOW)
    made = desk.submit(draft.seen, None, "li", NOW, DAY)
    with pytest.raises(Exception, match="wang took part"):
        desk.approve(made.seen, "wang", NOW, DAY)


def test_what_was_withdrawn_for_another_reason_asks_for_nothing(desk: ArticleDesk) -> None:
    assert withdrawn_as(withdrawn(desk, WithdrawnAs.OTHER)) is WithdrawnAs.OTHER
    draft = desk.begin("permit", "li", NOW, DAY)
    assert desk.concern("permit", draft.number) is None
    with pytest.raises(BadInput, match="does not rest on"):
        desk.confirm_corrected(draft.seen, "x", "li", NOW)


def test_the_words_of_a_reason_are_not_said_twice() -> None:
    assert reason_of(WithdrawnAs.WRONG, "内容有误：收费") == "内容有误：收费"
    assert reason_of(WithdrawnAs.OUTDATED, "新办法已施行") == "已过期：新办法已施行"
