"""Sites with sessions, of the kind that people had: logins, pages, classes of their own, several phases."""

from dataclasses import replace

from ..paged import HANDLER, paged
from ..request import get
from ..site import Folder, Site
from . import Case
from .sessions import OPTIONS, asked

KIND = "\n        ".join(f"PythonOption {option}" for option in OPTIONS["file"])
JIM = {"Authorization": "Basic amltOngK"}
PUBLISHER = """
    from mod_python import Session, apache, util

    def _session(req):
        if not hasattr(req, "session"):
            req.session = Session.Session(req)
        return req.session

    def index(req):
        session = _session(req)
        if "user" not in session:
            util.redirect(req, "/site.py/login")
        session["seen"] = session.get("seen", 0) + 1
        session.save()
        return "Hello %s, %d" % (session["user"], session["seen"])

    def login(req, user=None, password=None):
        session = _session(req)
        if user and password == "eggs":
            session["user"] = user
            session.set_timeout(60)
            session.save()
            util.redirect(req, "/site.py")
        return "<form method=post>new: %s</form>" % session.is_new()

    def logout(req):
        session = _session(req)
        session.invalidate()
        return "bye %s" % sorted(session)

    def again(req):
        session = _session(req)
        session.invalidate()
        session.unlock()
        del req.session
        fresh = _session(req)
        fresh["user"] = "fresh"
        fresh.save()
        return "%s %s" % (fresh.is_new(), fresh.id() != session.id())

    def raises(req):
        _session(req)["lost"] = 1
        raise ValueError("with a session")

    def forbidden(req):
        session = _session(req)
        session["denied"] = 1
        session.save()
        raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)

    def shown(req):
        return sorted(_session(req).items())

    class Basket:
        def add(self, req, what):
            session = _session(req)
            session.setdefault("basket", []).append(what)
            session.save()
            return " ".join(session["basket"])

    basket = Basket()
"""
LOGIN = Case(
    "a login in the publisher",
    Site(
        f"""
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler mod_python.publisher
        PythonDebug Off
        {KIND}
    </Directory>
    """,
        {"htdocs/site.py": PUBLISHER, "sessions": Folder(0o777)},
    ),
    [
        asked("/site.py"),
        asked("/site.py/login"),
        asked("/site.py/login?user=jim&password=spam"),
        asked("/site.py/login?user=jim&password=eggs"),
        asked("/site.py", name="in"),
        asked("/site.py", name="in again"),
        asked("/site.py", "b"),
        asked("/site.py/basket/add?what=ham"),
        asked("/site.py/basket/add?what=spam"),
        asked("/site.py/shown"),
        asked("/site.py/raises"),
        asked("/site.py/shown", name="not saved"),
        asked("/site.py/forbidden"),
        asked("/site.py/shown", name="saved"),
        asked("/site.py/again"),
        asked("/site.py/shown", name="fresh"),
        asked("/site.py/logout"),
        asked("/site.py/shown", name="out"),
    ],
)
PAGES = {
    "htdocs/count.psp": """
<%
session["n"] = session.get("n", 0) + 1
%>n: <%= session["n"] %> new: <%= session.is_new() %>
""",
    "htdocs/raises.psp": """
<%
session["n"] = session.get("n", 0) + 100
raise ValueError("in a page")
%>
""",
    "htdocs/out.psp": """
<%
session.invalidate()
%>out: <%= len(session) %>
""",
    "htdocs/none.psp": "no session here",
    "htdocs/named.psp": """
<%
if hasattr(req, "session"):
    req.write("has one ")
# end
%>n: <%= session.get("n") %>
""",
    "htdocs/own.py": """
    from mod_python import Session, apache, psp

    def handler(req):
        req.content_type = "text/plain"
        req.session = Session.Session(req)
        req.session["n"] = 1000
        page = psp.PSP(req, filename="named.psp")
        page.run()
        return apache.OK
""",
    "sessions": Folder(0o777),
}
PSP = Case(
    "sessions in pages",
    Site(
        f"""
    <Directory "@ROOT@/htdocs">
        AddHandler mod_python .psp .own
        PythonHandler mod_python.psp | .psp
        PythonHandler own | .own
        PythonDebug Off
        {KIND}
    </Directory>
    """,
        {**PAGES, "htdocs/a.own": ""},
    ),
    [
        asked("/count.psp"),
        asked("/count.psp"),
        asked("/raises.psp"),
        asked("/count.psp"),
        asked("/none.psp", "b"),
        asked("/named.psp"),
        asked("/a.own"),
        asked("/count.psp"),
        asked("/out.psp"),
        asked("/count.psp"),
    ],
)
OWN = """
    import os, pickle, time
    from mod_python import Session, apache, util, Cookie

    FOLDER = "@ROOT@/sessions/"

    class Shelf(Session.BaseSession):
        # the way of the manual's example
        def __init__(self, req, sid=0, secret=None, timeout=0, lock=1):
            self._where = FOLDER
            Session.BaseSession.__init__(self, req, sid=sid, secret=secret, timeout=timeout, lock=lock)

        def _path(self):
            return os.path.join(self._where, self._sid)

        def do_load(self):
            if not os.path.exists(self._path()):
                return None
            with open(self._path(), "rb") as file:
                return pickle.load(file)

        def do_save(self, dict):
            with open(self._path(), "wb") as file:
                pickle.dump(dict, file)

        def do_delete(self):
            if os.path.exists(self._path()):
                os.unlink(self._path())

        def do_cleanup(self):
            self._req.register_cleanup(swept, self._req)
            self._req.log_error("Shelf: registered", apache.APLOG_NOTICE)

    def _tell(name, text):
        with open(FOLDER + name, "a") as file:
            file.write(text)

    def _told(name):
        with open(FOLDER + name) as file:
            return file.read()

    def swept(req):
        _tell("swept", "x")

    class Positional(Shelf):
        def __init__(self, req, sid=0, secret=None):
            self._where = FOLDER
            Session.BaseSession.__init__(self, req, sid, secret, 0, 90)

    class Locked(Shelf):
        def lock(self):
            self._told = getattr(self, "_told", []) + ["lock"]
            Session.BaseSession.lock(self)

        def unlock(self):
            self._told.append("unlock")
            Session.BaseSession.unlock(self)

        def init_lock(self):
            self._told = ["init_lock"]

        def make_cookie(self):
            cookie = Session.BaseSession.make_cookie(self)
            cookie.path = "/mine"
            cookie.httponly = 1
            return cookie

    class Named(Session.MemorySession):
        def __init__(self, req, **how):
            Session.MemorySession.__init__(self, req, **how)
            self.user = self.get("user")

        def login(self, user):
            self.user = self["user"] = user
            self.save()

    def _say(req, *words):
        req.write(" ".join([str(word) for word in words]) + "\\n", 0)

    def _shelf(req):
        session = Shelf(req)
        session["n"] = session.get("n", 0) + 1
        session.save()
        session.cleanup()
        _say(req, session["n"], session.is_new(), session.timeout(), session._locked, session._lock)

    def _swept(req):
        _say(req, _told("swept"))

    def _positional(req):
        session = Positional(req)
        session.save()
        _say(req, session.timeout(), session._lock, session._locked)

    def _locked(req):
        session = Locked(req, timeout=5)
        session.unlock()
        session.lock()
        session.unlock()
        session.unlock()
        _say(req, session._told, session._locked, session.timeout())

    def _named(req):
        session = Named(req, timeout=30)
        if not session.user:
            session.login("jim")
        _say(req, session.user, session.timeout(), session.is_new())

    def _raw(req):
        session = Shelf(req, lock=0)
        session.lock()
        _say(req, session._locked, session._lock)
        session.unlock()
        _say(req, session._locked, sorted(session.do_load() or ()))

    def _late(req):
        session = Shelf(req)
        session["late"] = session.get("late", 0) + 1
        req.register_cleanup(_save_late, session)
        _say(req, session["late"])

    def _save_late(session):
        _tell("late", "%s\\n" % session._locked)
        session.save()

    def _late_shown(req):
        _say(req, _told("late"))

    def _iterated(req):
        session = Shelf(req)
        session.clear()
        session["a"] = 1
        session["b"] = {"c": [1]}
        session["b"]["c"].append(2)
        del session["a"]
        session.save()
        session.load()
        _say(req, [name for name in session], dict(session), session.copy(), repr(session), str(session))
        _say(req, bool(session), len(session), session == {"b": {"c": [1, 2]}}, session.pop("b"), session.get("b", 5))

    def _passed(req):
        for how in ({}, {"lock": 0}, {"timeout": 7}, {"secret": None}, {"sid": 0}, {"sid": None}, {"sid": ""}):
            session = Session.Session(req, **how)
            _say(req, sorted(how.items()), session.timeout(), session._lock, session._locked, session._new)
            session.unlock()

    def _saved_locked(req):
        session = Session.Session(req, 0, None, 25, 0)
        session.save()
        _say(req, session.timeout(), session._lock)

    def _accessed(req):
        session = Session.Session(req)
        first = session.last_accessed()
        session.save()
        _say(req, first == session.last_accessed(), session.created() <= first, session.timeout())

    def _headers(req):
        session = Session.Session(req)
        Cookie.add_cookie(req, "other", "1")
        _say(req, len(req.headers_out.get("Set-Cookie", "")) > 0, "Cache-Control" in req.headers_out)

    def _sent(req):
        req.write("early\\n")
        session = Session.Session(req)
        session.save()
        _say(req, session.is_new())

"""
CLASSES = Case(
    "classes of the site",
    paged(*OPTIONS["file"], files={"htdocs/page.py": OWN + HANDLER, "sessions": Folder(0o777)}),
    [
        asked("/shelf"),
        asked("/shelf"),
        asked("/swept"),
        asked("/positional"),
        asked("/locked", "b"),
        asked("/named", "c"),
        asked("/named", "c"),
        asked("/raw"),
        asked("/raw", "d"),
        asked("/late", "e"),
        asked("/late", "e"),
        asked("/late_shown", "e"),
        asked("/iterated", "f"),
        asked("/saved_locked", "h"),
        asked("/passed", "h"),
        asked("/accessed", "i"),
        asked("/accessed", "i"),
        asked("/headers", "j"),
        asked("/headers", "j"),
        asked("/sent", "k"),
        asked("/sent", "k"),
    ],
)
PHASES = """
    from mod_python import Session, apache, util

    def authenhandler(req):
        req.get_basic_auth_pw()
        req.session = Session.Session(req)
        if req.user == "jim":
            req.session["user"] = req.user
            return apache.OK
        req.session.unlock()
        return apache.HTTP_UNAUTHORIZED

    def fixuphandler(req):
        req.session["fixups"] = req.session.get("fixups", 0) + 1
        return apache.OK

    def handler(req):
        req.content_type = "text/plain"
        req.write("%s" % sorted(req.session.items()), 0)
        req.session.save()
        req.session.unlock()
        if req.uri.endswith("/inner"):
            req.internal_redirect("/other/shown")
        return apache.OK

    def other(req):
        req.content_type = "text/plain"
        session = Session.Session(req)
        session["others"] = session.get("others", 0) + 1
        session.save()
        session.unlock()  # the original keeps that of a page that is redirected to
        req.write("%s %s" % (req.uri, sorted(session.items())), 0)
        return apache.OK

    def denied(req):
        session = Session.Session(req)
        session["denied"] = session.get("denied", 0) + 1
        session.save()
        session.unlock()
        return apache.HTTP_FORBIDDEN

    def plain(req):
        req.content_type = "text/plain"
        req.write("filtered", 0)
        return apache.OK

    def loghandler(req):
        session = Session.Session(req, lock=0)  # of the original's 8 locks it could be the one that is held
        session["logged"] = session.get("logged", 0) + 1
        session.save()
        return apache.OK

    def outputfilter(filter):
        if not hasattr(filter.req, "counted"):
            session = Session.Session(filter.req)
            session["passed"] = session.get("passed", 0) + 1
            session.save()
            session.unlock()
            filter.req.counted = 1
            filter.write("%d " % session["passed"])
        text = filter.read()
        while text:
            filter.write(text)
            text = filter.read()
        if text is None:
            filter.close()
"""
STEPS = Case(
    "several phases",
    Site(
        f"""
    <Directory "@ROOT@/htdocs">
        PythonDebug Off
        PythonPath "['@ROOT@/htdocs'] + sys.path"
        {KIND}
        PythonOption mod_python.session.application_path /
    </Directory>
    <Directory "@ROOT@/htdocs/guarded">
        SetHandler mod_python
        AuthType Basic
        AuthName site
        AuthBasicProvider file
        Require valid-user
        PythonAuthenHandler steps
        PythonFixupHandler steps
        PythonHandler steps
        PythonLogHandler steps
    </Directory>
    <Directory "@ROOT@/htdocs/other">
        SetHandler mod_python
        PythonHandler steps::other
    </Directory>
    <Directory "@ROOT@/htdocs/denied">
        SetHandler mod_python
        PythonHandler steps::denied
        ErrorDocument 403 /other/error
    </Directory>
    <Directory "@ROOT@/htdocs/filtered">
        SetHandler mod_python
        PythonHandler steps::plain
        PythonOutputFilter steps COUNTED
        SetOutputFilter COUNTED
    </Directory>
    """,
        {
            "htdocs/steps.py": PHASES,
            "htdocs/guarded/a.txt": "",
            "htdocs/other/a.txt": "",
            "htdocs/denied/a.txt": "",
            "htdocs/filtered/a.txt": "",
            "sessions": Folder(0o777),
        },
    ),
    [
        asked("/guarded/a", name="no name"),
        replace(get("/guarded/a", JIM, name="jim"), jar="a"),
        replace(get("/guarded/a", JIM, name="jim again"), jar="a"),
        replace(get("/guarded/inner", JIM, name="jim within"), jar="a"),
        asked("/other/a"),
        asked("/denied/a"),
        asked("/denied/a"),
        asked("/filtered/a.txt", "b"),
        asked("/filtered/a.txt", "b"),
        asked("/filtered/a.txt"),
    ],
)
CASES = (LOGIN, PSP, CLASSES, STEPS)
