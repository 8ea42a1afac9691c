"""Pages that belong to no area: home, text, news, glossary, contact, groups, projects."""

from portal.pages.models.base import PortalPage
from portal.pages.models.contact import ContactPage, ContactTopic
from portal.pages.models.glossary import GlossaryPage, Term
from portal.pages.models.groups import GroupIndexPage, GroupPage, GroupPlan, ProjectPage, ProjectPlan, WorkPackage
from portal.pages.models.news import NewsIndexPage, NewsPage
from portal.pages.models.site import HomePage, StandardPage

__all__ = [
    "ContactPage",
    "ContactTopic",
    "GlossaryPage",
    "GroupIndexPage",
    "GroupPage",
    "GroupPlan",
    "HomePage",
    "NewsIndexPage",
    "NewsPage",
    "PortalPage",
    "ProjectPage",
    "ProjectPlan",
    "StandardPage",
    "Term",
    "WorkPackage",
]
