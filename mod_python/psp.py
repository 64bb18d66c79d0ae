"""The handler mod_python.psp and the classes beside it (manual of mod_python 3.1).

What stands here every page finds, as in the original, whether it imports it or not.
"""

import dbm as dbm
import marshal as marshal
import os as os
import sys as sys
import tempfile as tempfile
import types as types
from html import escape as escape

import _apache as _apache
from mod_python import _psp as _psp
from mod_python import apache as apache
from mod_python import util as util
from modpy_wsgi.psp.handler import handler as handler
from modpy_wsgi.psp.handler import parse as parse
from modpy_wsgi.psp.handler import parsestring as parsestring
from modpy_wsgi.psp.page import PSP as PSP
from modpy_wsgi.psp.page import PSPInterface as PSPInterface
