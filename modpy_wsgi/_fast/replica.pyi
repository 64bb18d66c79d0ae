"""Objects like one that stands ready: made by one loop over its slots, where __init__ would set them one by one.

Law: a new object has what the slots of the model held when the Maker was made, and nothing in its dictionary.
"""

from typing import Generic, TypeVar, final

T = TypeVar("T")

@final
class Maker(Generic[T]):
    """Makes objects like a model: of its class, with the same in their slots."""

    def __new__(cls, model: T, /) -> Maker[T]:
        """Raises TypeError for a model whose class has a __new__ of its own."""
    def __call__(self) -> T:
        """Give a new object; no __init__ is called."""
