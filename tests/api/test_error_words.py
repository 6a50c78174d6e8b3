"""Nothing that a screen can be refused is said in English on a Chinese screen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import api
import copilot
import knowledge_base
from api import error_words, errors
from api.app import create_app  # imports every module of the service, so every class of the trees is there
from api.error_words import in_chinese, sentence_in_chinese, type_in_chinese
from api.wire import problem_frame
from copilot.errors import EXPECTED, BadInput, NotAllowed
from copilot.store import problems
from knowledge_base.errors import BadDocument, OtherFiles
from knowledge_base.readers import guard

ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
FOLDERS = [Path(folder) for package in (api, copilot) for folder in package.__path__]
# Where people write at a desk; files that only a command reads are not for screens.
WRITTEN = Path(knowledge_base.__path__[0])
KNOWLEDGE = [
    *(WRITTEN / name for name in ("articles/content.py", "catalogue/edits.py")),
    *sorted((WRITTEN / "readers").glob("*.py")),  # whoever uploads a file reads why it was refused
]
# What stops a service from starting is read by whoever starts it, on the terminal.
NOT_FOR_SCREENS = {"assembly.py", "settings.py", "engine.py", "schema.py", "journal.py", "urgency_detector.py"}
SERVED = {"api", "copilot", "knowledge_base", "models"}


def tree(roots: tuple[type[Exception], ...] = EXPECTED) -> Iterator[type[Exception]]:
    for root in roots:
        yield root
        yield from tree(tuple(root.__subclasses__()))


KINDS = {kind.__name__ for kind in tree()}


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            below = path.relative_to(folder).parts
            for_people = "cli" not in below and "drafting" not in below
            if for_people and not (path.name in NOT_FOR_SCREENS and folder.name != "api"):
                yield path
    yield from KNOWLEDGE


def template(node: ast.expr, constants: dict[str, ast.expr]) -> str | None:
    """The sentence with ``x1`` for what is put in; nothing where it is made elsewhere."""
    if isinstance(node, ast.Name) and node.id in constants:
        return template(constants[node.id], constants)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "x1" for part in node.values]
        return "".join(str(part) for part in parts)
    return None


def raised(path: Path) -> Iterator[str]:
    parsed = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in parsed.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(parsed):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and node.args and name in KINDS:
            sentence = template(node.args[0], constants)
            if sentence is not None:
                yield sentence


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_sentence_that_is_raised_for_people_has_its_chinese(path: Path) -> None:
    unknown = [sentence for sentence in raised(path) if not sentence_in_chinese(sentence)]
    assert unknown == [], "add them to api/error_words.json"


def test_the_sentences_are_found_where_they_are_raised() -> None:
    assert sum(len(list(raised(path))) for path in sources()) > 110


def test_every_class_of_the_trees_has_chinese_words_of_its_own() -> None:
    told = error_words._words().types
    kinds = {kind_on_the_wire(kind) for kind in tree() if kind.__module__.split(".")[0] in SERVED}
    assert kinds - told.keys() == set()
    assert {kind for kind, _ in errors.HTTP_SENTENCES.values()} - told.keys() == set()
    assert len(kinds) > 15
    assert callable(create_app)


def kind_on_the_wire(kind: type[Exception]) -> str:
    return errors.type_of(kind.__new__(kind))


@pytest.mark.parametrize("ending", sorted(guard._INSTEAD))
def test_files_that_have_to_be_saved_as_another_kind_are_refused_in_chinese(ending: str) -> None:
    with pytest.raises(BadDocument) as refused:
        guard.kind_of(b"x", f"办法{ending}")
    assert f"“办法{ending}”" in sentence_in_chinese(str(refused.value))


def test_an_old_word_file_by_another_name_is_refused_in_chinese() -> None:
    for raw in (guard._OLE, guard._OLE + guard._ENCRYPTED_PART):
        with pytest.raises(BadDocument) as refused:
            guard.kind_of(raw, "办法.docx")
        assert "“办法.docx”" in sentence_in_chinese(str(refused.value))


def test_the_answers_to_wrong_requests_have_their_chinese() -> None:
    for _, sentence in errors.HTTP_SENTENCES.values():
        assert sentence_in_chinese(sentence), sentence


def test_what_a_database_can_refuse_has_its_chinese() -> None:
    sentences = [
        *problems._SQLITE.values(),
        *(sentence for _, sentence in problems._POSTGRES),
        problems._INPUT,
        problems.NUMBER,
    ]
    for sentence in sentences:
        said = sentence_in_chinese(f"{sentence} (database sqlite:///hotline.db, SQLITE_FULL)")
        assert said, sentence
        assert "sqlite" not in said


def test_no_chinese_words_hold_english_ones() -> None:
    words = error_words._words()
    told = [*words.types.values(), *words.terms.values(), *(chinese for _, chinese in words.forms)]
    assert [chinese for chinese in told if ENGLISH.search(chinese)] == []


@pytest.mark.parametrize(
    ("message", "chinese"),
    [
        (
            "Nobody has confirmed department, kind yet. Accept the suggestion or fill the field in, then file.",
            "承办单位、诉求类型尚未经人确认。请采纳建议或自行填写，再提交。",
        ),
        (
            "This needs the role agent or dispatcher. Ask an administrator for it, or log in as one who has it.",
            "这项操作需要“座席、派单员”角色。请联系管理员分配，或换有此角色的账号登录。",
        ),
        (
            "That could not be done. The call goes on. Tell your administrator the number 3f2a.",
            "操作没有成功。通话不受影响。请把编号 3f2a 告诉管理员。",
        ),
        (
            "Version 3 of permit is review, not draft any more. Load it again.",
            "第 3 版现为“待审核”，已不是“草稿”。请重新打开核对。",
        ),
        ("permit (办法) has no owner. Fill in 责任单位.", "办法：没有责任单位。请填写责任单位，由其负责内容准确。"),
        (
            "kb.csv, line 3: fewer fields than the header. Correct that row.",
            "文件 kb.csv 第 3 行少于表头的列数。请更正该行。",
        ),
        (
            "edition 2: 市大数据局 has no duties. Add what it answers for.\nedition 2: a fault of tomorrow.",
            "市大数据局：没有职责。请填写其负责的事项。",
        ),
    ],
)
def test_what_stands_in_a_sentence_is_said_in_chinese_too(message: str, chinese: str) -> None:
    assert in_chinese(message) == chinese


def test_no_sentence_is_there_twice() -> None:
    forms = [form.pattern for form, _ in error_words._words().forms]
    bare = [re.sub(r"\(\?P<\w+>", "(", form) for form in forms]
    assert len(bare) == len(set(bare))


def test_what_keeps_the_index_from_being_written_has_its_chinese() -> None:
    assert "另一个服务" in sentence_in_chinese(str(OtherFiles(Path("var/index"), "3f2a", "77aa")))


def test_a_sentence_that_is_newer_than_the_list_says_what_its_class_means() -> None:
    error = NotAllowed("The moon is in the wrong phase for that. Wait for the next one.")
    said = errors.body_of(error)["error"]
    assert said["message"] == str(error)
    assert said["chinese"] == type_in_chinese("not_allowed")
    assert in_chinese("Something new.") == type_in_chinese("hotline_error")


def test_what_quotes_a_whole_text_is_told_by_its_class_and_of_many_faults_the_first_are() -> None:
    refusal = "{} has passed. Name today or a later day."
    assert in_chinese(refusal.format("2026-01-01"), "bad_input") != type_in_chinese("bad_input")
    assert in_chinese(refusal.format("甲. 乙. " * 400), "bad_input") == type_in_chinese("bad_input")
    faults = "\n".join(f"edition 3: 单位{n} has no duties. Add what it answers for." for n in range(5000))
    assert len(in_chinese(faults, "bad_library").splitlines()) == 100


def test_what_is_wrong_with_a_field_is_said_in_chinese() -> None:
    faults = [
        {"loc": ("body", "title"), "type": "string_too_long", "msg": "String should have at most 200 characters"},
        {"loc": ("body", "value", "district"), "type": "missing", "msg": "Field required"},
        {"loc": ("body", "note"), "type": "string_type", "msg": "Input should be a valid string"},
    ]
    said = errors.body_of(BadInput(errors.sentence_of(faults)))["error"]["chinese"]
    assert said == "填写的内容有误：“标题”最多 200 字；缺少“区县”；“说明”不符合要求。请更正后重试。"


def test_a_problem_of_a_call_comes_in_both_languages() -> None:
    frame = problem_frame("That could not be done.", **{"from": {"citizen": 1.0}})
    assert (frame["message"], frame["chinese"]) == ("That could not be done.", "操作没有成功。")
    assert frame["from"] == {"citizen": 1.0}
