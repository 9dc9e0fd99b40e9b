"""Lossless JSON for plain values: tuples, sets, infinities and keys of any type survive.

Lists, texts, finite numbers, booleans and None are written as they are; any other value is an
object with one key, the name of its type. Like the zygote, this module runs as a plain file and
needs only the standard library.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

Json = Any  # parsed JSON

_SERIES: dict[str, type] = {"tuple": tuple, "set": set, "frozenset": frozenset, "deque": deque}
_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, lambda value: str.__str__(value)),  # noqa: PLW0108 - str() would ask the value's class
    (int, lambda value: int.__int__(value)),  # noqa: PLW0108 - as above
    (float, lambda value: float.__float__(value)),  # noqa: PLW0108 - as above
    (dict, lambda value: dict(dict.items(value))),
    *((kind, kind) for kind in (list, tuple, set, frozenset, deque, bytes, bytearray)),
)
"""The conversions of values of derived classes to their base class."""


class NotPlainError(Exception):
    """A value is not plain data; the arguments are its type and repr."""


def encode(value: Any, *, exact: bool = False) -> Json:
    """Encode a value as JSON.

    Args:
        value: Plain data: None, booleans, numbers, texts, bytes, ranges, and containers of these:
            lists, tuples, sets, deques, dictionaries and their views. An iterator is used up.
        exact: Whether to refuse values of derived classes, and iterators, rather than encode them
            as values of the base class, and as the elements left.

    Raises:
        NotPlainError: The value is not plain data.
        RecursionError: The value is nested too deeply, or contains itself.
    """
    kind = type(value)
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value, exact)
    if not exact:
        for base, converted in _BASES:
            if isinstance(value, base):
                return encode(converted(value))
        if hasattr(kind, "__next__"):
            return {"iterator": _all(value, exact)}
    raise NotPlainError(kind.__name__, value)


def _all(values: Iterable[object], exact: bool) -> list[Json]:
    return [encode(each, exact=exact) for each in values]


def _number(value: float, _: bool) -> Json:
    return value if math.isfinite(value) else {"float": repr(value)}


def _items(name: str, pairs: Iterable[tuple[object, object]], exact: bool) -> Json:
    return {name: [_all(pair, exact) for pair in pairs]}


def _series(name: str) -> Callable[[Any, bool], Json]:
    return lambda value, exact: {name: _all(value, exact)}


_WRITERS: dict[type, Callable[[Any, bool], Json]] = {
    **dict.fromkeys((str, bool, int, type(None)), lambda value, _: value),
    float: _number,
    list: _all,
    dict: lambda value, exact: _items("dict", value.items(), exact),
    **{kind: _series(name) for name, kind in _SERIES.items()},
    complex: lambda value, _: {"complex": [repr(value.real), repr(value.imag)]},
    bytes: lambda value, _: {"bytes": value.hex()},
    bytearray: lambda value, _: {"bytearray": value.hex()},
    range: lambda value, _: {"range": [value.start, value.stop, value.step]},
    Decimal: lambda value, _: {"decimal": str(value)},
    Fraction: lambda value, _: {"fraction": [value.numerator, value.denominator]},
    type({}.keys()): _series("keys"),
    type({}.values()): _series("values"),
    type({}.items()): lambda value, exact: _items("items", value, exact),
}


def decode(value: Json) -> Any:
    """Decode JSON into a new value.

    Raises:
        ValueError: It is not an output of `encode`.
    """
    try:
        return _decode(value)
    except (TypeError, KeyError, ArithmeticError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _decode(value: Json) -> Any:
    if isinstance(value, list):
        return [_decode(each) for each in value]
    if not isinstance(value, dict):
        return value
    ((name, held),) = value.items()
    if name in _SERIES:
        return _SERIES[name](_decode(each) for each in held)
    if name == "dict":
        return _pairs(held)
    return _READERS[name](held)


def _pairs(held: Json) -> dict[Any, Any]:
    return {_decode(key): _decode(each) for key, each in held}


_READERS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "complex": lambda held: complex(*map(float, held)),
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "range": lambda held: range(*held),
    "decimal": Decimal,
    "fraction": lambda held: Fraction(*held),
    "iterator": lambda held: iter(_decode(held)),
    "keys": lambda held: dict.fromkeys(map(_decode, held)).keys(),
    "values": lambda held: dict(enumerate(map(_decode, held))).values(),
    "items": lambda held: _pairs(held).items(),
}
