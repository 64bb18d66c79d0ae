"""What a section says with Require and its containers: a tree, how trees meet, and which of them say nothing.

Law: trees are frozen, and all here is mod_authz_core's: a tree that may only refuse stops the start, and an inner
section's tree replaces the outer one's unless its AuthMerging says otherwise.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Union

from modpy_wsgi.config.model import Limit, Origin

__all__ = ["Authorization", "Group", "Requirement", "Rule", "added", "checked", "every_requirement", "merged", "opened"]


class Requirement(NamedTuple):
    """One Require."""

    kind: str  # the provider: "all", "ip", "user" ...
    args: tuple[Any, ...]  # what the provider made of the words behind it
    negated: bool  # Require not
    methods: Limit | None  # the enclosing <Limit>: for other methods it says nothing
    words: tuple[str, ...]  # of the line, without "Require"
    origin: Origin


class Group(NamedTuple):
    """A container, or what stands in none: it is met if every member is (RequireAll), or if any is."""

    every: bool
    negated: bool  # RequireNone
    methods: Limit | None  # all that a member is about
    members: tuple[Rule, ...]
    is_merged: bool = False  # two sections under AuthMerging And or Or

    def __str__(self) -> str:
        if self.is_merged:
            return f"AuthMerging {'And' if self.every else 'Or'}"
        return "<RequireAll>" if self.every else "<RequireNone>" if self.negated else "<RequireAny>"


Rule = Union["Requirement", "Group"]

NO_METHODS = Limit(frozenset())


class Authorization(NamedTuple):
    """All that one section says of this, or several that were merged."""

    rules: Group | None = None
    merging: str | None = None  # AuthMerging: "off", "and", "or", or not said
    forbidden: bool | None = None  # AuthzSendForbiddenOnFailure


def opened(directive: str) -> Group:
    """The empty group of a container: "<RequireAll", "<RequireAny", "<RequireNone"."""
    name = directive.lower()
    return Group(name == "<requireall", name == "<requirenone", NO_METHODS, ())


def added(rules: Group | None, rule: Rule) -> Group:
    """The group of a section with one more rule. ValueError where httpd says that the rule would have no effect."""
    group = opened("<RequireAny") if rules is None else rules
    if isinstance(rule, Group) and not rule.members:
        raise ValueError("directive contains no authorization directives")
    if rule.negated and not group.every:
        what = "" if isinstance(rule, Group) else "negative "
        raise ValueError(f"{what}directive has no effect in {group} directive")
    same = isinstance(rule, Group) and not rule.negated and rule.every is group.every
    members = rule.members if isinstance(rule, Group) and same else (rule,)
    return group._replace(members=group.members + members, methods=_either(group.methods, rule.methods))


def checked(group: Group, shown: str = "") -> Group:
    """The tree of a section of httpd.conf, as httpd works it over before the start.

    A RequireNone in a RequireAll becomes its members, negated. ValueError if a group has nothing but negated members.
    """
    members: list[Rule] = []
    for member in group.members:
        if isinstance(member, Group):
            inner = checked(member, f"section's {member} ")
            if inner.negated and inner.every is not group.every:
                members += [each._replace(negated=not each.negated) for each in inner.members]
                continue
            member = inner
        members.append(member)
    if all(member.negated for member in members):
        raise ValueError(f"{shown}directive contains only negative authorization directives")
    return group._replace(members=tuple(members))


def merged(outer: Authorization, inner: Authorization) -> Authorization:
    """What holds where an inner (later, deeper) section meets what held before."""
    forbidden = outer.forbidden if inner.forbidden is None else inner.forbidden
    if inner.merging is None and inner.rules is None and outer.rules is not None:
        return outer._replace(forbidden=forbidden)
    if inner.merging in (None, "off"):
        return inner._replace(forbidden=forbidden)
    rules = inner.rules or outer.rules
    if inner.rules is not None and outer.rules is not None:
        methods = _either(outer.rules.methods, inner.rules.methods)
        rules = Group(inner.merging == "and", False, methods, (outer.rules, inner.rules), is_merged=True)
    return Authorization(rules, inner.merging, forbidden)


def every_requirement(rule: Rule) -> list[Requirement]:
    """The Require lines of a tree, in the order written."""
    if isinstance(rule, Requirement):
        return [rule]
    return [found for member in rule.members for found in every_requirement(member)]


def _either(one: Limit | None, other: Limit | None) -> Limit | None:
    """The methods of either; None is all of them."""
    if one is None or other is None:
        return None
    if one.exclude and other.exclude:
        methods = one.methods & other.methods
    elif one.exclude:
        methods = one.methods - other.methods
    elif other.exclude:
        methods = other.methods - one.methods
    else:
        return Limit(one.methods | other.methods)
    return Limit(methods, True) if methods else None
