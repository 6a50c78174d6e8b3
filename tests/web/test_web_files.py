"""What can be said of the desks' files without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import api
import copilot

WEB = Path(api.__path__[0]) / "web"
MODULES = sorted(WEB.glob("*.js"))
PAGES = sorted(WEB.glob("*.html"))
ENTRY = re.compile(r'^  (?:"([^"]+)"|(\w+)): \[("(?:[^"\\]|\\.)*"), ("(?:[^"\\]|\\.)*")\],$', re.MULTILINE)


def words() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for path in WEB.glob("words*.js"):
        for quoted, bare, chinese, english in ENTRY.findall(path.read_text(encoding="utf-8")):
            assert (quoted or bare) not in found, f"{quoted or bare} is there twice"
            found[quoted or bare] = (json.loads(chinese), json.loads(english))
    return found


def test_every_key_has_words_in_both_languages_with_the_same_places() -> None:
    known = words()
    lines = sum(
        bool(re.match(r'  (?:"[^"]+"|\w+): \[', line))
        for path in WEB.glob("words*.js")
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    assert len(known) == lines > 150
    for key, (chinese, english) in known.items():
        assert chinese.strip(), key
        assert english.strip(), key
        assert set(re.findall(r"\{(\w+)\}", chinese)) == set(re.findall(r"\{(\w+)\}", english)), key


def test_every_key_that_a_page_or_module_names_has_words() -> None:
    known = words()
    used: set[str] = set()
    for path in [*MODULES, *PAGES]:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'data-i18n="([^"]+)"', text))
        used |= set(re.findall(r'\bt\("([^"$]+)"', text))
        used |= set(re.findall(r'i18n: \[?"([^"$]+)"', text))
        used |= {
            key for group in re.findall(r"i18nAttr: \{([^}]*)\}", text) for key in re.findall(r': \[?"([^"$]+)"', group)
        }
    assert len(used) > 80
    assert used - known.keys() == set()


def test_every_kind_of_reason_that_a_suggestion_can_have_has_words() -> None:
    kinds = {
        kind
        for path in Path(copilot.__path__[0]).rglob("*.py")
        for kind in re.findall(r'Reason\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert kinds
    assert {f"why.{kind}" for kind in kinds} - words().keys() == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_makes_no_html_of_text_and_keeps_its_size(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for unsafe in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
    ):
        assert unsafe not in text
    assert len(text.splitlines()) < 400
    imported = re.findall(r'from "([^"]+)"', text)
    assert all(name.startswith("./") and (WEB / name).is_file() for name in imported), imported


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_holds_no_script_or_style_of_its_own_and_loads_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    for address in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert address.startswith(("/static/", "#")), address
        assert address.startswith("#") or (WEB / address.removeprefix("/static/")).is_file(), address
    assert 'lang="zh-CN"' in text


def test_the_styles_load_nothing() -> None:
    for path in WEB.glob("*.css"):
        assert not re.search(r"@import|url\(", path.read_text(encoding="utf-8")), path.name
