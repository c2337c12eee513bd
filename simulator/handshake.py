"""The verification of the clinic's webhook, tried until somebody answers and told in plain words."""

from __future__ import annotations

import asyncio
import logging
import secrets

import requests

from simulator.courier import challenge
from simulator.settings import Settings

log = logging.getLogger("simulator.webhooks")

PAUSE = 1.0
#: A server that is still starting answers one of these (or 404 before its channel is mounted).
NOT_YET = {404, 429, 500, 502, 503, 504}


class Handshake:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.state = "waiting"

    async def run(self) -> str:
        """Ask until there is a clear answer; returns "verified" or "refused"."""
        log.info("Waiting for the clinic's webhook at %s", self._settings.webhook_url)
        complained = False
        while True:
            word = str(secrets.randbelow(10**10))
            try:
                answer = await asyncio.to_thread(challenge, self._settings, word)
            except requests.RequestException:
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code == 200 and answer.text.strip() == word:
                log.info("The webhook is verified: it knew the verify token and gave the challenge back")
                self.state = "verified"
                return self.state
            if answer.status_code not in NOT_YET:
                break
            if not complained:
                log.info("The webhook's address answers %s; still trying", answer.status_code)
                complained = True
            await asyncio.sleep(PAUSE)
        self._explain(answer)
        self.state = "refused"
        return self.state

    def _explain(self, answer: requests.Response) -> None:
        if answer.status_code == 403:
            log.error("The webhook refused the verify token (403). Is WHATSAPP_VERIFY_TOKEN the same on both sides?")
        elif answer.status_code == 200:
            log.error("The webhook answered 200 but did not give the challenge back as plain text")
        else:
            log.error("The webhook answered the verification with %s; Meta expects 200", answer.status_code)
        log.error("Meta would not deliver to it. The simulator does, so that you can go on.")
