"""
The syntax of PDF files, without any notion of what is drawn: values, objects, files.

What is written follows ISO 32000-1:2008, chapter 7.
"""

from certcore.pdf._syntax._files import Beginning, End, begin
from certcore.pdf._syntax._objects import Objects, stream
from certcore.pdf._syntax._values import name, number, numbers, reference, string


__all__ = [
    "Beginning",
    "End",
    "Objects",
    "begin",
    "name",
    "number",
    "numbers",
    "reference",
    "stream",
    "string",
]
