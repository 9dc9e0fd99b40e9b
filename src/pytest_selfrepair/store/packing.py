"""Compress the JSON of a store, optionally relative to a similar text.

Text from an earlier layout is read as it is.
"""

import zlib

_WINDOW = 32 * 1024
"""The window of deflate in bytes: only the end of a longer text is used."""


def packed(text: str, like: bytes = b"") -> bytes:
    """Compress ASCII JSON.

    Args:
        text: The JSON.
        like: A similar text, which is required again to unpack it.
    """
    near = like[-_WINDOW:]
    deflate = zlib.compressobj(zdict=near) if near else zlib.compressobj()
    return deflate.compress(text.encode("ascii")) + deflate.flush()


def unpacked(kept: str | bytes, like: bytes = b"") -> str:
    """Decompress the output of `packed`, or return a text as it is.

    Args:
        kept: The stored value.
        like: The text that it was packed relative to.

    Raises:
        ValueError: The value is damaged, or was packed relative to another text.
    """
    if isinstance(kept, str):
        return kept
    near = like[-_WINDOW:]
    inflate = zlib.decompressobj(zdict=near) if near else zlib.decompressobj()
    try:
        text = inflate.decompress(kept) + inflate.flush()
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not inflate.eof:
        raise ValueError(f"its end is missing, after {len(kept)} bytes")
    return text.decode("ascii")
