"""
Streams: what is packed badly is packed anew, what is packed well is passed on.

ISO 32000-1, 7.4. Nothing is unpacked beyond what the budget allows.
"""

from __future__ import annotations

import base64
import zlib

from collections.abc import Callable, Iterator

from attrs import frozen
from pypdf.filters import FlateDecode
from pypdf.generic import DictionaryObject

from certcore.pdf._pages._limits import Budget, DamagedError


_FULL_NAMES = {
    "/AHx": "/ASCIIHexDecode",
    "/A85": "/ASCII85Decode",
    "/LZW": "/LZWDecode",
    "/Fl": "/FlateDecode",
    "/RL": "/RunLengthDecode",
    "/CCF": "/CCITTFaxDecode",
    "/DCT": "/DCTDecode",
}
_PICTURES = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
_BLANKS = b"\0\t\n\f\r "
_PIECE = 1 << 16
_DEFLATE = 8
_STOP = 128


@frozen
class Filter:
    """
    One step of unpacking.
    """

    name: str
    parameters: DictionaryObject

    @property
    def predicted(self) -> bool:
        """
        Whether the data say how they differ from their neighbors.
        """
        return bool(self.parameters.get("/Predictor", 1) != 1)


@frozen
class Packed:
    """
    The data of a stream and how they are to be unpacked, beginning with the first filter.
    """

    data: bytes
    filters: tuple[Filter, ...]


def filters_of(names: list[str], parameters: list[DictionaryObject]) -> tuple[Filter, ...]:
    """
    Pair filters with their parameters. Raises DamagedError for one that nobody knows.
    """
    full = [_FULL_NAMES.get(name, name) for name in names]
    for name in full:
        if name not in _DECODERS and name not in _PICTURES:
            raise DamagedError(f"no filter is called {name}")
    return tuple(map(Filter, full, parameters))


def unpacked(packed: Packed, budget: Budget) -> bytes:
    """
    Unpack the data of a stream that isn't a picture. Raises DamagedError if it can't be done.
    """
    data = packed.data
    for each in packed.filters:
        data = _step(data, each, budget)
    return data


def repacked(packed: Packed, budget: Budget) -> Packed:
    """
    Pack data anew that aren't packed, or in a way that takes room; pictures are left as they are.

    Raises:
        certcore.pdf._pages._limits.RefusalError:
            If the data unpacked are more than the budget allows.

        certcore.pdf._pages._limits.DamagedError:
            If they can't be unpacked.
    """
    data, filters = packed.data, packed.filters
    while filters and not _stays(filters):
        first, filters = filters[0], filters[1:]
        if not filters and first.predicted:
            # what LZW packed may as well be packed by Flate, with the same parameters
            data = _decode(data, first, budget)
            return _deflated(data, (Filter("/FlateDecode", _without_early(first.parameters)),))
        data = _step(data, first, budget)
    if not filters:
        return _deflated(data, ())
    if filters[0].name == "/FlateDecode":
        _decode(data, filters[0], budget)  # no bomb, and whole
    return Packed(data, filters)


def _stays(filters: tuple[Filter, ...]) -> bool:
    names = [each.name for each in filters]
    return names[0] in _PICTURES or (
        names[0] == "/FlateDecode" and not any(name in _DECODERS for name in names[1:])
    )


def _deflated(data: bytes, filters: tuple[Filter, ...]) -> Packed:
    smaller = zlib.compress(data, 9)
    if filters or len(smaller) < len(data):
        return Packed(smaller, filters or (Filter("/FlateDecode", DictionaryObject()),))
    return Packed(data, ())


def _without_early(parameters: DictionaryObject) -> DictionaryObject:
    kept = DictionaryObject()
    kept.update({key: value for key, value in parameters.items() if key != "/EarlyChange"})
    return kept


def _step(data: bytes, step: Filter, budget: Budget) -> bytes:
    if step.name in _PICTURES:
        raise DamagedError("a picture where none can be")
    data = _decode(data, step, budget)
    if step.predicted:
        data = FlateDecode.decode(zlib.compress(data, 1), step.parameters)
    return data


def _decode(data: bytes, step: Filter, budget: Budget) -> bytes:
    decoded = bytearray()
    for piece in _DECODERS[step.name](data, step.parameters):
        budget.take_bytes(len(piece))
        decoded += piece
    return bytes(decoded)


def _flate(data: bytes, parameters: DictionaryObject) -> Iterator[bytes]:
    del parameters
    if not data:
        return
    if not _zlib_header(data):
        data = data.lstrip(b"\r\n")  # a line end too many after the word "stream"
        if not _zlib_header(data):
            raise DamagedError("no zlib data")
    # without the checksum behind the data, which some writers cut off
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    rest = data[2:]
    while not engine.eof:
        piece = engine.decompress(rest, _PIECE)
        rest = engine.unconsumed_tail
        if not piece and not rest and not engine.eof:
            raise DamagedError("the data break off")
        yield piece


def _zlib_header(data: bytes) -> bool:
    # RFC 1950, 2.2
    return len(data) > 1 and data[0] & 0x0F == _DEFLATE and (data[0] << 8 | data[1]) % 31 == 0


def _ascii_hex(data: bytes, parameters: DictionaryObject) -> Iterator[bytes]:
    del parameters
    digits = data.partition(b">")[0].translate(None, _BLANKS)
    yield bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _ascii85(data: bytes, parameters: DictionaryObject) -> Iterator[bytes]:
    del parameters
    digits = data.translate(None, _BLANKS).removeprefix(b"<~").partition(b"~")[0]
    yield base64.a85decode(digits)


def _run_length(data: bytes, parameters: DictionaryObject) -> Iterator[bytes]:
    del parameters
    place = 0
    while place < len(data) and data[place] != _STOP:
        length = data[place]
        if length < _STOP:
            yield data[place + 1 : place + 2 + length]
            place += length + 2
        else:
            yield data[place + 1 : place + 2] * (257 - length)
            place += 2


_CLEAR, _END, _FIRST, _FULL = 256, 257, 258, 4096


def _lzw(data: bytes, parameters: DictionaryObject) -> Iterator[bytes]:
    early = parameters.get("/EarlyChange", 1) != 0
    known = [bytes((code,)) for code in range(256)] + [b"", b""]
    bits = held = 0
    width = 9
    last = b""
    for byte in data:
        held = (held << 8 | byte) & 0xFFFFFF
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = held >> bits & ((1 << width) - 1)
        if code == _END:
            return
        if code == _CLEAR:
            del known[_FIRST:]
            width, last = 9, b""
            continue
        if code < len(known):
            text = known[code]
        elif code == len(known) and last:
            text = last + last[:1]
        else:
            raise DamagedError("no LZW data")
        if last and len(known) < _FULL:
            known.append(last + text[:1])
        width = min(12, max(9, (len(known) + early).bit_length()))
        last = text
        yield text


def _same(data: bytes, parameters: DictionaryObject) -> Iterator[bytes]:
    del parameters
    yield data


_DECODERS: dict[str, Callable[[bytes, DictionaryObject], Iterator[bytes]]] = {
    "/FlateDecode": _flate,
    "/LZWDecode": _lzw,
    "/ASCIIHexDecode": _ascii_hex,
    "/ASCII85Decode": _ascii85,
    "/RunLengthDecode": _run_length,
    "/Crypt": _same,  # the reader has decrypted already
}
