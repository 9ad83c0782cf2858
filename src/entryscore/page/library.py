"""Where D3 lies: the package mpld3 ships it, with its licence line, for pages without a network."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from entryscore.language import phrase, say
from entryscore.problems import UsageError

_SCRIPT = "d3.v5.min.js"
_HINT = phrase(
    "--html draws with D3, which the package mpld3 brings: pip install 'entryscore[page]'"
)


def d3_script() -> str:
    """D3's source; UsageError, with how to install it, where it is absent."""
    spec = find_spec("mpld3")  # found, not imported: its import needs a second and matplotlib
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "js" / _SCRIPT
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise UsageError(say(_HINT))
