"""What the earlier loads of a key mean for a version of its object.

Pure: each is told the ledger's rows of the key, newest first.
"""

from collections.abc import Sequence

from loader.events import ObjectVersion, is_older
from loader.query.loads import Known


def dealt_with(version: ObjectVersion, known: Sequence[Known]) -> Known | None:
    """The load that had this version; None if it must be loaded (again).

    A bucket without versions names an object by its etag, so the same content
    may come back: after another, or because its contract was mended. Only if
    its event is known to be an old one it is left alone.
    """
    for load in known:
        if load.version != version.version:
            continue
        if load.status == "loaded":
            return load
        is_same_write = version.version_id or (
            version.sequencer and load.sequencer == version.sequencer
        )
        if is_same_write and load.status != "unmatched":
            return load
    return None


def same_again(version: ObjectVersion, known: Sequence[Known]) -> Known | None:
    """The newest load of this key, where it had the same bytes.

    To append them again would double rows that nobody wrote twice.
    """
    newest = next((load for load in known if load.status == "loaded"), None)
    return newest if newest and newest.etag == version.etag else None


def newer(version: ObjectVersion, known: Sequence[Known]) -> Known | None:
    """The load of a later write to the same key, where sequencers tell.

    Also one whose rows were taken out since: what it replaced does not come back.
    """
    for load in known:
        is_other = load.status not in ("loaded", "unloaded")
        if not is_other and is_older(version.sequencer, load.sequencer):
            return load
    return None
