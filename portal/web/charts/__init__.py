"""Geometry of the portal's pictures: pure functions from data to dataclasses that templates draw as SVG."""

from portal.web.charts.bands import Bands, bands
from portal.web.charts.centres import CentreMap, Place, centre_map
from portal.web.charts.europe import CAPITALS, project
from portal.web.charts.flows import FlowMap, flow_map
from portal.web.charts.members import MemberMap, member_map
from portal.web.charts.strips import Pipeline, WeekStrip, pipeline, week_strip
from portal.web.charts.tables import Row
from portal.web.charts.terms import Term, Terms, terms
from portal.web.charts.trials import Hour, Matrix, Message, Ranges, hour, matrix, ranges

__all__ = [
    "CAPITALS",
    "Bands",
    "CentreMap",
    "FlowMap",
    "Hour",
    "Matrix",
    "MemberMap",
    "Message",
    "Pipeline",
    "Place",
    "Ranges",
    "Row",
    "Term",
    "Terms",
    "WeekStrip",
    "bands",
    "centre_map",
    "flow_map",
    "hour",
    "matrix",
    "member_map",
    "pipeline",
    "project",
    "ranges",
    "terms",
    "week_strip",
]
