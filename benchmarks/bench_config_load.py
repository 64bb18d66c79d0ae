"""How long a start-up waits for its configuration: 1,000 virtual hosts and 1,000 Directory sections.

    python benchmarks/bench_config_load.py [hosts] [directories]

Prints medians of five loads. The goal for a whole start-up with this configuration is one second.
"""

from __future__ import annotations

import statistics
import sys
import time

from modpy_wsgi.config.lexer import logical_lines
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.parser import Reader

HOST = """
<VirtualHost *:80>
    ServerName host{0}.example.org
    ServerAlias www.host{0}.example.org *.host{0}.example.net
    DocumentRoot "/srv/sites/host{0}/htdocs"
    ErrorLog /var/log/httpd/host{0}-error.log
    CustomLog /var/log/httpd/host{0}-access.log combined
    Alias /static/ "/srv/sites/host{0}/static/"
    <Location /admin>
        SetHandler mod_python
        PythonHandler host{0}.admin
        PythonOption mode "production"
    </Location>
</VirtualHost>
"""
DIRECTORY = """
<Directory "/srv/sites/host{0}/htdocs">
    Options -Indexes +FollowSymLinks
    AllowOverride None
    Require all granted
    AddHandler mod_python .py
    PythonHandler mod_python.publisher | .py
    PythonDebug Off
    <Files "*.pyc">
        Require all denied
    </Files>
</Directory>
"""


def text(hosts: int, directories: int) -> str:
    """A configuration of that many sections, about ten lines each."""
    head = "ServerName localhost\nListen 80\n<Directory />\nRequire all denied\n</Directory>\n"
    return head + "".join(map(DIRECTORY.format, range(directories))) + "".join(map(HOST.format, range(hosts)))


def median(action: object) -> float:
    """Milliseconds."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        action()  # type: ignore[operator]
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def main() -> None:
    hosts, directories = (int(word) for word in [*sys.argv[1:], "1000", "1000"][:2])
    given = text(hosts, directories)
    lines = given.count("\n")
    print(f"{hosts} hosts, {directories} directories, {lines} lines")
    for name, action in {
        "lines": lambda: list(logical_lines(given, "conf")),
        "tree": lambda: Reader().text(given, "conf"),
        "site": lambda: load_text(given),
    }.items():
        took = median(action)
        print(f"{name:6} {took:7.1f} ms  {1000 * took / lines:5.2f} us/line")


if __name__ == "__main__":
    main()
