"""What an answer's code refers to, by reading it."""

import dis
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any


def functions_of(answer: Any) -> list[FunctionType]:
    """The function itself; of a class, its methods."""
    parts = vars(answer).values() if isinstance(answer, type) else [answer]
    bare = (getattr(part, "__func__", part) for part in parts)
    return [part for part in bare if isinstance(part, FunctionType)]


# Both keep what they read: an answer's code is read again at every call.
@lru_cache(1000)
def globals_in(code: CodeType) -> frozenset[str]:
    """The global names that code loads, that of inner functions too."""
    # Not all of co_names: the `softmax` of scipy.special.softmax is nobody's
    # global.
    names = frozenset(
        step.argval
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    )
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    return names.union(*map(globals_in, inner))


def names_of_cell(source: str) -> tuple[set[str], frozenset[str]]:
    """The names that a cell defines, and those of others that it uses.

    SyntaxError: it cannot be read.
    """
    code = compile(source, "cell", "exec")
    stored = {"STORE_NAME", "STORE_GLOBAL"}
    defined = {
        step.argval
        for step in dis.get_instructions(code)
        if step.opname in stored
    }
    return defined, globals_in(code)


@lru_cache(1000)
def attributes_in(code: CodeType) -> frozenset[str]:
    """The names that code takes from modules and other things, inner too."""
    names = frozenset(
        step.argval
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM")
    )
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    return names.union(*map(attributes_in, inner))
