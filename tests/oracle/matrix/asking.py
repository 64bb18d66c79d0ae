"""Both sides of the matrix: the same families, asked of Apache over the wire and of our Application in this process.

Law: nothing here knows what an answer should be.
"""

import shutil
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .. import apache, inprocess
from ..answer import read_response
from .model import Ask, Family, Group, site_of
from .recorded import Answers
from .verdict import short


@contextmanager
def _folder() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="oracle-", dir="/tmp" if Path("/tmp").is_dir() else None))
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def ask_apache(family: Family) -> Answers:
    """Apache's answers. Raises apache.Refused if it does not start."""
    with _folder() as root, apache.serve(family.site(), root) as server:
        return {group.name: [_over_the_wire(server, ask, host) for ask in group.asks] for host, group in family.hosts()}


def _over_the_wire(server: apache.Apache, ask: Ask, host: str) -> str:
    raw = b""
    with socket.create_connection(("127.0.0.1", server.port), apache.TIMEOUT) as connection:
        connection.sendall(ask.request(host).wire(server.port))
        try:
            while data := connection.recv(65536):
                raw += data
        except ConnectionError:
            pass  # what has arrived so far is the answer
    return short(read_response(raw, ask.method), host)


def ask_ours(family: Family) -> dict[str, list[str] | Exception]:
    """Our answers for each group, or the error that keeps it from starting.

    All groups are one configuration, as they were for Apache; if that one does not start, each is served alone.
    """
    from modpy_wsgi.errors import ConfigError

    try:
        return {**_served(tuple(family.hosts()))}
    except ConfigError:
        found: dict[str, list[str] | Exception] = {}
        for host, group in family.hosts():
            try:
                found.update(_served([(host, group)]))
            except ConfigError as error:
                found[group.name] = error
        return found


def _served(hosts: Sequence[tuple[str, Group]]) -> Answers:
    with _folder() as root, inprocess.serve(site_of(hosts), root) as served:
        return {group.name: [_in_process(served, ask, host) for ask in group.asks] for host, group in hosts}


def _in_process(served: inprocess.Served, ask: Ask, host: str) -> str:
    try:
        answer, _ = inprocess.call(served.app, ask.request(host), served.port)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return short(answer, host)
