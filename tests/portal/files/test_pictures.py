"""Pictures: what is taken in, who sees them, and that no visitor waits for one to be made."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.images.forms import get_image_form
from wagtail.models import Collection, Page

from portal.access.viewer import ANONYMOUS
from portal.community.models.people import Role
from portal.files.domain import pictures
from portal.files.domain.contents import FileRefused
from portal.files.models import PortalImage, PortalRendition
from portal.files.picture_specs import CARD, SHARED, SPECS, WHOLE
from portal.jobs import queue
from portal.jobs.models import Job
from tests import factories
from tests.portal.files.makers import picture, upload

pytestmark = pytest.mark.django_db

PICTURE_TAG = (
    "{% load wagtailimages_tags %}{% picture image format-{avif,webp,jpeg} width-{480,960,1440} sizes='50vw' %}"
)

CORRUPTED = "The file you uploaded was either not an image or a corrupted image"


def flat(size: tuple[int, int], kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "#d3e3f1").save(target, kind)
    return target.getvalue()


def make(**fields) -> PortalImage:
    content = fields.pop("content", None) or flat((1600, 1000), "JPEG")
    wanted = {"title": "Plan", "description": "A plan of a room.", "credit": "Drawing: NOC Community"} | fields
    return PortalImage.objects.create(file=upload("IMG_2041.jpg", content), **wanted)


@pytest.fixture(autouse=True)
def collection() -> None:
    """Wagtail's root collection comes with its migrations; a transactional test before this one flushed it."""
    if not Collection.objects.exists():
        Collection.add_root(name="Root")


@pytest.fixture
def image() -> PortalImage:
    return make()


def form_for(name: str, content: bytes, **changes):
    data = {
        "title": "Plan",
        "description": "A plan of a room.",
        "credit": "Drawing: me",
        "collection": str(Collection.objects.get().pk),
    } | changes
    return get_image_form(PortalImage)(data | changes, {"file": upload(name, content)})


# ── What is taken in ─────────────────────────────────────────────────────────────────────────


def test_uploaded_picture_is_kept_under_a_random_name_without_its_place(own_folder: Path) -> None:
    form = form_for("Home of Jan.jpg", picture(gps=True, turned=True))
    assert form.is_valid() is True, form.errors
    image = form.save()
    (file,) = [path for path in own_folder.rglob("*") if path.is_file()]
    assert re.fullmatch(r"pictures/originals/[0-9a-f]{24}\.jpg", str(file.relative_to(own_folder)))
    assert (file.stat().st_mode & 0o777, b"Camera of Jan" in file.read_bytes()) == (0o600, False)
    with Image.open(file) as kept:
        assert (dict(kept.getexif()), kept.size) == ({}, (20, 40))
    assert (image.width, image.height, image.file_size) == (20, 40, file.stat().st_size)


def test_picture_that_comes_past_the_form_is_checked_all_the_same(own_folder: Path) -> None:
    image = make(content=picture(gps=True, turned=True))
    assert b"Camera of Jan" not in Path(image.file.path).read_bytes()
    assert (image.width, image.height) == (20, 40)
    with pytest.raises(FileRefused, match="is not of a kind that can be stored"):
        make(content=flat((20, 20), "GIF"))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("plan.svg", SVG, "Not a supported image format. Supported formats: JPG, JPEG, PNG."),
        ("plan.jpg", SVG, "Not a valid .jpeg image. The extension does not match the file format (svg)"),
        ("plan.jpg", b"", "The submitted file is empty."),
        ("plan.jpg", b"just words", CORRUPTED),
        ("plan.png", picture(), "Not a valid .png image. The extension does not match the file format (jpeg)"),
        ("plan.jpg", picture()[:100], CORRUPTED),
        ("plan.jpg", picture(size=(90, 60))[:-400], CORRUPTED),
    ],
    ids=["svg", "svg named jpg", "empty", "text named jpg", "jpeg named png", "head cut off", "tail cut off"],
)
def test_what_is_no_picture_is_refused_with_its_reason(own_folder: Path, name: str, content: bytes, words: str) -> None:
    form = form_for(name, content)
    assert form.is_valid() is False
    assert words in form.errors["file"].as_data()[0].messages[0]
    assert (PortalImage.objects.count(), list(own_folder.rglob("*.*"))) == (0, [])


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"description": " "}, "description"), ({"credit": ""}, "credit"), ({"title": ""}, "title")],
)
def test_picture_without_words_is_refused(changes: dict[str, str], field: str) -> None:
    assert list(form_for("plan.jpg", picture(), **changes).errors) == [field]


def test_decorative_picture_needs_no_words() -> None:
    form = form_for("plan.jpg", picture(), description="", is_decorative="on")
    assert form.is_valid() is True
    assert form.save().default_alt_text == ""


def test_database_refuses_a_picture_without_words() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(description="")


# ── Sizes ────────────────────────────────────────────────────────────────────────────────────


def test_upload_has_every_size_made_by_a_job(image: PortalImage) -> None:
    assert PortalRendition.objects.count() == 0
    assert list(Job.objects.filter(name="files.renditions").values_list("payload", flat=True)) == [
        {"image_id": image.pk}
    ]
    queue.work_all()
    made = PortalRendition.objects.filter(image=image)
    assert set(made.values_list("filter_spec", flat=True)) == set(SPECS)
    sizes = {spec: (width, height) for spec, width, height in made.values_list("filter_spec", "width", "height")}
    assert [sizes[f"format-avif|width-{width}"] for width in (480, 960, 1440)] == [(480, 300), (960, 600), (1440, 900)]
    assert (sizes["format-webp|fill-360x240"], sizes["format-jpeg|fill-1200x630"]) == ((360, 240), (1200, 630))
    for name in ("avif", "webp", "jpeg"):
        with Image.open(made.get(filter_spec=f"format-{name}|width-480").file.path) as shown:
            assert shown.format == name.upper()


def test_job_makes_only_what_is_missing_and_minds_no_deleted_picture(image: PortalImage) -> None:
    queue.work_all()
    kept = PortalRendition.objects.exclude(filter_spec=SPECS[0]).values_list("pk", flat=True)
    before = set(kept)
    PortalRendition.objects.get(filter_spec=SPECS[0]).delete()
    queue.enqueue("files.renditions", image_id=image.pk)
    queue.enqueue("files.renditions", image_id=image.pk + 1)
    Job.objects.filter(name="tasks.run").delete()
    assert queue.work_all() == 2
    assert (PortalRendition.objects.count(), set(kept)) == (len(SPECS), before)


def test_new_focal_point_makes_the_cut_sizes_anew(image: PortalImage) -> None:
    queue.work_all()
    image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = 100, 100, 50, 50
    image.save()
    assert image.missing_specs() == [spec for spec in SPECS if "fill-" in spec]
    queue.work_all()
    assert image.missing_specs() == []


def test_page_shows_a_picture_in_three_formats_and_sizes(image: PortalImage) -> None:
    queue.work_all()
    html = Template(PICTURE_TAG).render(Context({"image": image}))
    assert html.count("<source") == 2
    assert (html.index("image/avif") < html.index("image/webp") < html.index("<img")) is True
    assert html.count(" 480w") == html.count(" 960w") == html.count(" 1440w") == 3
    assert 'width="480"' in html
    assert 'height="300"' in html
    assert 'alt="A plan of a room."' in html


def test_visitor_never_has_a_size_made(image: PortalImage) -> None:
    Job.objects.all().delete()
    html = Template(PICTURE_TAG).render(Context({"image": image}))
    for attribute in (f'src="{image.file.url}"', 'width="1600"', 'height="1000"', 'alt="A plan of a room."'):
        assert attribute in html
    assert PortalRendition.objects.count() == 0
    # Asked for once, however many people open the page meanwhile.
    Template(PICTURE_TAG).render(Context({"image": image}))
    assert list(Job.objects.values_list("name", flat=True)) == ["files.renditions"]
    queue.work_all()
    assert "1440w" in Template(PICTURE_TAG).render(Context({"image": PortalImage.objects.get()}))


def test_what_there_is_stands_in_for_what_is_missing(image: PortalImage) -> None:
    queue.work_all()
    PortalRendition.objects.exclude(filter_spec="format-webp|width-960").delete()
    html = Template(PICTURE_TAG).render(Context({"image": PortalImage.objects.get()}))
    kept = PortalRendition.objects.get()
    assert f'src="{kept.url}"' in html
    assert image.get_rendition("format-jpeg|width-960").url == image.file.url
    assert PortalRendition.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_pictures_takes_two_queries(django_assert_num_queries, count: int) -> None:
    for _ in range(count):
        make(content=picture(size=(60, 40)))
    queue.work_all()
    with django_assert_num_queries(2):
        html = "".join(
            Template(PICTURE_TAG).render(Context({"image": it})) for it in PortalImage.objects.with_renditions()
        )
    assert html.count("<picture>") == count


def test_templates_ask_for_nothing_but_what_the_job_makes() -> None:
    """`{% image %}` and specs of one's own would be made inside a visitor's request, or never."""
    root = Path(__file__).parents[3]
    asked: set[str] = set()
    for folder in ("portal", "library", "exchanges", "events"):
        for template in (root / folder).rglob("*.html"):
            text = template.read_text(encoding="utf-8")
            assert re.findall(r"\{% (?:image|srcset_image|image_url) ", text) == [], template
            for bits in re.findall(r"\{% picture \S+ ([^%]+)%\}", text):
                asked.add(
                    "|".join(bit for bit in bits.split() if re.match(r"(format|width|fill|max|min|height)-", bit))
                )
    assert {WHOLE, CARD} == asked
    assert SHARED in SPECS


# ── Who sees them ────────────────────────────────────────────────────────────────────────────


def test_picture_without_a_page_is_seen_by_people_of_the_cms_alone(client: Client, image: PortalImage) -> None:
    editor = factories.person("Zofia", roles=[(Role.EDITOR, "")])
    assert list(PortalImage.objects.visible_to(factories.viewer(editor))) == [image]
    assert list(PortalImage.objects.visible_to(factories.viewer(factories.person("Aino", "FI")))) == []
    assert list(PortalImage.objects.visible_to(ANONYMOUS)) == []
    assert client.get(image.file.url).status_code == 404
    response = factories.sign_in(Client(), editor).get(image.file.url)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
    assert response.headers["Cache-Control"] == "private, no-store"


def test_stored_names_lead_nowhere_else(client: Client, image: PortalImage) -> None:
    editor = factories.sign_in(Client(), factories.person("Zofia", roles=[(Role.EDITOR, "")]))
    assert editor.get(image.file.url).status_code == 200
    for name in ("originals/other.jpg", "../attachments/ab/cd", "originals", image.file.name + "/"):
        assert editor.get(reverse("files:picture", args=["x"]).replace("x", name)).status_code == 404
    assert editor.post(image.file.url).status_code == 405


def test_reader_of_a_picture_is_not_written_down_and_304_saves_the_bytes(image: PortalImage) -> None:
    editor = factories.sign_in(Client(), factories.person("Zofia", roles=[(Role.EDITOR, "")]))
    etag = editor.get(image.file.url).headers["ETag"]
    response = editor.get(image.file.url, headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")


def test_web_server_hands_out_pictures_where_it_can(image: PortalImage, settings) -> None:
    settings.NOC_ACCEL = "/internal"
    editor = factories.sign_in(Client(), factories.person("Zofia", roles=[(Role.EDITOR, "")]))
    response = editor.get(image.file.url)
    assert response.headers["X-Accel-Redirect"] == f"/internal/pictures/{image.file.name}"
    assert response.content == b""


def test_images_of_a_page_without_any_are_none() -> None:
    assert pictures.images_of(Page(pk=1)) == []
