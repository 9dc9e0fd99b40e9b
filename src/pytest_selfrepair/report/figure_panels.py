"""What all figures share: style, panels and saving."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.report.whole_file import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".pdf", ".png")

GREY = "#777777"
"""For references and captions; readable on light and dark backgrounds."""

GRID = "#88888844"

_LOOK: Mapping[Any, Any] = MappingProxyType(
    {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        "legend.fontsize": 8,
    }
)
_FILE: Mapping[Any, Any] = MappingProxyType(
    {
        "pdf.fonttype": 42,  # embedded as text, as publishers require
        "savefig.dpi": 300,
        "svg.fonttype": "none",
        "svg.hashsalt": "selfrepair",  # makes files reproducible
        "text.parse_math": False,  # names may contain any sign
        "text.usetex": False,  # and TeX must not interpret them
    }
)


def look(style: str | None) -> dict[Any, Any]:
    """The Matplotlib settings of a figure.

    Args:
        style: A Matplotlib style or a style file; None: the default one of this package.

    Raises:
        UsageError: The style does not exist.
    """
    if style is None:
        return {**_LOOK, **_FILE}
    from matplotlib import rc_params_from_file  # noqa: PLC0415 - an extra
    from matplotlib import style as styles  # noqa: PLC0415 - an extra

    if style in styles.library:
        return {**styles.library[style], **_FILE}
    if not Path(style).is_file():
        names = ", ".join(sorted(name for name in styles.available if not name.startswith("_")))
        raise UsageError(f"--style: found {style!r}; accepted: a file of a style, or {names}")
    try:
        given = rc_params_from_file(style, use_default_template=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"--style {style}: {error}; accepted: a style of Matplotlib") from error
    return {**given, **_FILE}


def panels(
    number: int, *, width: float, height: float, rows: int = 1
) -> "tuple[Figure, list[Axes]]":
    """A figure of panels of a given size, row by row.

    Args:
        number: Panels in a row.
        width: The width of each, in inches.
        height: The height of each, in inches.
        rows: The number of rows.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    made = Figure(figsize=(width * number, height * rows), layout="constrained")
    axes = made.subplots(rows, number, squeeze=False, sharey=True)
    return made, list(axes.flat)


def ink() -> Any:
    """The text colour of the current style."""
    from matplotlib import rcParams  # noqa: PLC0415 - an extra

    return rcParams["text.color"]


def save(drawn: "Figure", out: Path, *, cut: bool) -> None:
    """Save a figure; the same findings give the same file.

    Args:
        drawn: The figure.
        out: The file.
        cut: Whether to crop its margins.

    Raises:
        UsageError: The file cannot be written.
    """
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(out.suffix.lower())
    try:
        with whole_file(out) as part:
            drawn.savefig(part, bbox_inches="tight" if cut else None, metadata=metadata)
    except OSError as error:
        raise UsageError(f"{out}: the figure cannot be written: {error.strerror}") from error
