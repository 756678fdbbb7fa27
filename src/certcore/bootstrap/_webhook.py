"""
Alerts to an address on the web.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request

from typing import Any

from certcore.domain import Alert
from certcore.exceptions import NotificationError


_TIMEOUT = 10.0
_RETRYABLE = {408, 425, 429}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """
    Takes a redirect for the failure it is: a POST that is sent on arrives as something else.
    """

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def post_alert(address: str, alert: Alert) -> None:
    """
    Post an alert as JSON: `id`, `subject`, `text`, `at`; `text` is what chat systems show.

    Raises:
        certcore.exceptions.NotificationError:
            If it isn't taken. It doesn't show the address, which may have a secret in it.
    """
    document = {
        "version": 1,
        "id": alert.id,
        "subject": alert.subject,
        "text": f"{alert.subject}\n\n{alert.text}",
        "at": alert.at.isoformat(),
    }
    # not httpx, which logs each address
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        request = urllib.request.Request(  # noqa: S310  # http and https alone are let through
            address,
            data=json.dumps(document).encode(),
            headers={"Content-Type": "application/json", "User-Agent": "certcore"},
        )
        with opener.open(request, timeout=_TIMEOUT):
            return
    except urllib.error.HTTPError as exc:
        exc.close()
        said, retryable = f"answered {exc.code}", exc.code >= 500 or exc.code in _RETRYABLE  # noqa: PLR2004  # its own trouble
    except (OSError, http.client.HTTPException) as exc:
        said, retryable = f"failed: {type(exc).__name__}", True
    except ValueError:
        said, retryable = "has no usable address", False
    # no cause: it may show the address
    raise NotificationError(f"the webhook {said}", retryable=retryable)
