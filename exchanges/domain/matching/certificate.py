"""The proof that goes with a result, and the checker that reads it without the solver.

The proof is linear programming duality in integers: one potential per node. If every arc with room
has a non-negative reduced cost, and every arc in use a non-positive one, no other assignment weighs more.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from .canonical import canonical_json, digest
from .network import (
    SEATS,
    SINK,
    SOURCE,
    Network,
    applicant_node,
    build_network,
    centre_node,
    country_node,
    guests_node,
    week_node,
)
from .problem import Pair, Problem, limit_breaches, result_hash


class CertificateError(ValueError):
    """A text is no certificate."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Integer duals of one result: (node name, potential) pairs by name.

    `result_hash` says which result they belong to. `seal` is the SHA-256 over both, so a certificate
    that changed by a single digit is noticed even where the changed duals would still prove the result.
    """

    result_hash: str
    duals: tuple[tuple[str, int], ...]
    seal: str

    @classmethod
    def of(cls, *, result_hash: str, duals: Mapping[str, int]) -> Self:
        """Return the sealed certificate for the result with this hash."""
        rows = tuple(sorted(duals.items()))
        return cls(result_hash=result_hash, duals=rows, seal=_seal(result_hash, rows))

    def to_json(self) -> str:
        """Return canonical JSON; potentials as hexadecimal texts, because other readers round long integers."""
        duals = {name: hex(value) for name, value in self.duals}
        return canonical_json({"result_hash": self.result_hash, "duals": duals, "seal": self.seal})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the certificate that `to_json` wrote, seal unchecked. Errors: CertificateError."""
        try:
            data: dict[str, Any] = json.loads(text)
            duals = tuple(sorted((name, int(value, 16)) for name, value in data.pop("duals").items()))
            return cls(duals=duals, **data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CertificateError(f"The text is not a certificate: {error}") from error


def check(*, problem: Problem, assignment: Iterable[Pair], certificate: Certificate) -> list[str]:
    """Return what is wrong with a result, one sentence each; empty = it is proven to be the optimum.

    In: the problem, the (applicant, week) pairs, the certificate stored with them. The check shares
    with the solver only the problem's rows and the building of the network. It tests, in this order:
    the seal and the hash; that each pair is possible and every lock is kept; each limit, counted on the plain
    rows; that the flow of the assignment is conserved at each node; and the sign of each reduced cost.
    Source: design, exchanges, Matching.
    """
    pairs = sorted(assignment)
    network = build_network(problem)
    duals = dict(certificate.duals)
    faults = []
    if certificate.seal != _seal(certificate.result_hash, certificate.duals):
        faults.append("The certificate's seal does not fit its content.")
    if certificate.result_hash != result_hash(problem=problem, assignment=pairs):
        faults.append("The certificate belongs to another problem or assignment.")
    if duals.keys() != set(network.nodes) or len(certificate.duals) != len(network.nodes):
        return [*faults, "The certificate does not have exactly one dual for each node."]
    if impossible := [pair for pair in pairs if pair not in network.wish_arc]:
        return [*faults, *(f"Applicant {a} cannot go to week {w}." for a, w in impossible)]
    faults += [f"The locked pair ({a}, {w}) is missing." for a, w in problem.locks if (a, w) not in pairs]
    faults += limit_breaches(problem=problem, assignment=pairs)
    flow = _carry(problem=problem, network=network, assignment=pairs)
    return [*faults, *_conservation(network, flow), *_slackness(network, flow, duals)]


def _carry(*, problem: Problem, network: Network, assignment: Iterable[Pair]) -> list[int]:
    """Return the flow per arc that `assignment` means.

    Parallel arcs fill up in the order of their weight, best first. What exceeds the capacity
    between two nodes is not carried, so conservation fails there.
    """
    crossing: Counter[tuple[str, str]] = Counter()
    for applicant_id, week_id in assignment:
        country, centre = problem.applicant[applicant_id].country, problem.week[week_id].centre
        path = (
            SOURCE,
            SEATS,
            country_node(country),
            applicant_node(applicant_id),
            guests_node(country, week_id),
            week_node(week_id),
            centre_node(centre),
            SINK,
            SOURCE,
        )
        crossing.update(pairwise(path))
    flow = [0] * len(network.arcs)
    for index in sorted(range(len(flow)), key=lambda index: -network.arcs[index].weight):
        arc = network.arcs[index]
        ends = network.nodes[arc.tail], network.nodes[arc.head]
        flow[index] = min(crossing[ends], arc.capacity)
        crossing[ends] -= flow[index]
    return flow


def _conservation(network: Network, flow: list[int]) -> list[str]:
    balance = [0] * len(network.nodes)
    for arc, number in zip(network.arcs, flow, strict=True):
        balance[arc.tail] -= number
        balance[arc.head] += number
    return [
        f"{abs(excess)} more {'arrive at' if excess > 0 else 'leave'} {name} than the other way."
        for name, excess in zip(network.nodes, balance, strict=True)
        if excess
    ]


def _slackness(network: Network, flow: list[int], duals: Mapping[str, int]) -> list[str]:
    potential = [duals[name] for name in network.nodes]
    faults = []
    for arc, number in zip(network.arcs, flow, strict=True):
        reduced = potential[arc.tail] - potential[arc.head] - arc.weight
        ends = f"{network.nodes[arc.tail]} to {network.nodes[arc.head]}"
        if number < arc.capacity and reduced < 0:
            faults.append(f"One more from {ends} would improve the result.")
        if number > 0 and reduced > 0:
            faults.append(f"One less from {ends} would improve the result.")
    return faults


def _seal(result: str, duals: Iterable[tuple[str, int]]) -> str:
    return digest([result, [[name, hex(value)] for name, value in duals]])
