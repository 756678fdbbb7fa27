"""
One font out of a file with several: of a collection, or at an instance of a variable font.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from certcore.domain import Asset
from certcore.exceptions import FontError
from certcore.pdf._harfbuzz import hb
from certcore.pdf._typefaces._container import InMemory, count_fonts
from certcore.pdf._typefaces._face import Face, read_face


_SHOWN = 12
"""So many names are told in an error at most."""


def pick_face(
    asset: Asset,
    *,
    index: int | None = None,
    face: str = "",
    instance: str = "",
    axes: Mapping[str, float] | None = None,
) -> Face:
    """
    Read one font of a file; errors call it by what was chosen: `Inter.ttf (SemiBold)`.

    Args:
        asset: The file.

        index: Which font it is of a collection, from 0.

        face: Or its name: the full one, the family's, or for PostScript.

        instance: Of a variable font, where it is on its axes, as its maker calls it.

        axes: Values of its axes, which count more than the instance's.

    Raises:
        certcore.exceptions.FontError:
            If there is no such font, instance or axis, naming those that there are; or as with
            `read_face`.
    """
    if face and index is not None:
        raise FontError(f"{asset.slug}: an index and a face's name are given; one is enough")
    contents = InMemory(asset.content, asset.sha256)
    place = _index(asset.slug, contents, face) if face else index or 0
    chosen = dict(_instance(Face(asset.slug, contents, index=place), instance)) if instance else {}
    chosen.update(axes or {})
    Face(asset.slug, contents, index=place, instance=chosen)  # what is wrong is said of the file
    said = [
        *([face] if face else [] if index is None else [f"index {index}"]),
        *([instance] if instance else []),
        *(f"{axis} {value:g}" for axis, value in (axes or {}).items()),
    ]
    label = f"{asset.slug} ({', '.join(said)})" if said else asset.slug
    return read_face(asset, label=label, index=place, instance=chosen)


def _index(label: str, contents: InMemory, name: str) -> int:
    blob = contents.blob()
    known = [_names(hb.Face(blob, place)) for place in range(count_fonts(label, contents))]
    for place, names in enumerate(known):
        if _plain(name) in map(_plain, names):
            return place
    told = _told(names[0] for names in known if names) or "none with a name: give its index"
    raise FontError(f"{label} has no font {name!r}: it has {told}")


def _names(face: Any) -> Sequence[str]:
    ids = hb.OTNameIdPredefined
    asked = (ids.FULL_NAME, ids.POSTSCRIPT_NAME, ids.TYPOGRAPHIC_FAMILY, ids.FONT_FAMILY)
    return tuple(filter(None, map(face.get_name, asked)))


def _instance(face: Face, name: str) -> Mapping[str, float]:
    if not face.axes:
        raise FontError(f"{face.label} isn't a variable font: it has no instance {name!r}")
    drawn = face.hb_font().face
    known: dict[str, Mapping[str, float]] = {}
    for each in drawn.named_instances:
        named = drawn.get_name(each.subfamily_name_id)
        if named:
            known[named] = dict(zip(face.axes, each.design_coords, strict=True))
    for named, place in known.items():
        if _plain(name) == _plain(named):
            return place
    told = _told(known) or "none with a name: choose a place on its axes"
    raise FontError(f"{face.label} has no instance {name!r}: it has {told}")


def _told(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    more = [f"and {len(known) - _SHOWN} more"] if len(known) > _SHOWN else []
    return ", ".join([*map(repr, known[:_SHOWN]), *more])


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
