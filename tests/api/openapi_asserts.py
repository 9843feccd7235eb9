"""What the tests of the OpenAPI document read of it."""

from typing import Any

from openapi_schema_validator import OAS30ReadValidator

from api.openapi import document

BASE = "https://api.example.org"


def resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """A part of the document; of a reference, what it refers to."""
    if "$ref" not in part:
        return part
    found: Any = document
    for word in part["$ref"].split("/")[1:]:
        found = found[word]
    return dict(found)


def parameters(document: dict[str, Any], path: str) -> dict[str, dict[str, Any]]:
    """The query parameters of a path, by name."""
    (operation,) = document["paths"][path].values()
    given = operation.get("parameters", ())
    found = [resolved(document, parameter) for parameter in given]
    return {p["name"]: p for p in found if p["in"] == "query"}


def assert_fits(document: dict[str, Any], path: str, answer: Any) -> None:
    """An answer has a status, a media type and a body that its path tells of."""
    told = document["paths"][path]["get"]["responses"]
    assert str(answer.status) in told, (path, answer.status)
    response = resolved(document, told[str(answer.status)])
    if "content" not in response:
        assert answer.body == ""
        return
    media_type = answer.headers["content-type"].partition("; charset")[0]
    schema = response["content"][media_type]["schema"]
    if schema.get("type") != "string":
        whole = {**schema, "components": document["components"]}
        OAS30ReadValidator(whole).validate(answer.json)


def document_of(catalog: Any) -> dict[str, Any]:
    return document.of(catalog, BASE)
