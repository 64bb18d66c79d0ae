"""The page of the testhandler, as HTML.

Law: the page is whole in itself (no script, nothing is loaded, a policy says so), and everything in it is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

__all__ = ["POLICY", "Section", "page"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --ground: #fbfaf7; --card: #ffffff; --ink: #1d2430; --soft: #566072;
  --line: #d7dbe2; --mark: #2f6f5e; --code: #f1f3f0; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181c; --card: #1c2228; --ink: #e8ecef; --soft: #a9b4be;
  --line: #38424c; --mark: #6cc5a8; --code: #262d34; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
header { border-bottom: 3px solid var(--mark); padding-bottom: .75rem; margin-bottom: 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
header p, section p { margin: .25rem 0; color: var(--soft); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0; padding: 0; }
a { color: var(--mark); }
a:focus-visible, pre:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem;
  margin-top: 1rem; }
h2 { font-size: 1.1rem; margin: 0; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin-top: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
th { width: 34%; font-weight: 600; }
td { font: .9rem/1.5 ui-monospace, monospace; white-space: pre-wrap; }
pre { background: var(--code); padding: .6rem; overflow-x: auto; margin: .5rem 0 0;
  font: .9rem/1.5 ui-monospace, monospace; }
@media (max-width: 40rem) { th { width: 42%; } }
"""


class Section(NamedTuple):
    """A table of the page."""

    title: str
    about: str
    rows: Sequence[tuple[str, str]]


def page(sections: Sequence[Section], tree: str, *, log_link: bool) -> str:
    """The whole page: the tables, and the configuration as text."""
    return "".join(_page(sections, tree, log_link))


def _page(sections: Sequence[Section], tree: str, log_link: bool) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f'<link rel="icon" href="data:,">\n<title>mod_python test page</title>\n<style>{_STYLE}</style>\n</head>\n'
    yield "<body>\n<main>\n<header><h1>mod_python test page</h1>\n"
    yield "<p>How this request, its server and their configuration look to a handler. Passwords, cookies and the like "
    yield "are hidden.</p>\n</header>\n"
    names = [*(section.title for section in sections), "Configuration file"]
    links = "".join(f'<li><a href="#part-{number}">{_text(name)}</a></li>' for number, name in enumerate(names))
    log = '<li><a href="?view_log=1">Last lines of the error log</a></li>' if log_link else ""
    yield f'<nav aria-label="Parts of this page"><ul>{links}{log}</ul></nav>\n'
    for number, section in enumerate(sections):
        yield from _section(number, section)
    yield f'<section id="part-{len(sections)}"><h2>Configuration file</h2>\n'
    yield "<p>As it was read, without .htaccess files.</p>\n"
    yield f'<pre tabindex="0" role="region" aria-label="Configuration file">{_text(tree)}</pre></section>\n'
    yield "</main>\n</body>\n</html>\n"


def _section(number: int, section: Section) -> Iterator[str]:
    yield f'<section id="part-{number}"><h2>{_text(section.title)}</h2>\n<p>{_text(section.about)}</p>\n'
    if section.rows:
        rows = "".join(
            f'<tr><th scope="row">{_text(name)}</th><td>{_text(value)}</td></tr>\n' for name, value in section.rows
        )
        yield f"<table><tbody>\n{rows}</tbody></table></section>\n"
    else:
        yield "<p>Nothing.</p></section>\n"


def _text(value: str) -> str:
    """Any text, escaped; what no page may hold is shown as Python writes it."""
    if not value.isprintable():
        value = "".join(
            character if character in "\n\t" or character.isprintable() else repr(character)[1:-1]
            for character in value
        )
    return escape(value)
