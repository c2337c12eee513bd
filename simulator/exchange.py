"""What happens when a message, a tick or a sign of typing crosses from one side to the other.

Each step writes the message and the webhooks it causes in one transaction, then tells the listeners.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from simulator import limits
from simulator.chat import INBOUND, OUTBOUND, Chat, Message, new_wamid
from simulator.clock import Clock
from simulator.courier import Courier
from simulator.database import Database
from simulator.deliveries import Deliveries, Delivery
from simulator.graph_errors import GraphError, status_error
from simulator.hub import Hub
from simulator.messages import Outgoing
from simulator.phones import Phone, Phones, digits
from simulator.rates import Rates
from simulator.settings import Settings
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
    ) -> None:
        self._settings, self._database, self._phones, self._chat = (settings, database, phones, chat)
        self._deliveries, self._hub, self._clock, self._rates = (deliveries, hub, clock, rates)
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

    def webhook_arrived(self, delivery: Delivery) -> None:
        """The clinic's server has the patient's message: the second tick."""
        if delivery.kind == "message" and self._chat.advance(delivery.wamid, "delivered"):
            self._tell_status(delivery.phone, delivery.wamid, "delivered")

    # from the clinic --------------------------------------------------------------------------------------------

    def clinic_sends(self, outgoing: Outgoing) -> Json:
        """Accept a well-formed message, or refuse it for what it is sent to; returns the body of the 200."""
        wa_id = digits(outgoing.to) if outgoing.to else ""
        if wa_id and wa_id == digits(self._settings.display_phone_number):
            raise GraphError(131021, "The recipient's number is the sender's own")
        phone = self._phones.by_address(wa_id or outgoing.recipient or "")
        if phone is None:
            return self._undeliverable(outgoing, wa_id)
        self._check_window(phone)
        self._check_reaction(phone, outgoing)
        self._rates.check(phone.wa_id)
        message = self._accept(phone, outgoing)
        self._hub.publish({"kind": "typing", "phone": phone.wa_id, "on": False})
        self._tell_message(message)
        self._send_webhooks(phone.wa_id)
        return _accepted(outgoing, phone.wa_id, message.wamid)

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
