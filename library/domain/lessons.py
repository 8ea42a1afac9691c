"""Writing, publishing and withdrawing lessons: the only way a lesson reaches the shelf."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import Truncator, slugify
from wagtail.models import Page, Site
from wagtail.signals import page_published, page_unpublished

from library.domain.identifiers import next_identifier
from library.models import LessonIndexPage, LessonPage, LibraryIndexPage, Topic
from portal.access import clock
from portal.access.labels import Audience
from portal.access.pages import set_page_rule
from portal.access.viewer import Viewer
from portal.community.models import Centre, Group, Objective, Person
from portal.journal import door
from portal.journal.errors import ConditionFailed

#: Exchanges are the programme of this group, so lessons from them are its.
HOME_GROUP = "operational-centres"
#: Its objective of education and training, which exchanges answer to (report of February 2024).
EDUCATION = 5
EDUCATION_TOPIC = "education-and-training"


def shelf() -> LessonIndexPage:
    """Return the shelf of lessons; makes it, and the library above it, where there is none yet."""
    found = LessonIndexPage.objects.first()
    if found is not None:
        return found
    library = LibraryIndexPage.objects.first()
    if library is None:
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        above = site.root_page if site else Page.get_first_root_node()
        library = above.add_child(instance=LibraryIndexPage(title="Library", slug="library"))
    return library.add_child(instance=LessonIndexPage(title="Lessons", slug="lessons"))


@transaction.atomic
def draft_lesson(
    *,
    title: str,
    seen: str,
    differently: str,
    takeaway: str,
    author: Person,
    centre: Centre | None,
    reference: str,
    by: Viewer,
    public: bool = False,
) -> LessonPage:
    """Put a lesson on the shelf, unpublished, in the state "identified"; returns it.

    `public` says whether the author agreed that anyone may read it, with function and country but without the name.
    `reference` names the exchange or exercise it comes from. Raises `NotAllowed` where `by` is neither the author nor
    keeps lessons.
    """
    group = Group.objects.filter(slug=HOME_GROUP).first()
    today = clock.today()
    identifier = next_identifier(year=today.year)
    parent = shelf()
    lesson = LessonPage(
        title=title,
        slug=_free_slug(parent, title, identifier),
        live=False,
        identifier=identifier,
        abstract=Truncator(takeaway or differently).chars(600),
        dated_on=today,
        creators=_credit(author),
        group=group,
        seen=seen,
        differently=differently,
        takeaway=Truncator(takeaway).chars(300),
        author=author,
        author_credit=_credit(author),
        centre=centre,
        reference=reference,
        public_agreed=public,
        is_sample=author.is_sample,
    )
    parent.add_child(instance=lesson)
    lesson.objectives.set(Objective.objects.filter(group=group, number=EDUCATION) if group else [])
    lesson.topics.set(Topic.objects.filter(slug=EDUCATION_TOPIC))
    lesson.save()
    door.record(thing=lesson, verb="drafted", by=by, data={"reference": reference}, to_state=lesson.state)
    return door.perform(thing=lesson, verb="identify", by=by)


def publish_lesson(*, lesson: LessonPage, tlp: str, audience: str, by: Viewer, keys: Iterable[str] = ()) -> LessonPage:
    """Publish a lesson under a label and an audience; returns it, live.

    Raises `NotAllowed` unless `by` is the programme office, an editor or the leader of the lesson's group,
    `IllegalTransition`, `ConditionFailed` where it would be public without the author's agreement, or `RuleRefused`
    where label and audience do not go together. The page's rule stands before the page is live.
    """

    def go_live(fresh: LessonPage) -> None:
        if audience == Audience.PUBLIC and not fresh.public_agreed:
            raise ConditionFailed("The author has not agreed that anyone may read this lesson.")
        set_page_rule(page=fresh, tlp=tlp, audience=audience, keys=keys)
        moment = clock.now()
        fresh.live = True
        fresh.has_unpublished_changes = False
        fresh.first_published_at = fresh.first_published_at or moment
        fresh.last_published_at = moment

    with transaction.atomic():
        published = door.perform(
            thing=lesson, verb="publish", by=by, data={"tlp": tlp, "audience": audience}, effect=go_live
        )
        # Search listens to Wagtail's signal, as it does for pages that Wagtail itself publishes.
        page_published.send(sender=LessonPage, instance=published, revision=None)
    return published


def withdraw_lesson(*, lesson: LessonPage, reason: str, by: Viewer) -> LessonPage:
    """Take a lesson off the shelf; returns it. Raises `NotAllowed` or `IllegalTransition`."""

    def go_dark(fresh: LessonPage) -> None:
        fresh.live = False

    with transaction.atomic():
        withdrawn = door.perform(thing=lesson, verb="withdraw", by=by, reason=reason, effect=go_dark)
        page_unpublished.send(sender=LessonPage, instance=withdrawn)
    return withdrawn


def _credit(author: Person) -> str:
    """Return how an author is credited where names are not shown: "Shift leader, Latvia"."""
    return f"{author.function or 'A member'}, {author.country.name}"


def _free_slug(parent: Page, title: str, identifier: str) -> str:
    """Return a slug that no sibling has; titles in other scripts fall back to the identifier."""
    slug = slugify(title)[:80].strip("-") or identifier.lower()
    taken = parent.get_children().filter(slug=slug).exists()
    return f"{slug}-{identifier.lower()}" if taken else slug
