"""A new site: its folders, and the Python file that prints its configuration (httpdconf.write_basic_config).

Law: nothing that is there already is written over, unless that is asked for.
"""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Iterable

from .config.lexer import quote
from .httpdconf import CLASSES, Comment, Container, quote_if_space

__all__ = ["write_basic_config"]

# The places where modules of an Apache may be, for those who have one read what is written here.
MODULE_FOLDERS = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/local/apache2/modules")
DEFAULT_PORT = "0.0.0.0:8888"

# What write_basic_config has httpd load, apart from mod_python: the usual set.
_MODULES = """
authn_file authn_core authz_host authz_groupfile authz_user authz_core access_compat auth_basic reqtimeout include
filter mime log_config env headers setenvif version unixd status autoindex dir alias
"""


def write_basic_config(
    server_root: str,
    listen: str = DEFAULT_PORT,
    conf: str = "conf",
    logs: str = "logs",
    htdocs: str = "public",
    pythonhandler: str = "mod_python.publisher",
    pythonpath: Iterable[str] = (),
    pythonoptions: Iterable[str] = (),
    mp_comments: Iterable[str] = (),
    conf_name: str = "httpd_conf.py",
    createdirs: bool = True,
    replace_config: bool = False,
) -> str | None:
    """Write a Python file that prints a configuration for a new site, and make the site's folders.

    Returns the path of the file; None, with a line on the standard error, if it is there already. Raises OSError.
    """
    root = os.path.abspath(server_root)
    conf_path = os.path.join(root, conf, conf_name)
    if os.path.exists(conf_path) and not replace_config:
        _say(f"Error: {conf_path!r} already exists, aborting.")
        return None
    if createdirs:
        for folder in (root, *(os.path.join(root, name) for name in (htdocs, conf, logs))):
            if os.path.isdir(folder):
                _say(f"Warning: directory {folder!r} already exists, continuing.")
            else:
                _say(f"Creating directory {folder!r}.")
                os.mkdir(folder)
    types = _types(os.path.join(root, conf, "mime.types"), copy=createdirs)
    if not os.path.isdir(os.path.join(root, htdocs)):
        _say(f"Warning: {os.path.join(root, htdocs)!r} does not exist or not a directory.")
    config = Container(
        Comment("\nThis config was auto-generated, do not edit!\n\n"),
        _loaded(),
        _main(root, listen, conf if types else None, logs, htdocs),
        _of_mod_python(pythonhandler, pythonpath, pythonoptions, mp_comments),
    )
    _say(f"Writing {conf_path!r}.")
    with open(conf_path, "w", encoding="utf-8") as file:
        file.write(_SCRIPT.format(python=sys.executable, config=repr(config)))
    return conf_path


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _types(path: str, *, copy: bool) -> bool:
    """Whether there is a file of types; the system's is copied."""
    if os.path.isfile(path):
        return True
    source = "/etc/mime.types"
    if copy and os.path.isfile(source):
        _say(f"Copying {source!r} to {path!r}")
        import shutil  # and with it every kind of compression

        shutil.copy(source, path)
        return True
    _say(f"Warning: file {path!r} does not exist.")
    return False


def _loaded() -> Container:
    folder = next((each for each in MODULE_FOLDERS if os.path.isdir(each)), "modules")
    loaded = Container(Comment("\nLoad the necessary modules (this is the default httpd set):\n\n"))
    for name in (*_MODULES.split(), "python"):
        file = quote_if_space(posixpath.join(folder, f"mod_{name}.so"))
        loaded.append(CLASSES["LoadModule"](f"{name}_module {file}"))
    return loaded


def _main(root: str, listen: str, conf: str | None, logs: str, htdocs: str) -> Container:
    of = CLASSES
    main = Container(
        Comment("\nMain configuration options:\n\n"),
        of["ServerRoot"](quote_if_space(root)),
        of["MaxConnectionsPerChild"]("65536"),
        of["LogFormat"](r'"%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"" combined'),
        of["CustomLog"](f"{quote_if_space(posixpath.join(logs, 'access_log'))} combined"),
        of["ErrorLog"](quote_if_space(posixpath.join(logs, "error_log"))),
        of["LogLevel"]("warn"),
        of["PidFile"](quote_if_space(posixpath.join(logs, "httpd.pid"))),
        of["ServerName"]("127.0.0.1"),  # or httpd complains that it does not know its name
        of["Listen"](listen),
        of["DocumentRoot"](quote_if_space(os.path.join(root, htdocs))),
    )
    if conf is not None:
        main.append(of["TypesConfig"](quote_if_space(posixpath.join(conf, "mime.types"))))
    return main


def _of_mod_python(handler: str, path: Iterable[str], options: Iterable[str], comments: Iterable[str]) -> Container:
    of = CLASSES
    made = Container(
        Comment("\nmod_python-specific options:\n\n"),
        of["SetHandler"]("mod_python"),
        Comment("PythonDebug On"),
        of["PythonHandler"](handler),
    )
    folders = [each for each in path if each]
    if folders:
        made.append(of["PythonPath"](quote(f"sys.path+{folders!r}")))
    for option in options:
        made.append(of["PythonOption"](option))
    for comment in comments:
        made.append(Comment(comment))
    return made


_SCRIPT = """\
#!{python}

#
# This config was auto-generated, but you can edit it!
# It can be used to generate an Apache config by simply
# running it. We recommend you run it like this:
# $ mod_python genconfig <this filename> > <new apache config>
#

from mod_python.httpdconf import *

config = {config}

print(config)
"""
