"""The way to Redis (or Valkey), where PythonOptions name one: for sessions, and for locks across machines.

Law: one client for each place and process. A connection that broke is made anew, also to another machine after a
failover; what cannot be done after a few tries is Gone. No password gets into a message.

    modpy_wsgi.redis.url        redis://[[user]:password@]host[:port][/db], rediss:// or unix://
    modpy_wsgi.redis.sentinels  host:port,host:port...; then the URL's host is the name that the sentinels know
    modpy_wsgi.redis.prefix     what all keys begin with (modpy:)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from .errors import ConfigError
from .locks import lock

__all__ = ["PREFIX_OPTION", "URL_OPTION", "Gone", "Redis", "redis_of"]

URL_OPTION: Final = "modpy_wsgi.redis.url"
SENTINELS_OPTION: Final = "modpy_wsgi.redis.sentinels"
PREFIX_OPTION: Final = "modpy_wsgi.redis.prefix"
PREFIX: Final = "modpy:"

CONNECT_TIMEOUT: Final = 1.0  # seconds
ANSWER_TIMEOUT: Final = 5.0
TRIES: Final = 3  # after the first one, each after a longer pause: they bridge a failover of half a second
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 0.3

T = TypeVar("T")


class Gone(OSError):  # noqa: N818 - what it is
    """Redis cannot be reached, or does not do what it is asked for."""


class Redis:
    """One client. `prefix` is what its keys begin with."""

    def __init__(self, client: Any, prefix: str, errors: tuple[type[Exception], ...]) -> None:
        self.client = client
        self.prefix = prefix
        self._errors = errors

    def script(self, text: str) -> Callable[[list[str], list[Any]], Any]:
        """A function that runs a Lua script with keys and arguments, in one round trip. It raises Gone."""
        registered = self.client.register_script(text)
        return lambda keys, arguments: self.ask(lambda: registered(keys=keys, args=arguments))

    def ask(self, question: Callable[[], T]) -> T:
        """What a question to the client gives. Raises Gone."""
        try:
            return question()
        except self._errors as error:
            raise Gone(f"Redis: {type(error).__name__}: {error}") from error


_clients: dict[tuple[str, str, str], Redis] = {}
_making = lock()


def redis_of(options: Any) -> Redis:
    """The client that options name. Raises ConfigError; nothing is connected yet."""
    url = options.get(URL_OPTION)
    if not url:
        raise ConfigError(f"PythonOption {URL_OPTION} is missing")
    which = (url, options.get(SENTINELS_OPTION) or "", options.get(PREFIX_OPTION) or PREFIX)
    found = _clients.get(which)
    if found is None:
        with _making:
            found = _clients.get(which) or _make(*which)
            _clients[which] = found
    return found


def _make(url: str, sentinels: str, prefix: str) -> Redis:
    try:
        import redis
        from redis.backoff import ExponentialBackoff
        from redis.exceptions import BusyLoadingError, ConnectionError, ReadOnlyError, RedisError, TimeoutError  # noqa: A004
        from redis.retry import Retry
        from redis.sentinel import Sentinel
    except ImportError as error:
        raise ConfigError(f"Redis needs the package redis (pip install 'modpy-wsgi[redis]'): {error}") from None
    again = [BusyLoadingError, ConnectionError, ReadOnlyError, TimeoutError]  # read-only: it was the master, and is not
    settings: dict[str, Any] = {
        "socket_connect_timeout": CONNECT_TIMEOUT,
        "socket_timeout": ANSWER_TIMEOUT,
        "retry": Retry(ExponentialBackoff(cap=LONGEST_PAUSE, base=FIRST_PAUSE), TRIES),
        "retry_on_error": again,
    }
    try:
        if not sentinels:
            client = redis.Redis.from_url(url, **settings)
        else:
            parts = urlsplit(url)
            path = parts.path.strip("/")
            settings.update(username=parts.username, password=parts.password, db=int(path or 0))
            if parts.scheme == "rediss":
                settings["ssl"] = True
            places = [_place(text) for text in sentinels.replace(",", " ").split()]
            sentinel: Any = Sentinel  # it has no types
            client = sentinel(places, socket_timeout=CONNECT_TIMEOUT).master_for(parts.hostname or "", **settings)
    except ValueError as error:
        raise ConfigError(f"PythonOption {URL_OPTION}: {str(error).replace(url, '(the URL)')}") from None
    return Redis(client, prefix, (RedisError, OSError))


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return (host.strip("[]"), int(port)) if host else (text, 26379)
