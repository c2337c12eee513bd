"""Rasa's graph, run node by node, and its domain, asked once whether it is empty.

Rasa hands the graph to Dask for every message and every prediction: a copy of the schema, a scheduler, a queue, for a
list of nodes whose order never changes. And for every message it writes out the whole domain, and an empty one, to
compare them. Rasa has no settings for either, so `install` replaces the two methods.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from threadpoolctl import threadpool_limits

# A node, and the nodes or inputs it is given.
Step = Tuple[Text, Tuple[Text, ...]]


def steps(schema: GraphSchema, targets: List[Text]) -> List[Step]:
    """The nodes that `targets` need, each after those it needs itself."""
    minimal = schema.minimal_graph_schema(targets)
    ordered: Dict[Text, Step] = {}

    def add(name: Text) -> None:
        if name in ordered or name not in minimal.nodes:
            return
        needs = tuple(minimal.nodes[name].needs.values())
        for need in needs:
            add(need)
        ordered[name] = (name, needs)

    for target in targets:
        add(target)
    return list(ordered.values())


def run(
    self: DaskGraphRunner, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None
) -> Dict[Text, Any]:
    """Run the graph for `targets`; what DaskGraphRunner.run does."""
    wanted = targets or self._graph_schema.target_names
    known: Dict[Tuple[Text, ...], List[Step]] = self.__dict__.setdefault("_steps", {})
    order = known.get(tuple(wanted)) or known.setdefault(tuple(wanted), steps(self._graph_schema, wanted))
    # A node is given (name, value) pairs; what is missing comes as the bare name, and it says so itself.
    done: Dict[Text, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, needs in order:
            done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(done[name] for name in wanted)


_compared = Domain.is_empty


def is_empty(self: Domain) -> bool:
    """What Domain.is_empty finds; a domain that is served does not change any more."""
    if "_known_empty" not in self.__dict__:
        self.__dict__["_known_empty"] = _compared(self)
    known: bool = self.__dict__["_known_empty"]
    return known


def install() -> None:
    """From now on Rasa's graphs run node by node in this process, and small sums are done by one thread.

    A message is a sum of some hundred numbers: threads that share it wait for each other, on a processor that others need.
    """
    DaskGraphRunner.run = run
    Domain.is_empty = is_empty
    threadpool_limits(limits=1, user_api="blas")
