"""A real browser without a window: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "/usr/bin/chromium", "google-chrome")
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")


class NoBrowser(Exception):
    """There is none on this machine; the message says how to get one."""


def chromium() -> str:
    """The path of the browser: `CHROMIUM` if that is set, otherwise where distributions put it."""
    wanted = os.environ.get("CHROMIUM")
    for name in (wanted,) if wanted else NAMES:
        path = shutil.which(name)
        if path:
            return path
    if wanted:
        raise NoBrowser(f"CHROMIUM={wanted} is no program")
    raise NoBrowser("no Chromium: `apt-get install chromium`, or set CHROMIUM to the path of a Chrome")


@contextmanager
def opened(url: str, width: int = 1280, height: int = 900, **options: Any) -> Iterator[Page]:
    """A page that shows `url`. `options` are those of a Playwright context, `device_scale_factor` for example."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            settings = {"timezone_id": "Europe/Berlin", "locale": "en-GB", **options}
            page = browser.new_context(viewport={"width": width, "height": height}, **settings).new_page()
            page.goto(url)
            yield page
        finally:
            browser.close()
