"""_apache, the C half of mod_python, as applications import it: re-exports only, see modpy_wsgi.apache."""

from modpy_wsgi._fast.query import parse_qs, parse_qsl
from modpy_wsgi.apache import (
    SERVER_RETURN,
    config_tree,
    exists_config_define,
    log_error,
    mpm_query,
    server_root,
    stat,
    table,
)
from modpy_wsgi.apache import register_server_cleanup as register_cleanup
from modpy_wsgi.constants import (
    AP_CONN_CLOSE,
    AP_CONN_KEEPALIVE,
    AP_CONN_UNKNOWN,
    APR_BLK,
    APR_CHR,
    APR_DIR,
    APR_LNK,
    APR_NOFILE,
    APR_PIPE,
    APR_REG,
    APR_SOCK,
    APR_UNKFILE,
    MODULE_MAGIC_NUMBER_MAJOR,
    MODULE_MAGIC_NUMBER_MINOR,
)
from modpy_wsgi.global_locks import global_lock as _global_lock
from modpy_wsgi.global_locks import global_trylock as _global_trylock
from modpy_wsgi.global_locks import global_unlock as _global_unlock

__all__ = [
    "APR_BLK",
    "APR_CHR",
    "APR_DIR",
    "APR_LNK",
    "APR_NOFILE",
    "APR_PIPE",
    "APR_REG",
    "APR_SOCK",
    "APR_UNKFILE",
    "AP_CONN_CLOSE",
    "AP_CONN_KEEPALIVE",
    "AP_CONN_UNKNOWN",
    "MODULE_MAGIC_NUMBER_MAJOR",
    "MODULE_MAGIC_NUMBER_MINOR",
    "SERVER_RETURN",
    "_global_lock",
    "_global_trylock",
    "_global_unlock",
    "config_tree",
    "exists_config_define",
    "log_error",
    "mpm_query",
    "parse_qs",
    "parse_qsl",
    "register_cleanup",
    "server_root",
    "stat",
    "table",
]
