"""
The color profile is sRGB for those who know colors.
"""

from __future__ import annotations

import io

import pikepdf

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL import ImageCms

from certcore.pdf._describing import output_intent, srgb_profile
from certcore.pdf._syntax import Objects


def test_a_profile_that_is_read():
    """
    It says what it is.
    """
    profile = ImageCms.getOpenProfile(io.BytesIO(srgb_profile())).profile

    assert "sRGB IEC61966-2.1" == profile.profile_description
    assert "No copyright, use freely" == profile.copyright
    assert ("RGB ", "XYZ ", "mntr") == (
        profile.xcolor_space,
        profile.connection_space,
        profile.device_class,
    )
    assert 2.1 == profile.version
    assert profile.is_matrix_shaper
    assert len(srgb_profile()) == int.from_bytes(srgb_profile()[:4])


@given(st.binary(min_size=48, max_size=48))
def test_colors(components):
    """
    They are those of another sRGB profile, to within a step of 256; around gray, a byte of L*a*b*
    goes on from 255 with 0.
    """
    picture = Picture.frombytes("RGB", (4, 4), components)
    ours = ImageCms.getOpenProfile(io.BytesIO(srgb_profile()))

    lab = ImageCms.createProfile("LAB")
    theirs = ImageCms.createProfile("sRGB")
    seen = [
        ImageCms.profileToProfile(picture, each, lab, outputMode="LAB").tobytes()
        for each in (ours, theirs)
    ]
    back = ImageCms.profileToProfile(picture, ours, theirs, outputMode="RGB")

    steps = {abs(one - other) for one, other in zip(*seen, strict=True)}
    assert steps <= {0, 1, 255}
    assert all(abs(one - other) <= 1 for one, other in zip(back.tobytes(), components, strict=True))


def test_the_entry_of_the_catalog():
    """
    It names the profile, which is an object of its own.
    """
    objects = Objects()

    entry = output_intent(objects)

    assert entry.endswith(b"/DestOutputProfile 1 0 R>>]")
    ((_, body),) = objects
    pdf = pikepdf.new()
    intent = pikepdf.Object.parse(b"<<" + entry.replace(b"1 0 R", b"null") + b">>")
    assert "/GTS_PDFA1" == intent.OutputIntents[0].S
    assert "sRGB IEC61966-2.1" == str(intent.OutputIntents[0].OutputConditionIdentifier)
    head, _, rest = body.partition(b"\nstream\n")
    profile = pikepdf.Stream(pdf, rest.removesuffix(b"\nendstream"), pikepdf.Object.parse(head))
    assert (3, "/DeviceRGB") == (profile.N, profile.Alternate)
    assert srgb_profile() == profile.read_bytes()
