"""mod_python.Cookie: see modpy_wsgi.cookies."""

from modpy_wsgi.cookies import Cookie as Cookie
from modpy_wsgi.cookies import CookieError as CookieError
from modpy_wsgi.cookies import MarshalCookie as MarshalCookie
from modpy_wsgi.cookies import SignedCookie as SignedCookie
from modpy_wsgi.cookies import add_cookie as add_cookie
from modpy_wsgi.cookies import get_cookie as get_cookie
from modpy_wsgi.cookies import get_cookies as get_cookies
from modpy_wsgi.cookies import metaCookie as metaCookie
