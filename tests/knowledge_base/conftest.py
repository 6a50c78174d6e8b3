"""A handful of passages, in force and not, of the city and of one district, that searching is tested on."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_base.policy import Passage

CITY = "云川市"


def _passage(
    name: str,
    text: str,
    heading: str = "",
    *,
    area: str = CITY,
    begins: date = date(2025, 1, 1),
    ends: date | None = None,
) -> Passage:
    return Passage(
        passage_id=f"{name}#1",
        article_id=name,
        heading=heading or name,
        text=text,
        title=heading or name,
        document_number=f"云测〔2025〕{len(name)}号",
        issuer="云川市人民政府",
        owner="市政府办公室",
        area=area,
        effective_from=begins,
        effective_to=ends,
    )


_PASSAGES = (
    _passage("permit", "在本市居住满半年并有合法稳定住所的，可以向居住地派出所申领居住证。", "居住证办理规定"),
    _passage(
        "permit-old", "在本市居住满一年的，可以申领居住证，收取工本费二十元。", "居住证旧规定", ends=date(2025, 12, 31)
    ),
    _passage("permit-next", "居住证全程网上申领，不收工本费。", "居住证新规定", begins=date(2027, 1, 1)),
    _passage("noise", "夜间施工噪声扰民的，由城市管理部门责令改正。", "施工噪声管理办法"),
    _passage("heating", "临湖区供暖补贴每户三百元，向街道办事处申请。", "临湖区供暖补贴办法", area="云川市/临湖区"),
    _passage("fund", "问：公积金可以提取来付房租吗？\n答：可以，每月不超过一千五百元。", "住房公积金问答"),
)


@pytest.fixture(scope="session")
def passages() -> tuple[Passage, ...]:
    """Six passages: three on residence permits (in force, expired, not yet), three on other things."""
    return _PASSAGES
