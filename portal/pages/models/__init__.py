"""Pages that belong to no area: home, text, groups, projects."""

from portal.pages.models.base import PortalPage
from portal.pages.models.groups import GroupIndexPage, GroupPage, ProjectPage
from portal.pages.models.site import HomePage, StandardPage

__all__ = ["GroupIndexPage", "GroupPage", "HomePage", "PortalPage", "ProjectPage", "StandardPage"]
