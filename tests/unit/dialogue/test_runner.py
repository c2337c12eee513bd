"""The graph, node by node: the same results as Dask's, in an order that has everything ready."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain

from dialogue import runner


class Adder:
    """A node that remembers how often it ran."""

    def __init__(self, name: str, *needs: str) -> None:
        self.name, self.needs, self.calls = name, needs, 0

    def __call__(self, *given: Any) -> tuple[str, int]:
        self.calls += 1
        if any(not isinstance(one, tuple) for one in given):
            raise RuntimeError(f"{self.name} misses something")
        return self.name, 1 + sum(value for _, value in given)


def graph(**needs: list[str]) -> tuple[DaskGraphRunner, dict[str, Adder]]:
    made = {name: Adder(name, *wanted) for name, wanted in needs.items()}
    nodes = {
        name: SchemaNode(needs={need: need for need in wanted}, uses=object, fn="run", constructor_name="load", config={})
        for name, wanted in needs.items()
    }
    dask = DaskGraphRunner.__new__(DaskGraphRunner)
    dask._graph_schema, dask._instantiated_nodes, dask._execution_context = GraphSchema(nodes), made, None
    return dask, made


def test_the_same_as_dask() -> None:
    dask, nodes = graph(last=["left", "right"], left=["first"], right=["first", "input"], first=["input"], apart=["input"])
    expected = DaskGraphRunner.run(dask, {"input": 5}, ["last", "first"])
    assert runner.run(dask, {"input": 5}, ["last", "first"]) == expected == {"last": 20, "first": 6}
    assert nodes["first"].calls == 2 and nodes["apart"].calls == 0


def test_other_targets_other_steps() -> None:
    dask, nodes = graph(last=["first"], first=["input"])
    assert runner.run(dask, {"input": 1}, ["first"]) == {"first": 2}
    assert runner.run(dask, {"input": 1}, ["last"]) == {"last": 3}
    assert runner.run(dask, {"input": 2}, ["first"]) == {"first": 3}
    assert nodes["last"].calls == 1


def test_what_is_missing_is_an_error() -> None:
    dask, _ = graph(first=["input"])
    with pytest.raises(GraphRunError):
        runner.run(dask, {}, ["first"])


def test_it_takes_the_place_of_dask_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DaskGraphRunner, "run", DaskGraphRunner.run)
    monkeypatch.setattr(Domain, "is_empty", Domain.is_empty)
    runner.install()
    assert DaskGraphRunner.run is runner.run and Domain.is_empty is runner.is_empty


def test_a_domain_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Domain] = []
    empty, full = Domain.empty(), Domain.from_dict({"intents": ["greet"]})

    def compared(domain: Domain) -> bool:
        asked.append(domain)
        return domain is empty

    monkeypatch.setattr(runner, "_compared", compared)
    assert [runner.is_empty(domain) for domain in (empty, full, empty, full)] == [True, False, True, False]
    assert len(asked) == 2
