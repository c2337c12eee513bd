"""The phone page in a real browser: a patient books with keyboard and pointer. The picture lands in var/screenshots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from clinic.settings import PROJECT
from scripts import browser
from tests.support.bookings import check_confirmation, row_of, slot_keys
from tests.support.stack import Answer, Patient, PatientFactory, Records, Stack, says, wait_for

pytestmark = pytest.mark.timeout(180)
SCREENSHOTS = PROJECT / "var" / "screenshots"


@pytest.fixture
def page(stack: Stack) -> Iterator[Page]:
    """The simulator's page; errors in its scripts fail the test."""
    try:
        browser.chromium()
    except browser.NoBrowser as missing:
        pytest.skip(f"THE BROWSER TEST DID NOT RUN: {missing}")
    errors: list[str] = []
    with browser.opened(stack.simulator + "/", device_scale_factor=2) as opened:
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        yield opened
    assert errors == []


class Screen:
    """One phone on the page, and what its owner's hands do."""

    def __init__(self, page: Page, patient: Patient) -> None:
        self.page, self.patient = page, patient
        self.phone: Locator = page.locator(f"#phone-{patient.phone.lstrip('+')}")
        self.phone.scroll_into_view_if_needed()
        self._written = 0

    def write(self, text: str) -> Answer:
        """Type into the composer and press Enter."""
        self.phone.get_by_role("textbox").focus()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        return self.answered()

    def press(self, title: str) -> Answer:
        """Click a button of the newest message that has it."""
        self.phone.get_by_role("button", name=title, exact=True).last.click()
        return self.answered()

    def choose(self, answer: Answer, choice: str) -> Answer:
        """Open the list with Enter, walk to the row with the arrow keys, send with Enter."""
        label = answer.messages[-1].payload["interactive"]["action"]["button"]
        self.phone.get_by_role("button", name=label, exact=True).last.focus()
        self.page.keyboard.press("Enter")
        sheet = self.phone.get_by_role("dialog")
        expect(sheet).to_be_visible()
        self.page.keyboard.press("Space")
        for _ in range(list(answer.choices).index(choice)):
            self.page.keyboard.press("ArrowDown")
        expect(sheet.get_by_role("radio", checked=True)).to_have_value(choice)
        self.page.keyboard.press("Enter")
        expect(sheet).to_have_count(0)
        return self.answered()

    def answered(self) -> Answer:
        """Wait until the whole answer to what was just sent is on the screen."""
        self._written += 1
        assert wait_for(lambda: len(self._mine()) == self._written, 20), "the message was not sent"
        answer = self.patient.answer_to(self._mine()[-1])
        for message in answer.messages:
            expect(self.phone.locator(f'[data-wamid="{message.wamid}"]')).to_be_visible()
        return answer

    def _mine(self) -> list[str]:
        return [message.wamid for message in self.patient.messages() if message.direction == "in"]


def test_books_on_the_phone_page(page: Page, new_patient: PatientFactory) -> None:
    """In German; every answer is on the screen, and the last thing on it is the map."""
    patient = new_patient("Clara Neumann", language="de")
    screen = Screen(page, patient)
    hello = screen.write("Guten Morgen!")
    assert says(hello, "utter_ask_consent", "de")
    screen.press(hello.title_of("/affirm"))
    times = screen.write("Wann kann ich diese Woche zum Augenarzt kommen? Ich hätte gern einen Termin")
    keys = slot_keys(times)
    assert keys
    held = screen.choose(times, row_of(keys[2]))
    assert says(held, "utter_ask_patient_name", "de")
    screen.write("Clara Neumann")
    summary = screen.write("24.05.1985")
    done = screen.press(summary.title_of("/affirm"))
    check_confirmation(patient, done, "de", "Clara Neumann", date(1985, 5, 24))
    assert len(Records(patient.stack, patient.phone).booked()) == 1

    bubbles = screen.phone.locator(".message")
    expect(bubbles).to_have_count(len(patient.messages()))
    expect(bubbles.last).to_have_attribute("data-type", "location")
    for part in (bubbles.last, screen.phone.locator(".chat-head"), screen.phone.get_by_role("textbox")):
        expect(part).to_be_in_viewport(ratio=0.9)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    screen.phone.screenshot(path=SCREENSHOTS / "booking-de.png")


def test_arabic_runs_from_right_to_left(page: Page, new_patient: PatientFactory) -> None:
    """The whole screen is mirrored, and every bubble of the clinic is right to left."""
    patient = new_patient("ليلى", language="ar")
    screen = Screen(page, patient)
    hello = screen.write("مرحبا")
    assert says(hello, "utter_introduction", "ar")
    expect(screen.phone.locator(".screen")).to_have_attribute("dir", "rtl")
    theirs, mine = screen.phone.locator(".theirs .bubble"), screen.phone.locator(".mine .bubble")
    expect(theirs).to_have_attribute("dir", "rtl")
    left, right = mine.bounding_box(), theirs.bounding_box()
    assert left and right and left["x"] < right["x"]
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    screen.phone.screenshot(path=SCREENSHOTS / "hello-ar.png")
