"""
HTTP for retrievers: signing, paging, patience and distrust, so that a plugin has the platform's own
matters left to it.

httpx is loaded when a client asks for the first time.
"""

from certcore.http._addresses import Fields
from certcore.http._calls import Answer
from certcore.http._client import Client, Listing, Page
from certcore.http._gathering import gather
from certcore.http._logins import (
    Anonymous,
    Authentication,
    BasicLogin,
    BearerToken,
    ClientCredentials,
    FormToken,
    Login,
    Secret,
    Signature,
)
from certcore.http._options import HttpOptions
from certcore.http._paging import BodyPaging, LinkPaging, OffsetPaging, Paging
from certcore.http._rows import Row
from certcore.http._time import SystemTime, Time


__all__ = [
    "Anonymous",
    "Answer",
    "Authentication",
    "BasicLogin",
    "BearerToken",
    "BodyPaging",
    "Client",
    "ClientCredentials",
    "Fields",
    "FormToken",
    "HttpOptions",
    "LinkPaging",
    "Listing",
    "Login",
    "OffsetPaging",
    "Page",
    "Paging",
    "Row",
    "Secret",
    "Signature",
    "SystemTime",
    "Time",
    "gather",
]
