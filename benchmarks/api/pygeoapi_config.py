"""pygeoapi's configuration for the same view."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_config(folder: Path, url: str, place: Mapping[str, Any]) -> dict[str, str]:
    """Write it, and an OpenAPI document that is not asked for.

    Returns:
        The environment that names them.
    """
    # YAML reads JSON.
    config = folder / "pygeoapi-config.yml"
    config.write_text(json.dumps(_config(url, place)))
    openapi = folder / "pygeoapi-openapi.yml"
    openapi.write_text(json.dumps({"openapi": "3.0.2", "info": {}, "paths": {}}))
    return {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}


def _config(url: str, place: Mapping[str, Any]) -> dict[str, Any]:
    text = {"en": "bench"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": int(url.rsplit(":", 1)[1])},
            "url": url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "gzip": False,
            "limits": {"default_items": 10, "max_items": 10_000},
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": text,
                "description": text,
                "keywords": {"en": ["bench"]},
                "terms_of_service": "none",
                "url": url,
            },
            "license": {"name": "none"},
            "provider": {"name": "bench"},
            "contact": {},
        },
        "resources": {"polygons": _polygons(place)},
    }


def _polygons(place: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "collection",
        "title": "polygons",
        "description": "polygons",
        "keywords": ["bench"],
        "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
        "providers": [
            {
                "type": "feature",
                "name": "PostgreSQL",
                "data": {
                    "host": place["host"],
                    "port": place["port"],
                    "dbname": place["dbname"],
                    "user": place["user"],
                    "password": place["password"],
                    "search_path": ["marts", "public"],
                },
                "id_field": "id",
                "table": "polygons",
                "geom_field": "geom",
            }
        ],
    }
