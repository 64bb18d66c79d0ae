"""The handler mod_python.publisher (manual 6.1), and the functions of it that sites call or replace."""

import sys

from modpy_wsgi.handlers.publisher import REPLACEABLE as REPLACEABLE
from modpy_wsgi.handlers.publisher import handler as handler
from modpy_wsgi.handlers.publisher import replaceable as __getattr__
from modpy_wsgi.handlers.replaceable import Replaceable

sys.modules[__name__].__class__ = Replaceable
