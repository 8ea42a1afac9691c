"""Records of the library: documents, films, procedures, lessons."""

from library.models.documents import DocumentPage, VideoPage
from library.models.lessons import LessonIndexPage, LessonPage, LessonState
from library.models.procedures import SOPFactor, SOPPage, SOPStep
from library.models.records import DatePrecision, Kind, LibraryIndexPage, RecordPage
from library.models.vocabulary import Scenario, Topic

__all__ = [
    "DatePrecision",
    "DocumentPage",
    "Kind",
    "LessonIndexPage",
    "LessonPage",
    "LessonState",
    "LibraryIndexPage",
    "RecordPage",
    "SOPFactor",
    "SOPPage",
    "SOPStep",
    "Scenario",
    "Topic",
    "VideoPage",
]
