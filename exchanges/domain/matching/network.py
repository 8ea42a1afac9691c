"""The network whose best circulation is the matching.

    source -> seats -> country -> applicant -> guests (one country, one week) -> week -> centre -> sink -> source

Both families of limits are laminar (seat > country > applicant on one side, centre > week > guests of one
country on the other), so whole-number capacities on the arcs say everything and no fraction can win.
"""

from dataclasses import dataclass
from typing import NamedTuple

from .problem import Problem
from .weights import Weights

SOURCE, SEATS, SINK = "source", "seats", "sink"


class Arc(NamedTuple):
    """One arc between two node numbers; `capacity` in persons, `weight` per person (more is better)."""

    tail: int
    head: int
    capacity: int
    weight: int


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes by name, and arcs ordered so that each arc comes after all arcs into its tail.

    The last arc leads from the sink back to the source and has room for everybody. `wish_arc`
    finds the arc of an (applicant, week) pair.
    """

    nodes: tuple[str, ...]
    arcs: tuple[Arc, ...]
    wish_arc: dict[tuple[str, str], int]


def country_node(country: str) -> str:
    """Return the name of a sending country's node."""
    return f"country|{country}"


def applicant_node(applicant: str) -> str:
    """Return the name of an applicant's node."""
    return f"applicant|{applicant}"


def guests_node(country: str, week: str) -> str:
    """Return the name of the node for the guests of one sending country in one week."""
    return f"guests|{country}|{week}"


def week_node(week: str) -> str:
    """Return the name of a host week's node."""
    return f"week|{week}"


def centre_node(centre: str) -> str:
    """Return the name of a host centre's node."""
    return f"centre|{centre}"


def build_network(problem: Problem) -> Network:
    """Return the network of `problem`, the same for equal problems.

    A locked applicant has one wish arc with the weight of a lock on top; forbidden, blocked and
    own-country weeks have none. Source: design, exchanges, Matching.
    """
    weights = Weights.of(problem)
    size = weights.size
    number: dict[str, int] = {}
    arcs: list[Arc] = []
    wish_arc: dict[tuple[str, str], int] = {}

    def node(name: str) -> int:
        return number.setdefault(name, len(number))

    def connect(tail: str, head: str, capacity: int, weight: int = 0) -> None:
        arcs.append(Arc(node(tail), node(head), capacity, weight))

    connect(SOURCE, SEATS, size if problem.seats is None else min(problem.seats, size))
    for country in sorted({row.country for row in problem.applicants}):
        cap = size if problem.country_cap is None else problem.country_cap
        if weights.country:
            # Only the first placement of a country serves it; the others pass beside it without a bonus.
            connect(SEATS, country_node(country), 1, weights.country)
            cap -= 1
        connect(SEATS, country_node(country), cap)
    for row in problem.by_merit:
        connect(country_node(row.country), applicant_node(row.id), 1)
    guests: dict[str, str] = {}
    for place, row in enumerate(problem.by_merit):
        bonus = weights.lock if row.id in problem.locked_week else 0
        for rank, week in problem.open_wishes(row):
            wish_arc[row.id, week.id] = len(arcs)
            guests[guests_node(row.country, week.id)] = week_node(week.id)
            connect(
                applicant_node(row.id),
                guests_node(row.country, week.id),
                1,
                weights.wish(place=place, rank=rank) + bonus,
            )
    for guest, week_name in guests.items():
        connect(guest, week_name, 1)
    for week in problem.weeks:
        connect(week_node(week.id), centre_node(week.centre), week.capacity)
    for centre in sorted({week.centre for week in problem.weeks}):
        connect(centre_node(centre), SINK, size if problem.centre_cap is None else problem.centre_cap)
    connect(SINK, SOURCE, size)
    return Network(nodes=tuple(number), arcs=tuple(arcs), wish_arc=wish_arc)
