"""A way to use an answer that several workers run at the same time."""

import ctypes
import threading
from collections.abc import Callable
from typing import Any

from byhand.ways.door import inside


class Exchange:
    """What workers in threads send each other: sums, call by call.

    Nobody waits for ever and no clock decides: who waits for a worker that
    has ended is told so.
    """

    def __init__(self, workers: int) -> None:
        self.calls = [0] * workers
        self.sent: dict[int, Any] = {}
        self.ended: set[int] = set()
        self.broken = ""
        self.changed = threading.Condition()

    def all_reduce(self, rank: int, tensor: Any) -> None:
        """Put the sum over all workers into the tensor of each."""
        import torch

        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"all_reduce takes a tensor; got {type(tensor).__name__}"
            )
        with self.changed:
            self.calls[rank] += 1
            self.sent[rank] = tensor
            self._look()
            while rank in self.sent and not self.broken:
                self.changed.wait()
            if self.broken:
                raise RuntimeError(self.broken)

    def end(self, rank: int) -> None:
        with self.changed:
            self.ended.add(rank)
            self._look()

    def stop(self) -> None:
        with self.changed:
            self.broken = self.broken or "the other workers were stopped"
            self.changed.notify_all()

    def _look(self) -> None:
        """Whether all are there, or somebody waits for nothing."""
        if len(self.sent) + len(self.ended) < len(self.calls):
            return
        if self.sent and not self.broken:
            if self.ended:
                self.broken = self._waits_for_ever()
            else:
                self._add_up()
        self.changed.notify_all()

    def _waits_for_ever(self) -> str:
        waits, left = min(self.sent), min(self.ended)
        return (
            f"worker {waits} waits for ever in call {self.calls[waits]} of "
            f"all_reduce: worker {left} has ended without it"
        )

    def _add_up(self) -> None:
        import torch

        first = self.sent[0]
        for rank, tensor in sorted(self.sent.items()):
            if tensor.shape != first.shape:
                self.broken = (
                    f"call {self.calls[0]} of all_reduce got shape "
                    f"{tuple(first.shape)} from worker 0 and "
                    f"{tuple(tensor.shape)} from worker {rank}"
                )
                return
        with torch.no_grad():
            total = sum(self.sent[rank] for rank in sorted(self.sent))
            for tensor in self.sent.values():
                tensor.copy_(total)
        self.sent.clear()


@inside
def at_work(
    answer: Callable, weights: list[list], gradients: list[list]
) -> tuple:
    """Let several workers bring their gradients together, in threads.

    weights, gradients: worker by worker, a list of tensors; None for a
    gradient that is not there. Returns the gradients and the weights
    afterwards in the same lists.
    """
    exchange = Exchange(len(gradients))
    models = [
        _with_gradients(own, grads)
        for own, grads in zip(weights, gradients, strict=True)
    ]
    errors: dict[int, BaseException] = {}

    def work(rank: int) -> None:
        def all_reduce(tensor: Any) -> None:
            exchange.all_reduce(rank, tensor)

        try:
            answer(list(models[rank]), all_reduce, len(models))
        except BaseException as error:
            errors[rank] = error
        finally:
            exchange.end(rank)

    _all_at_once(work, exchange)
    # What one worker did wrong comes before what the others say of it.
    told = [errors[rank] for rank in sorted(errors)]
    for error in sorted(told, key=lambda one: str(one) == exchange.broken):
        raise error
    if exchange.broken:  # and the answer swallowed it
        raise RuntimeError(exchange.broken)
    return (
        [[one.grad for one in model] for model in models],
        [[one.detach() for one in model] for model in models],
    )


def _with_gradients(weights: list, gradients: list) -> list:
    import torch

    model = [torch.nn.Parameter(torch.as_tensor(w).clone()) for w in weights]
    for parameter, gradient in zip(model, gradients, strict=True):
        if gradient is not None:
            parameter.grad = torch.as_tensor(gradient).clone()
    return model


def _all_at_once(work: Callable[[int], None], exchange: Exchange) -> None:
    """Do the work of every worker; leave none behind that goes on for ever."""
    threads = [
        threading.Thread(target=work, args=(rank,), daemon=True)
        for rank in range(len(exchange.calls))
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            # Now and then: a wait cannot be interrupted from another thread.
            while thread.is_alive():
                thread.join(0.05)
    except BaseException:
        exchange.stop()
        for thread in threads:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
            )
        raise


def synced(
    answer: Callable, weights: list[list], gradients: list[list]
) -> tuple:
    """As `at_work`, with each worker's gradients and weights in a row.

    ValueError: a parameter has no gradient afterwards.
    """
    came, own = at_work(answer, weights, gradients)
    for rank, row in enumerate(came):
        for place, one in enumerate(row):
            if one is None:
                raise ValueError(
                    "every parameter should have a gradient afterwards; "
                    f"parameters[{place}] of worker {rank} has None"
                )
    return _in_rows(came), _in_rows(own)


def _in_rows(workers: list[list]) -> list:
    import torch

    return [
        torch.cat([torch.as_tensor(one).flatten() for one in row])
        for row in workers
    ]
