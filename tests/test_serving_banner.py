"""The start-up message: what it says of a configuration."""

from pathlib import Path

import pytest

from modpy_wsgi.config.load import load_text
from modpy_wsgi.serving.banner import MOST_HOSTS, banner
from modpy_wsgi.serving.settings import Overrides, plan


def lines(text: str, *defines: str) -> list[str]:
    site = load_text(text, file="/etc/httpd/httpd.conf", server_root="/", defines=defines)
    intended = plan(site, Overrides(workers=3, threads=1), cpus=2, root=False)
    return banner(site, intended, server="server 1.0").splitlines()


def test_whole(tmp_path: Path) -> None:
    text = f"""Listen 80
ServerName www.example.com
DocumentRoot {tmp_path}
PythonFixupHandler everywhere
<Directory {tmp_path}/app>
    PythonHandler app::run | .py .psp
    <Files secret.py>
        PythonAuthenHandler auth more
    </Files>
</Directory>
<VirtualHost *:80 192.0.2.1:8080>
    ServerName two.example.com
    ServerAlias zwei.example.com *.two.example.com
    <Location /x>
        PythonHandler x
    </Location>
</VirtualHost>
"""
    first, *rest = lines(text)
    assert first.startswith("modpy-wsgi ")
    assert first.endswith(" on server 1.0, 3 processes of 1 thread")
    assert rest == [
        "  listening on 0.0.0.0:80",
        "  main server www.example.com",
        f"    DocumentRoot {tmp_path}",
        "    PythonFixupHandler everywhere  (httpd.conf:4)",
        f"    <Directory {tmp_path}/app/> PythonHandler app::run | .py  (httpd.conf:5)",
        f"    <Directory {tmp_path}/app/> PythonHandler app::run | .psp  (httpd.conf:5)",
        f"    <Directory {tmp_path}/app/> <Files secret.py> PythonAuthenHandler auth more  (httpd.conf:7)",
        "  virtual host *:80 192.0.2.1:8080: two.example.com zwei.example.com *.two.example.com  (httpd.conf:11)",
        f"    DocumentRoot {tmp_path}",
        "    <Location /x> PythonHandler x  (httpd.conf:14)",
    ]


# what stands outside of all sections -> the line of it
HOST_HANDLERS = {
    "main server": ("PythonTransHandler find\n", "    PythonTransHandler find  (httpd.conf:1)"),
    "virtual host": (
        "<VirtualHost *:80>\n\nPythonTransHandler find\n</VirtualHost>\n",
        "    PythonTransHandler find  (httpd.conf:3)",
    ),
    "every phase": ("\nPythonHandlerModule all\n", "    PythonLogHandler all  (httpd.conf:2)"),
    "a file": (
        "<Files x.py>\nPythonHandler x\n</Files>\n",
        "    <Files x.py> PythonHandler x  (httpd.conf:1)",
    ),
}


@pytest.mark.parametrize("name", HOST_HANDLERS)
def test_handlers_of_a_host(name: str) -> None:
    text, wanted = HOST_HANDLERS[name]
    assert wanted in lines(text)


def test_one_process_and_notes() -> None:
    said = lines("PythonOptimize On", "ONE_PROCESS")
    assert said[0].endswith("one request at a time (ONE_PROCESS)")
    assert any("note: " in line and "PythonOptimize" in line for line in said)
    assert any("note: " in line and "no Listen" in line for line in said)


def test_many_hosts_are_counted() -> None:
    host = "<VirtualHost *:80>\nServerName {}.example.com\n</VirtualHost>\n"
    said = lines("Listen 80\n" + "".join(host.format(number) for number in range(MOST_HOSTS + 5)))
    assert said[-1] == "  and 5 more virtual hosts"
    assert sum("virtual host " in line for line in said) == MOST_HOSTS
