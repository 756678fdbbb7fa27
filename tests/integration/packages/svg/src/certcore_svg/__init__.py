"""
A plugin for certcore: certificates drawn as SVG.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from attrs import frozen

from certcore import AssetRef, hookimpl, option, provider
from certcore.placeholders import compile_text
from certcore.plugins import NoOptions, Provider, Services
from certcore.ports import Generator


def _texts(instance: object, attribute: object, lines: tuple[str, ...]) -> None:
    # told with its place in the design's file, as soon as that is read
    if not lines:
        raise ValueError("at least one line is wanted")
    for line in lines:
        compile_text(line)


@frozen(kw_only=True)
class Svg:
    """
    Lines in the middle of a page, a picture above them.
    """

    lines: tuple[str, ...] = option("What it says, with placeholders", validator=_texts)
    picture: AssetRef | None = option("A PNG among the assets", default=None)
    size: float = option("Size of the type", default=12.0, unit="mm", minimum=1, maximum=100)


@contextmanager
def _build(options: NoOptions, services: Services) -> Iterator[Generator]:
    from certcore_svg._drawing import SvgGenerator  # loaded when it is used

    yield SvgGenerator()


@hookimpl
def certcore_generators() -> Iterable[Provider]:
    return [provider("svg", Svg, _build, summary="Lines of text and a picture, as SVG")]
