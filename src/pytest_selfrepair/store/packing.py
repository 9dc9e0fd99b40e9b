"""JSON as a store keeps it: compressed, and beside a text that it resembles no more than its own.

What was kept as text, by an earlier layout, is read as it is.
"""

import zlib

_WINDOW = 32 * 1024
"""Bytes that deflate looks back on; of a longer text it would use the end alone."""


def packed(text: str, like: bytes = b"") -> bytes:
    """Compress ASCII JSON.

    Args:
        text: The JSON.
        like: A text that shares much with it, and must be given again to read it.
    """
    near = like[-_WINDOW:]
    deflate = zlib.compressobj(zdict=near) if near else zlib.compressobj()
    return deflate.compress(text.encode("ascii")) + deflate.flush()


def unpacked(kept: str | bytes, like: bytes = b"") -> str:
    """Read what `packed` made, or a text as it is.

    Args:
        kept: What the store keeps.
        like: What it was packed beside.

    Raises:
        ValueError: It is damaged, or was packed beside another text.
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
