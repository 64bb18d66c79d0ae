"""mod_python.Session: see modpy_wsgi.session."""

from modpy_wsgi.session import BaseSession as BaseSession
from modpy_wsgi.session import DbmSession as DbmSession
from modpy_wsgi.session import FileSession as FileSession
from modpy_wsgi.session import MemorySession as MemorySession
from modpy_wsgi.session import RedisSession as RedisSession
from modpy_wsgi.session import Session as Session
from modpy_wsgi.session.base import unlock_session_cleanup as unlock_session_cleanup
from modpy_wsgi.session.dbm import dbm_cleanup as dbm_cleanup
from modpy_wsgi.session.files import filesession_cleanup as filesession_cleanup
from modpy_wsgi.session.memory import mem_cleanup as mem_cleanup
from modpy_wsgi.session.names import CLEANUP_CHANCE as CLEANUP_CHANCE
from modpy_wsgi.session.names import COOKIE_NAME as COOKIE_NAME
from modpy_wsgi.session.names import DFT_CLEANUP_TIME_LIMIT as DFT_CLEANUP_TIME_LIMIT
from modpy_wsgi.session.names import DFT_FAST_CLEANUP as DFT_FAST_CLEANUP
from modpy_wsgi.session.names import DFT_GRACE_PERIOD as DFT_GRACE_PERIOD
from modpy_wsgi.session.names import DFT_LOCK as DFT_LOCK
from modpy_wsgi.session.names import DFT_TIMEOUT as DFT_TIMEOUT
from modpy_wsgi.session.names import DFT_VERIFY_CLEANUP as DFT_VERIFY_CLEANUP
from modpy_wsgi.session.names import TMP_DIR as TMP_DIR
from modpy_wsgi.session.names import true_or_false as true_or_false

tempdir = TMP_DIR
