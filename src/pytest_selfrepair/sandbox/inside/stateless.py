"""Run programs that cannot keep state between cases, so that their cases may share a process.

A program counts as stateless only if it has no access to lasting state: it is run with builtins and
copies of modules through which nothing that outlives a case can be read or changed, and its code
must contain no name that leads elsewhere. Only accepted answers of such a run count. After any
other result, the program is run in the usual way, with a process for each case.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import builtins
import importlib
import io
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from opcode import opmap
from typing import Any

# The names that each module offers; empty: all its public names.
_MODULES: dict[str, tuple[str, ...]] = {
    "__future__": ("annotations", "division", "generator_stop", "print_function"),
    "array": ("array",),
    "bisect": (),
    "cmath": (),
    "collections": ("Counter", "OrderedDict", "defaultdict", "deque", "namedtuple"),
    "copy": ("copy", "deepcopy"),
    "decimal": ("Decimal", "getcontext", "ROUND_DOWN", "ROUND_HALF_EVEN", "ROUND_HALF_UP"),
    "fractions": ("Fraction",),
    "functools": ("cache", "cmp_to_key", "lru_cache", "partial", "reduce"),
    "heapq": (),
    "itertools": (),
    "math": (),
    "operator": (),
    "random": ("choice", "randint", "random", "randrange", "sample", "seed", "shuffle", "uniform"),
    "queue": ("Empty", "Full", "LifoQueue", "PriorityQueue", "Queue", "SimpleQueue"),
    "re": (
        *("DOTALL", "I", "IGNORECASE", "M", "MULTILINE", "S", "compile", "escape", "findall"),
        *("finditer", "fullmatch", "match", "search", "split", "sub", "subn"),
    ),
    "statistics": (
        *("fmean", "mean", "median", "median_high", "median_low", "mode", "multimode", "pstdev"),
        *("pvariance", "stdev", "variance"),
    ),
    "string": (
        *("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits"),
        *("octdigits", "printable", "punctuation", "whitespace"),
    ),
    "sys": ("exit", "maxsize", "version_info"),
    "typing": (
        *("Any", "Counter", "Deque", "DefaultDict", "Dict", "FrozenSet", "Iterable", "Iterator"),
        *("List", "Optional", "OrderedDict", "Sequence", "Set", "Tuple", "Union"),
    ),
}
# Builtins that lead to state: names of variables, files, addresses, attributes.
_REFUSED_BUILTINS = {
    *("__import__", "breakpoint", "compile", "copyright", "credits", "delattr", "dir", "eval"),
    *("exec", "exit", "getattr", "globals", "hash", "help", "id", "license", "locals", "open"),
    *("quit", "setattr", "vars"),
}
_REFUSED_CONTENTS = {"attrgetter", "methodcaller"}  # these find attributes by any name
_BUILTINS = {name: value for name, value in vars(builtins).items() if name not in _REFUSED_BUILTINS}
_REFUSED_NAMES = {
    *("ag_code", "ag_frame", "cr_code", "cr_frame", "f_back", "f_builtins", "f_code", "f_globals"),
    *("f_locals", "format_map", "gi_code", "gi_frame", "mro", "register", "tb_frame", "tb_next"),
    *(_REFUSED_BUILTINS - {"exit", "quit"}),
}
_SPECIAL_NAMES = {
    f"__{name}__"
    for name in (
        *("abs", "add", "and", "bool", "call", "classcell", "contains", "delitem", "doc", "enter"),
        *("eq", "exit", "firstlineno", "floordiv", "ge", "getitem", "gt", "iadd", "init", "int"),
        *("invert", "isub", "iter", "le", "len", "lt", "matmul", "mod", "module", "mul", "name"),
        *("ne", "neg", "next", "or", "pos", "pow", "qualname", "radd", "repr", "reversed"),
        *("rmul", "rsub", "setitem", "slots", "static_attributes", "str", "sub", "truediv", "xor"),
    )
}
_IMMUTABLE_TYPE = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE
_ASYNCHRONOUS = 0x80 | 0x200  # CO_COROUTINE, CO_ASYNC_GENERATOR
_GENERATOR = 0x20  # CO_GENERATOR
_FIXED = (int, float, complex, str, tuple, types.BuiltinFunctionType)
_READ = {(3, 11), (3, 12), (3, 13), (3, 14)}
"""The versions of Python whose bytecode is understood; on any other, none is stateless."""

_STORING = {opmap.get(name, -1) for name in ("STORE_ATTR", "DELETE_ATTR")}
_MATCHING = {opmap.get("MATCH_CLASS", -1)}  # it reads attributes whose names are constants
_IMPORTING, _EXTENDING = opmap.get("IMPORT_NAME", -1), opmap.get("EXTENDED_ARG", -1)
_HANDLING = {opmap.get("PUSH_EXC_INFO", -1)}
_READABLE = sys.version_info[:2] in _READ and -1 not in {
    *_STORING,
    *_MATCHING,
    *_HANDLING,
    _IMPORTING,
    _EXTENDING,
}

_FORMAT = re.compile(r"(.?)\.\s*format\b")
_FIELD_OF_FORMAT = re.compile(r"\{\w*[.\[]|\\[xuUN0-7]")


Fields = dict[str, Any]  # parsed JSON


class NotStatelessError(BaseException):
    """A program needs something that requires a process for each case."""


class Stateless:
    """A program without state, and how to run its cases.

    Args:
        code: The program.
        names: The names defined for it.

    Raises:
        NotStatelessError: It may keep state.
    """

    def __init__(
        self, program: str, code: types.CodeType, names: Mapping[str, object], file: str
    ) -> None:
        if not _READABLE:
            raise NotStatelessError
        self._code, self._file = code, file
        self._stores = self._bytes = False
        used: set[str] = set()
        for each in _codes(code):
            _check(each)
            if not _imported(each) <= _MODULES.keys():
                raise NotStatelessError
            self._stores |= not _STORING.isdisjoint(each.co_code[::2])
            used.update(each.co_names)
        if not _REFUSED_NAMES.isdisjoint(used) or not all(map(_is_plain, used)):
            raise NotStatelessError
        if "format" in used and not _formats_literals(program):
            raise NotStatelessError
        self._bytes = "buffer" in used
        self._names = {name: names[name] for name in used & names.keys()}
        self._seeded = False
        self._streams: dict[str, Any] = {}
        self._limit = sys.getrecursionlimit()
        self._put_limit = sys.setrecursionlimit
        self._refused = False

    def run_script(self, given: str) -> str:
        """Run the program, which must end normally, and return what it prints.

        Raises:
            BaseException: The program raised it.
        """
        stdin: Any
        out: Any
        if self._bytes:
            stdin = _stream(given.encode("utf-8", "replace"), newline="\n")
            out = _stream(b"")
        else:
            out, stdin = io.StringIO(), io.StringIO(given, newline="\n")
        try:
            self._within(stdin, out, "__main__", self._execute)
        except SystemExit as error:
            if error.code not in (None, 0):
                raise
        if out.closed:  # the printed text is lost
            raise NotStatelessError
        if self._bytes:
            out.flush()
            printed: bytes = out.buffer.getvalue()
            return printed.decode("utf-8", "replace")
        text: str = out.getvalue()
        text.encode()  # text that no file can hold could not have been printed
        return text

    def call(self, work: Callable[[dict[str, Any]], Fields]) -> Fields:
        """Run the program anew and return the result of work on its namespace."""

        def run(scope: dict[str, Any]) -> Fields:
            for name, value in self._names.items():
                scope[name] = self._given(name, value)
            return work(scope)

        done: Fields = self._within(io.StringIO(), io.StringIO(), "program", run)
        return done

    def _execute(self, scope: dict[str, Any]) -> None:
        exec(self._code, scope)  # noqa: S102 - the purpose of the process

    def _within(
        self, stdin: Any, stdout: Any, name: str, work: Callable[[dict[str, Any]], Any]
    ) -> Any:
        self._streams = {"stdin": stdin, "stdout": stdout, "stderr": io.StringIO()}
        usual = sys.stdin, sys.stdout, sys.stderr
        self._refused = self._seeded = False
        scope: dict[str, Any] = {
            "__name__": name,
            "__doc__": None,
            "__builtins__": {
                **_BUILTINS,
                "__import__": self._import,
                "exit": sys.exit,
                "quit": sys.exit,
            },
        }
        sys.stdin, sys.stdout, sys.stderr = self._streams.values()
        try:
            done = work(scope)
        finally:
            sys.stdin, sys.stdout, sys.stderr = usual
            scope.clear()
            self._put_limit(self._limit)
        if self._refused:  # even if the program has caught the exception
            raise NotStatelessError
        return done

    def _import(self, name: str, *others: Any, level: int = 0) -> types.ModuleType:
        if level or any(others[3:]) or name not in _MODULES:
            self._refuse()
        return self._module(name)

    def _module(self, name: str) -> types.ModuleType:
        """Copy a module, leaving out everything that could be changed lastingly."""
        copy = types.ModuleType(name)
        vars(copy).update(_CONTENTS[name, self._stores])
        vars(copy)["__getattr__"] = self._missing
        if name == "sys":
            vars(copy).update(self._streams)
            vars(copy).update(argv=[self._file], setrecursionlimit=self._put_limit)
        elif name == "random" and not self._seeded:
            self._seeded = True
            sys.modules["random"].seed(0)
        elif name == "decimal":
            decimal = sys.modules["decimal"]
            decimal.setcontext(decimal.DefaultContext.copy())
        return copy

    def _given(self, name: str, value: object) -> object:
        """Return the value of a name defined for programs: the object, or a copy of a module."""
        if isinstance(value, types.ModuleType):
            if value.__name__ not in _MODULES:
                raise NotStatelessError
            return self._module(value.__name__)
        for (module, stores), held in _CONTENTS.items():
            if stores == self._stores and held.get(name, held) is value:
                if module == "random":
                    self._module(module)
                return value
        raise NotStatelessError

    def _missing(self, name: str) -> Any:
        if name.startswith("__"):  # `from … import *` looks these up
            raise AttributeError(name)
        self._refuse()

    def _refuse(self) -> Any:
        self._refused = True
        raise NotStatelessError


def _stream(data: bytes, newline: str | None = None) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BytesIO(data), "utf-8", "surrogateescape", newline=newline, write_through=True
    )


def _contents(name: str, *, stores: bool) -> dict[str, object]:
    module = importlib.import_module(name)
    public = {each for each in vars(module) if not each.startswith("_")}
    wanted = _MODULES[name] or public - _REFUSED_CONTENTS
    found = {each: getattr(module, each) for each in wanted if hasattr(module, each)}
    return {
        each: value
        for each, value in found.items()
        if not isinstance(value, types.ModuleType) and (_is_fixed(value) or not stores)
    }


def _is_fixed(value: object) -> bool:
    """Whether no attribute of a value can be set."""
    if isinstance(value, type):
        return bool(value.__flags__ & _IMMUTABLE_TYPE)
    if isinstance(value, types.MethodType):
        return True
    return isinstance(value, _FIXED) and not hasattr(value, "__dict__")


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _check(code: types.CodeType) -> None:
    operations = code.co_code[::2]
    if code.co_flags & _ASYNCHRONOUS or not _MATCHING.isdisjoint(operations):
        raise NotStatelessError
    # An abandoned generator may be resumed at any time, which is harmless only without handlers.
    if code.co_flags & _GENERATOR and not _HANDLING.isdisjoint(operations):
        raise NotStatelessError


def _imported(code: types.CodeType) -> set[str]:
    """Return the modules that code imports by import statements."""
    found: set[str] = set()
    high = 0
    for operation, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        if operation == _EXTENDING:
            high = (high | low) << 8
            continue
        if operation == _IMPORTING and high | low < len(code.co_names):
            found.add(code.co_names[high | low])
        high = 0
    return found


def imports(code: types.CodeType) -> set[str]:
    """Return the top-level modules that a program imports by import statements."""
    return {name.partition(".")[0] for each in _codes(code) for name in _imported(each)}


def _is_plain(name: str) -> bool:
    special = name.startswith("__") and name.endswith("__") and len(name) > 4  # noqa: PLR2004 - underscores
    return not special or name in _SPECIAL_NAMES


def _formats_literals(program: str) -> bool:
    """Whether only literal templates are formatted, and none accesses attributes or items."""
    if _FIELD_OF_FORMAT.search(program):
        return False
    return all(before in ("'", '"') for before in _FORMAT.findall(program))


_CONTENTS = {
    (name, stores): _contents(name, stores=stores) for name in _MODULES for stores in (False, True)
}
