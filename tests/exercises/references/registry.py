"""Where what a library says is registered, by exercise."""

from collections.abc import Callable

LIBRARY: dict[str, Callable] = {}


def judge_of(exercise_id: str) -> Callable:
    """Registers what a library says; it gets tensors for arrays."""

    def register(answer: Callable) -> Callable:
        LIBRARY[exercise_id] = answer
        return answer

    return register
