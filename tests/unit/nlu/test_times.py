"""Days and times: exact values at a fixed instant, per language, and the process that reads them."""

from __future__ import annotations

import logging
import subprocess
import time as stopwatch
from collections.abc import Iterator
from datetime import datetime

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import clock
from nlu import duckling_client
from nlu.duckling_client import Duckling
from nlu.times import TimeExtractor, find_times

SUNDAY = "2026-11-22T10:00:00+01:00"
# (language, text, words, from, to, grain): times are Berlin's, without the year where it is 2026.
SAID = [
    ("en", "tomorrow", "tomorrow", "11-23T00:00", "11-24T00:00", "day"),
    ("en", "can I come today?", "today", "11-22T00:00", "11-23T00:00", "day"),
    ("en", "next Tuesday afternoon please", "next Tuesday afternoon", "11-24T12:00", "11-24T18:00", "interval"),
    ("en", "Tuesday at 3pm", "Tuesday at 3pm", "11-24T15:00", "11-24T16:00", "hour"),
    ("en", "Tuesday at 3", "Tuesday at 3", "11-24T15:00", "11-24T16:00", "hour"),
    ("en", "Friday at 12", "Friday at 12", "11-27T12:00", "11-27T13:00", "hour"),
    ("en", "half past nine tomorrow", "half past nine tomorrow", "11-23T09:30", "11-23T09:31", "minute"),
    ("en", "the day after tomorrow at 9am", "the day after tomorrow at 9am", "11-24T09:00", "11-24T10:00", "hour"),
    ("en", "in 3 days", "in 3 days", "11-25T00:00", "11-26T00:00", "day"),
    ("en", "in two weeks", "in two weeks", "12-06T00:00", "12-07T00:00", "day"),
    ("en", "next week", "next week", "11-23T00:00", "11-30T00:00", "week"),
    ("en", "next month", "next month", "12-01T00:00", "2027-01-01T00:00", "month"),
    ("en", "24/12/2026", "24/12/2026", "12-24T00:00", "12-25T00:00", "day"),
    ("en", "on 05/12", "on 05/12", "12-05T00:00", "12-06T00:00", "day"),
    ("en", "1 Jan", "1 Jan", "2027-01-01T00:00", "2027-01-02T00:00", "day"),
    ("en", "between 2 and 4 pm on Wednesday", "between 2 and 4 pm on Wednesday", "11-25T14:00", "11-25T16:00", "interval"),
    ("en", "from 9 to 11 tomorrow", "from 9 to 11 tomorrow", "11-23T09:00", "11-23T11:00", "interval"),
    ("en", "after work on Thursday", "after work on Thursday", "11-26T16:00", "11-26T20:00", "interval"),
    ("en", "this afternoon", "this afternoon", "11-22T12:00", "11-22T18:00", "interval"),
    ("en", "24 May 1985", "24 May 1985", "1985-05-24T00:00", "1985-05-25T00:00", "day"),
    ("de", "morgen", "morgen", "11-23T00:00", "11-24T00:00", "day"),
    ("de", "Guten Morgen, geht es übermorgen?", "übermorgen", "11-24T00:00", "11-25T00:00", "day"),
    ("de", "uebermorgen um 9 uhr", "uebermorgen um 9 uhr", "11-24T09:00", "11-24T10:00", "hour"),
    ("de", "nächsten Dienstag Nachmittag", "nächsten Dienstag Nachmittag", "11-24T12:00", "11-24T18:00", "interval"),
    ("de", "naechsten Montag", "naechsten Montag", "11-23T00:00", "11-24T00:00", "day"),
    ("de", "Montag früh", "Montag früh", "11-23T06:00", "11-23T12:00", "interval"),
    ("de", "am Dienstag morgen", "am Dienstag morgen", "11-24T06:00", "11-24T12:00", "interval"),
    ("de", "morgen Vormittag", "morgen Vormittag", "11-23T06:00", "11-23T12:00", "interval"),
    ("de", "am 3. Dezember um halb zehn", "am 3. Dezember um halb zehn", "12-03T09:30", "12-03T09:31", "minute"),
    ("de", "am 24.12.", "am 24.12.", "12-24T00:00", "12-25T00:00", "day"),
    ("de", "in 3 Tagen", "in 3 Tagen", "11-25T00:00", "11-26T00:00", "day"),
    ("de", "Mittwoch zwischen 14 und 16 Uhr", "Mittwoch zwischen 14 und 16 Uhr", "11-25T14:00", "11-25T16:00", "interval"),
    ("de", "Donnerstag nach der Arbeit", "Donnerstag nach der Arbeit", "11-26T16:00", "11-26T20:00", "interval"),
    ("de", "Freitag 15h", "Freitag 15h", "11-27T15:00", "11-27T16:00", "hour"),
    ("pt", "amanhã", "amanhã", "11-23T00:00", "11-24T00:00", "day"),
    ("pt", "amanha às 15h", "amanha às 15h", "11-23T15:00", "11-23T16:00", "hour"),
    ("pt", "segunda-feira às 9h30", "segunda-feira às 9h30", "11-23T09:30", "11-23T09:31", "minute"),
    ("pt", "terça que vem à tarde", "terça que vem à tarde", "11-24T12:00", "11-24T18:00", "interval"),
    ("pt", "quarta depois do almoço", "quarta depois do almoço", "11-25T13:00", "11-25T18:00", "interval"),
    ("pt", "depois de amanhã", "depois de amanhã", "11-24T00:00", "11-25T00:00", "day"),
    ("pt", "sabado", "sabado", "11-28T00:00", "11-29T00:00", "day"),
    ("pt", "pode ser 24/12?", "24/12", "12-24T00:00", "12-25T00:00", "day"),
    ("pt", "dia 5/1", "dia 5/1", "2027-01-05T00:00", "2027-01-06T00:00", "day"),
    ("pt", "24/12/2026", "24/12/2026", "12-24T00:00", "12-25T00:00", "day"),
    ("pt", "daqui a duas semanas", "daqui a duas semanas", "12-06T00:00", "12-07T00:00", "day"),
    ("pt", "daqui a 3 dias", "daqui a 3 dias", "11-25T00:00", "11-26T00:00", "day"),
    ("pt", "semana que vem", "semana que vem", "11-23T00:00", "11-30T00:00", "week"),
    ("ru", "завтра утром", "завтра утром", "11-23T06:00", "11-23T12:00", "interval"),
    ("ru", "во вторник в 15:00", "во вторник в 15:00", "11-24T15:00", "11-24T15:01", "minute"),
    ("ru", "в следующий вторник после обеда", "в следующий вторник после обеда", "11-24T12:00", "11-24T18:00", "interval"),
    ("ru", "послезавтра", "послезавтра", "11-24T00:00", "11-25T00:00", "day"),
    ("ru", "через 3 дня", "через 3 дня", "11-25T00:00", "11-26T00:00", "day"),
    ("ru", "через неделю", "через неделю", "11-29T00:00", "11-30T00:00", "day"),
    ("ru", "в среду днём", "в среду днём", "11-25T12:00", "11-25T18:00", "interval"),
    ("ru", "в среду в половине десятого", "в среду в половине десятого", "11-25T09:30", "11-25T09:31", "minute"),
    ("ru", "24 декабря", "24 декабря", "12-24T00:00", "12-25T00:00", "day"),
    ("ar", "غدا", "غدا", "11-23T00:00", "11-24T00:00", "day"),
    ("ar", "غدًا الساعة ٩:٣٠", "غدًا الساعة ٩:٣٠", "11-23T09:30", "11-23T09:31", "minute"),
    ("ar", "بكره الصبح", "بكره الصبح", "11-23T06:00", "11-23T12:00", "interval"),
    ("ar", "بعد بكرة", "بعد بكرة", "11-24T00:00", "11-25T00:00", "day"),
    ("ar", "بعد غدٍ", "بعد غدٍ", "11-24T00:00", "11-25T00:00", "day"),
    ("ar", "بعد يومين", "بعد يومين", "11-24T00:00", "11-25T00:00", "day"),
    ("ar", "بعد أسبوع", "بعد أسبوع", "11-29T00:00", "11-30T00:00", "day"),
    ("ar", "يوم الثلاثاء بعد الظهر", "يوم الثلاثاء بعد الظهر", "11-24T12:00", "11-24T18:00", "interval"),
    ("ar", "يوم الأربعاء الساعة ١٠", "يوم الأربعاء الساعة ١٠", "11-25T10:00", "11-25T11:00", "hour"),
    ("ar", "بكرا الساعه 9", "بكرا الساعه 9", "11-23T09:00", "11-23T10:00", "hour"),
    ("ar", "٢٤/١٢/٢٠٢٦", "٢٤/١٢/٢٠٢٦", "12-24T00:00", "12-25T00:00", "day"),
    ("ar", "٢٤ ديسمبر", "٢٤ ديسمبر", "12-24T00:00", "12-25T00:00", "day"),
    ("ar", "الأسبوع القادم", "الأسبوع القادم", "11-23T00:00", "11-30T00:00", "week"),
]  # fmt: skip


def read(text: str, language: str, now: str = SUNDAY) -> list[tuple[str, str, str, str, bool]]:
    """(words, from, to, grain, dateless) of each time, without offset."""
    return [
        (text[t.start : t.end], _short(t.begins), _short(t.ends), t.grain, t.dateless)
        for t in find_times(text, language, datetime.fromisoformat(now))
    ]


def _short(moment: datetime | None) -> str:
    return moment.isoformat(timespec="minutes").removeprefix("2026-") if moment else ""


@pytest.mark.parametrize(("language", "text", "words", "begins", "ends", "grain"), SAID)
def test_days_and_times(language: str, text: str, words: str, begins: str, ends: str, grain: str) -> None:
    assert read(text, language) == [(words, begins, ends, grain, False)]


@pytest.mark.parametrize(
    ("language", "text", "begins", "grain"),
    [
        # Nine has passed, and nobody is seen at 21:00: tomorrow's.
        ("en", "at 9", "11-23T09:00", "hour"),
        ("de", "um 9", "11-23T09:00", "hour"),
        ("pt", "às 9", "11-23T09:00", "hour"),
        ("ru", "в 9:30", "11-23T09:30", "minute"),
        ("ar", "الساعة ٩", "11-23T09:00", "hour"),
        ("en", "at 3", "11-22T15:00", "hour"),
        ("de", "um 3", "11-22T15:00", "hour"),
        ("de", "viertel nach acht", "11-23T08:15", "minute"),
        ("pt", "às 15h", "11-22T15:00", "hour"),
        ("ru", "в 3", "11-22T15:00", "hour"),
        ("ru", "3 дня", "11-22T15:00", "hour"),
        ("ar", "الساعة ٣", "11-22T15:00", "hour"),
        ("ar", "الساعه 3", "11-22T15:00", "hour"),
        ("en", "at 12", "11-22T12:00", "hour"),
        ("en", "2:20", "11-22T14:20", "minute"),
        ("en", "at 15:30", "11-22T15:30", "minute"),
        ("en", "in the evening", "11-22T16:00", "interval"),
        ("en", "after work", "11-22T16:00", "interval"),
        ("de", "vormittags", "11-22T06:00", "interval"),
        ("pt", "de tarde", "11-22T12:00", "interval"),
        ("ru", "после обеда", "11-22T12:00", "interval"),
        ("ar", "الصبح", "11-22T06:00", "interval"),
        ("ar", "مساءً", "11-22T16:00", "interval"),
    ],
)
def test_a_time_of_day_alone_names_no_day(language: str, text: str, begins: str, grain: str) -> None:
    ((_, found, _, how, dateless),) = read(text, language)
    assert (found, how, dateless) == (begins, grain, True)


def test_a_part_of_the_day_that_is_nearly_over_is_tomorrows() -> None:
    assert read("in the morning", "en", "2026-11-22T08:00:00+01:00")[0][1:3] == ("11-22T06:00", "11-22T12:00")
    assert read("in the morning", "en", "2026-11-22T11:30:00+01:00")[0][1:3] == ("11-23T06:00", "11-23T12:00")


def test_from_now_on_is_counted_by_the_clock() -> None:
    assert read("in 2 hours", "en") == [("in 2 hours", "11-22T12:00", "11-22T12:01", "minute", False)]
    assert read("in 2 hours", "en", "2026-11-22T23:15:00+01:00")[0][1] == "11-23T01:15"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *[("en", "Good morning"), ("en", "good evening, I need a dermatologist"), ("en", "Good afternoon doctor")],
        *[("de", "Guten Morgen"), ("de", "guten Abend, ich brauche einen Termin"), ("de", "Schönen Nachmittag noch")],
        *[("pt", "bom dia"), ("pt", "boa tarde, queria uma consulta"), ("ru", "доброе утро"), ("ru", "добрый вечер")],
        *[("ar", "صباح الخير"), ("ar", "مساء الخير"), ("ar", "مساءُ النور")],
        *[("en", "I have 3 children"), ("en", "10"), ("en", "may I come?"), ("en", "the second one"), ("en", "👍")],
        *[("de", "so früh wie möglich"), ("ru", "у меня двое детей"), ("pt", "tenho 2 filhos"), ("ar", "أريد موعدا")],
        *[("en", ""), ("ar", " "), ("de", "???"), ("ru", "+7 495 123-45-67")],
    ],
)
def test_no_time_is_named(language: str, text: str) -> None:
    assert read(text, language) == []


def test_several_times_in_order_without_overlap() -> None:
    assert [found[:2] for found in read("Monday or Thursday", "en")] == [
        ("Monday", "11-23T00:00"),
        ("Thursday", "11-26T00:00"),
    ]
    text = "Montag um 9 oder Mittwoch nachmittags. Sonst nächste Woche"
    found = find_times(text, "de", datetime.fromisoformat(SUNDAY))
    assert [_short(t.begins) for t in found] == ["11-23T09:00", "11-25T12:00", "11-23T00:00"]
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))


def test_a_part_of_the_day_belongs_to_the_day_beside_it_only() -> None:
    """A full stop parts them."""
    assert [t[3:] for t in read("Not on Monday. In the afternoon", "en")] == [("day", False), ("interval", True)]


@pytest.mark.parametrize(
    ("now", "text", "begins", "ends"),
    [
        # the clock is put forward on 28 March 2027, back on 31 October 2027 (and was on 25 October 2026)
        ("2027-03-27T10:00:00+01:00", "tomorrow", "2027-03-28T00:00:00+01:00", "2027-03-29T00:00:00+02:00"),
        ("2027-03-27T10:00:00+01:00", "tomorrow at 9am", "2027-03-28T09:00:00+02:00", "2027-03-28T10:00:00+02:00"),
        ("2026-10-24T10:00:00+02:00", "tomorrow at 9am", "2026-10-25T09:00:00+01:00", "2026-10-25T10:00:00+01:00"),
        ("2026-10-24T10:00:00+02:00", "tomorrow", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        ("2026-07-01T10:00:00+02:00", "1 December at 9am", "2026-12-01T09:00:00+01:00", "2026-12-01T10:00:00+01:00"),
        # UTC is still on Sunday
        ("2026-11-22T23:30:00+00:00", "tomorrow", "2026-11-24T00:00:00+01:00", "2026-11-25T00:00:00+01:00"),
        ("2026-12-31T23:30:00+01:00", "tomorrow", "2027-01-01T00:00:00+01:00", "2027-01-02T00:00:00+01:00"),
    ],
)
def test_instants_in_the_clinics_zone(now: str, text: str, begins: str, ends: str) -> None:
    (found,) = find_times(text, "en", datetime.fromisoformat(now))
    assert (found.resolved()["from"], found.resolved()["to"]) == (begins, ends)


def test_entities_keep_the_words_and_carry_the_meaning() -> None:
    clock.freeze(clock.parse_instant(SUNDAY))
    message = Message({TEXT: "geht auch MORGEN um 3?", "language": {"code": "de"}, ENTITIES: [{"entity": "other"}]})
    TimeExtractor().process([message])
    assert message.get(ENTITIES) == [
        {"entity": "other"},
        {
            "entity": "time",
            "start": 10,
            "end": 21,
            "value": "MORGEN um 3",
            "resolved": {"from": "2026-11-23T15:00:00+01:00", "to": "2026-11-23T16:00:00+01:00", "grain": "hour"},
            "dateless": False,
            "extractor": "TimeExtractor",
        },
    ]


def test_an_open_interval() -> None:
    assert read("after 4 pm tomorrow", "en")[0][1:4] == ("11-23T16:00", "", "interval")
    assert read("before noon tomorrow", "en")[0][1:4] == ("", "11-23T12:00", "interval")


# ── the process that holds Duckling ──────────────────────────────────────────────────────────────────

DEADLY = "خليها ليوم تاني"
WALL = datetime(2026, 11, 22, 10)


@pytest.fixture
def duckling() -> Iterator[Duckling]:
    own = Duckling()
    yield own
    own.close()


def test_a_text_that_kills_duckling_costs_only_its_own_times(duckling: Duckling, caplog: pytest.LogCaptureFixture) -> None:
    assert duckling.parse("tomorrow", "en", WALL)
    first = duckling._worker
    assert duckling.parse(DEADLY, "ar", WALL) == []
    assert first is not None and first.poll() is not None, "the text is no longer deadly: look for another"
    assert duckling.parse("tomorrow", "en", WALL)[0]["value"]["value"].startswith("2026-11-23")
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "15 characters" in record.getMessage()
    assert not any(word in caplog.text for word in DEADLY.split()), "a patient's words stay out of the log"


def test_a_killed_worker_is_replaced_without_losing_the_text(duckling: Duckling) -> None:
    duckling.parse("tomorrow", "en", WALL)
    assert duckling._worker is not None
    duckling._worker.kill()
    duckling._worker.wait()
    assert duckling.parse("tomorrow", "en", WALL)


def test_a_worker_that_hangs_is_given_up(
    duckling: Duckling, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hanging = duckling._worker = subprocess.Popen(
        ["sleep", "60"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1
    )
    monkeypatch.setattr(duckling_client, "ANSWER_SECONDS", 0.2)
    started = stopwatch.monotonic()
    assert duckling.parse("morgen um drei", "de", WALL) == []
    assert stopwatch.monotonic() - started < 2
    assert hanging.poll() is not None, "the hanging worker has been ended"
    assert "morgen" not in caplog.text
    assert duckling.parse("tomorrow", "en", WALL)


def test_no_process_is_left_behind(duckling: Duckling) -> None:
    duckling.parse("tomorrow", "en", WALL)
    worker = duckling._worker
    duckling.close()
    duckling.close()
    assert worker is not None and worker.poll() is not None


def test_lines_and_quotes_in_a_text_do_not_break_the_line(duckling: Duckling) -> None:
    assert duckling.parse('tomorrow"\n{"text": "x"}\n', "en", WALL)[0]["start"] == 0
    assert duckling.parse("übermorgen", "de", WALL)[0]["end"] == len("übermorgen")
    assert duckling.parse("👍 tomorrow", "en", WALL)[0]["start"] == 2
