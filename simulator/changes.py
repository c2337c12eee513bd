"""What a patient changes about themselves: the key of their phone, the number, the user id, the wish for advertising.

Sources: Meta's guides "Business-scoped user IDs", "Identity change check", and the references of the fields
`user_id_update` and `user_preferences`.
"""

from __future__ import annotations

import secrets
from typing import Any

from simulator.chat import INBOUND, Chat, new_wamid
from simulator.clock import Clock
from simulator.courier import Courier
from simulator.database import Database
from simulator.deliveries import Deliveries
from simulator.phones import Phone, Phones, digits
from simulator.webhook_bodies import WebhookBodies, seconds

Json = dict[str, Any]


class ChangeError(Exception):
    """That cannot be changed so."""


class Changes:
    def __init__(
        self,
        database: Database,
        phones: Phones,
        chat: Chat,
        deliveries: Deliveries,
        courier: Courier,
        bodies: WebhookBodies,
        clock: Clock,
    ) -> None:
        self._database, self._phones, self._chat = database, phones, chat
        self._deliveries, self._courier = deliveries, courier
        self._bodies, self._clock = bodies, clock

    def identity(self, phone: Phone) -> Phone:
        """A new phone or a new installation: what was private for the old key is not for this one."""
        self._phones.change(phone, identity_key=secrets.token_urlsafe(8))
        changed = self._again(phone)
        self._system(changed, {"body": f"User {phone.name} changed identity", "type": "customer_identity_changed"})
        return changed

    def number(self, phone: Phone, number: str) -> Phone:
        """The same person under another number; the chat moves along."""
        wa_id = digits(number)
        if not 7 <= len(wa_id) <= 15:
            raise ChangeError("number must be an international number such as +4915112345678")
        if self._phones.by_address(wa_id) is not None:
            raise ChangeError(f"number +{wa_id} belongs to a phone already")
        body = f"User {phone.name} changed from {phone.wa_id} to {wa_id}"
        self._system(phone, {"body": body, "wa_id": wa_id, "type": "user_changed_number"})
        with self._database.transaction():
            self._phones.change(phone, wa_id=wa_id)
            self._database.run("UPDATE messages SET phone=? WHERE phone=?", wa_id, phone.wa_id)
        moved = self._phones.by_address(wa_id)
        assert moved is not None
        return moved

    def user_id(self, phone: Phone, user_id: str) -> Phone:
        """A new business-scoped id, told twice: in the chat and as a field of its own."""
        if self._phones.by_address(user_id) is not None:
            raise ChangeError(f"user_id {user_id} belongs to a phone already")
        system = {"body": f"User {phone.name} changed their user id", "user_id": user_id, "type": "user_changed_user_id"}
        self._system(phone, system)
        news: Json = {
            "detail": "The user's business-scoped user id has changed",
            "user_id": {"previous": phone.user_id, "current": user_id},
            "timestamp": int(seconds(self._clock.now())),
        }
        if not phone.hides_number:
            news = {"wa_id": phone.wa_id, **news}
        self._phones.change(phone, user_id=user_id)
        changed = self._again(phone)
        self._tell(changed, "user_id_update", {"user_id_update": [news]})
        return changed

    def marketing(self, phone: Phone, value: str) -> Phone:
        """Stop or resume: afterwards marketing templates are refused with 131050, or go out again."""
        if value not in ("stop", "resume"):
            raise ChangeError("marketing must be stop or resume")
        self._phones.change(phone, marketing=value)
        changed = self._again(phone)
        wish: Json = {"user_id": phone.user_id} if phone.hides_number else {"wa_id": phone.wa_id}
        wish |= {
            "detail": f"User requested to {value} marketing messages",
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(seconds(self._clock.now())),
        }
        self._tell(changed, "user_preferences", {"user_preferences": [wish]})
        return changed

    def _again(self, phone: Phone) -> Phone:
        found = self._phones.by_address(phone.wa_id)
        assert found is not None
        return found

    def _system(self, phone: Phone, system: Json) -> None:
        """A system message opens no window and is nothing the patient wrote, so it is not in the chat."""
        wamid = new_wamid(phone.wa_id, INBOUND)
        payload = {"type": "system", "system": system}
        body = self._bodies.inbound(phone, wamid, payload, self._clock.now())
        self._deliveries.add(phone.wa_id, wamid, "system", body)
        self._courier.kick(phone.wa_id)

    def _tell(self, phone: Phone, field: str, content: Json) -> None:
        body = self._bodies.of_person(field, phone, content)
        self._deliveries.add(phone.wa_id, "", field, body)
        self._courier.kick(phone.wa_id)
