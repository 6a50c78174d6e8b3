"""Files of offices, uploaded in the browser, become drafts with a report of what was understood."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.article_service import ArticleCounterDep, DeskDep, KnowledgeEditor
from api.dependencies import WorkersDep, answers
from copilot.articles.upload import arrivals, read_upload
from copilot.codec import to_plain
from knowledge_base.fault_words import in_chinese

# Findings name options of the command line; at the desk a person fills the field in.
_FLAGS = (
    (re.compile(r"（--[a-z-]+）| ?\(--[a-z-]+\)"), ""),
    (re.compile(r"请用 --[a-z-]+ 指定"), "请填写"),
    (re.compile(r"give --[a-z-]+"), "fill it in"),
)

router = APIRouter(prefix="/api", tags=["articles"])

_UPLOAD: dict[str, Any] = {
    "name": "居住证办理规定.docx",
    "applied": False,
    "articles": [
        {
            "article_id": "residence-permit",
            "title": "云川市居住证办理规定",
            "document_number": "云公规(2025)3号",
            "owner": "市公安局",
            "effective_from": "2025-03-01",
            "passages": 12,
            "standing": "changed",
            "number": None,
            "faults": [],
            "reason": "",
        }
    ],
    "understood": [{"field": "文号", "value": "云公规(2025)3号", "words": "云公规〔2025〕3号"}],
    "findings": [{"message": "1 image(s) are not read …", "chinese": "1 张图片未读取……", "grave": True}],
}


@router.post(
    "/article-uploads",
    summary="Read a file, and make drafts of it",
    responses=answers(_UPLOAD, 403),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(
    request: Request,
    editor: KnowledgeEditor,
    desk: DeskDep,
    counter: ArticleCounterDep,
    workers: WorkersDep,
    name: Annotated[str, Query(min_length=1, max_length=200, description="the file's name, such as 办法.docx")],
    apply: Annotated[bool, Query(description="false: only say what it was read as")] = False,
    put_back: Annotated[bool, Query(description="make drafts of articles that were withdrawn, too")] = False,
) -> dict[str, Any]:
    """The body is the file: DOCX, PDF, HTML, XLSX, CSV or Markdown, at most 20 MB. Nothing is published by it.

    ``standing``: ``new``, ``changed``, ``unchanged``, ``redraft`` where the editor's own draft will follow the file,
    ``busy`` where it is another's draft or in review, or ``withdrawn`` (for ``reason``): with ``put_back`` that becomes
    a further version of the same article, which another person checks.
    """
    content = await request.body()

    def done() -> dict[str, Any]:
        reading = read_upload(content, name, desk, counter.today)
        arrived = arrivals(desk, reading, editor.name, counter.now, counter.today, apply=apply, put_back=put_back)
        told = [*((f, True) for f in reading.not_understood), *((f, False) for f in reading.warnings)]
        return {
            "name": name,
            "applied": apply,
            "articles": [{**to_plain(one), "faults": [_said(fault) for fault in one.faults]} for one in arrived],
            "understood": [to_plain(one) for one in reading.understood],
            "findings": [
                *(
                    {"message": _unflagged(str(f)), "chinese": _unflagged(f.chinese), "grave": grave}
                    for f, grave in told
                ),
                *({**_said(fault), "grave": True} for fault in reading.lost),
            ],
        }

    # A large file takes long to read, and calls do not wait for it.
    return await workers.aside(done)


def _unflagged(sentence: str) -> str:
    for flag, words in _FLAGS:
        sentence = flag.sub(words, sentence)
    return sentence


def _said(fault: str) -> dict[str, str]:
    return {"message": fault, "chinese": in_chinese(fault)}
