"""The body of a request that the client holds back until the server asks for it (`Expect: 100-continue`).

Law: the client is told to go on when somebody reads, and not before: a request that is refused costs nobody its body.
It is not told once the head of the answer has left, which it would be in the middle of. Whoever never asked for it
closes the connection, because the client may send it all the same (RFC 9110, 10.1.1).
"""

from __future__ import annotations

from typing import Any

__all__ = ["AwaitedBody", "await_body"]

GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


def await_body(req: Any, client: Any) -> None:
    """Take the promise from a request of gunicorn's, which would keep it at once, and leave it to its body."""
    if getattr(req, "_expected_100_continue", False):
        req._expected_100_continue = False
        req.body = AwaitedBody(req, client)


class AwaitedBody:
    """gunicorn's body of a request, behind the word to the client."""

    def __init__(self, req: Any, client: Any) -> None:
        self._req, self._client, self._body = req, client, req.body
        self._closes = req.must_close
        self.response: Any = None  # gunicorn's, once there is one
        req.must_close = True

    def _asked(self) -> Any:
        if self._client is not None:
            if self.response is None or not self.response.headers_sent:
                self._client.sendall(GO_ON)
                self._req.must_close = self._closes
            self._client = None
        return self._body

    def read(self, size: int | None = None) -> bytes:
        """As of any file."""
        return bytes(self._asked().read(size))

    def readline(self, size: int | None = None) -> bytes:
        """As of any file."""
        return bytes(self._asked().readline(size))

    def readlines(self, size: int | None = None) -> list[bytes]:
        """As of any file."""
        return list(self._asked().readlines(size))

    def __iter__(self) -> AwaitedBody:
        return self

    def __next__(self) -> bytes:
        return bytes(next(self._asked()))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)  # gunicorn's own questions about it
