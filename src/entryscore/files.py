"""Writing files: the whole file or the old one untouched, the same bytes every time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from entryscore.language import say
from entryscore.problems import InputError, Problem

_EPOCH = 315_532_800  # 1980, the first moment a zip can hold


def moment() -> int:
    """Seconds since 1970 to write into files: SOURCE_DATE_EPOCH, or 1980."""
    return max(int(os.environ.get("SOURCE_DATE_EPOCH", _EPOCH)), _EPOCH)


def unwritable(path: Path, reason: str, hint: str) -> InputError:
    return InputError([Problem(path.name, "cannot be written: {reason}", hint, {"reason": reason})])


@contextmanager
def replacing(path: Path, *, force: bool = False) -> Iterator[IO[bytes]]:
    """A stream that becomes the file once the block ends without an error.

    Raises InputError where the file exists and is not to be replaced, or cannot be written.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not force:
        raise unwritable(path, say("it exists"), "add --force to overwrite it")
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as error:
        raise unwritable(path, error.strerror or str(error), "check the folder") from error
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
