"""Zips that are the same to the byte wherever they are written."""

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

# Zip knows no earlier moment.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


@dataclass(frozen=True)
class Package:
    """A written zip; sizes in bytes."""

    path: Path
    files: int
    size: int
    unpacked: int


def write(folder: Path, target: Path) -> Package:
    """Write all files below a folder, in order, without their dates and rights.

    The same zlib compresses alike; another one may write other bytes that unpack
    to the same.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    count = unpacked = 0
    with zipfile.ZipFile(target, "w") as package:
        for name, source in sorted(_files(folder).items()):
            body = source.read_bytes()
            package.writestr(_entry(name), body, compresslevel=9)
            count, unpacked = count + 1, unpacked + len(body)
    return Package(target, count, target.stat().st_size, unpacked)


def moved(package: Package, target: Path) -> Package:
    """The same package at another place, which it takes at once and whole."""
    return replace(package, path=package.path.replace(target))


def _files(folder: Path) -> dict[str, Path]:
    """Files by their name in the zip; its order is that of the names' letters."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file()
    }


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = _UNIX
    entry.external_attr = (0o755 if ".so" in Path(name).suffixes else 0o644) << 16
    # A wheel is a zip itself.
    is_packed = name.endswith(".whl")
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    return entry
