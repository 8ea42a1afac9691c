"""What the CMS keeps about whoever works in it. For `portal.accounts.personal`."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.admin.models import EditingSession, FormState
from wagtail.documents import get_document_model
from wagtail.models import (
    APIToken,
    Comment,
    CommentReply,
    ModelLogEntry,
    Page,
    PageLogEntry,
    PageSubscription,
    UploadedFile,
)
from wagtail.users.models import UserProfile

from portal.accounts.models import User
from portal.accounts.personal import Copy, PersonalData, chosen, register
from portal.community.models import Person
from portal.files.models import PortalImage

#: Rows that are of no use to anybody but their owner.
OWN_ONLY = (EditingSession, FormState, APIToken, PageSubscription, UserProfile)


def _work(user: User) -> Copy:
    pages = Page.objects.filter(owner=user).order_by("pk")
    edits = PageLogEntry.objects.filter(user_id=user.pk).order_by("timestamp", "pk")
    comments = Comment.objects.filter(user=user).order_by("pk")
    replies = CommentReply.objects.filter(user=user).order_by("pk")
    pictures = PortalImage.objects.filter(uploaded_by_user=user).order_by("pk")
    documents = get_document_model().objects.filter(uploaded_by_user=user).order_by("pk")
    found = {
        "pages_that_you_began": [page.title for page in pages],
        "what_you_did_with_pages": [chosen(row, "timestamp", "action", "label") for row in edits],
        "comments": [chosen(row, "text", "created_at") for row in comments],
        "replies": [chosen(row, "text", "created_at") for row in replies],
        "pictures": [chosen(row, "title", "created_at") for row in pictures],
        "documents": [chosen(row, "title", "created_at") for row in documents],
        "settings": [
            chosen(row, "preferred_language", "current_time_zone") for row in UserProfile.objects.filter(user=user)
        ],
    }
    return Copy([found] if any(found.values()) else [])


def _forget(user: User, alias: str) -> int:
    """Forget what is the person's own, and the address where it stands in what they did."""
    count = sum(model._default_manager.filter(user=user).delete()[0] for model in OWN_ONLY)
    count += UploadedFile.objects.filter(uploaded_by_user=user).delete()[0]
    count += Page.objects.filter(locked_by=user).update(locked=False, locked_by=None, locked_at=None)
    # The CMS calls an account by its address in its own log.
    types = ContentType.objects.get_for_models(User, Person)
    told = Q(content_type=types[User], object_id=str(user.pk))
    for person in Person.objects.filter(user=user):
        told |= Q(content_type=types[Person], object_id=str(person.pk))
    return count + ModelLogEntry.objects.filter(told).update(label=alias, data={})


def hand_in() -> None:
    """Register the part of the CMS; called once, when the apps are ready."""
    register(
        PersonalData(
            "cms",
            "Work in the CMS",
            70,
            _work,
            _forget,
            keeps="Pages, pictures and comments, and which account changed them when: they are the community’s. The "
            "account behind them is empty then.",
            withholds="The content of pages: they are not yours alone, and you can read them.",
            tables=(
                *(model._meta.label for model in OWN_ONLY),
                "wagtailcore.Page",
                "wagtailcore.PageLogEntry",
                "wagtailcore.ModelLogEntry",
                "wagtailcore.Revision",
                "wagtailcore.Comment",
                "wagtailcore.CommentReply",
                "wagtailcore.TaskState",
                "wagtailcore.WorkflowState",
                "wagtailcore.UploadedFile",
                "wagtaildocs.Document",
                "wagtailimages.Image",
                "files.PortalImage",
                "wagtail_localize.StringTranslation",
                "wagtail_localize.SegmentOverride",
            ),
        )
    )
