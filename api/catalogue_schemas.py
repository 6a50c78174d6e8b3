"""What requests about the responsibility catalogue look like."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from api.review_schemas import Note, Revision, Step, examples
from api.schemas import Request
from knowledge_base.catalogue.edits import Edit


class NewDraft(Request):
    """Begin a draft from the edition approved last, or again from a refused or discarded one."""

    model_config = examples({"note": "新增市大数据局"}, {"copy_of": 3})

    note: Note = ""
    copy_of: Annotated[int, Field(ge=1)] | None = None


class NewEdits(Request):
    """Small edits, done in order, all or none. ``do`` says which; ``duty`` counts from 1."""

    model_config = examples(
        {"revision": 0, "edits": [{"do": "add_department", "department": "市大数据局", "area": "云川市"}]},
        {
            "revision": 1,
            "edits": [
                {
                    "do": "add_duty",
                    "department": "市大数据局",
                    "text": "负责政务服务平台和公共数据的管理。",
                    "legal_basis": "《云川市公共数据管理办法》第五条",
                    "phrases": ["政务网站打不开", "办事系统登录不了"],
                },
                {"do": "add_phrase", "department": "市公安局", "duty": 1, "phrase": "电子身份证"},
                {"do": "change_duty", "department": "市公安局", "duty": 2, "legal_basis": "《人民警察法》第六条"},
                {"do": "rename_department", "department": "市城管局", "name": "市城市管理局"},
                {"do": "end_department", "department": "市信访局", "on": "2026-12-31"},
                {"do": "change_department", "department": "市公安局", "fields": {"telephone": "0999-6001001"}},
                {"do": "put_rule", "rule": {"name": "燃气泄漏", "cues": ["煤气味"], "lead": "市城市管理局"}},
            ],
        },
    )

    revision: Revision
    edits: Annotated[list[Annotated[Edit, Field(discriminator="do")]], Field(min_length=1, max_length=1000)]


class NewDocument(Request):
    """A whole catalogue in the place of the draft's."""

    model_config = examples({"revision": 2, "document": {"departments": [{"name": "市公安局", "area": "云川市"}]}})

    revision: Revision
    document: dict[str, Any]


class Submission(Request):
    """Ask another person to check the draft. Without ``effective_from`` it is in force once it is approved."""

    model_config = examples({"revision": 3, "effective_from": "2027-01-01", "note": "机构改革"})

    revision: Revision
    effective_from: date | None = None
    note: Note = ""


class Refusal(Step):
    """Why it should not come into force."""

    model_config = examples({"revision": 3, "reason": "缺少法律依据"})

    reason: Note
