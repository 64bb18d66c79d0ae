"""The report for programs: JSON of our own, and SARIF 2.1.0, which code hosts and editors read.

Law: all text is ASCII in JSON's escapes, whatever bytes a file name has.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import quote

from .._version import __version__
from .findings import RULES, Finding, Report, Severity, printable

__all__ = ["as_json", "as_sarif"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(report: Report) -> str:
    """One object: "findings", "directives", "summary"."""
    found: dict[str, Any] = {
        "version": __version__,
        "summary": {
            "errors": report.counts[Severity.ERROR],
            "warnings": report.counts[Severity.WARNING],
            "notes": report.counts[Severity.NOTE],
            "files": report.files,
            "modules": report.modules,
            "imported": report.imported,
            "left_out": report.left_out,
        },
        "findings": [_finding(finding) for finding in report.sorted()],
        "directives": [
            {
                "name": use.name,
                "kind": use.kind,
                "note": use.note,
                "count": use.count,
                "file": use.file,
                "line": use.line,
            }
            for use in sorted(report.directives.values(), key=lambda use: use.name.lower())
        ],
    }
    return json.dumps(found, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "file": finding.file,
        "line": finding.line,
        "suggestion": finding.suggestion,
    }


def as_sarif(report: Report) -> str:
    """A SARIF log with one run."""
    names = list(RULES)
    rules = [
        {
            "id": rule.name,
            "shortDescription": {"text": rule.title},
            "defaultConfiguration": {"level": rule.severity.value},
        }
        for rule in RULES.values()
    ]
    run = {
        "tool": {"driver": {"name": "modpy-wsgi check", "version": __version__, "rules": rules}},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, names.index(finding.rule.name)) for finding in report.sorted()],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(finding: Finding, index: int) -> dict[str, Any]:
    message = printable(finding.message)
    if finding.suggestion:
        message += f" ({printable(finding.suggestion)})"
    result: dict[str, Any] = {
        "ruleId": finding.rule.name,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": message},
    }
    if finding.file is not None:
        place: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
        if finding.line:
            place["region"] = {"startLine": finding.line}
        result["locations"] = [{"physicalLocation": place}]
    return result


def _uri(file: str) -> str:
    """A file name as a URI reference; what is no file ("-C directive") stays a relative one."""
    path = quote(os.fsencode(file))
    return f"file://{path}" if file.startswith("/") else path
