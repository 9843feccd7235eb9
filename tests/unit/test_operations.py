"""Every operation of the API names a function that there is."""

import inspect
from importlib import import_module

import pytest

from api.routes.table import OPERATIONS, Operation, template_of


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.template)
def test_an_operation_is_answered_by_a_function_that_takes_what_it_names(
    operation: Operation,
) -> None:
    module, _, name = operation.answered_by.partition(".")
    function = getattr(import_module(f"api.routes.{module}"), name)
    names = operation.template.count("{")
    inspect.signature(function).bind("a request", *("a name",) * names)


def test_a_path_is_counted_by_its_template() -> None:
    assert template_of("/") == "/"
    assert template_of("/collections/a/items/b/c") == (
        "/collections/{collectionId}/items/{featureId}"
    )
    assert template_of("/collections/a/items") == "/collections/{collectionId}/items"
    assert template_of("/stats/parks") is None
