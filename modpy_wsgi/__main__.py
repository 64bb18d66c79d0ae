"""`python -m modpy_wsgi` is `modpy-wsgi`."""

import sys

from .cli import main

sys.exit(main())
