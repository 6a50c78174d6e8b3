"""The faults of a library in Chinese, for screens: each English sentence has one form, and each form its translation.

A test makes every fault there is and holds this list to it; a sentence that is newer than the list stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WHO = r"(?P<id>\S+) \((?P<title>.*?)\)"
_FORMS: tuple[tuple[str, str], ...] = (
    (rf"{_WHO} has no text\. Fill in 正文.*", "{title}：没有正文。请填写正文，或删除该条。"),
    (rf"{_WHO} has no owner\. .*", "{title}：没有责任单位。请填写责任单位，由其负责内容准确。"),
    (rf"{_WHO} has no issuer\. .*", "{title}：没有发布机关。请填写发布机关，引用须注明出处。"),
    (rf"{_WHO} has no area\. .*", "{title}：没有适用区域。请填写适用区域，如市名。"),
    (rf"{_WHO} has no (?P<field>\w+)\. Fill in \w+\.", "{title}：没有{field}。请填写{field}。"),
    (
        rf"{_WHO}: (?P<field>\S+) has (?P<n>\d+) characters, (?P<most>\d+) at most\. Make several articles of it\.",
        "{title}：{field}有 {n} 字，最多 {most} 字。请拆成几条知识。",
    ),
    (
        rf"{_WHO}: (?P<field>\S+) has (?P<n>\d+) characters, (?P<most>\d+) at most\. .*",
        "{title}：{field}有 {n} 字，最多 {most} 字。请缩短，说明性内容写入正文。",
    ),
    (
        rf"{_WHO}: (?P<field>\S+) has (?P<n>\d+) entries, (?P<most>\d+) at most\. .*",
        "{title}：{field}有 {n} 项，最多 {most} 项。请只保留需要的。",
    ),
    (
        rf"{_WHO}: '(?P<value>.*)' is no day of the calendar\. .*",
        "{title}：“{value}”不是有效日期。请按 2026-01-31 的格式填写。",
    ),
    (
        rf"{_WHO} ends on (?P<last>\S+), before it begins on (?P<first>\S+)\. .*",
        "{title}：失效日期 {last} 早于施行日期 {first}。请更正其中一个。",
    ),
    (rf"{_WHO} supersedes itself\. .*", "{title}：代替了自己。请更正“代替”。"),
    (
        rf"{_WHO}: 分情形 begins with '(?P<words>.*)', which is no question\. .*",
        "{title}：“分情形”以“{words}”开头，不是问句。请先写以“？”结尾的问题。",
    ),
    (
        rf"{_WHO}: '(?P<words>.*)' in 分情形 is no answer\. .*",
        "{title}：“分情形”中的“{words}”不是答案。请写成“单位职工=第三条”，问题以“？”结尾。",
    ),
    (
        rf"{_WHO}: '(?P<words>.*)' in 分情形 has (?P<n>\d+) answers\. Give two to (?P<most>\d+).*",
        "{title}：“分情形”的“{words}”有 {n} 个答案。请给出 2 至 {most} 个，用“；”分开。",
    ),
    (
        rf"{_WHO}: '(?P<words>.*)' in 分情形 has the answer '(?P<label>.*)' twice\. .*",
        "{title}：“分情形”的“{words}”中答案“{label}”写了两次。每种情形只写一次。",
    ),
    (
        rf"{_WHO}: '(?P<words>.*)' in 分情形 stands (?P<n>\d+) times in the article\. .*",
        "{title}：“分情形”中的“{words}”在正文中出现 {n} 次。请写明第几条第几款。",
    ),
    (
        rf"{_WHO}: (?P<n>\d+) parts of the article begin with '(?P<words>.*)'\. .*",
        "{title}：正文有 {n} 处以“{words}”开头。请在“分情形”中多写几个字，直到只有一处。",
    ),
    (
        rf"{_WHO}: no part of the article is '(?P<words>.*)'\. .*",
        "{title}：正文中没有“{words}”。请在“分情形”中写明第几条、第几款、第几项，或该段开头的几个字。",
    ),
    (r"(?P<n>\d+) articles have the id (?P<id>\S+)\. .*", "有 {n} 条知识的编号都是 {id}。请各用不同的编号。"),
    (
        r"(?P<n>\d+) articles have the number (?P<number>.+?): (?P<ids>.+)\. Correct 文号.*",
        "有 {n} 条知识的文号都是 {number}（{ids}）。请只保留一条，其余更正文号。",
    ),
    (
        rf"{_WHO} supersedes (?P<number>.+?), which no article has\. .*",
        "{title}：代替的 {number} 不在知识库中。请补充该文件，或更正“代替”。",
    ),
    (
        rf"{_WHO} supersedes (?P<number>.+?) but begins on (?P<first>\S+), not after it \((?P<old>\S+)\)\. .*",
        "{title}：代替 {number}，但施行日期 {first} 不晚于被代替文件的 {old}。请更正日期。",
    ),
    (
        rf"{_WHO} holds in (?P<area>\S+) only, but supersedes (?P<number>.+?), which holds in (?P<wide>\S+)\. .*",
        "{title}：只适用于 {area}，却代替适用于 {wide} 的 {number}。请扩大适用区域，或给旧文件填写失效日期。",
    ),
    (
        r"These articles supersede one another in a ring: (?P<ring>.+)\. Correct .*",
        "这些文件循环代替：{ring}。请更正其中一处“代替”。",
    ),
    (
        rf"{_WHO} is owned by (?P<owner>.+?): the catalogue calls it (?P<known>.+?)\. .*",
        "{title}：责任单位“{owner}”在派单目录中的名称是“{known}”。请更正责任单位。",
    ),
    (
        rf"{_WHO} is owned by (?P<owner>.+?): the catalogue has no such department, the nearest is (?P<near>.+?)\. .*",
        "{title}：派单目录中没有责任单位“{owner}”，最接近的是“{near}”。请更正责任单位，或在派单目录中增加。",
    ),
    (
        rf"{_WHO} is owned by (?P<owner>.+?): the catalogue has no such department\. .*",
        "{title}：派单目录中没有责任单位“{owner}”。请更正责任单位，或在派单目录中增加。",
    ),
    (
        rf"{_WHO} holds in (?P<area>.+?), which is not in the gazetteer\. Use one of (?P<known>.+)\.",
        "{title}：适用区域“{area}”不在行政区划中。请从以下选择：{known}。",
    ),
    (
        r"(?P<id>.+?) is marked '(?P<mark>.*)'\. State secrets .*",
        "“{id}”标有密级“{mark}”。国家秘密不得进入热线知识库，文件未读入。",
    ),
    (
        rf"{_WHO}: 归口依据 is '(?P<words>.*)'\. .*",
        "{title}：“归口依据”写成了“{words}”。请填“是”或“否”，或留空。",
    ),
    (
        r"(?P<id>.+?) has the head of a table and no rows under it\. .*",
        "“{id}”只有表头，没有数据行。请连同数据行重新导出。",
    ),
    # Of a table that fits its head badly.
    (r"(?P<id>.+?), line (?P<n>\d+): fewer fields than .*", "{id} 第 {n} 行：列数少于表头。请更正该行。"),
    (r"(?P<id>.+?), line (?P<n>\d+): more fields than .*", "{id} 第 {n} 行：列数多于表头。含逗号的内容请加引号。"),
    (r"(?P<id>.+?), line (?P<n>\d+): not JSON .*", "{id} 第 {n} 行不是有效的 JSON。请更正该行。"),
    (r"(?P<id>.+?) has two columns '(?P<value>.*)'\. .*", "{id} 有两列都叫“{value}”。请改名或合并。"),
    # Of a row or record that became no article; it is named by its place.
    (r"(?P<id>.+?): no title\. .*", "{id}：没有标题。请填写标题。"),
    (r"(?P<id>.+?): no text\. .*", "{id}：没有正文。请填写正文。"),
    (r"(?P<id>.+?): no answer\. .*", "{id}：没有答案。请填写答案，或删除该行。"),
    (r"(?P<id>.+?): no date from which it holds\. .*", "{id}：没有施行日期。请按 2026-01-31 的格式填写。"),
    (r"(?P<id>.+?): '(?P<value>.*)' is not a date\. .*", "{id}：“{value}”不是日期。请按 2026-01-31 的格式填写。"),
    (r"(?P<id>.+?): '(?P<value>.*)' is no day of the calendar\. .*", "{id}：“{value}”不是有效日期。请更正。"),
    (
        r"(?P<id>.+?): the status '(?P<value>.*)' is not known\. .*",
        "{id}：不认识状态“{value}”。请用草稿、待审核、已发布或已废止。",
    ),
    (
        r"(?P<id>.+?): the secrecy '(?P<value>.*)' is not known\. .*",
        "{id}：不认识密级“{value}”。请用公开、内部或限制。",
    ),
    (
        r"(?P<id>.+?): '(?P<value>.*)' is a state secret and .*",
        "{id}：密级为“{value}”。国家秘密不得进入热线知识库，请移除。",
    ),
    (
        r"(?P<id>.+?): 归口依据 is '(?P<value>.*)'\. .*",
        "{id}：“归口依据”写成了“{value}”。请填“是”或“否”，或留空。",
    ),
    (
        r"(?P<id>.+?): '(?P<value>.*)' cannot be an id\. .*",
        "{id}：“{value}”不能作编号。编号请用字母、数字、“-”、“_”和“.”。",
    ),
    (
        r"(?P<id>.+?): the field '(?P<value>.*)' is not known and has a value\. .*",
        "{id}：不认识列“{value}”，而其中有内容。请改为已有的列名，或删除该列。",
    ),
    (
        r"(?P<id>.+?): '(?P<value>.*)' is given twice with different values\. .*",
        "{id}：“{value}”出现两次而内容不同。请只保留一个。",
    ),
    (
        r"(?P<id>.+?): '(?P<value>.*)' stands twice with different answers\. .*",
        "{id}：“{value}”有两个不同的答案。请只保留一个，或各用不同的编号。",
    ),
)
_COMPILED = tuple((re.compile(form), words) for form, words in _FORMS)


def in_chinese(fault: str) -> str:
    """The Chinese sentence for a fault of :func:`knowledge_base.library.check_library` or of an unfinished draft."""
    for form, words in _COMPILED:
        match = form.fullmatch(fault)
        if match is not None:
            told = match.groupdict()
            return words.format(**{**told, "title": told.get("title") or told.get("id") or "", "id": _placed(told)})
    return fault


def _placed(told: Mapping[str, str]) -> str:
    in_rows = re.sub(r", row (\d+)", r" 第 \1 行", told.get("id", ""))
    return re.sub(r", record (\d+)", r" 第 \1 条", in_rows)
