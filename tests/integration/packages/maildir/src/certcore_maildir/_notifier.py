"""
Writing messages to a Maildir.
"""

import mailbox

from pathlib import Path

from certcore.domain import Alert, Message, Notice, Receipt
from certcore.exceptions import NotificationError
from certcore.messages import alert_message, compose, notice_message


class MaildirNotifier:
    """
    Adds each message to the Maildir, whole or not at all.
    """

    channel = "email"
    # a Maildir gives each message a name of its own: the same one twice would be two
    repeatable = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, notice: Notice) -> Receipt:
        return self._add(notice_message(notice))

    def alert(self, alert: Alert) -> Receipt:
        return self._add(alert_message(alert))

    def _add(self, message: Message) -> Receipt:
        content = compose(message).as_bytes()
        try:
            name = mailbox.Maildir(self._path).add(content)
        except (OSError, mailbox.Error) as exc:
            # no address is at fault: somebody mends the folder, and it goes out then
            said = f"{self._path.name} can't be written to: {exc}"
            raise NotificationError(said, retryable=True) from exc
        return Receipt(response=f"written to {name}")
