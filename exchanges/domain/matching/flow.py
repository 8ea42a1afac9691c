"""Exact min-cost flow in Python integers: successive shortest paths with potentials.

A cost is a negative weight. A potential p makes the reduced cost `cost + p[tail] - p[head]` of each arc with
room non-negative; such potentials prove that the flow is the best one, and let Dijkstra's
algorithm run although costs are negative.
"""

from collections.abc import Iterable
from heapq import heappop, heappush

from .network import Network


class Residual:
    """The room that a flow leaves in a network: arc 2i is arc i forward, arc 2i + 1 its way back.

    In: the network, and optionally the flow per arc and the potentials per node of an earlier solution.
    `room` and `potential` are the state; `best_flow` changes them, `distances_to` only reads.
    """

    def __init__(
        self, network: Network, *, flow: Iterable[int] | None = None, potential: Iterable[int] | None = None
    ) -> None:
        self.network = network
        self.head: list[int] = []
        self.cost: list[int] = []
        self.room: list[int] = []
        self.leaving: list[list[int]] = [[] for _ in network.nodes]
        used = [0] * len(network.arcs) if flow is None else flow
        for arc, number in zip(network.arcs, used, strict=True):
            self.leaving[arc.tail].append(len(self.head))
            self.leaving[arc.head].append(len(self.head) + 1)
            self.head += (arc.head, arc.tail)
            self.cost += (-arc.weight, arc.weight)
            self.room += (arc.capacity - number, number)
        self.potential = [0] * len(network.nodes) if potential is None else list(potential)

    def flow(self) -> list[int]:
        """Return the flow of each arc of the network."""
        return self.room[1::2]

    def best_flow(self) -> None:
        """Push one unit after another along the cheapest path, until no path improves the total.

        In: a residual without flow. Afterwards `flow()` has the least cost of all circulations and
        `potential` proves it: no arc with room has a negative reduced cost, the way back from the sink included.
        """
        arcs, potential = self.network.arcs, self.potential
        sink, source = arcs[-1].tail, arcs[-1].head
        # The network is acyclic but for the way back, and its arcs come in order: one pass finds all distances.
        for arc in arcs[:-1]:
            potential[arc.head] = min(potential[arc.head], potential[arc.tail] - arc.weight)
        while True:
            # A path of this reduced length has a true cost of 0 and improves nothing.
            limit = potential[source] - potential[sink]
            distance, via = self._search(source, sink, limit)
            # Potentials count relative to each other, so the nodes farther away may stay as they are.
            reach = distance.get(sink, limit)
            for node, length in distance.items():
                potential[node] += length - reach
            if sink not in distance:
                return
            node = sink
            while node != source:
                arc_id = via[node]
                self._push(arc_id)
                node = self.head[arc_id ^ 1]
            self._push(len(self.head) - 2)

    def distances_to(self, *, target: int, wanted: set[int]) -> dict[int, int]:
        """Return the least true cost from each node in `wanted` to `target` over arcs with room.

        In: a residual whose potentials fit (see `best_flow`). Nodes without a path are left out.
        """
        head, cost, room, potential = self.head, self.cost, self.room, self.potential
        done: dict[int, int] = {}
        best = {target: 0}
        heap = [(0, target)]
        missing = set(wanted)
        while heap and missing:
            length, node = heappop(heap)
            if node in done:
                continue
            done[node] = length
            missing.discard(node)
            here = potential[node]
            for back in self.leaving[node]:
                tail = head[back]
                if room[back ^ 1] and tail not in done:
                    reached = length + cost[back ^ 1] + potential[tail] - here
                    if tail not in best or reached < best[tail]:
                        best[tail] = reached
                        heappush(heap, (reached, tail))
        return {node: done[node] + potential[target] - potential[node] for node in wanted if node in done}

    def _search(self, start: int, goal: int, limit: int) -> tuple[dict[int, int], dict[int, int]]:
        """Return reduced distances below `limit` from `start`, up to and with `goal`, and each node's last arc."""
        head, cost, room, potential = self.head, self.cost, self.room, self.potential
        done: dict[int, int] = {}
        best = {start: 0}
        via: dict[int, int] = {}
        heap = [(0, start)]
        while heap and goal not in done:
            length, node = heappop(heap)
            if length >= limit:
                break
            if node in done:
                continue
            done[node] = length
            here = length + potential[node]
            for arc_id in self.leaving[node]:
                following = head[arc_id]
                if room[arc_id] and following not in done:
                    reached = here + cost[arc_id] - potential[following]
                    if following not in best or reached < best[following]:
                        best[following] = reached
                        via[following] = arc_id
                        heappush(heap, (reached, following))
        return done, via

    def _push(self, arc_id: int) -> None:
        self.room[arc_id] -= 1
        self.room[arc_id ^ 1] += 1
