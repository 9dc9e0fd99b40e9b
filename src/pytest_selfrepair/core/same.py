"""Cache keys by object identity, for values that may not be hashable."""

from typing import Generic, TypeVar

_T = TypeVar("_T")


class Same(Generic[_T]):
    """A key that equals another with the identical object, which it keeps alive.

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
