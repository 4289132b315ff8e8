"""Where joblib's work runs: processes of this machine, one after another, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from joblib import parallel_config

from nlp.text import LangNgheError


class ParallelError(LangNgheError):
    """A cluster that cannot be reached, or an extra that is not installed."""


@contextmanager
def workers(where: str = "local", *, jobs: int | None = None) -> Iterator[None]:
    """Run the joblib work inside the block where the caller says.

    Parameters
    ----------
    where : str
        `local` for processes of this machine, `one` for one after another, `dask` for a cluster of this machine's
        cores, or the address of a Dask scheduler (`tcp://host:8786`).
    jobs : int, optional
        how many at a time; all cores by default.

    Raises
    ------
    ParallelError
        `dask_missing` or `dask_unreachable`.

    Notes
    -----
    Never threads: liblinear draws from one random state of the whole process, so fits in threads disturb each other
    and the same inputs would not give the same model.
    """
    if where in ("local", "one"):
        with parallel_config(backend="loky" if where == "local" else "sequential", n_jobs=jobs or -1):
            yield
        return
    try:
        from dask.distributed import Client, LocalCluster
    except ImportError as error:
        raise ParallelError("dask_missing", "Chưa cài Dask (pip install .[train]).") from error
    if where == "dask":
        # Nothing listens on the network, and no dashboard is opened.
        with (
            LocalCluster(
                n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
            ) as cluster,
            Client(cluster) as client,
            parallel_config(backend="dask", client=client, n_jobs=-1),
        ):
            yield
        return
    try:
        remote = Client(where, timeout="10s")
    except (OSError, ValueError) as error:
        raise ParallelError("dask_unreachable", f"Không nối được cụm Dask ở {where}.") from error
    with remote as client, parallel_config(backend="dask", client=client, n_jobs=jobs or -1):
        yield
