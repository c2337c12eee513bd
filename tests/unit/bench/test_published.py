"""Published sets are read in the formats that their authors chose; the sentences here are ours."""

from __future__ import annotations

import json
from pathlib import Path

from bench import published


def test_folds_are_read_in_their_order(tmp_path: Path) -> None:
    head = "answerid;scenario;intent;answer_annotation;answer_from_anno;answer_from_user\n"
    for fold in (10, 2):
        for kind, text in (("trainset", "wake me"), ("testset", "no alarm")):
            folder = tmp_path / "deep" / f"KFold_{fold}" / kind / "csv"
            folder.mkdir(parents=True)
            (folder / "alarm_set.csv").write_text(f'{head}1;alarm;set;"x";"{text}  {fold}";"y"\n', encoding="utf-8")
    found = published.splits(tmp_path)
    assert [split.trained[0].text for split in found] == ["wake me 2", "wake me 10"]
    assert found[0].tested[0].label == "alarm_set" and {split.name for split in found} == {"HWU64"}


def test_sentences_say_themselves_what_they_are_for(tmp_path: Path) -> None:
    sentences = [
        {"text": "how do I print", "intent": "Setup Printer", "entities": [], "training": True},
        {"text": "it prints no more", "intent": "Setup Printer", "entities": [], "training": False},
    ]
    (tmp_path / "AskUbuntuCorpus.json").write_text(json.dumps({"sentences": sentences}), encoding="utf-8")
    [split] = published.splits(tmp_path)
    assert (split.name, split.trained[0].label, split.tested[0].text) == (
        "AskUbuntuCorpus", "Setup_Printer", "it prints no more",
    )  # fmt: skip
    assert "Braun" in published.table({split.name: {"salama": []}})


def test_two_files_are_enough(tmp_path: Path) -> None:
    for file in ("train.csv", "test.csv"):
        (tmp_path / file).write_text('text,intent\n"good morning, all",greet\n', encoding="utf-8")
    [split] = published.splits(tmp_path)
    assert split.trained[0].text == split.tested[0].text == "good morning, all"


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert published.splits(tmp_path) == []
