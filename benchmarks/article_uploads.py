"""What a table costs that is uploaded at the knowledge desk, beside a library of its size: each row by itself.

    OMP_NUM_THREADS=1 python -m benchmarks.article_uploads [--articles 20000] [--rows 200] [--seen-only]

Half of the rows are new, half change an article that there is, by its document number. Every row is drafted in a
database of its own folder unless ``--seen-only`` is given. Times are processor time (``time.process_time``).
"""

from __future__ import annotations

import argparse
import csv
import io
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from copilot.articles.desk import ArticleDesk
from copilot.articles.upload import arrivals, read_upload
from copilot.store import Store
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.library import Library, make_library
from knowledge_base.policy import PolicyArticle

DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
POLICE = Department("市公安局", (Duty("负责居住证。", phrases=("居住证",)),), "云川市")
HEAD = ("标题", "文号", "发布机关", "责任单位", "适用区域", "施行日期", "正文")


def library(articles: int) -> Library:
    """Articles alike but for number and title; every fifth supersedes the one before it."""
    return make_library(_article(n) for n in range(articles))


def _article(n: int) -> PolicyArticle:
    begins = date(2020 + n % 5, 1, 1)
    return PolicyArticle(
        article_id=f"a{n:06d}",
        title=f"第{n}号事项办理规定",
        document_number=f"云事规〔2020〕{n}号",
        issuer="云川市人民政府",
        owner="市公安局",
        area="云川市",
        effective_from=begins,
        effective_to=None,
        text=f"第一条 办理第{n}号事项，带身份证。\n第二条 五个工作日办结。",
        supersedes=(f"云事规〔2020〕{n - 1}号",) if n % 5 == 4 else (),  # noqa: PLR2004 - the last of five years
    )


def table(articles: int, rows: int) -> bytes:
    """A CSV of ``rows`` rows."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for n in range(rows):
        known = n % 2 == 0
        number = f"云事规〔2020〕{n * (articles // rows)}号" if known else f"云新规〔2026〕{n}号"
        told = ("云川市人民政府", "市公安局", "云川市", "2026-01-01")
        writer.writerow((f"第{n}条新规", number, *told, f"第一条 第{n}项改为三个工作日。"))
    return out.getvalue().encode("utf-8-sig")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--seen-only", action="store_true", help="read and compare the rows, draft nothing")
    asked = parser.parse_args()
    made = library(asked.articles)
    catalogue = ResponsibilityCatalogue("1", (POLICE,))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'hotline.db'}")
        store.upgrade()
        desk = ArticleDesk(store.articles, lambda: made, lambda: catalogue, Gazetteer("云川市", ()))
        desk.library(DAY)
        content, began = table(asked.articles, asked.rows), time.process_time()
        reading = read_upload(content, "批量.csv", desk, DAY)
        read = time.process_time() - began
        arrived = arrivals(desk, reading, "li", NOW, DAY, apply=not asked.seen_only)
        took = time.process_time() - began - read
    standings = {name: sum(one.standing == name for one in arrived) for name in ("new", "changed", "unchanged")}
    print(
        f"{asked.articles} articles, {len(arrived)} rows {standings}: read in {read:.2f} s, "
        f"arrived in {took:.2f} s, {1000 * took / max(len(arrived), 1):.1f} ms a row"
    )


if __name__ == "__main__":
    main()
