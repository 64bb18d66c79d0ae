"""Connection handlers: what reads and writes return, the connection object, results and errors (manual 4.4, 4.5.4).

The first line of a talk names the handler's function; the rest is for that one.
"""

from dataclasses import replace

from ..answer import hide
from ..request import SOON, Talk, get, talk
from ..site import PROLOGUE, Site
from . import Case

HANDLER = r'''
    from mod_python import apache

    def connectionhandler(conn):
        name = conn.readline().decode().strip()
        return globals()[name](conn)

    def echo(conn):
        while 1:
            conn.write(conn.readline())
        return apache.OK

    def collect(conn, function, *args):
        """All that it returns, up to the error."""
        out = []
        try:
            while len(out) < 20:
                out.append(function(*args))
        except OSError as error:
            out.append(str(error))
        conn.write(repr(out))
        return apache.OK

    def lines(conn):
        return collect(conn, conn.readline)

    def beginnings(conn):
        return collect(conn, conn.readline, 4)

    def pieces(conn):
        return collect(conn, conn.read)

    def zero(conn):
        return collect(conn, conn.read, 0)

    def tens(conn):
        return collect(conn, conn.read, 10)

    def everything(conn):
        return collect(conn, conn.read, -1)

    def sizes(conn):
        return collect(conn, lambda: len(conn.readline()))

    def members(conn):
        for name in ("aborted", "client_addr", "client_ip", "double_reverse", "keepalive", "keepalives", "local_addr",
                "local_host", "local_ip", "notes", "remote_addr", "remote_host", "remote_ip", "remote_logname"):
            conn.write("%s %r\n" % (name, getattr(conn, name)))
        server = conn.base_server
        conn.write("%s %s %r\n" % (server.server_hostname, server.port, server.is_virtual))
        hlist = conn.hlist
        conn.write("%s %r %r %r\n" % (hlist.handler, hlist.directory, hlist.silent, hlist.is_location))
        conn.write("%s %s %s\n" % (type(conn), type(conn.id).__name__, apache.interpreter))
        return apache.OK

    def changes(conn):
        conn.notes["a"] = "b"
        conn.write("%r " % conn.notes["A"])
        for name, value in (("keepalive", 1), ("keepalive", "x"), ("aborted", 1), ("id", 4), ("new", 1)):
            try:
                setattr(conn, name, value)
                conn.write("%s is %r; " % (name, getattr(conn, name)))
            except (AttributeError, TypeError) as error:
                conn.write("%s: %s; " % (name, type(error).__name__))
        return apache.OK

    def writes(conn):
        out = []
        for value in ("caf\xe9 ", b"bytes ", "", b"", None, 5):
            try:
                out.append(repr(conn.write(value)))
            except TypeError:
                out.append("TypeError")
        conn.write(" ".join(out))
        return apache.OK

    def logs(conn):
        conn.log_error("an error")
        conn.log_error("a warning", apache.APLOG_WARNING)
        conn.log_error("some information", apache.APLOG_INFO)
        conn.log_error(None)
        conn.write("logged")
        return apache.OK

    def options(conn):
        conn.write("%r" % conn.base_server.get_options()["greeting"])
        return apache.OK

    def status(conn):
        conn.write("a status")
        return apache.HTTP_INTERNAL_SERVER_ERROR

    def done(conn):
        conn.write("done")
        return apache.DONE

    def true(conn):
        conn.write("true")
        return True

    def none(conn):
        conn.write("none")

    def raises(conn):
        conn.write("before")
        raise ValueError("on purpose")

    def exits(conn):
        raise SystemExit(3)

    def server_return(conn):
        conn.write("before")
        raise apache.SERVER_RETURN(apache.OK)

    def declines(conn):
        return apache.DECLINED

    def silent(conn):
        return collect(conn, conn.read)

    class method:
        def __init__(self, conn):
            self.conn = conn
        def called(self, conn):
            conn.readline()
            conn.write(repr(self.conn is conn))
            return apache.OK
'''

FILES = {"lib/talking.py": HANDLER, "htdocs/page.txt": "a page\n"}
CONF = """
    AcceptFilter http none
    PythonPath "['@ROOT@/lib'] + sys.path"
    PythonOption greeting hello
    PythonConnectionHandler """
PORTS = hide(r"\('127\.0\.0\.1', \d+\)", "('127.0.0.1', N)")
LOST = "lost-lines: what came in another piece than the beginning, or behind the length, is lost"

ERRORS = ("ConnectionHandler talking: Traceback", "ConnectionHandler talking: OSError: Connection read error")


def site(handler: str = "talking", prologue: str = PROLOGUE) -> Site:
    return Site(CONF + handler, FILES, prologue=prologue)


def failing(name: str, error: str) -> Talk:
    return talk(name, f"{name}\n".encode(), log=("ConnectionHandler talking: Traceback", error))


END = "'Connection read error']"
READ_ALL = "read-all: only what is there already is returned, and the rest is lost"
NO_INT = "AssertionError: ConnectionHandler 'talking' returned invalid return code."


def whole(name: str, *pieces: bytes | float, body: str) -> Talk:
    """A talk that loses nothing of its lines here."""
    return talk(name, *pieces, differs={"body": (f"[{body}, {END}", LOST)})


TALKS = (
    talk("echo", b"echo\none\n", SOON, b"two\n", SOON, b"three", log=ERRORS),
    talk("echo in one piece", b"echo\none\ntwo\n\nthree", log=ERRORS),
    talk("lines", b"lines\nab\r\ncd\n", SOON, b"ef\n\n", SOON, b"gh"),
    whole("a line in two pieces", b"lines\nab", SOON, b"cd\nef\n", body=r"b'abcd\n', b'ef\n'"),
    whole("beginnings of lines", b"beginnings\nhello world\nx\n", body=r"b'hell', b'o wo', b'rld\n', b'x\n'"),
    talk("a long line", b"sizes\n", SOON, b"x" * 7000 + b"\n"),
    whole("a line without an end", b"sizes\n", SOON, b"x" * 20000 + b"\ny\n", body="8192, 8192, 3617, 2"),
    talk("pieces", b"pieces\n", SOON, b"ab", SOON, b"cd\nef", SOON),
    talk("read(0)", b"zero\n", SOON, b"ab", SOON, b"cd\nef", SOON),
    talk("what is left of a piece", b"pieces\nab", SOON, b"cd", SOON),
    talk("read(10)", b"tens\n", SOON, b"abcd", SOON, b"efghijklmnop", SOON, b"qr", SOON),
    talk(
        "read(-1)",
        *(b"everything\nab", SOON, b"cd\n", SOON, b"ef"),
        differs={"body": (rf"[b'abcd\nef', {END}", READ_ALL)},
    ),
    talk("read(-1) of nothing", b"everything\n", SOON),
    talk("nothing to read", b"pieces\n"),
    talk("members", b"members\n", tidy=PORTS),
    talk("changes", b"changes\n"),
    talk("writes", b"writes\n"),
    talk("logs", b"logs\n", log=("an error", "a warning", "some information")),
    talk("options", b"options\n"),
    talk("status", b"status\n"),
    talk("done", b"done\n"),
    failing("true", NO_INT),
    failing("none", NO_INT),
    failing("raises", "ConnectionHandler talking: ValueError: on purpose"),
    failing("exits", "ConnectionHandler talking: SystemExit: 3"),
    failing("server_return", "SERVER_RETURN: 0"),
    failing("absent", "ConnectionHandler talking: KeyError: 'absent'"),
    talk("declines", b"declines\n", then=get("/page.txt")),
)

FAILS = {
    "no such module": ("absent", "ModuleNotFoundError: No module named 'absent'"),
    "no such function": ("talking::absent", "contains no 'absent'"),
}

CASES = (
    Case("talks", site(), TALKS),
    Case("a function", site("talking::done"), (talk("done", b"x"),)),
    Case("a method", site("talking::method.called"), (talk("called", b"x\n"),)),
    Case("the first of two", site("talking::done talking::status"), (talk("done", b"x"),)),
    Case("silence", site(prologue=PROLOGUE.replace("Timeout 5", "Timeout 1")), (talk("silent", b"silent\n", 1.5),)),
    Case(
        "another interpreter",
        replace(site(), conf=CONF + "talking\nPythonInterpreter named\nPythonDebug On"),
        (talk("members", b"members\n", tidy=PORTS), failing("raises", "ValueError: on purpose")),
    ),
    Case(
        "with an extension",
        site("talking | .x"),
        (get("/page.txt"),),
        starts=(False, "connection-extension: it is a handler for nothing"),
    ),
    *(
        Case(name, site(handler), (talk("one", b"x", log=(f"ConnectionHandler {handler}: Traceback", error)),))
        for name, (handler, error) in FAILS.items()
    ),
)
