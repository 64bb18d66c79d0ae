"""mod_python.httpdconf: see modpy_wsgi.httpdconf and modpy_wsgi.basic_config."""

from modpy_wsgi.basic_config import write_basic_config as write_basic_config
from modpy_wsgi.httpdconf import *
from modpy_wsgi.httpdconf import __all__ as _names
from modpy_wsgi.httpdconf import __getattr__ as __getattr__

__all__ = [*_names, "write_basic_config"]
