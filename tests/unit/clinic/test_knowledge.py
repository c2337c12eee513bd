"""Answers that a clinic writes in files: what is read, and the sentence a wrong file gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic import knowledge
from clinic.knowledge import Entry, KnowledgeError
from clinic.markdown import to_whatsapp
from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from clinic.vocabulary import normalise
from tests.support import examples

HEAD = "questions:\n- one\n- two\n- three\n- four\n- five\n"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of the folder; its path."""

    def to(name: str = "travel_medicine/en.md", head: str = HEAD, body: str = "Yes.") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{head}---\n{body}\n", encoding="utf-8")
        return path

    return to


def test_a_file(write: Write, tmp_path: Path) -> None:
    write(head=HEAD + "title: Travelling\nlink: https://a.example/b\n", body="# Travel\n\nCome **early**.\n\n---\n\nMore.")
    expected = Entry(
        topic="travel_medicine",
        language="en",
        questions=("one", "two", "three", "four", "five"),
        answer="*Travel*\n\nCome *early*.\n\nMore.",
        title="Travelling",
        link="https://a.example/b",
    )
    assert knowledge.entries(tmp_path) == [expected]
    assert knowledge.entry("travel_medicine", "en", tmp_path) == expected


def test_only_what_is_there_and_only_in_its_language(write: Write, tmp_path: Path) -> None:
    write()
    assert knowledge.entry("travel_medicine", "de", tmp_path) is None
    assert knowledge.entry("travel", "en", tmp_path) is None
    assert knowledge.entry("../travel_medicine", "en", tmp_path / "x") is None
    assert knowledge.entry("travel_medicine", "../en", tmp_path) is None


def test_windows_line_ends_and_a_byte_order_mark(write: Write, tmp_path: Path) -> None:
    path = write()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert knowledge.entries(tmp_path)[0].answer == "Yes."


def test_topics_of_salamas_own_need_no_questions(write: Write, tmp_path: Path) -> None:
    write("parking/en.md", head="")
    write("parking/de.md", head="questions: [Wo stelle ich mein Auto hin]\n")
    assert [entry.questions for entry in knowledge.entries(tmp_path)] == [("Wo stelle ich mein Auto hin",), ()]


def test_the_same_question_twice_counts_once(write: Write, tmp_path: Path) -> None:
    write(head="questions: [one, One, two, three, four]\n")
    with pytest.raises(KnowledgeError, match="at least 5 different questions"):
        knowledge.entries(tmp_path)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ({"head": ""}, "give at least 5 different questions"),
        ({"head": "questions: [one, two]\n"}, "give at least 5 different questions"),
        ({"head": "questions: one\n"}, "as a list of texts"),
        ({"head": "questions: [1, 2, 3, 4, 5]\n"}, "as a list of texts"),
        ({"head": HEAD.replace("one", "/book")}, "must not begin with /"),
        ({"head": "- one\n"}, "write questions: and a list"),
        ({"head": "questions:\n- how: much: is\n"}, r"no YAML \(line 3\)"),
        ({"head": HEAD + "answer: yes\n"}, "unknown answer: only questions, title, link"),
        ({"head": HEAD + "title: A title that no button holds\n"}, "at most 20 characters"),
        ({"head": HEAD + "title: 2026\n"}, "title: is a button"),
        ({"head": HEAD + "link: clinic.example\n"}, "begins with https://"),
        ({"body": "  "}, "the answer is missing"),
        ({"body": "word " * 800}, r"has 3999 characters, and one message holds 3600: shorten it"),
        ({"name": "travel_medicine/fr.md"}, r"travel_medicine/fr\.md: name the file after its language, one of en\.md"),
        ({"name": "travel_medicine/en.txt"}, "name the file after its language"),
        ({"name": "Travel Medicine/en.md"}, "small Latin letters"),
        ({"name": "en.md"}, "put it into a folder of its topic"),
    ],
)
def test_a_wrong_file_is_named_with_what_to_do(write: Write, tmp_path: Path, file: dict[str, str], says: str) -> None:
    path = write(**file)
    with pytest.raises(KnowledgeError, match=says) as raised:
        knowledge.entries(tmp_path)
    assert path.parent.name in str(raised.value)
    assert str(tmp_path.parent) not in str(raised.value), "nothing of one machine"


@pytest.mark.parametrize("content", ["", "Yes.", "---\nquestions: []\nYes.", "questions: []\n---\nYes."])
def test_a_file_without_its_head(write: Write, tmp_path: Path, content: str) -> None:
    write().write_text(content)
    with pytest.raises(KnowledgeError, match=r"travel_medicine/en\.md: begin with a line ---"):
        knowledge.entries(tmp_path)


def test_a_file_that_is_no_text(write: Write, tmp_path: Path) -> None:
    write().write_bytes(b"---\n\xe4")
    with pytest.raises(KnowledgeError, match="save it as UTF-8"):
        knowledge.entries(tmp_path)


def test_one_question_belongs_to_one_topic(write: Write, tmp_path: Path) -> None:
    write()
    write("sleep/en.md", head=HEAD.replace("one", "ONE"))
    with pytest.raises(KnowledgeError, match=r"travel_medicine/en\.md: “one” stands in .*sleep/en\.md too"):
        knowledge.entries(tmp_path)


def test_notes_and_hidden_files_do_not_disturb(write: Write, tmp_path: Path) -> None:
    write()
    (tmp_path / "README.md").write_text("how we do it")
    (tmp_path / ".DS_Store").write_text("")
    (tmp_path / "travel_medicine" / ".en.md.swp").write_text("")
    assert len(knowledge.files(tmp_path)) == 1


def test_the_setting_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CLINIC_KNOWLEDGE", raising=False)
    assert knowledge.folder() == PROJECT / "knowledge"
    monkeypatch.setenv("CLINIC_KNOWLEDGE", "var/answers")
    assert knowledge.folder() == PROJECT / "var" / "answers"
    monkeypatch.setenv("CLINIC_KNOWLEDGE", str(tmp_path))
    assert knowledge.folder() == tmp_path and knowledge.entries() == []
    monkeypatch.setenv("CLINIC_KNOWLEDGE", str(tmp_path / "none"))
    with pytest.raises(KnowledgeError, match="is no folder"):
        knowledge.entries()


def test_without_the_default_folder_there_is_nothing_to_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CLINIC_KNOWLEDGE", raising=False)
    monkeypatch.setattr(knowledge, "PROJECT", tmp_path)
    assert knowledge.entries() == []
    assert knowledge.entry("parking", "en") is None


# ── the demo's ───────────────────────────────────────────────────────────────────────────────────────


def test_the_demo_topic_is_there_in_every_language() -> None:
    shipped = knowledge.entries(PROJECT / "knowledge")
    assert {entry.language for entry in shipped if entry.topic == "first_visit"} == set(SUPPORTED_LANGUAGES)
    assert all(entry.title and 200 < len(entry.answer) < 900 for entry in shipped)


def test_the_demos_questions_are_nobody_elses() -> None:
    labels = defaultdict(set)
    for example in [*examples.training(), *examples.held_out()]:
        labels[normalise(example.text).strip(" .!?؟")].add(example.label)
    asked = [q for entry in knowledge.entries(PROJECT / "knowledge") for q in entry.questions]
    assert {q: labels[normalise(q).strip(" .!?؟")] for q in asked if normalise(q).strip(" .!?؟") in labels} == {}


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("markdown", "whatsapp"),
    [
        ("", ""),
        ("plain", "plain"),
        ("**bold** and __bold__", "*bold* and *bold*"),
        ("*slanted* and ~~gone~~", "_slanted_ and ~gone~"),
        ("**_both_**", "*_both_*"),
        ("# Title\ntext", "*Title*\n\ntext"),
        ("## A **bold** title", "*A bold title*"),
        ("one\ntwo", "one two"),
        ("one  \ntwo", "one\ntwo"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("- one\n- two", "• one\n• two"),
        ("* one\n\n* two", "• one\n• two"),
        ("3. one\n4. two", "3. one\n4. two"),
        ("- one\n  1. inner", "• one\n  1. inner"),
        ("[our page](https://a.example/b)", "our page: https://a.example/b"),
        ("<https://a.example>", "https://a.example"),
        ("[mail](mailto:a@b.example), [call](tel:+4930)", "mail: a@b.example, call: +4930"),
        ("> said\n> so\n>\n> and so", "> said so\n> \n> and so"),
        ("`code`", "`code`"),
        ("```\ncode\n```", "```code```"),
        ("one\n\n***\n\ntwo", "one\n\ntwo"),
        ("![a map](map.png)", "a map"),
        ("2 < 3 & <b>x</b> &amp; \\*", "2 < 3 & <b>x</b> & *"),
        ("**يُرجى الحضور** قبل الموعد", "*يُرجى الحضور* قبل الموعد"),
        ("+49 30 23125 100 {phone}", "+49 30 23125 100 {phone}"),
    ],
)
def test_markdown_as_whatsapp_writes_it(markdown: str, whatsapp: str) -> None:
    assert to_whatsapp(markdown) == whatsapp
