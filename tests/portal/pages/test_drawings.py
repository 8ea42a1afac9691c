"""Pictures drawn from text."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from wagtail.models import Collection

from portal.community.domain.samples import read
from portal.files.models import PortalImage
from portal.pages.domain.drawings import INKS, draw
from portal.pages.domain.sample_body import body_of
from portal.pages.domain.sample_pictures import load_pictures


def pixels(shape: dict, size: tuple[int, int] = (20, 20)) -> Image.Image:
    return Image.open(io.BytesIO(draw(size=size, ground="paper", shapes=[shape]))).convert("RGB")


def at(image: Image.Image, x: int, y: int) -> str:
    return "#{:02x}{:02x}{:02x}".format(*image.getpixel((x, y)))


def test_box_stands_where_it_is_said_to() -> None:
    image = pixels({"shape": "box", "at": [5, 5, 10, 10], "fill": "deep"})
    assert (image.size, at(image, 10, 10), at(image, 2, 2)) == ((20, 20), INKS["deep"], INKS["paper"])


@pytest.mark.parametrize(
    "shape",
    [
        {"shape": "disc", "at": [10, 10, 6], "fill": "deep"},
        {"shape": "line", "at": [0, 10, 20, 10], "line": "deep", "width": 6},
        {"shape": "area", "at": [2, 2, 18, 2, 18, 18, 2, 18], "fill": "deep"},
        {"shape": "arc", "at": [10, 20, 15, 180, 360], "line": "deep", "width": 10},
    ],
)
def test_each_shape_leaves_its_ink_and_no_more(shape: dict) -> None:
    image = pixels(shape)
    assert (at(image, 10, 10), at(image, 0, 0)) == (INKS["deep"], INKS["paper"])


def test_shape_is_repeated_in_columns_and_rows() -> None:
    image = pixels({"shape": "box", "at": [0, 0, 7, 7], "fill": "deep", "repeat": [2, 2, 12, 12]})
    places = [(3, 3), (15, 3), (3, 15), (15, 15), (10, 10), (10, 3)]
    assert [at(image, x, y) for x, y in places] == [INKS["deep"]] * 4 + [INKS["paper"]] * 2


@pytest.mark.parametrize("shape", [{"shape": "cube", "at": [0]}, {"shape": "box", "at": [0, 0, 1, 1], "fill": "amber"}])
def test_unknown_shape_or_ink_is_an_error(shape: dict) -> None:
    with pytest.raises(KeyError):
        pixels(shape)


def test_same_text_gives_the_same_bytes() -> None:
    entry = read("portal.pages", "pictures")[0]
    wanted = {key: entry[key] for key in ("size", "ground", "shapes")}
    assert draw(**wanted) == draw(**wanted)


@pytest.mark.django_db
def test_sample_pictures_are_credited_described_and_named_by_pages(settings, tmp_path) -> None:
    settings.PROTECTED_ROOT = tmp_path
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    load_pictures(lambda line: None)
    images = PortalImage.objects.order_by("pk")
    assert [image.title for image in images] == [
        "Plan of an operational centre",
        "Table-top exercise",
        "Two centres and a border",
    ]
    assert {image.credit for image in images} == {"Drawing: NOC Community"}
    assert all(60 < len(image.description) <= 255 and image.has_focal_point() for image in images)
    (block,) = body_of([{"picture": {"title": "Table-top exercise", "caption": "Tried on a table."}}])
    assert block["value"]["caption"] == "Tried on a table."
    assert block["value"]["image"]["image"] == images[1].pk
    assert block["value"]["image"]["alt_text"] == images[1].description
