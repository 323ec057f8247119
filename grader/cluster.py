"""A Dask cluster, whose word is taken as plain values and never as code.

Whoever reaches a scheduler without TLS can run code on its workers, and so
say what they like of a submission. They shall not run any here.
"""

import io
import pickle
from collections.abc import Callable
from concurrent import futures
from typing import Any

# As text, which needs no unpickling.
_PLAIN = ("msgpack",)


# Lanes, here or there, that may die over a submission before it is given up.
TRIES = 3


class NoCluster(Exception):
    """There is none to be had; the message says why."""


class Refused(TypeError):
    """Something came pickled that could be more than a text."""


class _OnlyBytes(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "bytes"):  # Dask's errors are these
            return bytes
        raise Refused(f"{module}.{name} came pickled from the cluster")


def _loads(what: Any, *, buffers: Any = ()) -> Any:
    return _OnlyBytes(io.BytesIO(what), buffers=buffers).load()


class Cluster(futures.Executor):
    """Has functions run on a cluster, which must return a text.

    scheduler: its address. certificates: files of the authority's
    certificate, of ours and of its key, for an address with tls://.
    NoCluster: nobody answers there, or the library is missing.
    """

    def __init__(
        self, scheduler: str, certificates: tuple[str, str, str]
    ) -> None:
        self.client = _client(scheduler, certificates)
        self.width = max(1, sum(self.client.nthreads().values()))
        self.begun: list[Any] = []  # what nobody holds is never done

    def everywhere(self, fn: Callable, *args: Any) -> None:
        """Have every worker that is there do something, and do not wait."""
        self.begun += [
            self.client.submit(fn, *args, workers=[worker], pure=False)
            for worker in self.client.nthreads()
        ]

    def submit(
        self, fn: Callable, /, *args: Any, **kwargs: Any
    ) -> futures.Future:
        asked = self.client.submit(
            fn, *args, retries=TRIES, pure=False, **kwargs
        )
        given: futures.Future = futures.Future()
        self.client.loop.add_callback(self._pass_on, asked, given)
        return given

    async def _pass_on(self, asked: Any, given: futures.Future) -> None:
        try:
            came = await asked
            if not isinstance(came, str):
                raise Refused("it is no text")
            given.set_result(came)
        except Exception as error:
            # What the error says may be the lane's own word, pickled.
            kind = type(error).__name__
            given.set_exception(
                RuntimeError(f"a lane of the cluster failed ({kind})")
            )

    def shutdown(
        self, wait: bool = True, *, cancel_futures: bool = False
    ) -> None:
        self.client.close()


def _client(scheduler: str, certificates: tuple[str, str, str]) -> Any:
    try:
        import distributed
        import distributed.client
    except ImportError:
        raise NoCluster(
            "--scheduler needs dask.distributed: pip install -c "
            "constraints.txt -e '.[cluster]'"
        ) from None
    # Every door by which the library unpickles what comes.
    distributed.protocol.pickle.loads = _loads
    client: Any = distributed.client
    client.pickle = distributed.protocol.pickle
    authority, certificate, key = certificates
    security = None
    if authority:
        security = distributed.Security(
            tls_ca_file=authority,
            tls_client_cert=certificate,
            tls_client_key=key or certificate,
            require_encryption=True,
        )
    try:
        return distributed.Client(
            scheduler,
            timeout=10,
            security=security,
            serializers=_PLAIN,
            deserializers=_PLAIN,
        )
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise NoCluster(
            f"no Dask scheduler answers at {scheduler} ({error})"
        ) from None
