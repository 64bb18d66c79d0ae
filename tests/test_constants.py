"""The constants against sources that are not ours: the standard library, and httpd's headers where installed."""

from __future__ import annotations

import http
import re
import syslog
from pathlib import Path

import pytest

from modpy_wsgi import constants

HEADERS = [Path("/usr/include/apache2/httpd.h"), Path("/usr/include/apache2/http_core.h")]
HEADERS += [Path("/usr/include/apache2/ap_mpm.h"), Path("/usr/include/apr-1.0/apr_file_info.h")]

# Written down from the manual (4.2, 4.5) and httpd's documentation.
WELL_KNOWN = {
    "OK": 0,
    "DECLINED": -1,
    "DONE": -2,
    "REQ_PROCEED": 0,
    "REQ_NOACTION": -1,
    "REQ_ABORTED": 500,
    "REQ_EXIT": "REQ_EXIT",
    "HTTP_MOVED_TEMPORARILY": 302,
    "HTTP_REQUEST_TIME_OUT": 408,
    "HTTP_IM_A_TEAPOT": 418,
    "HTTP_VARIANT_ALSO_VARIES": 506,
    "APLOG_NOERRNO": 0,
    "M_GET": 0,
    "M_POST": 2,
    "M_INVALID": 26,
    "REMOTE_DOUBLE_REV": 3,
    "FINFO_SIZE": 6,
    "FINFO_FILETYPE": 12,
    "URI_FRAGMENT": 8,
    "PROXYREQ_RESPONSE": 3,
    "AP_REQ_DEFAULT_PATH_INFO": 2,
    "AP_MPMQ_MAX_DAEMONS": 12,
    "AP_CONN_UNKNOWN": 0,
    "AP_CONN_CLOSE": 1,
    "AP_CONN_KEEPALIVE": 2,
    "APR_NOFILE": 0,
    "APR_REG": 1,
    "APR_DIR": 2,
    "APR_UNKFILE": 127,
    "APR_FINFO_NORM": 0x73B170,
    "REQUEST_CHUNKED_DECHUNK": 2,
    "CGI_MAGIC_TYPE": "application/x-httpd-cgi",
    "DIR_MAGIC_TYPE": "httpd/unix-directory",
    "MODULE_MAGIC_NUMBER_MAJOR": 20120211,
}

# httpd's reasons where they are not those of the standard library of some supported Python
OWN_WORDS = {302, 408, 413, 414, 416, 418, 421, 422, 504}


@pytest.mark.parametrize("name", WELL_KNOWN)
def test_well_known_value(name: str) -> None:
    assert getattr(constants, name) == WELL_KNOWN[name]
    assert name in constants.APACHE_NAMES


def test_log_levels_are_those_of_syslog() -> None:
    for name in ("EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"):
        assert getattr(constants, f"APLOG_{name}") == getattr(syslog, f"LOG_{name}")
    assert constants.LOG_LEVEL_NAMES[constants.APLOG_WARNING] == "warn"
    assert constants.LOG_LEVEL_NAMES[15] == "trace8"


def test_status_lines_have_known_numbers_and_reasons() -> None:
    for number, line in constants.STATUS_LINES.items():
        assert line.startswith(f"{number} ")
        if number not in OWN_WORDS:
            assert line[4:].lower() == http.HTTPStatus(number).phrase.lower()
    assert constants.STATUS_LINES[302] == "302 Found"
    assert constants.STATUS_LINES[413] == "413 Request Entity Too Large"
    assert constants.STATUS_LINES[414] == "414 Request-URI Too Long"
    assert constants.STATUS_LINES[416] == "416 Requested Range Not Satisfiable"


def test_every_http_constant_has_a_status_line() -> None:
    numbers = {getattr(constants, name) for name in constants.APACHE_NAMES if name.startswith("HTTP_")}
    assert numbers == set(constants.STATUS_LINES)


def test_methods_have_the_numbers_of_their_constants() -> None:
    for method, number in constants.METHOD_NUMBERS.items():
        name = "GET" if method == "HEAD" else method.replace("-", "_")
        assert number == getattr(constants, f"M_{name}")
    assert sorted(set(constants.METHOD_NUMBERS.values())) == list(range(constants.M_INVALID))


def _defines(path: Path) -> dict[str, int | str]:
    found: dict[str, int | str] = {}
    pattern = re.compile(r'^#define\s+([A-Z]\w+)\s+(?:\((\d+)\)|(0x[0-9a-f]+|\d+)|"([^"]*)")', re.M)
    for name, in_parentheses, number, text in pattern.findall(path.read_text(errors="replace")):
        digits = in_parentheses or number
        found[name] = int(digits, 0) if digits else text
    return found


@pytest.mark.parametrize("path", HEADERS, ids=lambda path: path.name)
def test_values_are_those_of_the_headers(path: Path) -> None:
    if not path.exists():
        pytest.skip("httpd's headers are not installed")
    same = [(n, v) for n, v in _defines(path).items() if n in constants.APACHE_NAMES]
    assert same
    for name, value in same:
        assert getattr(constants, name) == value, name
