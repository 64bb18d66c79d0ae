"""A page of the publisher that leaves HTML to a template."""

from kitchen import RECIPES
from mod_python import psp

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def week(req):
    """What there is this week."""
    days = []
    for number, day in enumerate(_DAYS):
        recipe = RECIPES[number % len(RECIPES)]
        days.append((day, recipe[0], recipe[1]))
    return psp.PSP(req, "templates/week.psp", vars={"title": "This week", "days": days})
