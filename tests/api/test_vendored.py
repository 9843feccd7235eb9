"""Files of npm packages are as published, and of the version that the docs name."""

from hashlib import sha256

import pytest

from api.html import static_files
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "dependencies.md").read_text()
# Begin of the SHA-256 of each file, as the package of the named version has it.
DIGESTS = {
    "land-50m.json": "619477ff690c0868",
    "maplibre-gl-worker.mjs": "73d7a024a4efe1a4",
    "maplibre-gl.css": "a90798a195301779",
    "maplibre-gl.mjs": "e02cb08c572fd095",
}


@pytest.mark.parametrize("name", DIGESTS)
def test_a_file_is_as_it_was_published(name):
    path = static_files.names()[name]
    assert sha256(path.read_bytes()).hexdigest().startswith(DIGESTS[name])
    assert (path.parent / "LICENSE.txt").is_file()


def test_the_docs_name_the_version_of_maplibre():
    version = PAGE.partition("| `maplibre-gl` ")[2].partition(" ")[0]
    assert f"maplibre-gl@{version}" in PAGE
    for name in ("maplibre-gl.mjs", "maplibre-gl-worker.mjs"):
        assert f"v{version}/LICENSE" in static_files.text(name)[:1000]
