"""The cookies of clients: what a server sets is sent with the next request that has the same jar.

Names of sessions are random. In an answer they are shown by when the jar has first seen them, as long as they were.
"""

import re
from dataclasses import replace
from email.utils import parsedate_to_datetime

from .answer import Answer
from .request import Request

SID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
MARK = "@SID@"  # in a header or a target: the last session that the jar has seen


class Jar:
    """One client's."""

    def __init__(self) -> None:
        self.cookies: dict[str, tuple[str, str]] = {}  # name -> (value, path)
        self.seen: list[str] = []

    def fill(self, request: Request) -> Request:
        """The request with the cookies that are due."""
        last = self.seen[-1] if self.seen else "no session yet"
        request = replace(
            request,
            target=request.target.replace(MARK, last),
            headers=tuple((name, value.replace(MARK, last)) for name, value in request.headers),
        )
        due = [f"{name}={value}" for name, (value, path) in self.cookies.items() if request.target.startswith(path)]
        if due and not any(name.lower() == "cookie" for name, _ in request.headers):
            request = replace(request, headers=(*request.headers, ("Cookie", "; ".join(due))))
        return request

    def keep(self, answer: Answer) -> Answer:
        """Keep what an answer sets; the answer without names of sessions."""
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                self._set(value)
        text = "\n".join([*[value for _, value in answer.headers], answer.body.decode("latin-1")])
        for sid in SID.findall(text):
            if sid not in self.seen:
                self.seen.append(sid)
        headers = [(name, self._hidden(value)) for name, value in answer.headers]
        return replace(answer, headers=headers, body=self._hidden(answer.body.decode("latin-1")).encode("latin-1"))

    def _set(self, text: str) -> None:
        pair, *attributes = text.split("; ")
        name, _, value = pair.partition("=")
        fields = {key.lower(): setting for key, _, setting in (each.partition("=") for each in attributes)}
        self.cookies[name] = (value, fields.get("path", "/"))
        if "expires" in fields and parsedate_to_datetime(fields["expires"].replace("-", " ")).year < 2000:
            del self.cookies[name]

    def _hidden(self, text: str) -> str:
        return SID.sub(lambda found: f"session-{self.seen.index(found[0]) + 1:024}", text)


class Jars:
    """Those of all clients of a site."""

    def __init__(self) -> None:
        self._jars: dict[str, Jar] = {}

    def of(self, request: Request) -> Jar | None:
        """The jar that a request names, or None."""
        return None if request.jar is None else self._jars.setdefault(request.jar, Jar())
