"""
What retrievers ask a platform with.
"""

from __future__ import annotations

import os
import threading

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack, overload
from weakref import WeakSet

from attrs import evolve, frozen

from certcore.exceptions import SourceNotFoundError, SourceProtocolError
from certcore.http._addresses import Address, Fields, encode
from certcore.http._calls import Answer, Call, make_call
from certcore.http._gathering import gather
from certcore.http._logins import Anonymous, Authentication
from certcore.http._options import HttpOptions
from certcore.http._paging import BodyPaging, Guard, Paging
from certcore.http._rows import Row
from certcore.http._time import SystemTime, Time
from certcore.ports import RetrievalProgress


if TYPE_CHECKING:
    from certcore.http._sessions import Session


_T = TypeVar("_T")

_CLIENTS: WeakSet[Client] = WeakSet()


@frozen(kw_only=True)
class Page:
    """
    A part of a listing.
    """

    items: list[Any]
    number: int
    """From 1."""
    total: int | None
    """How many items there are on all pages, if the source says so."""
    document: Any
    """The whole of it, for what stands beside the items."""


class Listing(TypedDict, total=False):
    """
    How a listing is asked for; nothing of it has to be said.
    """

    paging: Paging
    """How the platform tells where to go on; `BodyPaging()`, if it isn't said."""
    form: Fields
    """What is posted; without it, the listing is got."""
    inside: Mapping[str, object]
    """What goes into the path."""
    name: str
    """What the call is for, where one address serves all."""
    on_progress: Callable[[RetrievalProgress], None] | None
    """Told of each page: `request.on_progress` fits."""


def _nothing(answer: Answer) -> None:
    del answer


class Client:
    """
    Asks one platform, over and over, and doesn't believe what it says.

    Threads share it. Nothing is opened before it is asked, and a process that was forked opens its
    own. All calls are for reading: each, POST included, is repeated if it fails and that may help.

    Args:
        options: Where the platform is, and how much is asked of it.

        authentication: Who is asking; nobody, if it isn't said.

        folder: What files named in the options are relative to.

        examine: Looks at each answer first, and raises what it knows better.

        headers: Sent with each request, such as `X-Experience-API-Version`.

        time: How time passes; tests have another one.

    .. versionadded:: 0.1
    """

    def __init__(
        self,
        options: HttpOptions,
        authentication: Authentication | None = None,
        *,
        folder: Path | None = None,
        examine: Callable[[Answer], None] = _nothing,
        headers: Mapping[str, str] | None = None,
        time: Time | None = None,
    ) -> None:
        self.options = options
        self._address = Address.read(options.base_url)
        self._authentication = authentication or Anonymous()
        self._folder = folder or Path()
        self._examine = examine
        self._headers = dict(headers or {})
        self._time = time or SystemTime()
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._inherited: list[Session | None] = []
        _CLIENTS.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """
        Close all connections; the next call opens others.
        """
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session.close()

    def after_fork(self) -> None:
        """
        Leave connections, tokens and locks to the process that this one was forked from.

        It is done by itself.
        """
        self._lock = threading.Lock()
        # kept, and not closed: they are the other process's
        self._inherited.append(self._session)
        self._session = None

    @overload
    def get_json(
        self,
        path: str,
        params: Fields | None = None,
        *,
        inside: Mapping[str, object] | None = None,
        name: str = "",
    ) -> dict[str, Any]: ...

    @overload
    def get_json(
        self,
        path: str,
        params: Fields | None = None,
        *,
        shape: type[_T],
        inside: Mapping[str, object] | None = None,
        name: str = "",
    ) -> _T: ...

    def get_json(
        self,
        path: str,
        params: Fields | None = None,
        *,
        shape: type[Any] = dict,
        inside: Mapping[str, object] | None = None,
        name: str = "",
    ) -> Any:
        """
        Ask for a document.

        Args:
            path: Below the base address: `/api/courses/{course}/`. It is shown in errors, so that
                what may be a learner's name has to be `inside`.

            params: Of the query. They are not shown.

            shape: What the document has to be: an object (`dict`) or a `list`.

            inside: What goes into the path, by the names there. It is quoted, and not shown.

            name: What the call is for, where one address serves all; it is shown.

        Raises:
            certcore.exceptions.RetrievalError:
                If there is no such document. `retryable` says whether another run may get it.
        """
        call = make_call(self._address, path, params, inside=inside, name=name)
        return self._open().call(call, (shape,)).document

    def find_json(
        self,
        path: str,
        params: Fields | None = None,
        *,
        inside: Mapping[str, object] | None = None,
        name: str = "",
    ) -> dict[str, Any] | None:
        """
        Ask for an object that may not be there: None for 404, 410, null and an empty answer.

        Arguments and errors are those of `get_json`.
        """
        call = make_call(self._address, path, params, inside=inside, name=name)
        try:
            document: dict[str, Any] | None = self._open().call(call, (dict, type(None))).document
        except SourceNotFoundError:
            return None
        return document

    def get_row(
        self,
        path: str,
        params: Fields | None = None,
        *,
        inside: Mapping[str, object] | None = None,
        name: str = "",
    ) -> Row:
        """
        Ask for an object that is read field by field.

        Arguments and errors are those of `get_json`.
        """
        found = self.get_json(path, params, inside=inside, name=name)
        return Row(found, f"{path} {name}".rstrip())

    @overload
    def post_form(self, path: str, form: Fields, *, name: str = "") -> dict[str, Any]: ...

    @overload
    def post_form(self, path: str, form: Fields, *, shape: type[_T], name: str = "") -> _T: ...

    def post_form(self, path: str, form: Fields, *, shape: type[Any] = dict, name: str = "") -> Any:
        """
        Ask for a document with a form, where that is how the platform is asked.

        Arguments and errors are those of `get_json`.
        """
        call = make_call(self._address, path, None, form=form, name=name)
        return self._open().call(call, (shape,)).document

    def pages(
        self, path: str, params: Fields | None = None, **how: Unpack[Listing]
    ) -> Iterator[Page]:
        """
        Give a listing, page after page, as the platform says where to go on.

        A link is followed at this platform's own address alone, whatever it says.

        Args:
            path: As in `get_json`.

            params: As in `get_json`, of the first page; those of the others are in its link.

            how: See `Listing`.

        Raises:
            certcore.exceptions.RetrievalError:
                If a page can't be had, comes twice, or there is no end to them; what was given
                before stays good.
        """
        paging = how.get("paging") or BodyPaging()
        report = how.get("on_progress")
        changing: Fields = paging.start()
        guard = Guard(self.options.max_pages)
        call = self._listed(path, params, changing, how)
        guard.follow(call.target)
        while True:
            answer = self._open().call(call, (dict, list))
            with _told(call, guard.pages + 1):
                items = paging.items(answer)
                guard.see(items)
                onward = paging.onward(answer, guard.pages, len(items))
            total = paging.total(answer)
            if report is not None:
                report(RetrievalProgress(learners=guard.items, requests=guard.pages, total=total))
            yield Page(items=items, number=guard.pages, total=total, document=answer.document)
            if onward is None:
                return
            with _told(call, guard.pages):
                if isinstance(onward, str):
                    call = evolve(call, target=self._address.onward(onward, call.target))
                    guard.follow(call.target)
                else:
                    changing = {**changing, **onward}
                    call = self._listed(path, params, changing, how)
                    guard.follow(encode(changing))

    def items(
        self, path: str, params: Fields | None = None, **how: Unpack[Listing]
    ) -> Iterator[Any]:
        """
        Give what a listing has, one after another. See `pages`.
        """
        for page in self.pages(path, params, **how):
            yield from page.items

    def rows(
        self, path: str, params: Fields | None = None, **how: Unpack[Listing]
    ) -> Iterator[Row]:
        """
        Give the objects that a listing has, to be read field by field. See `pages`.
        """
        where = f"{path} {how.get('name', '')}".rstrip()
        for item in self.items(path, params, **how):
            yield Row.read(item, where)

    def gather(self, calls: Iterable[Callable[[], _T]]) -> Iterator[_T]:
        """
        Give the results of several calls in their order, as many at once as the options say.

        See `certcore.http.gather`.
        """
        return gather(calls, threads=self.options.threads)

    def _listed(self, path: str, params: Fields | None, changing: Fields, how: Listing) -> Call:
        form = how.get("form")
        if form is None:
            params = {**(params or {}), **changing}
        else:
            form = {**form, **changing}
        inside, name = how.get("inside"), how.get("name", "")
        return make_call(self._address, path, params, form=form, inside=inside, name=name)

    def _open(self) -> Session:
        with self._lock:
            if self._session is None:
                # loads httpx and tenacity, which nobody needs who only looks at options
                from certcore.http._sessions import Session  # noqa: PLC0415  # as said

                self._session = Session(
                    self.options,
                    self._authentication,
                    folder=self._folder,
                    time=self._time,
                    examine=self._examine,
                    headers=self._headers,
                )
            return self._session


@contextmanager
def _told(call: Call, page: int) -> Generator[None]:
    """
    Say of an error where it was.
    """
    try:
        yield
    except SourceProtocolError as exc:
        said = f"{call.shown}, page {page}: {exc}"
    else:
        return
    raise SourceProtocolError(said)


def _after_fork() -> None:
    for client in _CLIENTS:
        client.after_fork()


# where there is no forking, there is nothing to be done
getattr(os, "register_at_fork", dict)(after_in_child=_after_fork)
