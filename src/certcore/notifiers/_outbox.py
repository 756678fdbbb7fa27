"""
A folder of .eml files.
"""

from __future__ import annotations

import os
import tempfile

from contextlib import suppress
from pathlib import Path

from certcore.domain import Alert, Message, Notice, Receipt
from certcore.exceptions import NotificationError
from certcore.messages import alert_message, compose, message_token, notice_message


class OutboxNotifier:
    """
    Writes each message to a file of its own, named by the message's id.

    The same message makes the same file with the same bytes, so that repeating one does no harm.
    Files and folder are private (0600, 0700): they hold addresses and attached certificates.
    """

    channel = "email"
    repeatable = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    def send(self, notice: Notice) -> Receipt:
        """
        Write a message to the folder, whole or not at all, and have it survive a loss of power.

        Raises:
            certcore.exceptions.NotificationError:
                If the template or an address can't be used, or the file can't be written.
        """
        return self._put(notice_message(notice))

    def alert(self, alert: Alert) -> Receipt:
        """
        Write an alert to the folder. Raises as `send`.
        """
        return self._put(alert_message(alert))

    def _put(self, message: Message) -> Receipt:
        content = compose(message).as_bytes()
        name = f"{message_token(message.id)}.eml"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(self._folder / name, content)
        except OSError as exc:
            why = exc.strerror or type(exc).__name__
            raise NotificationError(
                f"the outbox {self._folder} can't be written to: {why}",
                # a full disk, wrong rights: somebody mends it, the message isn't at fault
                retryable=True,
            ) from exc
        return Receipt(response=f"written to {name}")

    def _write(self, path: Path, content: bytes) -> None:
        number, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(number)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        with suppress(PermissionError):  # Windows opens no folders
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
