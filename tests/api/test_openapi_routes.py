"""The OpenAPI document beside the API itself: both tell of the same."""

import pytest
from api_asserts import assert_problem
from openapi_asserts import assert_fits, document_of, parameters, resolved

from api.routes.table import OPERATIONS, Operation

# Parts of pages, which nobody asks for otherwise.
UNTOLD = Operation("/static/{version}/{name}", "pages.static")
ADMIN = (
    "/checks",
    "/loads",
    "/refreshes",
    "/freshness",
    "/queue",
    "/uploads",
    "/feeds",
)
PAGES = ("/docs", "/ops", "/ops/quality")
LISTING = "/aggregated-data"
# Of the collection that is the example of one.
AN_ITEM = "minor"
TEMPLATES = ("/collections/{collectionId}/items", "/collections/{collectionId}/tiles/")


@pytest.fixture(scope="module")
def document(published):
    return document_of(published)


def test_every_operation_stands_in_the_document_and_every_path_has_one(
    document, published
):
    assert UNTOLD in OPERATIONS
    answered = {(each.method, each.rule) for each in OPERATIONS if each != UNTOLD}
    names = {*published.datasets, *published.row_models}
    concrete = {f"/collections/{name}/items" for name in names}
    told = {
        (method.upper(), Operation(path, "").rule)
        for path, item in document["paths"].items()
        if path not in {*published.paths, *concrete}
        for method in item
    }
    assert answered == told
    assert {*published.paths, *concrete} <= {*document["paths"]}


def asked(document, path):
    """The address of a path, with an example in place of each of its names."""
    given = document["paths"][path]["get"].get("parameters", ())
    for parameter in (resolved(document, each) for each in given):
        if parameter["in"] == "path":
            example = str(parameter.get("example", AN_ITEM))
            path = path.replace(f"{{{parameter['name']}}}", example)
    return path


def open_paths(document):
    """The paths that need no key, each with the query that asks for data."""
    for path, item in document["paths"].items():
        if not path.startswith(ADMIN) and "get" in item:
            dataset = parameters(document, path).get("dataset")
            yield path, f"dataset={dataset['example']}&" if dataset else ""


def test_a_path_takes_what_the_document_tells_and_nothing_else(
    world, send, document, published
):
    """A request with an unknown parameter is told which are known."""
    for path, _ in open_paths(document):
        if path in ("/health", "/aggregated-data") or path.startswith(TEMPLATES):
            continue
        told = {*parameters(document, path)}
        problem = assert_problem(send(asked(document, path), "no_such=1"), 400)
        assert {*problem.get("known", ())} == told, path
    known = set()
    for name in published.datasets:
        answer = send("/aggregated-data", f"dataset={name}&no_such=1")
        known |= {*assert_problem(answer, 400)["known"]}
    assert known == {*parameters(document, "/aggregated-data")}


def test_a_template_tells_what_every_collection_takes(world, send, document, published):
    models = [model for model in published.models.values() if model.api]
    columns = {column for model in models for column in model.api.dimensions}
    for path, _ in open_paths(document):
        if path.startswith(TEMPLATES) and "{" in path:
            told, known = {*parameters(document, path)}, set()
            example, *_ = names = collection_ids(document, path)
            for name in names:
                at = asked(document, path).replace(f"/{example}/", f"/{name}/")
                problem = assert_problem(send(at, "no_such=1"), 400)
                known |= {*problem["known"]}
            assert told == known - columns, path


def collection_ids(document, path):
    given = document["paths"][path]["get"]["parameters"]
    return next(p["schema"]["enum"] for p in given if p.get("name") == "collectionId")


def test_answers_are_as_they_are_told(world, send, document):
    for path, query in open_paths(document):
        at = asked(document, path)
        formats = parameters(document, path).get("f", {"schema": {"enum": [""]}})
        for name in formats["schema"]["enum"]:
            answer = send(at, f"{query}f={name}" if name else query)
            assert answer.status in (200, 204), (path, name, answer.body)
            assert_fits(document, path, answer)


def test_the_list_of_datasets_is_as_it_is_told(world, send, document):
    assert_fits(document, LISTING, send(LISTING))


def test_problems_are_as_they_are_told(world, send, document):
    for path, query in open_paths(document):
        for wrong in ("no_such=1", "limit=x", "cursor=x", "f=x"):
            answer = send(asked(document, path), query + wrong)
            assert_fits(document, path, answer)


def test_examples_work(world, send, document):
    for path, query in open_paths(document):
        for name, parameter in parameters(document, path).items():
            if "example" in parameter:
                given = f"{query}&{name}={parameter['example']}" * (name != "dataset")
                assert send(asked(document, path), given).status == 200, (path, given)


def test_a_default_is_what_is_done_without_it(world, send, document):
    for path, query in open_paths(document):
        at = asked(document, path)
        plain = send(at, query)
        for name, parameter in parameters(document, path).items():
            if "default" not in parameter["schema"]:
                continue
            default = parameter["schema"]["default"]
            items = default if isinstance(default, list) else [default]
            text = ",".join(map(str, items)).replace("False", "false")
            given = send(at, f"{query}{name}={text}")
            assert given.status == plain.status, (path, name, given.body)
            if "json" in plain.headers.get("content-type", ""):
                for word in ("data", "features", "group_by"):
                    assert plain.json.get(word) == given.json.get(word), (path, name)


def test_who_has_the_newest_answer_is_told_so_where_the_document_says(
    world, send, document
):
    for path, query in open_paths(document):
        at = asked(document, path)
        told = document["paths"][path]["get"]["responses"]
        held = send(at, query).headers.get("etag", "none")
        again = send(at, query, if_none_match=held)
        if held != "none":
            assert "304" in told, path
            assert_fits(document, path, again)
        assert again.status == 304 or held == "none"


def test_problems_without_a_database_are_as_they_are_told(send, document, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for path, query in open_paths(document):
        answer = send(asked(document, path), query)
        assert answer.status == 503 or path.startswith(
            ("/docs", "/ops", "/tileMatrixSets")
        )
        assert_fits(document, path, answer)
