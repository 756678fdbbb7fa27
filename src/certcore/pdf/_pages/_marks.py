"""
Drawing instructions without the marks of another document's structure.

The template is one figure in the structure of a certificate; what its maker marked as headings or
paragraphs of the template's own structure would be lost there (ISO 32000-1, 14.6). Marks that
switch layers on and off stay.
"""

from __future__ import annotations

import re

from attrs import define, field, frozen

from certcore.pdf._pages._tokens import Operation, UnclearError, operations


_OPENING = frozenset({b"BMC", b"BDC"})
_POINTS = frozenset({b"MP", b"DP"})
_WRITING = frozenset({b"Tj", b"TJ", b"'", b'"'})
_CMYK = frozenset({b"DeviceCMYK", b"CMYK"})
_LZW = frozenset({b"LZW", b"LZWDecode"})
_SMOOTH = re.compile(rb"/I(?:nterpolate)?[\0\t\n\f\r ]+true")
_HUGE = re.compile(rb"(?<![0-9.])[1-9][0-9]{9}")
"""From 10^9 on; integers end at 2^31: ISO 19005-2, 6.1.13."""
_OPERATORS = frozenset(
    b"b B b* B* BI BT BX c cm CS cs d d0 d1 Do ET EX f F f* G g gs h i j J K k l m M n q Q re RG "
    b"rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \" "
    b"BMC BDC EMC MP DP".split()
)
"""ISO 32000-1, Annex A."""


@frozen
class Drawing:
    """
    Drawing instructions, and what was seen in them.
    """

    content: bytes = field(repr=False)
    cmyk: bool = False
    """Colors are given as shares of printing inks."""
    fonts: tuple[str, ...] = ()
    """The names of fonts with which something is written."""
    unknown: tuple[str, ...] = ()
    """Operators that the format doesn't know."""
    intents: tuple[str, ...] = ()
    """How colors are to be converted, by the names of rendering intents."""
    states: int = 0
    """How many graphics states are kept at once."""
    smoothed: bool = False
    """A picture among the instructions is to be smoothed."""
    lzw: bool = False
    """A picture among the instructions is packed by LZW."""
    huge: bool = False
    """There are numbers that not all readers can read."""
    clear: bool = True
    """Whether all of it was understood; if not, it is left as it was."""


def read_drawing(content: bytes, *, strip: bool) -> Drawing:
    """
    Look at drawing instructions, and take their marks out with `strip`.

    What is drawn is the same: but for the marks, nothing is written anew.
    """
    marks, facts = _Marks(), _Facts(content)
    try:
        for each in operations(content):
            marks.see(each)
            facts.see(each)
    except UnclearError:
        return Drawing(content, clear=False)
    if strip:
        content = marks.without(content)
    return Drawing(
        content,
        cmyk=facts.cmyk,
        fonts=tuple(facts.fonts),
        unknown=tuple(facts.unknown),
        intents=tuple(facts.intents),
        states=facts.states,
        smoothed=facts.smoothed,
        lzw=facts.lzw,
        huge=facts.huge,
        clear=facts.clear,
    )


@define
class _Marks:
    """
    Where the marks are.
    """

    _cuts: list[tuple[int, int]] = field(factory=list[tuple[int, int]])
    _open: list[Operation | None] = field(factory=list["Operation | None"])
    """None for a mark that stays."""

    def see(self, each: Operation) -> None:
        if each.operator in _OPENING:
            self._open.append(None if each.names[:1] == (b"OC",) else each)
        elif each.operator in _POINTS:
            self._cut(each)
        elif each.operator == b"EMC":
            # what ends without a beginning goes as well
            mark = self._open.pop() if self._open else each
            if mark is not None:
                self._cut(mark)
                self._cut(each)

    def _cut(self, each: Operation) -> None:
        self._cuts.append((each.start, each.end))

    def without(self, content: bytes) -> bytes:
        """
        Give the content without marks; layers that it doesn't end end with it.
        """
        parts: list[bytes] = []
        place = 0
        for start, end in sorted({*self._cuts, *((m.start, m.end) for m in self._open if m)}):
            parts.append(content[place:start])
            place = end
        parts.append(content[place:])
        # a line's end keeps apart what stood on both sides
        return b"\n".join(parts) + b"\nEMC" * self._open.count(None)


@define
class _Facts:
    """
    What else is seen.
    """

    _content: bytes
    cmyk: bool = False
    clear: bool = True
    smoothed: bool = False
    lzw: bool = False
    huge: bool = False
    states: int = 0
    intents: dict[str, None] = field(factory=dict[str, None])
    fonts: dict[str, None] = field(factory=dict[str, None])
    unknown: dict[str, None] = field(factory=dict[str, None])
    _font: str = ""
    _kept: list[str] = field(factory=list[str])

    def see(self, each: Operation) -> None:
        operator = each.operator
        if operator == b"BI":
            self._see_picture(each)
        elif _HUGE.search(self._content, each.start, each.end):
            self.huge = True
        self.cmyk = self.cmyk or _is_cmyk(each)
        if operator not in _OPERATORS:
            self.unknown[operator.decode("ascii", "replace")] = None
        elif operator == b"Tf":
            self._font = each.names[0].decode("latin-1") if each.names else ""
        elif operator in _WRITING:
            self.fonts[self._font] = None
            # the font may have been set outside of what is seen here
            self.clear = self.clear and bool(self._font)
        elif operator == b"q":
            self._kept.append(self._font)
            self.states = max(self.states, len(self._kept))
        elif operator == b"Q" and self._kept:
            self._font = self._kept.pop()
        elif operator == b"ri":
            self._see_intents(each.names[:1])

    def _see_picture(self, each: Operation) -> None:
        self.smoothed = self.smoothed or bool(_SMOOTH.search(self._content, each.start, each.end))
        self.lzw = self.lzw or not _LZW.isdisjoint(each.names)
        if b"Intent" in each.names:
            at = each.names.index(b"Intent") + 1
            self._see_intents(each.names[at : at + 1])

    def _see_intents(self, names: tuple[bytes, ...]) -> None:
        self.intents |= dict.fromkeys(found.decode("latin-1") for found in names)


def _is_cmyk(each: Operation) -> bool:
    if each.operator in {b"cs", b"CS", b"BI"}:
        return not _CMYK.isdisjoint(each.names)
    return each.operator in {b"k", b"K"}
