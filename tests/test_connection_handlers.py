"""Connection handlers in process: which code runs, what the configuration says of it, and clients of all kinds."""

from __future__ import annotations

import gc
import os
import random
import socket
import struct
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from modpy_wsgi import Application, current
from modpy_wsgi.config.load import load_text
from modpy_wsgi.connection import mp_conn
from modpy_wsgi.raw_connection import RawConnection
from modpy_wsgi.serving.connections import Accepted, Connections, Threads
from modpy_wsgi.stream import Stream
from tests.live_server import read_to_end
from tests.wsgi_site import Folder

SECONDS = 60.0


class Talks:
    """An application whose connection handlers are asked over sockets on loopback."""

    def __init__(self, folder: Folder, directives: str, *, defines: tuple[str, ...] = ()) -> None:
        path = f'PythonPath "[\'{folder.root}\'] + sys.path"\nErrorLog "{folder.root}/error.log"\nTimeout 60\n'
        site = load_text(path + directives, defines=defines)
        self.app = Application(site)
        self.connections = Connections(self.app)
        self.root = folder.root

    def __enter__(self) -> Talks:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.app.close()

    def accept(self) -> tuple[socket.socket, Accepted]:
        """The client's end, and what a server would have accepted."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            client = socket.create_connection(listener.getsockname(), SECONDS)
            sock, address = listener.accept()
        host = self.connections.host(sock.getsockname())
        assert host is not None
        return client, Accepted(sock, address, host)

    def say(self, data: bytes = b"") -> bytes:
        """All that comes back for these bytes."""
        client, accepted = self.accept()
        thread = threading.Thread(target=self.connections.serve, args=(accepted,))
        thread.start()
        with client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            got = read_to_end(client)
        thread.join(SECONDS)
        assert not thread.is_alive()
        assert accepted.socket.fileno() == -1, "it is closed"
        return got

    def log(self) -> str:
        file = Path(self.root) / "error.log"
        return file.read_text() if file.exists() else ""


def writes(text: str) -> str:
    return f"def connectionhandler(conn):\n    conn.write({text})\n    return 0\n"


def test_a_changed_module_is_loaded_again(folder: Folder) -> None:
    folder.write(talk=writes("'one'"))
    with Talks(folder, "PythonConnectionHandler talk") as talks:
        assert talks.say() == b"one"
        folder.write(talk=writes("'another'"))
        assert talks.say() == b"another"


def test_unless_autoreload_is_off(folder: Folder) -> None:
    folder.write(talk=writes("'one'"))
    with Talks(folder, "PythonConnectionHandler talk\nPythonAutoReload Off") as talks:
        assert talks.say() == b"one"
        folder.write(talk=writes("'another'"))
        assert talks.say() == b"one"


def test_a_module_that_is_broken_and_mended(folder: Folder) -> None:
    folder.write(talk="def connectionhandler(conn:\n")
    with Talks(folder, "PythonConnectionHandler talk") as talks:
        assert talks.say() == b""
        assert "ConnectionHandler talk: SyntaxError" in talks.log()
        folder.write(talk=writes("'mended'"))
        assert talks.say() == b"mended"


NAME = "from mod_python import apache\n" + writes(
    "apache.interpreter + ' ' + str(conn.base_server is apache.main_server)"
)
# directives: what a handler finds of its interpreter
INTERPRETERS = {
    "the server's name": ("ServerName a.test", b"a.test True"),
    "PythonInterpreter": ("ServerName a.test\nPythonInterpreter own", b"own True"),
    "per directory there is none": ("ServerName a.test\nPythonInterpPerDirectory On", b"main_interpreter True"),
    "per directive neither": ("ServerName a.test\nPythonInterpPerDirective On", b"main_interpreter True"),
}


@pytest.mark.parametrize(("directives", "wanted"), INTERPRETERS.values(), ids=INTERPRETERS)
def test_interpreter(folder: Folder, directives: str, wanted: bytes) -> None:
    folder.write(talk=NAME)
    with Talks(folder, f"{directives}\nPythonConnectionHandler talk") as talks:
        assert talks.say() == wanted


def test_the_application_that_answers_is_the_connections(folder: Folder) -> None:
    folder.write(talk="from mod_python import apache\n" + writes("apache.main_server.server_hostname"))
    with Talks(folder, "ServerName a.test\nPythonConnectionHandler talk") as first:
        with Talks(folder, "ServerName b.test\nPythonConnectionHandler talk") as second:
            assert [first.say(), second.say(), first.say()] == [b"a.test", b"b.test", b"a.test"]
        assert current.answering.get() is None


def test_log_of_the_host(folder: Folder) -> None:
    folder.write(talk="def connectionhandler(conn):\n    conn.log_error('said')\n    raise ValueError('on purpose')\n")
    own = f'<VirtualHost *>\nErrorLog "{folder.root}/own.log"\nPythonConnectionHandler talk\n</VirtualHost>'
    with Talks(folder, own) as talks:
        talks.say()
        log = (Path(folder.root) / "own.log").read_text()
        assert "] said\n" in log
        assert "[client 127.0.0.1:" in log
        assert "ConnectionHandler talk: ValueError: on purpose" in log
        assert talks.log() == ""


def test_limit_of_reading_all(folder: Folder) -> None:
    folder.write(talk="def connectionhandler(conn):\n    conn.write('%d' % len(conn.read(-1)))\n    return 0\n")
    with Talks(folder, "PythonOption modpy_wsgi.connection.read_all 10000\nPythonConnectionHandler talk") as talks:
        assert talks.say(b"x" * 10000) == b"10000"
        client, accepted = talks.accept()
        thread = threading.Thread(target=talks.connections.serve, args=(accepted,))
        thread.start()
        with client:
            client.sendall(b"x" * 10001)
            client.shutdown(socket.SHUT_WR)
            thread.join(SECONDS)
        assert "Connection read error: more than 10000 bytes" in talks.log()


def test_limit_that_is_none(folder: Folder) -> None:
    option = "PythonOption modpy_wsgi.connection.read_all 64MB"
    with Talks(folder, f"{option}\nPythonConnectionHandler talk") as talks:
        assert f"{option}: no number of bytes, 67108864 is used" in talks.log()


def test_class_and_method(folder: Folder) -> None:
    folder.write(
        talk="""
class Talk:
    def __init__(self, conn):
        self.conn = conn
    def begin(self, conn):
        conn.write(str(self.conn is conn))
        return 0
"""
    )
    with Talks(folder, "PythonConnectionHandler talk::Talk.begin") as talks:
        assert talks.say() == b"True"


def test_python_import_comes_first(folder: Folder) -> None:
    folder.write(boot="ready = True\n", talk="import sys\n" + writes("str('boot' in sys.modules)"))
    with Talks(folder, "ServerName a.test\nPythonImport boot a.test\nPythonConnectionHandler talk") as talks:
        talks.app.start_worker()
        assert talks.say() == b"True"


# Clients

ECHO = "def connectionhandler(conn):\n    while 1:\n        conn.write(conn.readline())\n"


def slowly(data: bytes, dice: random.Random) -> Callable[[socket.socket], None]:
    cuts = sorted(dice.randrange(len(data) + 1) for _ in range(dice.choice([0, 2, 20])))

    def send(client: socket.socket) -> None:
        for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            client.sendall(data[start:end])
            if dice.random() < 0.05:
                time.sleep(0.001)

    return send


def test_clients_of_all_kinds(folder: Folder) -> None:
    """Bytes in any pieces; clients that end well, that leave in the middle, that reset, that never read."""
    folder.write(talk=ECHO)
    dice = random.Random(1)
    ended: list[bool] = []
    with Talks(folder, "PythonConnectionHandler talk") as talks:
        threads = Threads(talks.connections, limit=1000, done=lambda accepted, goes_on: ended.append(goes_on))
        count = 60
        for _ in range(count):
            client, accepted = talks.accept()
            threads.start(accepted)
            data = bytes(dice.choices(b"abcdef\n\r\0\xff", k=dice.choice([0, 1, 50, 5000, 40000])))
            kind = dice.choice(["well", "well", "leaves", "resets", "never reads"])
            with client:
                sender = threading.Thread(target=quietly, args=(slowly(data, dice), client))
                sender.start()
                if kind == "well":
                    sender.join()
                    client.shutdown(socket.SHUT_WR)
                    assert read_to_end(client) == data
                elif kind != "leaves":
                    sender.join()
                    if kind == "resets":
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sender.join()
        deadline = time.monotonic() + SECONDS
        while len(ended) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(ended) == count, "each handler ends, whatever its client does"
        assert not any(ended)
        assert not threads._open


def quietly(send: Callable[[socket.socket], None], client: socket.socket) -> None:
    try:
        send(client)
    except OSError:  # closed meanwhile, by this side
        return


def test_nothing_is_left_of_a_connection(folder: Folder) -> None:
    folder.write(talk=ECHO)
    with Talks(folder, "PythonConnectionHandler talk") as talks:
        talks.say(b"warm\n")
        gc.collect()
        files = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
        objects = sum(isinstance(each, (mp_conn, Stream)) for each in gc.get_objects())
        for _ in range(30):
            assert talks.say(b"line\n") == b"line\n"
        gc.collect()
        assert sum(isinstance(each, (mp_conn, Stream)) for each in gc.get_objects()) <= objects
        if files:
            assert len(os.listdir("/proc/self/fd")) <= files


def test_handlers_may_write_to_each_others_connections(folder: Folder) -> None:
    """A chat: threads of one process share the module."""
    folder.write(
        chat="""
room = []
def connectionhandler(conn):
    room.append(conn)
    try:
        conn.write("%d here\\n" % len(room))
        while 1:
            line = conn.readline()
            for other in list(room):
                other.write(line)
    except OSError:
        return 0
    finally:
        room.remove(conn)
"""
    )
    with Talks(folder, "PythonConnectionHandler chat") as talks:
        threads = Threads(talks.connections, limit=10, done=lambda accepted, goes_on: None)
        clients = []
        for number in range(3):
            client, accepted = talks.accept()
            threads.start(accepted)
            clients.append(client)
            assert client.recv(100) == b"%d here\n" % (number + 1)
        clients[0].sendall(b"hello all\n")
        assert [client.recv(100) for client in clients] == [b"hello all\n"] * 3
        clients[1].close()
        clients[2].sendall(b"who is left?\n")
        assert clients[0].recv(100) == b"who is left?\n"
        threads.end(SECONDS)
        for client in clients:
            client.close()


def test_the_end_is_heard(folder: Folder) -> None:
    folder.write(
        talk=f"""
def connectionhandler(conn):
    try:
        conn.write("ready")
        conn.readline()
    finally:
        open({str(folder.root)!r} + "/ended", "w").close()
"""
    )
    with Talks(folder, "PythonConnectionHandler talk") as talks:
        threads = Threads(talks.connections, limit=1, done=lambda accepted, goes_on: None)
        client, accepted = talks.accept()
        threads.start(accepted)
        with client:
            assert client.recv(10) == b"ready"
            assert threads.full
            threads.end(SECONDS)
            assert not threads.full
            assert (Path(folder.root) / "ended").exists()


# The object


def test_members_of_the_manual(folder: Folder) -> None:
    """4.5.4, and those that later releases added."""
    names = """
        aborted base_server child_num client_addr client_ip double_reverse hlist id keepalive keepalives local_addr
        local_host local_ip log_error notes read readline remote_addr remote_host remote_ip remote_logname write
    """
    assert not [name for name in names.split() if not hasattr(RawConnection, name)]
    assert str(RawConnection) == "<class 'mp_conn'>"
    assert issubclass(RawConnection, mp_conn)


@pytest.mark.parametrize("length", [-2, -100])
def test_lengths_that_are_none(folder: Folder, length: int) -> None:
    folder.write(talk=f"def connectionhandler(conn):\n    conn.read({length})\n")
    with Talks(folder, "PythonConnectionHandler talk") as talks:
        assert talks.say(b"x") == b""
        assert "ValueError: the length must be -1, 0 or more" in talks.log()


def test_aborted(folder: Folder) -> None:
    """The first write that fails says nothing, for loops that look at `aborted`; the next one ends other loops."""
    folder.write(
        talk=f"""
def connectionhandler(conn):
    writes = 0
    while not conn.aborted:
        conn.write("x" * 100000)
        writes += 1
    with open({str(folder.root)!r} + "/counted", "w") as file:
        file.write(str(writes))
    conn.write("")
    conn.write("more")
"""
    )
    with Talks(folder, "PythonConnectionHandler talk") as talks:
        client, accepted = talks.accept()
        thread = threading.Thread(target=talks.connections.serve, args=(accepted,))
        thread.start()
        client.recv(1)
        client.close()
        thread.join(SECONDS)
        assert int((Path(folder.root) / "counted").read_text()) > 0
        assert "OSError: Write failed, client closed connection." in talks.log()


def test_hlist_moves_on(folder: Folder) -> None:
    folder.write(talk=writes("'%r %r' % (conn.hlist.handler, (conn.hlist.next(), conn.hlist.handler))"))
    with Talks(folder, "PythonConnectionHandler talk") as talks:
        assert talks.say() == b"'talk' (None, None)"


def test_weak_reference(folder: Folder) -> None:
    with Talks(folder, "PythonConnectionHandler talk") as talks:
        client, accepted = talks.accept()
        stream = Stream(accepted.socket, 1.0, all_most=1)
        conn = RawConnection({}, talks.app.main_server, stream, ())
        assert weakref.ref(conn)() is conn
        with pytest.raises(AttributeError):
            conn.new = 1  # type: ignore[attr-defined]
        client.close()
        accepted.socket.close()
