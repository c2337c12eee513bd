"""The settings, and what Meta says about the token, the number, the account and the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from clinic import clock
from clinic.cli.table import local
from clinic.settings import SettingsError
from connectors.whatsapp.account import Account, AccountError, account
from connectors.whatsapp.doctor.findings import Case, Finding, fine, refused, skipped, wrong

SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging")
# Without the first nothing arrives; the others are news that the connector acts on.
NEEDED_FIELDS = ("messages",)
USEFUL_FIELDS = (
    *("message_template_status_update", "message_template_quality_update", "template_category_update"),
    *("account_update", "user_preferences"),
)
_SOON = timedelta(days=14)
_SETTINGS: Mapping[str, str] = {
    "WHATSAPP_PHONE_NUMBER_ID": "WhatsApp > API Setup, “Phone number ID” (not the number itself)",
    "WHATSAPP_BUSINESS_ACCOUNT_ID": "WhatsApp > API Setup, “WhatsApp Business Account ID”",
    "WHATSAPP_ACCESS_TOKEN": "Business settings > System users > Generate token",
    "WHATSAPP_APP_SECRET": "App settings > Basic, “App secret”",
    "WHATSAPP_VERIFY_TOKEN": "a word of your own, the same as in WhatsApp > Configuration",
}


def settings(case: Case) -> Iterator[Finding]:
    """Is everything there, and does it look like what it should be?"""
    missing = [name for name in _SETTINGS if not case.setting(name)]
    for name in missing:
        yield wrong(f"{name} is not set", f"Put it into .env: {_SETTINGS[name]}.")
    for name in ("WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_BUSINESS_ACCOUNT_ID"):
        if case.setting(name) and not case.setting(name).isdecimal():
            yield wrong(f"{name} is not a number", f"It is Meta's id: {_SETTINGS[name]}.")
    if not missing:
        yield fine("the settings are there")
    try:
        case.account = account(case.env)
    except SettingsError:
        return


def token(case: Case) -> Iterator[Finding]:
    """Does the Graph API answer, and what may the token do for how long?"""
    asked = case.account
    if asked is None:
        yield skipped("access token", "Settings are missing.")
        return
    try:
        data = asked.get("debug_token", {"input_token": asked.graph.access_token}).get("data") or {}
    except AccountError as error:
        yield refused("access token", error)
        if error.status is None or error.code == 190:
            # Every further question would have the same answer.
            case.account = None
        return
    yield fine(f"the Graph API answers ({asked.graph.url}, {asked.graph.version})")
    if not data.get("is_valid"):
        reason = str((data.get("error") or {}).get("message") or "Meta gives no reason")
        yield wrong(f"access token: not valid ({reason})", "Make a new system user's token (docs/whatsapp.md, step 4).")
        case.account = None
        return
    case.app_id = str(data["app_id"]) if data.get("app_id") else None
    yield _lifetime(data.get("expires_at"))
    lacking = [scope for scope in SCOPES if scope not in (data.get("scopes") or [])]
    if lacking:
        yield wrong(
            f"access token: lacks {', '.join(lacking)}",
            "Generate the system user's token again and tick both WhatsApp permissions.",
        )
    else:
        yield fine("access token: may send and manage")


def _lifetime(expires_at: Any) -> Finding:
    if not isinstance(expires_at, int) or expires_at <= 0:
        return fine("access token: does not expire")
    end = datetime.fromtimestamp(expires_at, timezone.utc)
    if end <= clock.now() + _SOON:
        word = "expired" if end <= clock.now() else "expires"
        return wrong(
            f"access token: {word} {local(end)}",
            "Tokens from API Setup live a day. Make a system user's token that never expires (docs/whatsapp.md, step 4).",
        )
    return fine(f"access token: valid until {local(end)}", "Put the day into the calendar, or make one that never expires.")


def number(case: Case) -> Iterator[Finding]:
    """The number: is it connected, named, verified, well regarded, and of this account?"""
    asked = case.account
    if asked is None:
        yield skipped("phone number", "Needs a valid token.")
        return
    fields = "display_phone_number,verified_name,quality_rating,status,name_status,code_verification_status,platform_type"
    try:
        found = asked.get(asked.graph.phone_number_id, {"fields": fields})
    except AccountError as error:
        yield refused("phone number", error)
        return
    shown = f"{found.get('display_phone_number', 'the number')} “{found.get('verified_name', '')}”"
    yield from _number(shown, found)
    try:
        owned = {str(each.get("id")) for each in asked.pages(f"{asked.id}/phone_numbers", {"fields": "id", "limit": "100"})}
    except AccountError as error:
        yield refused("business account", error)
        return
    if asked.graph.phone_number_id in owned:
        yield fine("business account: owns this number")
    else:
        yield wrong(
            "business account: does not own this number",
            "WHATSAPP_BUSINESS_ACCOUNT_ID and WHATSAPP_PHONE_NUMBER_ID belong to two accounts: take both from one page.",
        )


def _number(shown: str, found: Mapping[str, Any]) -> Iterator[Finding]:
    status = str(found.get("status") or "CONNECTED").upper()
    platform = str(found.get("platform_type") or "CLOUD_API").upper()
    if status == "CONNECTED" and platform == "CLOUD_API":
        yield fine(f"{shown}: connected")
    else:
        yield wrong(
            f"{shown}: {status}, {platform}", _STATUS.get(status, "Register the number: WhatsApp Manager > Phone numbers.")
        )
    name = str(found.get("name_status") or "APPROVED").upper()
    if name not in ("APPROVED", "AVAILABLE_WITHOUT_REVIEW", "NONE"):
        yield wrong(f"{shown}: the display name is {name}", "WhatsApp Manager > Phone numbers > the number > Profile.")
    quality = str(found.get("quality_rating") or "UNKNOWN").upper()
    if quality == "RED":
        yield wrong(
            f"{shown}: quality {quality}", "Patients block or report it. Send less unasked, look at the templates' quality."
        )
    else:
        advice = "Look at the templates' quality before it turns red." if quality == "YELLOW" else ""
        yield fine(f"{shown}: quality {quality}", advice)


_STATUS: Mapping[str, str] = {
    "PENDING": "The number is not registered yet: WhatsApp Manager > Phone numbers > finish the registration.",
    "DISCONNECTED": "Register the number again (WhatsApp Manager > Phone numbers); a phone's app cannot use it as well.",
    "BANNED": "Meta has banned the number: Business Support Home > request a review.",
    "FLAGGED": "Patients report it; it stays so for a week. Send nothing unasked.",
    "RESTRICTED": "No new conversations may be started until Meta lifts it.",
}


def subscription(case: Case) -> Iterator[Finding]:
    """Does the account tell the app, does the app's secret match, and what does the app pass on, and where to?"""
    asked = case.account
    if asked is None:
        yield skipped("webhook subscription", "Needs a valid token.")
        return
    yield from _subscribed(case, asked)
    secret = case.setting("WHATSAPP_APP_SECRET")
    if not case.app_id or not secret:
        yield skipped("app secret and webhook fields", "Needs the app's secret, and a token that names its app.")
        return
    try:
        found = asked.get(f"{case.app_id}/subscriptions", token=f"{case.app_id}|{secret}").get("data") or []
    except AccountError as error:
        if error.status is not None and error.code in (1, 101, 104, 190):
            yield wrong(
                f"app secret: not that of the token's app {case.app_id}",
                "Copy it again from App settings > Basic, of the app that made the token.\n"
                "Until then every webhook is refused.",
            )
        else:
            yield refused("app secret", error)
        return
    yield fine("app secret: matches the token's app")
    mine = [each for each in found if each.get("object") == "whatsapp_business_account"]
    yield from _fields(case, mine[0] if mine else {})


def _subscribed(case: Case, asked: Account) -> Iterator[Finding]:
    try:
        entries = list(asked.pages(f"{asked.id}/subscribed_apps", {}))
    except AccountError as error:
        yield refused("webhook subscription", error)
        return
    apps = {str((entry.get("whatsapp_business_api_data") or {}).get("id")) for entry in entries}
    if case.app_id in apps or (apps and case.app_id is None):
        yield fine("business account: tells the app what happens")
        return
    yield wrong(
        "business account: does not tell this app anything",
        f"Subscribe it once: POST /{asked.id}/subscribed_apps with the token (docs/whatsapp.md, step 6).",
    )


def _fields(case: Case, found: Mapping[str, Any]) -> Iterator[Finding]:
    where = "WhatsApp > Configuration"
    if not found or not found.get("active", True):
        yield wrong("webhook: none is set in the app", f"{where}: enter the callback address and the verify token.")
        return
    address = str(found.get("callback_url") or "")
    if case.url and address and address.rstrip("/") != case.url.rstrip("/"):
        yield wrong(f"webhook: Meta calls {address}", f"That is not {case.url}: {where}, or give --url as Meta has it.")
    else:
        yield fine(f"webhook: Meta calls {address or 'an address it does not show'}")
    names = {each.get("name") if isinstance(each, Mapping) else each for each in found.get("fields") or []}
    needed = [name for name in NEEDED_FIELDS if name not in names]
    useful = [name for name in USEFUL_FIELDS if name not in names]
    if needed:
        yield wrong(
            f"webhook fields: not subscribed to {', '.join(needed)}", f"{where} > Webhook fields. Nothing arrives without."
        )
    else:
        advice = f"Also useful: {', '.join(useful)} ({where} > Webhook fields)." if useful else ""
        yield fine("webhook fields: messages arrive", advice)
