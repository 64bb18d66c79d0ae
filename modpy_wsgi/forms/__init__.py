"""Forms: what a client sends from a page, as applications read it."""

from .field import Field, StringField
from .storage import FieldStorage

__all__ = ["Field", "FieldStorage", "StringField"]
