"""All parts of one simulator, put together; what the HTTP side asks for."""

from __future__ import annotations

import asyncio
import logging

from simulator.access_token import Token
from simulator.account import Account
from simulator.changes import Changes
from simulator.chaos import Chaos, ChaosSettings
from simulator.chat import Chat
from simulator.clock import Clock
from simulator.counters import Counters
from simulator.courier import Courier
from simulator.database import Database
from simulator.deliveries import Deliveries
from simulator.exchange import Exchange
from simulator.faults import Faults
from simulator.handshake import Handshake
from simulator.hub import Hub
from simulator.media_store import MediaStore
from simulator.patient_messages import PatientMessages
from simulator.phones import Phones
from simulator.plans import Plans
from simulator.rates import Rates
from simulator.recording import Recording
from simulator.replay import Replay
from simulator.request_log import RequestLog
from simulator.settings import Settings
from simulator.switches import Switches
from simulator.templates import Templates
from simulator.webhook_bodies import WebhookBodies

log = logging.getLogger("simulator")


class Simulator:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(settings.now)
        self.database = Database(settings.database)
        self.phones = Phones(self.database)
        self.chat = Chat(self.database)
        self.templates = Templates(self.database)
        self.media = MediaStore(self.database, settings.app_secret)
        self.chaos = Chaos()
        self.counters = Counters()
        self.deliveries = Deliveries(self.database, Plans(self.chaos), self.counters)
        self.switches = Switches(self.database)
        self.requests = RequestLog(self.database, self.clock)
        self.hub = Hub()
        self.faults = Faults()
        self.token = Token(settings.access_token)
        self.rates = Rates(settings.rate_limits)
        self.handshake = Handshake(settings)
        self.patient_messages = PatientMessages(self.chat, self.media, self.clock)
        self.exchange = Exchange(
            *(settings, self.database, self.phones, self.chat, self.deliveries),
            *(self.hub, self.clock, self.rates, self.counters, self.templates),
        )
        self.courier = Courier(
            *(settings, self.deliveries, self.switches, self.chaos, self.counters),
            *(self.exchange.webhook_posted, self.exchange.webhook_arrived),
        )
        self.exchange.courier = self.courier
        bodies = WebhookBodies(settings)
        self.changes = Changes(*(self.database, self.phones, self.chat, self.deliveries, self.courier, bodies, self.clock))
        self.account = Account(
            *(self.templates, self.deliveries, self.courier, bodies, self.clock),
            lambda: self.hub.publish({"kind": "templates"}),
        )
        self.recording = Recording(settings.database)
        self.replay = Replay(
            *(self.phones, self.chaos, self.patient_messages, self.exchange),
            lambda: self.hub.publish({"kind": "phone"}),
        )
        self.stopping = asyncio.Event()
        self._greeting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.phones.add_demo()
        if self.deliveries.pending():
            log.info("%d webhooks are left from last time; delivering them now", self.deliveries.pending())
        self.courier.kick_all()
        self._greeting = asyncio.create_task(self._greet())

    async def _greet(self) -> None:
        await self.handshake.run()
        self.courier.nudge()
        self.hub.publish({"kind": "webhook", "state": self.handshake.state})

    async def stop(self) -> None:
        self.stopping.set()
        if self._greeting is not None:
            self._greeting.cancel()
        self.replay.stop()
        await self.courier.stop()
        self.database.close()

    def reset(self) -> None:
        """Back to a first start: demo phones, empty chats, no faults, nothing queued."""
        self.database.clear()
        self.phones.add_demo()
        self.faults.clear()
        self.chaos.set(ChaosSettings())
        self.counters.reset()
        self.token.reset()
        self.account.reset()
        self.recording.stop()
        self.replay.stop()
        self.switches.reload()
        self.rates.reset()
        self.clock.reset()
        self.courier.nudge()
        self.hub.publish({"kind": "reset"})
