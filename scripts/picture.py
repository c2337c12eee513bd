"""The README's picture: two phones, a booking in Arabic and one in German. ``python -m scripts.picture``"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from clinic.settings import PROJECT
from scripts import browser
from scripts.patient import Answer, Patient
from scripts.stack import Stack

PICTURE = PROJECT / "docs" / "pictures" / "phone.png"
NOW = "2026-11-23T09:00:00+01:00"
WIDTH, HEIGHT, MARGIN = 940, 1010, 24
SLOT = '/inform{"slot_key"'


def slot_of(answer: Answer, place: int) -> str:
    """The id of a free slot that the answer offers."""
    return [choice for choice in answer.choices if choice.startswith(SLOT)][place]


def book(patient: Patient, wish: str, place: int, name: str, birth_date: str) -> None:
    """A whole booking, with the words a patient would use."""
    patient.say(wish)
    times = patient.tap("/affirm")
    patient.tap(slot_of(times, place))
    patient.say(name)
    patient.say(birth_date)
    done = patient.tap("/affirm")
    if done.kinds != ["text", "location"]:
        raise SystemExit(f"the booking did not come to its end:\n{patient.transcript()}")


def take(stack: Stack, path: Path) -> None:
    """Book on both phones and photograph them."""
    stack.control("reset", {})
    arabic, german = stack.control("phones")["phones"][:2]
    layla = Patient(stack, arabic["phone"], "ليلى حسن", language="ar", direction="rtl")
    jonas = Patient(stack, german["phone"], "Jonas Becker", language="de", direction="ltr")
    with browser.opened(stack.simulator + "/", WIDTH, HEIGHT, device_scale_factor=2, color_scheme="light") as page:
        book(layla, "أحتاج إلى موعد مع طبيب جلدية يوم الثلاثاء بعد الظهر", 7, "ليلى حسن", "12/04/1990")
        book(jonas, "Ich brauche am Donnerstag einen Termin beim Kinderarzt", 2, "Jonas Becker", "24.05.2019")
        for patient in (layla, jonas):
            last = patient.from_clinic()[-1].wamid
            page.locator(f'[data-wamid="{last}"]').wait_for()
        page.wait_for_function("() => document.querySelectorAll('.dots:not([hidden])').length === 0")
        page.evaluate("() => document.querySelectorAll('.log').forEach((log) => { log.scrollTop = log.scrollHeight; })")
        page.evaluate("() => document.getAnimations().forEach((one) => one.finish())")
        boxes = [page.locator(f"#phone-{patient.phone.lstrip('+')}").bounding_box() for patient in (layla, jonas)]
        left = min(box["x"] for box in boxes if box) - MARGIN
        top = min(box["y"] for box in boxes if box)
        right = max(box["x"] + box["width"] for box in boxes if box) + MARGIN
        devices = [device.bounding_box() for device in page.locator(".device").all()]
        bottom = max(box["y"] + box["height"] for box in devices if box) + 2 * MARGIN
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(
            path=path, full_page=True, clip={"x": left, "y": top, "width": right - left, "height": bottom - top}
        )


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, default=PICTURE)
    path = parser.parse_args().path
    with tempfile.TemporaryDirectory(prefix="salama-picture-") as folder, Stack(Path(folder), now=NOW) as stack:
        take(stack, path)
    print(f"{path} ({path.stat().st_size // 1024} kB)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
