"""Articles of a city that does not exist, made for a test."""

from __future__ import annotations

from datetime import date

from knowledge_base.policy import PolicyArticle

CITY = "云川市"
ROW = {
    "编号": "card",
    "标题": "居住证规定",
    "文号": "云公规〔2025〕3号",
    "发布机关": "云川市公安局",
    "责任单位": "市公安局",
    "适用区域": "云川市",
    "施行日期": "2025-03-01",
    "正文": "第一条 住满半年可以申请。",
}
"""The least that a row of a table says of an article."""


def article(name: str, text: str, **more: object) -> PolicyArticle:
    """In force in the whole city since 2025; ``more`` are its other fields."""
    known: dict[str, object] = {
        "article_id": name,
        "title": f"{name}办法",
        "document_number": f"云测〔2025〕{name}号",
        "issuer": "云川市人民政府",
        "owner": "市政府办公室",
        "area": CITY,
        "effective_from": date(2025, 1, 1),
        "effective_to": None,
        "text": text,
    }
    return PolicyArticle(**{**known, **more})  # type: ignore[arg-type]
