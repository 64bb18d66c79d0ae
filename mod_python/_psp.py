"""mod_python._psp, the parser of pages, which some applications import."""

from modpy_wsgi.psp.handler import parse as parse
from modpy_wsgi.psp.handler import parsestring as parsestring
