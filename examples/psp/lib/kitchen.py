"""What the pages of the kitchen know of cooking, and how they show text."""

import re
from html import escape

# Name in addresses, name, for how many people, ingredients (amount, unit, what), what to do.
RECIPES = [
    (
        "pancakes",
        "Pancakes",
        2,
        [(150, "g", "flour"), (300, "ml", "milk"), (2, "", "eggs"), (1, "pinch", "salt")],
        "Whisk everything, let it rest for half an hour, and bake thin pancakes in a hot pan.",
    ),
    (
        "lentil-soup",
        "Lentil soup",
        4,
        [
            (250, "g", "red lentils"),
            (1, "", "onion"),
            (2, "", "carrots"),
            (1.2, "l", "stock"),
            (1, "tsp", "cumin & coriander"),
        ],
        "Fry the onion, add the rest, and simmer until the lentils fall apart.",
    ),
    (
        "creme-brulee",
        "Cr\u00e8me br\u00fbl\u00e9e",
        4,
        [(400, "ml", "cream"), (5, "", "egg yolks"), (80, "g", "sugar"), (1, "", "vanilla pod")],
        "Warm the cream with the vanilla, stir in yolks and sugar, bake in a water bath, chill, and burn sugar on top.",
    ),
]
MOST_PEOPLE = 50

# From one unit to another: factor, and what is added.
UNITS = {
    ("g", "oz"): (1 / 28.349523125, 0),
    ("oz", "g"): (28.349523125, 0),
    ("ml", "cups"): (1 / 236.5882365, 0),
    ("cups", "ml"): (236.5882365, 0),
    ("\u00b0C", "\u00b0F"): (1.8, 32),
    ("\u00b0F", "\u00b0C"): (1 / 1.8, -32 / 1.8),
}


def h(value):
    """Text for a page: nothing in it is HTML."""
    return escape(str(value), True)


def text(field):
    """What was typed into a field. (With Python 3 httpd hands over bytes.)"""
    value = getattr(field, "value", field)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def recipe(name):
    """The recipe of that name, or None."""
    for each in RECIPES:
        if each[0] == name:
            return each
    return None


def people(value, default):
    """A number of people. ValueError says what is wrong."""
    if not value.strip():
        return default
    number = int(value) if re.match("[0-9]{1,8}$", value.strip()) else 0
    if not 1 <= number <= MOST_PEOPLE:
        raise ValueError("Please give a number of people from 1 to %d." % MOST_PEOPLE)
    return number


def amount(value):
    """A number as it is written."""
    return ("%.1f" % value).rstrip("0").rstrip(".")


def convert(value, units):
    """The amount in another unit; `units` is "g to oz". ValueError says what is wrong."""
    pair = tuple(units.split(" to "))
    if pair not in UNITS:
        raise ValueError("Please choose the units.")
    try:
        number = float(value.replace(",", "."))
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e9:
        raise ValueError("Please give an amount in figures, like 2.5.")
    factor, added = UNITS[pair]
    return amount(number) + " " + pair[0], amount(number * factor + added) + " " + pair[1]
