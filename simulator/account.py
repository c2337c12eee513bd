"""The business account: what Meta decides about its templates, and what its console would show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.clock import Clock
from simulator.courier import Courier
from simulator.deliveries import Deliveries
from simulator.templates import Template, Templates
from simulator.webhook_bodies import WebhookBodies

Json = dict[str, Any]

#: Whose queue the account's own webhooks stand in: they belong to no phone.
ACCOUNT = "account"
APP_ID = "4000000000000001"
DECISIONS = {"approve": "APPROVED", "reject": "REJECTED", "pending": "PENDING"}


@dataclass
class Standing:
    """What the console says of the number and the app; tests change it."""

    quality_rating: str = "GREEN"
    status: str = "CONNECTED"
    code_verification_status: str = "VERIFIED"
    name_status: str = "APPROVED"
    messaging_limit_tier: str = "TIER_250"
    subscribed: bool = True
    scopes: list[str] = field(default_factory=lambda: ["whatsapp_business_management", "whatsapp_business_messaging"])
    #: What becomes of a new template, and after how many seconds.
    decide: str = "approve"
    decide_after: float = 0.0


class Account:
    def __init__(
        self,
        templates: Templates,
        deliveries: Deliveries,
        courier: Courier,
        bodies: WebhookBodies,
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        self._templates, self._deliveries, self._courier = templates, deliveries, courier
        self._bodies, self._clock, self._changed = bodies, clock, changed
        self.standing = Standing()

    def reset(self) -> None:
        self.standing = Standing()

    def submitted(self, template: Template) -> None:
        """Meta looks at a new or edited template; what it decides and when is set on the control page."""
        status = DECISIONS[self.standing.decide]
        if status == "PENDING":
            self._changed()
        else:
            asyncio.get_running_loop().call_later(self.standing.decide_after, self._decide, template.id, status)

    def _decide(self, identifier: str, status: str) -> None:
        template = self._templates.get(identifier)
        if template is not None and template.status == "PENDING":
            self.judge(template, status, "INVALID_FORMAT" if status == "REJECTED" else "NONE")

    def judge(self, template: Template, status: str, reason: str = "NONE") -> Template:
        """Approve, reject, pause or disable, and say so by webhook."""
        changed = self._templates.change(template, status=status, rejected_reason=reason)
        value = {
            "event": status,
            **_named(changed),
            "reason": reason,
            "message_template_category": changed.category,
        }
        self.tell("message_template_status_update", value)
        return changed

    def rate(self, template: Template, quality: str) -> Template:
        changed = self._templates.change(template, quality=quality)
        scores = {"previous_quality_score": template.quality, "new_quality_score": quality}
        self.tell("message_template_quality_update", {**scores, **_named(changed)})
        return changed

    def categorise(self, template: Template, category: str) -> Template:
        changed = self._templates.change(template, category=category)
        categories = {"previous_category": template.category, "new_category": category}
        self.tell("template_category_update", {**_named(changed), **categories})
        return changed

    def tell(self, field: str, value: Json) -> None:
        """Queue one webhook of the account."""
        self._deliveries.add(ACCOUNT, "", field, self._bodies.account(field, value, self._clock.now()))
        self._courier.kick(ACCOUNT)
        self._changed()


def _named(template: Template) -> Json:
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }
