"""What is kept back where a request or a configuration is shown: whatever may open something.

Law: rather one value too many than one too few. How long a value is says enough to see that it is there.
"""

from __future__ import annotations

import re

__all__ = ["masked", "masked_directive", "masked_url", "masked_value"]

_SECRET = re.compile(
    r"auth(orization|token)|cookie|passw|passphrase|pwd|secret|token|credential|private|api[_-]?key|access[_-]?key"
    r"|sign(ing|ature)?[_-]?key|secret[_-]?key|session[_-]?(id|key)|pysid|_sid\b|\bsid\b|\bkey\b|salt|dsn|csrf",
    re.IGNORECASE,
)
_NO_SECRET = frozenset({"auth_type", "authname", "authtype"})
# Directives that hold one whatever they are called, in words behind the first.
_DIRECTIVES = frozenset(
    {"authbasicfake", "authldapbindpassword", "dbdparams", "proxypassreverse", "sessioncryptopassphrase"}
)
_IN_URL = re.compile(r"(?<=//)[^/\s\"']+(?=@)")
# Of a query, and of what databases are opened with: `host=db password='...'`, `--password=...`.
_PARAMETER = re.compile(r"""([?&;,\s"']|^)([^=&;,?\s"']+)(=|\s+=\s+)("[^"]*"?|'[^']*'?|[^&;\s"']*)""")


def masked(value: str) -> str:
    """What is shown instead of a secret."""
    return f"[hidden, {len(value)} characters]" if value else ""


def is_secret(name: str) -> bool:
    """Whether a value of this name is kept back."""
    return name.lower() not in _NO_SECRET and _SECRET.search(name) is not None


def masked_url(text: str) -> str:
    """A URL, a query string or a request line without passwords in front of a host and in parameters."""

    def parameter(found: re.Match[str]) -> str:
        mark, name, equals, value = found.groups()
        holds_one = is_secret(name) or (is_secret(value) and ("=" in value or ":" in value))
        return f"{mark}{name}{equals}{masked(value) if holds_one else value}"

    return _PARAMETER.sub(parameter, _IN_URL.sub("[hidden]", text))


def masked_value(name: str, value: str) -> str:
    """The value of a header, a variable or an option."""
    return masked(value) if is_secret(name) else masked_url(value)


def masked_directive(name: str, arguments: str) -> str:
    """The arguments of a directive: behind a word that names a secret nothing is shown."""
    if name.lower() in _DIRECTIVES or is_secret(name.lstrip("<")):
        return masked(arguments)
    kept: list[str] = []
    rest = arguments
    for word in re.findall(r'"(?:[^"\\]|\\.)*"|\S+', arguments):
        kept.append(masked_url(word))
        if is_secret(word) and len(kept) < 4 and not name.lower().endswith(("handler", "filter")):
            rest = arguments.partition(word)[2].strip()
            return f"{' '.join(kept)} {masked(rest)}".rstrip()
    return masked_url(rest)
