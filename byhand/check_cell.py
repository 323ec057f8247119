"""Reads the cells that check an answer: `check("lesson.function", answer)`."""

import ast
import re
from contextlib import suppress
from typing import NamedTuple

from byhand.exercise import check_name

# IPython's own lines, which Python cannot read.
_MAGIC = re.compile(r"^(\s*)[%!].*", re.M)


class CheckCell(NamedTuple):
    """What a cell checks.

    exercise: its id. answer: the answer's name; "" for one without a name.
    part: of the exercise, or None.
    """

    exercise: str
    answer: str
    part: str | None

    @property
    def name(self) -> str:
        """The exercise, with its part if one is checked."""
        return check_name(self.exercise, self.part)


def check_in(source: str) -> CheckCell | None:
    """The first check that a cell's source makes, or None.

    Only a call that stands by itself, with the exercise's id as a text.
    """
    with suppress(SyntaxError, ValueError):  # ValueError: a null byte
        for statement in ast.parse(_MAGIC.sub(r"\1pass", source)).body:
            found = _check(statement)
            if found:
                return found
    return None


def _check(statement: ast.stmt) -> CheckCell | None:
    match statement:
        case ast.Expr(
            ast.Call(
                ast.Name("check"),
                [ast.Constant(str() as exercise), answer],
                keywords,
            )
        ):
            named = {k.arg: k.value for k in keywords}
            part = getattr(named.get("part"), "value", None)
            return CheckCell(
                exercise,
                answer.id if isinstance(answer, ast.Name) else "",
                part if isinstance(part, str) else None,
            )
    return None
