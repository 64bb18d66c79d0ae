"""What a traceback through an import shows: the site's own lines, and not the machinery between them.

Law: nothing but frames of the import machinery is left out; Python does the same with importlib's own.
"""

from __future__ import annotations

from types import TracebackType

__all__ = ["without_import_frames"]

_MACHINERY = {"importlib"} | {
    f"{__package__}.{name}"
    for name in (
        *("importer", "interpreter", "interpreter_ground", "reload"),
        *("site_finder", "site_loaders", "stand_in", "module_space"),
    )
}


def without_import_frames(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames that looked for a site's modules and loaded them; None if none is left.

    For `raise error.with_traceback(...)` and for who prints a site's error.
    """
    kept = []
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_globals.get("__name__") not in _MACHINERY and "<frozen " not in frame.f_code.co_filename:
            kept.append(traceback)
        traceback = traceback.tb_next
    for each in reversed(kept):
        traceback = TracebackType(traceback, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return traceback
