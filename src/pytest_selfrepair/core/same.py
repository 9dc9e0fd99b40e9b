"""A value as the key of a cache, by being the very object: what it holds may not be hashable."""

from typing import Generic, TypeVar

_T = TypeVar("_T")


class Same(Generic[_T]):
    """Equal to another that holds the very same object, which stays alive meanwhile.

    Args:
        value: The object.

    Attributes:
        value: The object.
    """

    def __init__(self, value: _T) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value
