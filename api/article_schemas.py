"""What requests about articles of the knowledge base look like."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from api.review_schemas import Note, Revision, Step, examples
from api.schemas import Request
from copilot.articles.concern import WithdrawnAs
from copilot.store import Outcome

ArticleId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_\u4e00-\u9fff][0-9A-Za-z_.\-\u4e00-\u9fff]{0,79}$")]
# How long a value may be is the field's matter: :mod:`knowledge_base.articles.limits` says so in words of the desk.
Fields = Annotated[dict[str, str | list[str]], Field(min_length=1, max_length=40)]


class NewArticle(Request):
    """Begin an article that there is not yet. Without ``article_id`` its id follows from its number or title."""

    model_config = examples({"fields": {"title": "云川市共享单车管理办法", "owner": "市交通运输局"}, "note": "新规"})

    article_id: ArticleId | None = None
    fields: Fields
    note: Note = ""


class NewVersion(Request):
    """Begin a version of an article as it stands now, or of one of its versions (a refused one, an old wording)."""

    model_config = examples({"note": "工本费取消"}, {"copy_of": 2})

    note: Note = ""
    copy_of: Annotated[int, Field(ge=1)] | None = None


class NewFields(Request):
    """Other values of some fields: texts, and lists of texts for ``supersedes`` and ``keywords``."""

    model_config = examples({"revision": 1, "fields": {"effective_to": "2027-12-31", "keywords": ["暂住证"]}})

    revision: Revision
    fields: Fields


class Submission(Request):
    """Ask another person to check the draft. Without ``publish_on`` it is shown as soon as it holds."""

    model_config = examples({"revision": 3, "publish_on": "2027-01-01", "note": "收费标准调整"})

    revision: Revision
    publish_on: date | None = None
    note: Note = ""


class Refusal(Step):
    """Why it should not be published."""

    model_config = examples({"revision": 3, "reason": "缺少文号"})

    reason: Note


class Correction(Step):
    """What was changed of a wording that had been withdrawn as wrong, or why it was right after all."""

    model_config = examples({"revision": 3, "note": "工本费改为不收"})

    note: Note


class Withdrawal(Request):
    """Nobody is shown the article any more, ``because`` of what. ``number`` names a version that is still to come."""

    model_config = examples({"because": "wrong", "reason": "收费标准写错，更正前不再展示"})

    because: WithdrawnAs = WithdrawnAs.OTHER
    reason: Note
    number: Annotated[int, Field(ge=1)] | None = None


class NewAnswer(Request):
    """What came of a report; ``right`` needs a note."""

    model_config = examples({"outcome": "corrected", "note": "第 3 版已更正"})

    outcome: Outcome
    note: Note = ""
