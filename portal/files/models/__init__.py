"""Files that the portal keeps: attachments of records, pictures of pages."""

from portal.files.models.attachments import Attachment, AttachmentQuerySet
from portal.files.models.pictures import PortalImage, PortalImageQuerySet, PortalRendition

__all__ = ["Attachment", "AttachmentQuerySet", "PortalImage", "PortalImageQuerySet", "PortalRendition"]
