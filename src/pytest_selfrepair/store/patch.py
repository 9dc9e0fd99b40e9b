"""Diff and patch JSON values, exact in types, numbers and order of keys.

A patch is JSON relative to a base value. `null`: no difference. `[x]`: replaced by x. An object for
an object: all keys of the result in order, each with its patch. An object for a list: the positions
that differ, each with its patch.
"""

from pytest_selfrepair.core.task import JsonValue


def diff(base: JsonValue, wanted: JsonValue) -> JsonValue:
    """The patch that turns `base` into `wanted`."""
    if type(base) is not type(wanted):
        return [wanted]
    if isinstance(base, dict) and isinstance(wanted, dict):
        patches: dict[str, JsonValue] = {
            key: diff(base[key], value) if key in base else [value] for key, value in wanted.items()
        }
        same = list(base) == list(wanted) and all(each is None for each in patches.values())
        return None if same else patches
    if isinstance(base, list) and isinstance(wanted, list):
        if len(base) != len(wanted):
            return [wanted]
        pairs = enumerate(zip(base, wanted, strict=True))
        return {
            str(place): patch for place, pair in pairs if (patch := diff(*pair)) is not None
        } or None
    if isinstance(base, float):
        return None if repr(base) == repr(wanted) else [wanted]  # -0.0 differs from 0.0
    return None if base == wanted else [wanted]


def patched(base: JsonValue, patch: JsonValue) -> JsonValue:
    """Apply a patch from `diff`.

    Raises:
        ValueError: The patch is invalid, or does not fit the value.
    """
    if patch is None:
        return base
    if isinstance(patch, list) and len(patch) == 1:
        return patch[0]
    if isinstance(patch, dict) and isinstance(base, dict):
        return {key: patched(base.get(key), value) for key, value in patch.items()}
    if isinstance(patch, dict) and isinstance(base, list):
        result = base[:]
        for place, value in patch.items():
            if not place.isdigit() or int(place) >= len(base):
                raise ValueError(f"no place {place!r} in a list of {len(base)}")
            result[int(place)] = patched(base[int(place)], value)
        return result
    raise ValueError(f"no patch for {type(base).__name__}: {str(patch)[:60]}")
