"""
What a file says of itself, twice in the same words: in its Info dictionary, and as XMP.

XMP is ISO 16684-1; which entry of the one is which of the other, ISO 19005-2, 6.6 and ISO 32000-1,
14.3.3 say.
"""

from __future__ import annotations

import datetime as dt
import functools

from attrs import frozen

from certcore.pdf._describing._texts import clean, in_pdf, in_xml
from certcore.pdf._syntax import stream


@frozen(kw_only=True)
class Description:
    """
    What a file says of itself. Nothing is said of what is empty.
    """

    title: str
    created: dt.datetime
    """With a time zone; said to the second, in UTC."""
    author: str = ""
    subject: str = ""
    language: str = ""
    """A BCP 47 tag."""
    identifier: str = ""
    """At which address the certificate can be verified."""


@frozen
class DescriptionTemplate:
    """
    What is the same in the descriptions of many files. Thread-safe.
    """

    _info: bytes
    _head: bytes
    _tail: bytes

    @classmethod
    def compile(
        cls, *, producer: str, pdfa: bool = False, pdfua: bool = False
    ) -> DescriptionTemplate:
        """
        Write what is the same.

        Args:
            producer: The program.

            pdfa: Whether files say that they are PDF/A-2b (ISO 19005-2, 6.6.4). Nobody checks here
                that they are.

            pdfua: Whether they say that they are PDF/UA-1 (ISO 14289-1, 5).
        """
        program = clean("producer", producer)
        parts = [_BEGIN]
        if pdfa and pdfua:
            parts.append(_EXTENSION)
        spaces = _SPACES + _PDFA[0] * pdfa + _PDFUA[0] * pdfua
        parts.append(b'<rdf:Description rdf:about=""%s>' % spaces)
        parts.append(b"<dc:format>application/pdf</dc:format>")
        parts.append(_PDFA[1] * pdfa + _PDFUA[1] * pdfua)
        if program:
            parts.append(b"<pdf:Producer>%s</pdf:Producer>" % in_xml(program))
        info = b"/Producer%s" % in_pdf(program) if program else b""
        return cls(info, b"".join(parts), _END)

    def render(self, description: Description) -> tuple[bytes, bytes]:
        """
        Give the bodies of the two objects: the Info dictionary, and the stream with the packet.

        The stream isn't compressed: programs look for the packet in files of any kind.

        Raises:
            certcore.exceptions.LayoutError:
                If a text has half a character in it.

            ValueError:
                If the moment has no time zone.
        """
        if description.created.utcoffset() is None:
            raise ValueError("a moment with a time zone is wanted")
        of_title, title = _entry("title", description.title)
        of_others, others = _alike(description.author, description.subject, description.language)
        _, identifier = _entry("identifier", description.identifier)
        of_dates, dates = _dates(description.created.astimezone(dt.UTC))
        info = b"<<%b%b%b%b>>" % (of_title, of_others, of_dates, self._info)
        packet = b"".join([self._head, title, others, identifier, dates, self._tail])
        return info, stream(b"/Type/Metadata/Subtype/XML", packet, compress=False)


_BEGIN = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
)
_SPACES = (
    b' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    b' xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    b' xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
)
# how a claim's names are declared, and the claim
_PDFA = (
    b' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"',
    b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
)
_PDFUA = (
    b' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"',
    b"<pdfuaid:part>1</pdfuaid:part>",
)
_END = b'</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'

# PDF/A wants properties explained that XMP doesn't know by itself (ISO 19005-2, 6.6.2.3)
_EXTENSION = (
    b'<rdf:Description rdf:about=""'
    b' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name>"
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of the standard</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property>"
    b"</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)

_FORMS: dict[str, tuple[bytes, bytes]] = {
    "title": (
        b"/Title%s",
        b'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>',
    ),
    "author": (
        b"/Author%s",
        b"<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>",
    ),
    "subject": (
        b"/Subject%s",
        (
            b'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt>'
            b"</dc:description>"
        ),
    ),
    "language": (b"", b"<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>"),
    "identifier": (b"", b"<dc:identifier>%s</dc:identifier>"),
}
"""Entries of the two, by what they say. Info has none for language and identifier."""


def _entry(what: str, text: str) -> tuple[bytes, bytes]:
    said = clean(what, text)
    if not said:
        return b"", b""
    info, xmp = _FORMS[what]
    return info and info % in_pdf(said), xmp % in_xml(said)


@functools.lru_cache(maxsize=256)
def _alike(author: str, subject: str, language: str) -> tuple[bytes, bytes]:
    """
    Write what many certificates say alike.
    """
    said = {"author": author, "subject": subject, "language": language}
    entries = [_entry(what, text) for what, text in said.items()]
    return b"".join([info for info, _ in entries]), b"".join([xmp for _, xmp in entries])


@functools.lru_cache(maxsize=256)
def _dates(moment: dt.datetime) -> tuple[bytes, bytes]:
    year, month, day, hour, minute, second, *_ = moment.timetuple()
    info = b"D:%04d%02d%02d%02d%02d%02dZ" % (year, month, day, hour, minute, second)
    xmp = b"%04d-%02d-%02dT%02d:%02d:%02dZ" % (year, month, day, hour, minute, second)
    names = (b"CreateDate", b"ModifyDate", b"MetadataDate")
    return (
        b"/CreationDate(%s)/ModDate(%s)" % (info, info),
        b"".join(b"<xmp:%s>%s</xmp:%s>" % (name, xmp, name) for name in names),
    )
