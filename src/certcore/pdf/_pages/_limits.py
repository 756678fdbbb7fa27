"""
How much a template may ask for before it is refused, and how a refusal is said.
"""

from __future__ import annotations

from attrs import define, frozen


class RefusalError(Exception):
    """
    A template can't be used. What it says follows the template's name in the user's message.
    """


class DamagedError(Exception):
    """
    Something in a template isn't what the format wants, and nothing can be made of it.
    """


@frozen(kw_only=True)
class Limits:
    """
    What a template may ask for. Far more than any real one does, far less than a machine has.
    """

    objects: int = 100_000
    """Objects that are taken over."""
    decoded: int = 200_000_000
    """Bytes that come out of its streams, all in all."""
    scanned: int = 16_000_000
    """Bytes of drawing instructions that are looked at one by one."""
    pages: int = 200
    depth: int = 60
    """How deep arrays and dictionaries, or the nodes of the page tree, may lie in each other."""


@define
class Budget:
    """
    What is left of the limits.
    """

    limits: Limits
    _objects: int = 0
    _decoded: int = 0
    _scanned: int = 0

    def take_object(self) -> None:
        """
        Count an object. Raises RefusalError for one too many.
        """
        self._objects += 1
        if self._objects > self.limits.objects:
            raise too_large(f"it has more than {self.limits.objects:,} parts")

    def take_bytes(self, count: int) -> None:
        """
        Count bytes that came out of a stream. Raises RefusalError if they are too many.
        """
        self._decoded += count
        if self._decoded > self.limits.decoded:
            raise too_large(f"unpacked, it has more than {self.limits.decoded / 1e6:,g} MB")

    def check_depth(self, depth: int) -> None:
        """
        Raises RefusalError if things lie in each other too deep.
        """
        if depth > self.limits.depth:
            raise too_large("its parts lie in each other too deep")

    def may_scan(self, count: int) -> bool:
        """
        Say whether so many bytes of drawing instructions may be looked at, and count them.
        """
        if self._scanned + count > self.limits.scanned:
            return False
        self._scanned += count
        return True


def too_large(why: str) -> RefusalError:
    """
    Make the error for a template that asks for too much.
    """
    return RefusalError(f"is too large to be used safely: {why}; simplify it and export it again")
