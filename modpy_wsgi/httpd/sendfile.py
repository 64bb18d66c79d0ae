"""Large files sent by the front server: X-Sendfile and X-Accel-Redirect, by `PythonOption modpy_wsgi.sendfile`.

Law: the front server is told of a file only after every phase has let it pass.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote_from_bytes

from ..config.directives.python import PYTHON_OPTIONS
from ..config.request_config import RequestConfig
from ..errors import ConfigError

__all__ = ["Handover", "handover_of"]

OPTION = "modpy_wsgi.sendfile"
_HEADERS = {"x-sendfile": "X-Sendfile", "x-accel-redirect": "X-Accel-Redirect"}


class Handover(NamedTuple):
    """How a file is named to the front server."""

    header: str
    folders: tuple[tuple[str, str], ...] = (("/", "/"),)  # a folder's path, and its URL path there

    def name(self, path: str) -> str | None:
        """The header's value for a file, escaped; None for one that the front server does not know."""
        for folder, prefix in self.folders:
            if path.startswith(folder):
                return quote_from_bytes((prefix + path[len(folder) :]).encode("utf-8", "surrogateescape"))
        return None


def handover_of(config: RequestConfig) -> Handover | None:
    """What the PythonOption says: `X-Sendfile`, or `X-Accel-Redirect /url/=/folder/ ...`. Raises ConfigError."""
    text = config.settings[PYTHON_OPTIONS].get(OPTION)
    if not text:
        return None
    name, *pairs = text.split()
    header = _HEADERS.get(name.lower())
    if header is None:
        raise ConfigError(f"PythonOption {OPTION} {text!r}: neither X-Sendfile nor X-Accel-Redirect")
    if header == "X-Sendfile":
        if pairs:
            raise ConfigError(f"PythonOption {OPTION} {text!r}: X-Sendfile takes nothing more")
        return Handover(header)
    folders = []
    for pair in pairs:
        prefix, equals, folder = pair.partition("=")
        if not (equals and prefix.startswith("/") and prefix.endswith("/")):
            raise ConfigError(f"PythonOption {OPTION} {text!r}: {pair!r} is not /url/=/folder/")
        if not (folder.startswith("/") and folder.endswith("/")):
            raise ConfigError(
                f"PythonOption {OPTION} {text!r}: {folder!r} is no absolute folder with a slash at its end"
            )
        folders.append((folder, prefix))
    if not folders:
        raise ConfigError(
            f"PythonOption {OPTION} {text!r}: which folder, at which URL? X-Accel-Redirect /url/=/folder/"
        )
    return Handover(header, tuple(sorted(folders, key=lambda pair: -len(pair[0]))))
