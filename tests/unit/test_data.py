"""The training data: enough of it, nothing twice, nothing that is tested; and the vocabularies."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
import yaml

from clinic import vocabulary
from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from tests.support import examples

ENOUGH = 25
TRAINING = examples.training()
INTENTS = [
    intent if isinstance(intent, str) else next(iter(intent))
    for intent in yaml.safe_load((PROJECT / "domain.yml").read_text("utf-8"))["intents"]
]
LABELS = sorted({*INTENTS, *(e.label for e in TRAINING)} - {e.label.split("/")[0] for e in TRAINING if "/" in e.label})


def normal(text: str) -> str:
    """What the classifier can tell apart: normal form, single blanks, without punctuation at the ends."""
    return " ".join(vocabulary.normalise(text).split()).strip(" .!?؟،,…")


def test_the_data_are_there() -> None:
    assert len(TRAINING) > 3000
    assert {"faq/opening_hours", "faq/location", "faq/insurance", "faq/documents"} <= set(LABELS)


@pytest.mark.parametrize("label", LABELS)
def test_enough_examples_in_every_language(label: str) -> None:
    counts = Counter(e.language for e in TRAINING if e.label == label)
    assert {code: counts[code] for code in SUPPORTED_LANGUAGES if counts[code] < ENOUGH} == {}


def test_only_intents_of_the_domain() -> None:
    assert {e.label.split("/")[0] for e in TRAINING} == set(INTENTS)


def test_the_language_of_a_file_is_that_of_its_name() -> None:
    assert {(e.path.name, e.language) for e in TRAINING} == {(f"{code}.yml", code) for code in SUPPORTED_LANGUAGES}
    topics = {path for path in (PROJECT / "data" / "nlu").iterdir() if path.is_dir()}
    missing = [
        f"{topic.name}/{code}.yml"
        for topic in topics
        for code in SUPPORTED_LANGUAGES
        if not (topic / f"{code}.yml").exists()
    ]
    assert not missing
    held = [e for e in examples.held_out() if e.path.parent.name == "nlu"]
    assert {(e.path.name, e.language) for e in held} == {(f"{code}.yml", code) for code in SUPPORTED_LANGUAGES}


def test_no_text_has_two_intents_in_a_language() -> None:
    labels = defaultdict(set)
    for example in TRAINING:
        labels[example.language, normal(example.text)].add(example.label)
    assert {key: sorted(found) for key, found in labels.items() if len(found) > 1} == {}


def test_no_text_has_two_intents_across_languages() -> None:
    """One model reads all languages: "no" must not be a yes somewhere."""
    labels = defaultdict(set)
    for example in TRAINING:
        labels[normal(example.text)].add((example.label, example.language))
    assert {text: sorted(found) for text, found in labels.items() if len({label for label, _ in found}) > 1} == {}


def test_no_text_stands_twice_in_a_language() -> None:
    counts = Counter((e.language, normal(e.text)) for e in TRAINING)
    assert [key for key, count in counts.items() if count > 1] == []


def test_nothing_that_is_tested_is_trained_on() -> None:
    trained = defaultdict(set)
    for example in TRAINING:
        trained[normal(example.text)].add(f"{example.path.parent.name}/{example.path.name}")
    leaked = {
        (e.path.name, e.text): sorted(trained[normal(e.text)])
        for e in examples.held_out()
        if normal(e.text) in trained and len(normal(e.text).split()) > 1
    }
    assert leaked == {}


def test_the_measured_set_has_no_word_of_the_training_alone() -> None:
    """A single word ("ja", "stop") is what people write; of tests/nlu, not even those."""
    trained = {(e.language, normal(e.text)) for e in TRAINING}
    assert [
        (e.language, e.text) for e in examples.held_out() if e.language and (e.language, normal(e.text)) in trained
    ] == []


def test_every_example_says_something() -> None:
    assert [e for e in TRAINING if not e.text or e.text.startswith(("/", "- ")) or "\u200b" in e.text] == []


# ── vocabularies ─────────────────────────────────────────────────────────────────────────────────────

SECTIONS = sorted({section for code in SUPPORTED_LANGUAGES for section in vocabulary.load(code)})


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_with_the_same_codes_in_every_language(section: str) -> None:
    kinds, codes = set(), {}
    for language in SUPPORTED_LANGUAGES:
        content = vocabulary.load(language).get(section)
        assert content, f"{language}.yml has no {section}"
        kinds.add(type(content))
        codes[language] = set(map(str, content)) if isinstance(content, dict) else set()
    assert len(kinds) == 1
    assert {language: sorted(found ^ codes["en"]) for language, found in codes.items() if found != codes["en"]} == {}


@pytest.mark.parametrize("section", SECTIONS)
def test_no_phrase_means_two_things(section: str) -> None:
    """In a section that maps codes to phrases; across languages too where other languages' words count."""
    languages = {}
    for language in SUPPORTED_LANGUAGES:
        content = vocabulary.load(language).get(section) or {}
        if not isinstance(content, dict):
            return
        for code, phrases in content.items():
            for phrase in phrases:
                key = (vocabulary.normalise(str(phrase)), None if section in ("specialties", "languages") else language)
                languages.setdefault(key, set()).add(str(code))
    assert {phrase: sorted(codes) for phrase, codes in languages.items() if len(codes) > 1} == {}


def test_no_phrase_stands_twice_in_a_list() -> None:
    twice = []
    for language in SUPPORTED_LANGUAGES:
        for section, content in vocabulary.load(language).items():
            lists = content.values() if isinstance(content, dict) else [content]
            for phrases in lists:
                counts = Counter(str(phrase) for phrase in phrases)
                twice += [(language, section, phrase) for phrase, count in counts.items() if count > 1]
    assert not twice
