"""Names, dates of birth and phone numbers as people give them."""

from __future__ import annotations

from datetime import date

import pytest

from clinic import clock, contacts, patients


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("Maria Schmidt", "Maria Schmidt"),
        ("  josé   da  silva ", "josé da silva"),
        ("O’Connor-Müller, Anne-Marie", "O’Connor-Müller, Anne-Marie"),
        ("محمد عبد الرحمٰن", "محمد عبد الرحمٰن"),
        ("\u2067فاطمة الزهراء\u2069", "فاطمة الزهراء"),
        ("Ёлкина Анна", "Ёлкина Анна"),
        ("李娜", "李娜"),
        ("अनिता देवी", "अनिता देवी"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("J. R. Smith", "J. R. Smith"),
        ("علی‌رضا", "علی‌رضا"),
        ("Li", "Li"),
        ("Prof. Dr. Jan de Vries", "Prof. Dr. Jan de Vries"),
    ],
)
def test_names_of_any_script(written: str, clean: str) -> None:
    assert patients.clean_name(written) == clean


@pytest.mark.parametrize(
    "written",
    ["", "  ", "A", "...", "12.03.1985", "Maria 2", "www.example.com", "see https://x.de/a", "mail@example.org", "😀😀😀",
     "👍 ok", "a" * 81, "tomorrow at 3", "Ali <script>", "/restart", "٣ مارس", "Anna_B", "example.com"],
)  # fmt: skip
def test_what_is_no_name(written: str) -> None:
    with pytest.raises(patients.InvalidName):
        patients.clean_name(written)


def test_dates_of_birth() -> None:
    clock.freeze(clock.parse_instant("2026-11-24T23:30:00Z"))  # the 25th in Berlin
    for possible in (date(2026, 11, 25), date(1985, 3, 12), date(1906, 11, 25)):
        assert patients.check_birth_date(possible) == possible
    for impossible in (date(2026, 11, 26), date(2030, 1, 1), date(1905, 11, 25), date(1005, 3, 12)):
        with pytest.raises(patients.InvalidBirthDate):
            patients.check_birth_date(impossible)


@pytest.mark.parametrize(
    "written", ["4915123456789", "+49 151 23456789", "0049 151 23456789", "+49 (0) 151 2345 6789", " 49-151-23456789 "]
)
def test_phones_become_e164(written: str) -> None:
    assert contacts.normalise_phone(written) == "+4915123456789"


def test_numbers_of_other_plans_are_kept() -> None:
    assert contacts.normalise_phone("201001234567") == "+201001234567"
    assert contacts.normalise_phone("5511987654321") == "+5511987654321"
    assert contacts.normalise_phone("+٤٩١٥١٢٣٤٥٦٧٨٩") == "+4915123456789"


@pytest.mark.parametrize("written", ["", "hello", "+", "12345", "1234567890123456"])
def test_what_is_no_phone(written: str) -> None:
    with pytest.raises(contacts.InvalidAddress):
        contacts.normalise_phone(written)
