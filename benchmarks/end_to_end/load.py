"""Keeping a server busy: ab for a number of requests, wrk for a time; every answer has to be right."""

from __future__ import annotations

import re
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .pages import BOUNDARY, Page

__all__ = ["Load", "ab", "ask", "check", "wrk"]

PATIENCE = 120.0  # seconds that one run may take


@dataclass(frozen=True)
class Load:
    """What was done."""

    requests: int
    seconds: float


def ask(port: int, path: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    """The body of one answer. Raises OSError."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers or {})
    with opener.open(request, timeout=PATIENCE) as answer:
        return bytes(answer.read())


def check(port: int, page: Page, root: Path) -> str | None:
    """Ask once. What is wrong with the answer, or None."""
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} if page.upload else {}
    data = (root / "upload.body").read_bytes() if page.upload else None
    try:
        body = ask(port, page.path, data, kind)
    except OSError as error:
        return str(error)
    return None if body == page.body else f"answered {body[:80]!r}"


def ab(port: int, page: Page, root: Path, requests: int, clients: int, keep_alive: bool) -> Load:
    """So many requests by so many clients. Raises RuntimeError if one fails."""
    words = [shutil.which("ab") or "ab", "-q", "-r", "-n", str(requests), "-c", str(min(clients, requests))]
    if keep_alive:
        words.append("-k")
    if page.upload:
        words += ["-p", str(root / "upload.body"), "-T", f"multipart/form-data; boundary={BOUNDARY}"]
    said = _run([*words, f"http://127.0.0.1:{port}{page.path}"])
    if int(_number(said, r"Failed requests: +(\d+)")) or "Non-2xx" in said:
        raise RuntimeError(f"{page.name}: {said}")
    return Load(int(_number(said, r"Complete requests: +(\d+)")), _number(said, r"Time taken for tests: +([\d.]+)"))


def wrk(port: int, page: Page, seconds: float, clients: int) -> Load:
    """As many requests as can be, on connections that are kept where the server keeps them."""
    words = [shutil.which("wrk") or "wrk", "-t", "1", "-c", str(clients), "-d", f"{max(1, round(seconds))}s"]
    said = _run([*words, f"http://127.0.0.1:{port}{page.path}"])
    if "Non-2xx" in said:
        raise RuntimeError(f"{page.name}: {said}")
    return Load(int(_number(said, r"(\d+) requests in")), _number(said, r"requests in ([\d.]+)s"))


def _run(words: list[str]) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout


def _number(text: str, pattern: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"no {pattern!r} in: {text}")
    return float(found[1])
