"""
The Maildir keeps what a notifier promises.
"""

import mailbox

import pytest

from certcore.exceptions import NotificationError
from certcore.testing.contracts import NotifierContract


class TestMaildir(NotifierContract):
    @pytest.fixture
    def notifier(self, certcore_open):
        return certcore_open("notifier", {"use": "maildir"})


def test_a_message_can_be_read(certcore_open, certcore_project, certcore_outbox, tmp_path):
    certcore_project().issue("W1")
    (notice,) = certcore_outbox.notices

    certcore_open("notifier", {"use": "maildir", "path": "post"}).send(notice)

    (message,) = mailbox.Maildir(tmp_path / "post")
    assert "ada@example.org" == message["To"]
    (text, *_) = (part for part in message.walk() if part.get_content_type() == "text/plain")
    assert "Ada López" in text.get_payload(decode=True).decode()


def test_a_folder_that_cannot_be_written_is_told(
    certcore_open, certcore_project, certcore_outbox, tmp_path
):
    certcore_project().issue("W1")
    (tmp_path / "post").write_text("a file where a folder is wanted")

    with pytest.raises(NotificationError, match="post can't be written to") as caught:
        certcore_open("notifier", {"use": "maildir"}).send(certcore_outbox.notices[0])

    assert caught.value.retryable
