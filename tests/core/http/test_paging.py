"""
Listings: each platform says in its own way where to go on, and none is believed.
"""

from __future__ import annotations

import pytest

from certcore.exceptions import RetrievalError, SourceProtocolError
from certcore.http import BearerToken, BodyPaging, FormToken, LinkPaging, OffsetPaging


XAPI = BodyPaging(items="statements", next=("more",), required=False)


def page(items, next_=None, **more):
    return {"results": items, "next": next_, "previous": None, **more}


def test_the_body_says_where_to_go_on(school, ask) -> None:
    """
    Open edX: the link is followed as it is, until there is none; a short page isn't the last.
    """
    school.on(
        "/list",
        school.say(page([1, 2], f"{school.address}/list?cursor=a%2Bb%3D%3D&p=1", count=4)),
        school.say(page([], f"{school.address}/list?cursor=c", count=4)),
        school.say(page([3, 4])),
    )

    assert [1, 2, 3, 4] == list(ask().items("/list", {"course": "a+b"}))
    assert ["/list?course=a%2Bb", "/list?cursor=a%2Bb%3D%3D&p=1", "/list?cursor=c"] == (
        school.targets
    )


def test_the_body_says_it_further_down(school, ask) -> None:
    """
    The completion aggregator: beside the results, there is an object for it.
    """
    told = []
    where = {"next": f"{school.address}/list?page=2", "previous": None, "count": 3}
    school.on(
        "/list",
        school.say({"results": [1, 2], "pagination": where}),
        school.say({"results": [3], "pagination": {**where, "next": None}}),
    )

    pages = list(ask().pages("/list", on_progress=told.append))

    assert [(1, [1, 2], 3), (2, [3], 3)] == [(p.number, p.items, p.total) for p in pages]
    assert where == pages[0].document["pagination"]
    assert [(2, 1, 3), (3, 2, 3)] == [(t.learners, t.requests, t.total) for t in told]


@pytest.mark.parametrize("end", [{}, {"more": ""}, {"more": None}])
def test_a_path_says_where_to_go_on(school, ask, end) -> None:
    """
    xAPI: from the root of the server; at the end there is nothing, in one way or another.
    """
    school.on("/data/xAPI/statements", school.say({"statements": [1], "more": "/data/more/7?x=1"}))
    school.on("/data/more/7", school.say({"statements": [2], **end}))
    client = ask(base_url=f"{school.address}/data/xAPI")

    assert [1, 2] == list(client.items("/statements", {"verb": "v"}, paging=XAPI))
    assert ["/data/xAPI/statements?verb=v", "/data/more/7?x=1"] == school.targets


@pytest.mark.parametrize(
    "link",
    [
        '<{0}/c?page=2>; rel="next"',
        '<{0}/c?page=1>; rel="current",<{0}/c?page=2>; rel="next",<{0}/c?page=1>; rel="first"',
        "<{0}/c?page=2>;rel=next",
        '<{0}/c?page=2>; title="a, b"; REL="last next"',
        "<{0}/c?a=1&amp;page=2>; rel=“next”",
    ],
)
def test_a_header_says_where_to_go_on(school, ask, link: str) -> None:
    """
    Canvas, and Moodle's LTI with its curly quotes.
    """
    first = school.say([1], link=link.format(school.address).encode().decode("latin-1"))
    school.on("/c", first, school.say([2], Link='</c?page=1>; rel="prev"'))

    assert [1, 2] == list(ask().items("/c", paging=LinkPaging()))
    assert "2" == school.asked[1].query["page"]


def test_a_header_beside_an_object(school, ask) -> None:
    """
    LTI's members are in an object.
    """
    school.on("/c", school.say({"members": [1]}))

    (only,) = ask().pages("/c", paging=LinkPaging(items="members"))

    assert ([1], None) == (only.items, only.total)


def test_an_empty_page_is_the_end(school, ask) -> None:
    """
    Moodle: by offset, in a form that is signed each time; a short page isn't the last.
    """
    school.on("/rest.php", *[school.say(some) for some in ([1, 2], [3], [])])
    paging = OffsetPaging(
        size=2,
        write=lambda at, size: {"options[0][value]": at, "options[1][value]": size},
    )
    form = {"wsfunction": "f"}

    assert [1, 2, 3] == list(
        ask(FormToken("t0ken")).items("/rest.php", form=form, paging=paging, name="f")
    )
    assert [
        {"wsfunction": "f", "wstoken": "t0ken", "options[0][value]": at, "options[1][value]": "2"}
        for at in ("0", "2", "4")
    ] == [asked.form for asked in school.asked]


def test_offsets_in_a_query(school, ask) -> None:
    """
    Whoever counts that way; pages tell no total.
    """
    school.on("/x", school.say({"rows": [1]}), school.say({"rows": []}))
    paging = OffsetPaging(size=50, write=lambda at, size: {"at": at, "n": size}, items="rows")

    assert [None, None] == [p.total for p in ask().pages("/x", {"c": 1}, paging=paging)]
    assert ["/x?c=1&at=0&n=50", "/x?c=1&at=50&n=50"] == school.targets


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/{0}?cursor=2",
        "http://user:pw@elsewhere.example:8080/{0}?cursor=2",
        "?cursor=2",
    ],
)
@pytest.mark.parametrize(
    "base,path",
    [("", "/api/a%2Bb/"), ("/lms", "/lms/api/a%2Bb/")],
)
def test_a_link_to_another_host_is_taken_for_this_one(school, ask, base, path, link) -> None:
    """
    Behind a proxy, Open edX doesn't know its own name, nor what the proxy has cut off.
    """
    school.on(path, school.say(page([1], link.format("api/a+b/"))), school.say(page([2])))
    client = ask(BearerToken("t0ken"), base_url=school.address + base)

    assert [1, 2] == list(client.items("/api/{key}/", {"cursor": 1}, inside={"key": "a+b"}))
    assert f"{path}?cursor=2" == school.targets[1]
    assert "Bearer t0ken" == school.asked[1].headers["authorization"]


@pytest.mark.parametrize(
    "link,why",
    [
        (
            "https://elsewhere.example/steal?t=1",
            "a link leads to another place, https://elsewhere.example$",
        ),
        ("//elsewhere.example:81/", "a link leads to another place, http://elsewhere.example:81$"),
        ("http://[::2]:80/", r"a link leads to another place, http://\[::2\]$"),
        ("javascript:alert(1)", "a link isn't an address on the web$"),
        ("file:///etc/passwd", "a link isn't an address on the web$"),
        ("http://[::1", "a link isn't an address on the web$"),
    ],
)
def test_a_link_that_leads_astray_is_not_followed(school, ask, link: str, why: str) -> None:
    """
    What the platform calls its own is at its own address. Who has got a page keeps it.
    """
    school.on("/list", school.say(page([1], link)))

    listing = ask().items("/list")

    assert 1 == next(listing)
    with pytest.raises(SourceProtocolError, match=f"^/list, page 1: {why}"):
        next(listing)
    assert ["/list"] == school.targets


def test_a_link_that_is_no_address(school, ask) -> None:
    """
    Nothing is sent, and nothing of the link is shown.
    """
    school.on("/list", school.say(page([1], "/list?x=\x7f\x01")))

    with pytest.raises(RetrievalError, match="/list can't be asked") as caught:
        list(ask().items("/list"))

    assert not caught.value.retryable
    assert 1 == len(school.asked)


def test_pages_come_one_by_one(school, ask) -> None:
    """
    The next one is asked for when it is wanted; an error in it leaves what was given.
    """
    school.on("/list", school.say(page([1], "?page=2")), school.say({}, 403))
    listing = ask().items("/list")

    assert 1 == next(listing)
    assert 1 == len(school.asked)
    with pytest.raises(RetrievalError, match=r"/list refuses \(403\)"):
        next(listing)


def test_a_page_that_comes_twice(school, ask) -> None:
    """
    The server takes no notice of the cursor, or begins again.
    """
    school.on("/same", *[school.say(page([1, 2], f"?cursor={n}")) for n in range(9)])
    school.on("/again", *[school.say(page([n % 3], f"?cursor={n}")) for n in range(9)])
    client = ask()

    with pytest.raises(SourceProtocolError, match="/same, page 2: gives the same page again"):
        list(client.items("/same"))
    with pytest.raises(SourceProtocolError, match="/again, page 4: gives the same page again"):
        list(client.items("/again"))

    assert 2 + 4 == len(school.asked)


def test_a_server_that_ignores_offsets(school, ask) -> None:
    """
    It would never come to an end.
    """
    school.on("/x", school.say([{"id": 1}]))
    paging = OffsetPaging(size=1, write=lambda at, size: {"at": at})

    with pytest.raises(SourceProtocolError, match="same page again"):
        list(ask().items("/x", paging=paging))


@pytest.mark.parametrize("links", [["?c=1", "?c=1"], ["?c=1", "?c=2", "?c=1"], ["/list"]])
def test_a_link_that_was_there_already(school, ask, links) -> None:
    """
    Though the pages differ.
    """
    answers = [school.say(page([n], link)) for n, link in enumerate(links)]
    school.on("/list", *answers)

    with pytest.raises(SourceProtocolError, match="goes round in circles"):
        list(ask().items("/list"))

    assert len(links) == len(school.asked)


def test_pages_have_a_number_of_their_own(school, ask) -> None:
    """
    Whoever never stops is stopped; as many as allowed are fine.
    """
    school.on("/list", *[school.say(page([n], f"?cursor={n}")) for n in range(9)])
    school.on("/short", school.say(page([1], "?cursor=2")), school.say(page([2])))

    with pytest.raises(SourceProtocolError, match="/list, page 2: has more than 2 pages; see max"):
        list(ask(max_pages=2).items("/list"))
    assert 2 == len(school.asked)
    assert [1, 2] == list(ask(max_pages=2).items("/short"))


@pytest.mark.parametrize(
    "document,why",
    [
        ([], "a page has no 'results'"),
        ({"next": None}, "a page has no 'results'"),
        ({"results": {}, "next": None}, "'results' is an object, where a list is wanted"),
        ({"results": []}, "a page has no 'next'"),
        ({"results": [], "next": 7}, "'next' is a number, where a link is wanted"),
        ({"results": [], "pagination": {"next": {}}}, "'pagination.next' is an object, where"),
        ({"results": [], "pagination": []}, "a page has no 'next'"),
    ],
)
def test_what_is_no_page(school, ask, document, why: str) -> None:
    """
    A page that lacks something isn't taken for the last one.
    """
    school.on("/list", school.say(document))

    with pytest.raises(SourceProtocolError, match=why) as caught:
        list(ask().items("/list", name="all"))

    assert str(caught.value).startswith("/list all, page 1: ")
    assert not caught.value.retryable


def test_a_listing_that_is_an_object(school, ask) -> None:
    """
    Where the body itself should be the list.
    """
    school.on("/c", school.say({"errors": []}))

    with pytest.raises(SourceProtocolError, match="a page is an object, where a list is wanted"):
        list(ask().items("/c", paging=LinkPaging()))


@pytest.mark.parametrize("count", [None, "7", True])
def test_a_total_that_is_none(school, ask, count) -> None:
    """
    It's for showing only; nobody fails for it.
    """
    school.on("/list", school.say(page([1], count=count)))

    assert [None] == [p.total for p in ask().pages("/list")]


def test_rows_are_objects(school, ask) -> None:
    """
    Read field by field; errors name the listing.
    """
    school.on("/list", school.say(page([{"id": 7}, 3])))
    rows = ask().rows("/list", name="people")

    first = next(rows)
    assert "7" == first.id("id")
    with pytest.raises(SourceProtocolError, match=r"^/list people: 'id' is a number, where a text"):
        first.text("id")
    with pytest.raises(SourceProtocolError, match="/list people gives a number, where an object"):
        next(rows)


def test_rows_of_all_pages(school, ask) -> None:
    """
    Until there are no more.
    """
    school.on("/list", school.say(page([{"id": 7}], "?page=2")), school.say(page([{"id": 8}])))

    assert ["7", "8"] == [row.id("id") for row in ask().rows("/list")]
