"""A site whose pages show, set and sign cookies; for the subject cookies."""

from .paged import HANDLER, paged

PAGE = """
    from mod_python import Cookie, apache

    def _text(value):
        return repr(value)

    def _show(req, cookies):
        for name in sorted(cookies):
            cookie = cookies[name]
            req.write("%r=%r %s\\n" % (name, cookie.value, type(cookie).__name__), 0)

    def _parsed(req):
        _show(req, Cookie.get_cookies(req))

    def _one(req):
        cookie = Cookie.get_cookie(req, req.args or "a")
        req.write("None" if cookie is None else "%r=%r" % (cookie.name, cookie.value), 0)

    def _named(req):
        _show(req, Cookie.get_cookies(req, names=["a", "c"]))

    def _class(req):
        class Mine(Cookie.Cookie):
            def shout(self):
                return self.value.upper()
        cookies = Cookie.get_cookies(req, Mine)
        for name in sorted(cookies):
            req.write("%s %s\\n" % (type(cookies[name]).__name__, cookies[name].shout()), 0)

    def _set(req):
        Cookie.add_cookie(req, "a", "1")
        req.write("set", 0)

    def _attributes(req):
        Cookie.add_cookie(req, "a", "1", path="/x", domain=".oracle.test", secure=1, comment="c c", version=1,
                          max_age=60, httponly=1, samesite="Lax", discard=1, port="80")
        req.write("set", 0)

    def _upper(req):
        Cookie.add_cookie(req, "a", "1", PATH="/x", Secure=0, HttpOnly=False)
        req.write("set", 0)

    def _comment_url(req):
        cookie = Cookie.Cookie("a", "1")
        cookie.commentURL = "http://x/"
        Cookie.add_cookie(req, cookie)

    def _comment_url_given(req):
        Cookie.add_cookie(req, "a", "1", commentURL="http://x/")

    def _expires(req):
        for value in (0, 1, 1e9, 4102444800, 946684800.9, "Wed, 09-Nov-1999 23:12:40 GMT", "wed, 9-nov-1999 1:2:3 gmt"):
            Cookie.add_cookie(req, Cookie.Cookie("a", "1", expires=value))
        for value in ("Wed, 09 Nov 1999 23:12:40 GMT", "soon", "", "Wed, 31-Feb-1999 23:12:40 GMT",
                      "Wed, 09-Nov-1999 24:12:40 GMT", "Wed, 09-Nov-1999 23:12:61 GMT", "Wed, 09-Nov-99 23:12:40 GMT",
                      "Wed,  09-Nov-1999  23:12:40 GMT", "Mon, 09-Nov-1999 23:12:40 GMT",
                      " Wed, 09-Nov-1999 23:12:40 GMT", "Wed, 29-Feb-2000 23:12:40 GMT",
                      "Wed, 29-Feb-1900 23:12:40 GMT", "Wed, 09-Nov-1999 23:12:40 UTC"):
            try:
                cookie = Cookie.Cookie("a", "1", expires=value)
                req.write("%s\\n" % cookie.expires, 0)
            except ValueError as error:
                req.write("ValueError %s\\n" % error, 0)
        cookie = Cookie.Cookie("a", "1")
        req.write("%s " % hasattr(cookie, "expires"), 0)
        cookie.expires = 10
        req.write("%s %s" % (cookie.expires, hasattr(cookie, "expires")), 0)

    def _unknown(req):
        cookie = Cookie.Cookie("a", "1")
        for name in ("foo", "Path", "max-age", "__dict__", "samesite", "name", "value"):
            try:
                setattr(cookie, name, "x")
                req.write("%s set\\n" % name, 0)
            except AttributeError:
                req.write("%s AttributeError\\n" % name, 0)
        for name in ("foo", "path", "secure", "expires"):
            req.write("%s %s\\n" % (name, hasattr(cookie, name)), 0)
        try:
            Cookie.Cookie("a", "1", foo=1)
        except AttributeError:
            req.write("no foo\\n", 0)
        class Mine(Cookie.Cookie):
            pass
        mine = Mine("a", "1")
        try:
            mine.foo = 1
            req.write("mine set\\n", 0)
        except AttributeError:
            req.write("mine AttributeError\\n", 0)
        req.write("%s %r %r\\n" % (mine, mine, cookie), 0)
        req.write("%s\\n" % (Cookie.Cookie._valid_attr,), 0)
        req.write("%s %s\\n" % (isinstance(mine, Cookie.Cookie), issubclass(Cookie.SignedCookie, Cookie.Cookie)), 0)
        req.write("%s %s %s\\n" % (Cookie.Cookie.DOWNGRADE, Cookie.SignedCookie.IGNORE, Cookie.Cookie.EXCEPTION), 0)
        req.write("%s\\n" % Cookie.CookieError.__mro__[1].__name__, 0)

    def _twice(req):
        Cookie.add_cookie(req, "a", "1")
        Cookie.add_cookie(req, Cookie.Cookie("b", "2"))
        req.write("%s\\n" % (req.headers_out["Set-Cookie"],), 0)

    def _cached(req):
        req.headers_out["Cache-Control"] = "max-age=60"
        Cookie.add_cookie(req, "a", "1")

    def _odd(req):
        Cookie.add_cookie(req, "a", 5)
        Cookie.add_cookie(req, "b", "x y, z")
        Cookie.add_cookie(req, "c", '"quoted"')
        Cookie.add_cookie(req, "d")
        Cookie.add_cookie(req, "e", "1=2=3")
        Cookie.add_cookie(req, "$f", "%41+")
        Cookie.add_cookie(req, "g", "tab\\there")

    def _fails(req):
        Cookie.add_cookie(req, "a", "1")
        raise apache.SERVER_RETURN(404)

    def _evil(req):
        for name, value, attributes in (
            ("a", "1\\r\\nX-Evil: 1", {}), ("a", "1\\nX-Evil: 1", {}), ("a", "x\\0y", {}), ("a", "1; secure", {}),
            ("a\\r\\nX-Evil: 1", "1", {}), ("a;b", "1", {}), ("a=b", "1", {}), ("", "1", {}),
            ("a", "1", {"path": "/; domain=evil"}), ("a", "1", {"comment": "x\\r\\ny"}),
            ("__Host-a", "1", {}), ("__Host-a", "1", {"secure": 1, "path": "/x"}),
            ("__Host-a", "1", {"secure": 1, "path": "/", "domain": "x.test"}), ("__Secure-a", "1", {}),
            ("__host-a", "1", {"path": "/"}),
        ):
            try:
                text = str(Cookie.Cookie(name, value, **attributes))
                req.write("%r\\n" % text, 0)
            except Cookie.CookieError as error:
                req.write("CookieError %s\\n" % error, 0)

    def _prefixes(req):
        Cookie.add_cookie(req, "__Host-a", "1", secure=1, path="/")
        Cookie.add_cookie(req, "__Secure-a", "1", secure=1, path="/x", domain="oracle.test")

    def _parse(req):
        for header in req.read().decode().split("|"):
            cookies = Cookie.Cookie.parse(header)
            req.write("%s\\n" % sorted([(name, cookies[name].name, cookies[name].value) for name in cookies]), 0)

    def _sign(req):
        Cookie.add_cookie(req, Cookie.SignedCookie("a", "b", "secret"))

    def _signed(req):
        mode = int(req.args or 0)
        try:
            _show(req, Cookie.get_cookies(req, Cookie.SignedCookie, secret="secret", mismatch=mode))
        except Cookie.CookieError:
            req.write("CookieError", 0)

    def _marshal(req):
        Cookie.add_cookie(req, Cookie.MarshalCookie("a", {1: 2}, "secret"))

    def _marshalled(req):
        try:
            cookies = Cookie.get_cookies(req, Cookie.MarshalCookie, secret="secret", mismatch=int(req.args or 0))
        except Cookie.CookieError:
            req.write("CookieError", 0)
        else:
            _show(req, cookies)

    def _no_secret(req):
        try:
            Cookie.add_cookie(req, Cookie.SignedCookie("a", "b"))
        except Cookie.CookieError as error:
            req.write("CookieError %s" % error, 0)
"""
FILES = {"htdocs/page.py": PAGE + HANDLER}
SITE = paged(files=FILES)
SITE_MD5 = paged("modpy_wsgi.cookie.signature md5", files=FILES)
SITE_SHA256 = paged("modpy_wsgi.cookie.signature sha256", files=FILES)
