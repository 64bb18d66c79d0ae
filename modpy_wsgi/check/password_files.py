"""The files of users and groups that directives name, and that are not there: nobody can log in with them.

Law: only their being there is asked for. What this account may not look at is left alone.
"""

from __future__ import annotations

import os
import stat

from ..config.decisions import DECISIONS
from ..config.directives import authn_file, authz_groupfile
from ..config.every_settings import with_files
from ..config.model import Settings
from .findings import Report

__all__ = ["tell_missing_files"]

_MEANS = {
    authn_file.USER_FILE: "whoever logs in is answered 500",
    authz_groupfile.GROUP_FILE: "nobody is in a group",
}

_SUGGESTION = "put it there, or correct its name"


def tell_missing_files(settings: Settings, report: Report) -> None:
    """A warning on each that one section, or one .htaccess, names; those of its Files sections too."""
    for each in with_files(settings):
        for setting, means in _MEANS.items():
            if setting in each and not _may_be_there(path := each[setting] or ""):
                origin = each[DECISIONS][setting][-1].origin
                message = f"{setting.name} {path}: no such file: {means}"
                report.add("configuration-warning", message, origin.file, origin.line, _SUGGESTION)


def _may_be_there(path: str) -> bool:
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True
