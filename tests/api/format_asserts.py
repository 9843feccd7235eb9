"""Ask for a format, follow its pages, and read files as others read them."""

import re
import shutil
import subprocess

import pytest

_NEXT = re.compile(r'<([^>]*)>; rel="next"; type="([^"]*)"')


def next_link(answer):
    """Address and type of the next page, of the `Link` header."""
    found = _NEXT.search(answer.headers["link"])
    return found.groups() if found else (None, None)


def pages_of(answer, open_link):
    """This answer and all that `next` in its header leads to."""
    yield answer
    href, _ = next_link(answer)
    while href:
        answer = open_link(href)
        assert answer.status == 200, answer.body
        yield answer
        href, _ = next_link(answer)


def ogrinfo(data, file, *options):
    """What GDAL says of a file: one text with its layer and every feature."""
    if not shutil.which("ogrinfo"):
        pytest.skip("ogrinfo is not installed")
    file.write_bytes(data)
    seen = subprocess.run(
        ["ogrinfo", "-ro", "-al", *options, file], capture_output=True, text=True
    )
    assert seen.returncode == 0, seen.stderr
    assert "ERROR" not in seen.stderr, seen.stderr
    return seen.stdout
