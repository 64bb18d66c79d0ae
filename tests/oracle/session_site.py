"""A site whose pages use sessions of every kind; for the subject sessions."""

from .paged import HANDLER, paged
from .site import Folder, Site

PAGE = """
    import time
    from mod_python import Session, apache, util

    def _say(req, *words):
        req.write(" ".join([str(word) for word in words]) + "\\n", 0)

    def _shown(req, session):
        _say(req, session.id(), session.is_new(), sorted(session.items()))

    def _count(req):
        session = Session.Session(req)
        session["n"] = session.get("n", 0) + 1
        session.save()
        _shown(req, session)

    def _show(req):
        _shown(req, Session.Session(req))

    def _forget(req):
        session = Session.Session(req)
        session["lost"] = 1
        _shown(req, session)

    def _kinds(req):
        session = Session.Session(req)
        session["text"] = "caf\\u00e9 \\U0001f40d"
        session["bytes"] = b"\\x00\\xff"
        session["number"] = 10 ** 40
        session["float"] = 1.5
        session["tuple"] = (1, [2, {"a": None}])
        session["set"] = frozenset([1])
        session[1] = True
        session[(1, 2)] = "tuple key"
        session.save()
        for name in sorted(session, key=str):
            _say(req, repr(name), type(session[name]).__name__)

    def _kinds_again(req):
        session = Session.Session(req)
        for name in sorted(session, key=str):
            _say(req, repr(name), repr(session[name]))

    def _type(req):
        session = Session.Session(req)
        _say(req, type(session).__name__, isinstance(session, Session.BaseSession), isinstance(session, dict))
        _say(req, Session.COOKIE_NAME, Session.DFT_TIMEOUT, Session.DFT_LOCK, Session.CLEANUP_CHANCE)

    def _times(req):
        now = time.time()
        session = Session.Session(req)
        if not session.is_new():
            _say(req, "older", session.created() < now)
        _say(req, abs(session.created() - now) < 5, abs(session.last_accessed() - now) < 5, session.timeout())
        _say(req, session.is_new(), type(session.is_new()).__name__, type(session.created()).__name__)
        session.save()

    def _timeout(req):
        session = Session.Session(req, timeout=100)
        _say(req, session.timeout())
        session.set_timeout(200)
        _say(req, session.timeout())
        session.save()

    def _timeout_again(req):
        session = Session.Session(req, timeout=300)
        _say(req, session.is_new(), session.timeout())

    def _short(req):
        session = Session.Session(req, timeout=1)
        session["a"] = 1
        session.save()
        _shown(req, session)

    def _wait(req):
        time.sleep(1.3)

    def _invalidate(req):
        session = Session.Session(req)
        session["a"] = 1
        session.save()
        session.invalidate()
        session.save()
        _shown(req, session)

    def _delete(req):
        session = Session.Session(req)
        session.delete()
        _shown(req, session)

    def _delete_and_save(req):
        session = Session.Session(req)
        session.delete()
        session["after"] = 1
        session.save()
        _shown(req, session)

    def _reload(req):
        session = Session.Session(req)
        session["unsaved"] = 1
        _say(req, session.load())
        _shown(req, session)

    def _by_sid(req):
        session = Session.Session(req, req.args)
        _shown(req, session)

    def _bad_sid(req):
        for sid in ("x", "../../../etc/passwd", "0" * 31, "0" * 33, "0" * 32 + "\\n", "A" * 32, "g" * 32,
                    "\\0" * 32, b"0" * 32, 5):
            try:
                session = Session.Session(req, sid)
                _say(req, "taken")
                session.unlock()
            except (ValueError, TypeError) as error:
                _say(req, type(error).__name__)

    def _unlock(req):
        session = Session.Session(req)
        session.unlock()
        session.unlock()
        session.lock()
        session.unlock()
        session["a"] = 1
        session.save()
        _shown(req, session)

    def _no_lock(req):
        first = Session.Session(req, lock=0)
        second = Session.Session(req, lock=0)
        first["a"] = 1
        first.save()
        second["b"] = 2
        second.save()
        _say(req, sorted(first.items()), sorted(second.items()))

    def _signed(req):
        session = Session.Session(req, secret="secret")
        session["n"] = session.get("n", 0) + 1
        session.save()
        _shown(req, session)

    def _dict(req):
        session = Session.Session(req)
        session.update({"a": 1, "b": 2})
        session.setdefault("c", 3)
        session.pop("b")
        _say(req, "a" in session, "b" in session, len(session), session.get("x"), sorted(session.keys()))
        _say(req, type(session.copy()).__name__, session == {"a": 1, "c": 3}, bool(session))
        try:
            session["nothing"]
        except KeyError as error:
            _say(req, "KeyError", error)
        session.save()

    def _fails(req):
        session = Session.Session(req)
        session["a"] = 1
        session.save()
        raise apache.SERVER_RETURN(404)

    def _raises(req):
        session = Session.Session(req)
        session["a"] = 1
        session.save()
        raise ValueError("with the session locked")

    def _redirect(req):
        session = Session.Session(req)
        session["a"] = session.get("a", 0) + 1
        session.save()
        session.unlock()
        util.redirect(req, "/show")

    def _file_options(req):
        session = Session.FileSession(req, fast_cleanup=False, verify_cleanup=True)
        session.cleanup()
        _say(req, type(session).__name__, session._fast_cleanup, session._verify_cleanup)

    def _cleanup(req):
        session = Session.Session(req)
        session.save()
        session.cleanup()
        _shown(req, session)

    def _attributes(req):
        session = Session.Session(req)
        for name in ("_req", "_sid", "_secret", "_lock", "_new", "_created", "_accessed", "_timeout", "_locked",
                     "_invalid"):
            _say(req, name, type(getattr(session, name)).__name__)

    def _make_cookie(req):
        session = Session.Session(req)
        _say(req, session.make_cookie())
        _say(req, type(session.make_cookie()).__name__)

    class Own(Session.BaseSession):
        kept = {}
        told = []

        def do_load(self):
            self.told.append("load")
            return self.kept.get(self._sid)

        def do_save(self, dict):
            self.told.append("save %s" % sorted(dict))
            self.kept[self._sid] = dict

        def do_delete(self):
            self.told.append("delete")
            self.kept.pop(self._sid, None)

        def do_cleanup(self):
            self.told.append("cleanup")

    def _own(req):
        session = Own(req)
        session["n"] = session.get("n", 0) + 1
        session.save()
        session.cleanup()
        _shown(req, session)
        if session["n"] == 3:
            session.invalidate()
        _say(req, ", ".join(Own.told))
        del Own.told[:]

    def _order(req):
        session = Session.BaseSession.__init__.__code__.co_varnames[:6]
        _say(req, *session)
"""
FILES = {
    "htdocs/page.py": PAGE + HANDLER,
    "htdocs/sub/deep/page.py": "",
    "elsewhere/page.py": PAGE + HANDLER,
    "sessions": Folder(0o777),
    "others": Folder(0o777),
}


def with_options(*options: str, more: str = "") -> Site:
    """The site with PythonOptions."""
    return paged(*options, files=FILES, more=more)
