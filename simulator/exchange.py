"""What happens when a message, a tick or a sign of typing crosses from one side to the other.

Each step writes the message and the webhooks it causes in one transaction, then tells the listeners.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from simulator import limits
from simulator.chat import INBOUND, OUTBOUND, Chat, Message, new_wamid
from simulator.clock import Clock
from simulator.counters import Counters
from simulator.courier import Courier
from simulator.database import Database
from simulator.deliveries import REPEAT, Deliveries, Delivery
from simulator.faults import Fault
from simulator.graph_errors import GraphError, status_error
from simulator.hub import Hub
from simulator.messages import Outgoing
from simulator.phones import Phone, Phones, digits
from simulator.rates import Rates
from simulator.settings import Settings
from simulator.template_messages import fill, sendable
from simulator.templates import Templates
from simulator.webhook_bodies import WebhookBodies

Json = dict[str, Any]


class Exchange:
    def __init__(
        self,
        settings: Settings,
        database: Database,
        phones: Phones,
        chat: Chat,
        deliveries: Deliveries,
        hub: Hub,
        clock: Clock,
        rates: Rates,
        counters: Counters,
        templates: Templates,
    ) -> None:
        self._settings, self._database, self._phones, self._chat = (settings, database, phones, chat)
        self._deliveries, self._hub, self._clock, self._rates = (deliveries, hub, clock, rates)
        self._counters, self._templates = counters, templates
        self._bodies = WebhookBodies(settings)
        self.courier: Courier | None = None

    # from the patient -------------------------------------------------------------------------------------------

    def patient_sends(self, phone: Phone, payload: Json) -> Message:
        now = self._clock.now()
        wamid = new_wamid(phone.wa_id, INBOUND)
        with self._database.transaction():
            message = self._chat.add(phone.wa_id, INBOUND, wamid, payload, now, "sent")
            body = self._bodies.inbound(phone, wamid, payload, now)
            self._deliveries.add(phone.wa_id, wamid, "message", body)
        self._rates.count_inbound()
        self._counters.count("messages_in")
        self._tell_message(message)
        self._send_webhooks(phone.wa_id)
        return message

    def patient_reads(self, phone: Phone, up_to: int) -> int:
        """The chat is on the screen: every message up to there is read, and the clinic is told of each."""
        now = self._clock.now()
        since = self._chat.last_inbound_at(phone.wa_id) or now
        with self._database.transaction():
            unread = self._chat.unread(phone.wa_id, OUTBOUND, up_to)
            read = [message for message in unread if self._chat.advance(message.wamid, "read")]
            for message in read:
                if message.type != "reaction":  # a reaction has no ticks of its own
                    body = self._bodies.status(phone, message, "read", now, since)
                    self._deliveries.add(phone.wa_id, message.wamid, "read", body)
        for message in read:
            self._tell_status(message.phone, message.wamid, "read")
        self._send_webhooks(phone.wa_id)
        return len(read)

    def webhook_posted(self, delivery: Delivery) -> None:
        """Counted for the transcript: how often the clinic was told of a patient's message."""
        if delivery.kind in ("message", REPEAT):
            self._chat.posted(delivery.wamid)

    def webhook_arrived(self, delivery: Delivery) -> None:
        """The clinic's server has the patient's message: the second tick."""
        if delivery.kind != "message":
            return
        self._chat.acknowledged(delivery.wamid)
        if self._chat.advance(delivery.wamid, "delivered"):
            self._tell_status(delivery.phone, delivery.wamid, "delivered")

    # from the clinic --------------------------------------------------------------------------------------------

    def clinic_sends(self, outgoing: Outgoing, fails_later: Fault | None = None) -> Json:
        """Accept a well-formed message, or refuse it for what it is sent to; returns the body of the 200.

        With `fails_later` it is accepted and never reaches the phone: a status says so.
        """
        wa_id = digits(outgoing.to) if outgoing.to else ""
        if wa_id and wa_id == digits(self._settings.display_phone_number):
            raise GraphError(131021, "The recipient's number is the sender's own")
        if outgoing.type == "template":
            outgoing = self._with_template(outgoing)
        phone = self._phones.by_address(wa_id or outgoing.recipient or "")
        if phone is None:
            return self._undeliverable(outgoing, wa_id)
        if outgoing.type != "template":
            self._check_window(phone)
        self._check_person(phone, outgoing)
        self._check_reaction(phone, outgoing)
        self._rates.check(phone.wa_id)
        if fails_later is not None:
            return self._fail_later(phone, outgoing, fails_later)
        message = self._accept(phone, outgoing)
        self._counters.count("messages_out")
        self._hub.publish({"kind": "typing", "phone": phone.wa_id, "on": False})
        self._tell_message(message)
        self._send_webhooks(phone.wa_id)
        return _accepted(outgoing, phone.wa_id, message.wamid)

    def _with_template(self, outgoing: Outgoing) -> Outgoing:
        """Checked against the approved template, with what the patient will see of it."""
        message = outgoing.payload["template"]
        template = sendable(self._templates, message)
        if template.category == "AUTHENTICATION" and outgoing.to is None:
            raise GraphError(131062, "Authentication templates need a phone number in `to`")
        shown = fill(template, message)
        payload = {**outgoing.payload, "template": {**message, "category": template.category, "shown": shown}}
        return replace(outgoing, payload=payload)

    def _accept(self, phone: Phone, outgoing: Outgoing) -> Message:
        now = self._clock.now()
        since = self._chat.last_inbound_at(phone.wa_id) or now
        wamid = new_wamid(phone.wa_id, OUTBOUND)
        payload = {"type": outgoing.type, **outgoing.payload}
        with self._database.transaction():
            message = self._chat.add(
                *(phone.wa_id, OUTBOUND, wamid, payload, now, "delivered"),
                callback_data=outgoing.callback_data,
                to_user_id=outgoing.to is None,
            )
            for status in ("sent", "delivered"):
                body = self._bodies.status(phone, message, status, now, since)
                self._deliveries.add(phone.wa_id, wamid, status, body)
        return message

    def _fail_later(self, phone: Phone, outgoing: Outgoing, fault: Fault) -> Json:
        now = self._clock.now()
        wamid = new_wamid(phone.wa_id, OUTBOUND)
        payload = {"type": outgoing.type, **outgoing.payload}
        by_user_id = outgoing.to is None
        addressee = {"recipient_user_id": phone.user_id} if by_user_id else {"recipient_id": phone.wa_id}
        error = status_error(fault.code, fault.error().details or "")
        with self._database.transaction():
            self._chat.add(
                *(phone.wa_id, OUTBOUND, wamid, payload, now, "failed"),
                callback_data=outgoing.callback_data,
                to_user_id=by_user_id,
            )
            body = self._bodies.failed(wamid, addressee, error, outgoing.callback_data, now)
            self._deliveries.add(phone.wa_id, wamid, "failed", body)
        self._counters.count("failed_later")
        self._send_webhooks(phone.wa_id)
        return _accepted(outgoing, phone.wa_id, wamid)

    def _undeliverable(self, outgoing: Outgoing, wa_id: str) -> Json:
        """Nobody has this address: the real API accepts first and reports later."""
        key = wa_id or outgoing.recipient or ""
        wamid = new_wamid(key[:40], OUTBOUND)
        addressee = {"recipient_id": wa_id} if wa_id else {"recipient_user_id": key}
        error = status_error(131026, "Message undeliverable: nobody on this simulator has that address.")
        body = self._bodies.failed(wamid, addressee, error, outgoing.callback_data, self._clock.now())
        self._deliveries.add(key, wamid, "failed", body)
        self._send_webhooks(key)
        return _accepted(outgoing, wa_id, wamid)

    def _check_window(self, phone: Phone) -> None:
        last = self._chat.last_inbound_at(phone.wa_id)
        if last is None or self._clock.now() - last > limits.CUSTOMER_SERVICE_WINDOW:
            details = (
                "Message failed to send because more than 24 hours have passed since the customer last replied to "
                "this number."
            )
            raise GraphError(131047, details)

    def _check_person(self, phone: Phone, outgoing: Outgoing) -> None:
        if outgoing.identity_key is not None and outgoing.identity_key != phone.identity_key:
            raise GraphError(137000, "The recipient's identity key has changed; the message was not sent")
        template = outgoing.payload.get("template", {})
        if template.get("category") == "MARKETING" and phone.marketing == "stop":
            raise GraphError(131050, "The user has stopped receiving marketing messages from this business")

    def _check_reaction(self, phone: Phone, outgoing: Outgoing) -> None:
        if outgoing.type != "reaction":
            return
        target = self._chat.find(outgoing.payload["reaction"]["message_id"])
        if target is None or target.phone != phone.wa_id:
            raise GraphError(131009, "reaction.message_id is not a message of this chat")
        if self._clock.now() - target.at > limits.REACTION_AGE:
            raise GraphError(131009, "reaction.message_id is a message older than 30 days")

    def clinic_reads(self, message_id: str, typing: bool) -> None:
        """A read receipt counts for every earlier message as well (guide "Mark messages as read")."""
        message = self._chat.find(message_id)
        if message is None or message.direction != INBOUND:
            raise GraphError(131009, f"message_id {message_id} is not a message that was received")
        with self._database.transaction():
            unread = self._chat.unread(message.phone, INBOUND, message.seq)
            read = [each for each in unread if self._chat.advance(each.wamid, "read")]
        for each in read:
            self._tell_status(each.phone, each.wamid, "read")
        self._counters.count("receipts")
        if typing:
            lasts = limits.TYPING_INDICATOR / timedelta(milliseconds=1)
            self._hub.publish({"kind": "typing", "phone": message.phone, "on": True, "milliseconds": int(lasts)})

    # telling ----------------------------------------------------------------------------------------------------

    def _tell_message(self, message: Message) -> None:
        self._hub.publish({"kind": "message", "phone": message.phone, "message": message.as_json()})

    def _tell_status(self, phone: str, wamid: str, status: str) -> None:
        self._hub.publish({"kind": "status", "phone": phone, "wamid": wamid, "status": status})

    def _send_webhooks(self, phone: str) -> None:
        if self.courier is not None:
            self.courier.kick(phone)


def _accepted(outgoing: Outgoing, wa_id: str, wamid: str) -> Json:
    """Meta's guide "Business-scoped user IDs": the address is echoed as the kind it was given as."""
    contact = (
        {"input": outgoing.to, "wa_id": wa_id}
        if outgoing.to
        else {"input": outgoing.recipient, "user_id": outgoing.recipient}
    )
    return {
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{"id": wamid, "message_status": "accepted"}],
    }
