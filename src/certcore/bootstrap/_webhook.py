"""
Alerts to an address on the web.
"""

from __future__ import annotations

from certcore.domain import Alert
from certcore.exceptions import NotificationError


_TIMEOUT = 10.0


def post_alert(address: str, alert: Alert) -> None:
    """
    Post an alert as JSON: `id`, `subject`, `text`, `at`; `text` is what chat systems show.

    Raises:
        certcore.exceptions.NotificationError:
            If it isn't taken.
    """
    import httpx  # noqa: PLC0415  # few projects have a webhook

    document = {
        "version": 1,
        "id": alert.id,
        "subject": alert.subject,
        "text": f"{alert.subject}\n\n{alert.text}",
        "at": alert.at.isoformat(),
    }
    try:
        httpx.post(address, json=document, timeout=_TIMEOUT).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        # the address may have a secret in it
        raise NotificationError(
            f"the webhook failed: {type(exc).__name__}", retryable=True
        ) from exc
