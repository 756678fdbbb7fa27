"""
Messages to learners: what they say, and how they are put together for a mail server.
"""

from certcore.messages._addresses import read_address
from certcore.messages._compose import compose, message_token
from certcore.messages._defaults import SAMPLE_VARIABLES
from certcore.messages._names import attachment_name
from certcore.messages._notices import alert_message, notice_message
from certcore.messages._render import Rendered, check, render


__all__ = [
    "SAMPLE_VARIABLES",
    "Rendered",
    "alert_message",
    "attachment_name",
    "check",
    "compose",
    "message_token",
    "notice_message",
    "read_address",
    "render",
]
