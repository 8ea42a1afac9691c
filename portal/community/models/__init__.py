"""People and where they belong."""

from portal.community.models.groups import Group, Objective, WorkItem
from portal.community.models.people import CEFR, Language, Person, PersonLanguage, Role, RoleTerm
from portal.community.models.places import Centre, Country, Organisation
from portal.community.models.recovery import Recovery

__all__ = [
    "CEFR",
    "Centre",
    "Country",
    "Group",
    "Language",
    "Objective",
    "Organisation",
    "Person",
    "PersonLanguage",
    "Recovery",
    "Role",
    "RoleTerm",
    "WorkItem",
]
