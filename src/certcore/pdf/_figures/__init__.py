"""
What is drawn beside texts: QR codes, images, lines and rectangles, as operators and objects.

Nothing here knows of designs: lengths are points, and boxes are measured from the lower left corner
of the page.
"""

from certcore.pdf._figures._boxes import Box
from certcore.pdf._figures._colors import fill
from certcore.pdf._figures._image import EmbeddedImage, embed_image, image_box, image_size
from certcore.pdf._figures._qr import Matrix, QrMaker, QrPlace, path
from certcore.pdf._figures._shapes import Line, Rectangle, Stroke


__all__ = [
    "Box",
    "EmbeddedImage",
    "Line",
    "Matrix",
    "QrMaker",
    "QrPlace",
    "Rectangle",
    "Stroke",
    "embed_image",
    "fill",
    "image_box",
    "image_size",
    "path",
]
