"""mod_python.util (manual 4.6)."""

from modpy_wsgi.util import Field as Field
from modpy_wsgi.util import FieldStorage as FieldStorage
from modpy_wsgi.util import StringField as StringField
from modpy_wsgi.util import apply_fs_data as apply_fs_data
from modpy_wsgi.util import parse_qs as parse_qs
from modpy_wsgi.util import parse_qsl as parse_qsl
from modpy_wsgi.util import readBlockSize as readBlockSize
from modpy_wsgi.util import redirect as redirect
