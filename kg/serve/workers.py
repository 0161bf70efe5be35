"""The pool of workers: each answers one question at a time in a process of its own, which is killed at the deadline."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.serve import frames
from kg.serve.context import Limits, Question, Reply, RequestError
from kg.serve.metrics import Metrics

_log = logging.getLogger(__name__)

_SLOW = 2.0  # seconds after which a query gives way to others
_NICE = 10  # the priority that its process gets then
_SHORT = 0.5  # seconds that a query goes on for that nobody waits for any more
_START = 30.0  # seconds for a worker to come up
_TRIES = 6  # how often a question is asked while the store is being replaced
_PIPE = 1 << 20
_STATUS = {"malformed": 400, "refused": 403, "too-much": 422, "failed": 503, "memory": 503, "unacceptable": 406}


@dataclass(slots=True, eq=False)
class _Worker:
    """A process and the streams to it. `slow` once its priority was lowered, which cannot be undone."""

    process: asyncio.subprocess.Process
    slow: bool = False

    async def ask(self, head: dict[str, object]) -> frames.Frame:
        """Raises IncompleteReadError or ConnectionError where the process ends first."""
        assert self.process.stdin  # noqa: S101 - both are pipes
        assert self.process.stdout  # noqa: S101
        self.process.stdin.writelines(frames.pack(head))
        slowing = asyncio.get_running_loop().call_later(_SLOW, self._slow_down)
        try:
            await self.process.stdin.drain()
            return await frames.receive(self.process.stdout)
        finally:
            slowing.cancel()

    def _slow_down(self) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.process.pid, _NICE)
        self.slow = True

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()


class Pool:
    """Workers over the store in one folder. `start` and `close` it within one event loop."""

    def __init__(self, store: Path, base: str, limits: Limits, metrics: Metrics) -> None:
        self._store = store
        self._base = base
        self._limits = limits
        self._metrics = metrics
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._all: set[_Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._closed = False

    async def start(self) -> None:
        """Bring all workers up. Raises OSError where a process cannot be started."""
        await asyncio.gather(*(self._add() for _ in range(self._limits.workers)))

    async def close(self) -> None:
        """End all workers."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        ending = list(self._all)
        for worker in ending:
            self._end(worker, "closed")
        await asyncio.gather(*(worker.process.wait() for worker in ending))

    @property
    def alive(self) -> bool:
        """Whether there is a worker."""
        return bool(self._all)

    async def ask(self, question: Question) -> Reply:
        """The answer, within the deadline counted from now. Raises RequestError, whose outcome is counted."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        outcome = "ok"
        try:
            reply = await self._ask(question, started + self._limits.deadline)
            self._metrics.bytes.inc(len(reply.body))
        except RequestError as error:
            outcome = error.outcome
            raise
        except asyncio.CancelledError:
            outcome = "abandoned"
            raise
        finally:
            self._metrics.queries.labels(outcome).inc()
            self._metrics.seconds.observe(loop.time() - started)
        return reply

    async def _ask(self, question: Question, end: float) -> Reply:
        worker = await self._free(end)
        asking = asyncio.ensure_future(self._persist(worker, self._head(question)))
        self._metrics.running.inc()
        try:
            async with asyncio.timeout_at(end):
                head, body = await asyncio.shield(asking)
        except TimeoutError:
            asking.cancel()
            self._end(worker, "deadline")
            raise RequestError(503, self._too_long(), outcome="deadline") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise await self._died(worker) from None
        except asyncio.CancelledError:  # the client has gone
            self._later(self._abandon(worker, asking))
            raise
        finally:
            self._metrics.running.dec()
        self._release(worker)
        if head["outcome"] == "ok":
            return Reply(body=body, media_type=head["media_type"], identity=head["identity"])
        raise self._error(head["outcome"], head["message"])

    def _release(self, worker: _Worker) -> None:
        if worker.slow:
            self._end(worker, "slow")
        else:
            self._idle.put_nowait(worker)

    async def _abandon(self, worker: _Worker, asking: asyncio.Future[frames.Frame]) -> None:
        """Let a short query end, since a new process costs more than it; kill the worker of any other."""
        try:
            async with asyncio.timeout(_SHORT):
                await asking
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            self._end(worker, "abandoned")
        else:
            self._release(worker)

    async def _free(self, end: float) -> _Worker:
        """A worker that is idle, in the order of asking."""
        with suppress(asyncio.QueueEmpty):
            while (worker := self._idle.get_nowait()).process.returncode is not None:
                self._end(worker, "died")
            return worker
        if self._waiting >= self._limits.queue:
            raise self._busy(f"{self._waiting} questions are waiting already")
        self._waiting += 1
        self._metrics.waiting.set(self._waiting)
        try:
            async with asyncio.timeout_at(end):
                return await self._idle.get()
        except TimeoutError:
            raise self._busy(f"no worker was free within {self._limits.deadline:g} s") from None
        finally:
            self._waiting -= 1
            self._metrics.waiting.set(self._waiting)

    async def _persist(self, worker: _Worker, head: dict[str, object]) -> frames.Frame:
        """Ask, and ask again where reading fails: for a moment of its replacement the store may not be there."""
        for attempt in range(_TRIES):
            frame = await worker.ask(head)
            if frame[0]["outcome"] != "failed":
                break
            await asyncio.sleep(0.02 * 2**attempt)
        return frame

    def _head(self, question: Question) -> dict[str, object]:
        return {
            "query": question.query,
            "name": question.name,
            "params": dict(question.params),
            "rows": question.rows,
            "triples": question.triples,
            "data_set": bool(question.default_graphs or question.named_graphs),
            "default_graphs": question.default_graphs,
            "named_graphs": question.named_graphs,
            "deadline": self._limits.deadline,
            "max_rows": self._limits.max_rows,
            "max_bytes": self._limits.max_bytes,
        }

    async def _died(self, worker: _Worker) -> RequestError:
        code = await worker.process.wait()
        self._end(worker, "died")
        if code in (-signal.SIGABRT, -signal.SIGSEGV):
            return self._error("memory", "")
        return RequestError(503, f"the worker ended with {code} while it answered", outcome="failed", retry_after=1)

    def _error(self, outcome: str, message: str) -> RequestError:
        if outcome == "memory":
            most = self._limits.max_memory >> 20
            message = f"the query needed more than {most:,} MB of memory, or was too deep, and was ended"
        retry = 1 if outcome == "failed" else None
        return RequestError(_STATUS[outcome], message, outcome=outcome, retry_after=retry)

    def _busy(self, why: str) -> RequestError:
        after = math.ceil(self._limits.deadline / 2)
        return RequestError(503, f"busy: {why}; try again later", retry_after=after, outcome="busy")

    def _too_long(self) -> str:
        return (
            f"the query took longer than {self._limits.deadline:g} s and was ended; start from a known name, "
            "bound paths, or ask for less with LIMIT"
        )

    def _end(self, worker: _Worker, reason: str) -> None:
        """Kill the worker and bring another up in its place."""
        worker.kill()
        self._all.discard(worker)
        self._metrics.ended.labels(reason).inc()
        self._metrics.workers.set(len(self._all))
        if not self._closed:
            self._later(self._replace())

    def _later(self, doing: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replace(self) -> None:
        """Add a worker, however often it takes."""
        pause = 0.1
        while True:
            try:
                return await self._add()
            except OSError as error:
                _log.warning("no new worker: %s", error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, 10.0)

    async def _add(self) -> None:
        worker = _Worker(await self._spawn())
        self._all.add(worker)
        assert worker.process.stdout  # noqa: S101 - a pipe
        try:
            async with asyncio.timeout(_START):
                await frames.receive(worker.process.stdout)
        except (asyncio.IncompleteReadError, TimeoutError) as error:
            worker.kill()
            self._all.discard(worker)
            raise OSError(f"a worker did not come up: {error or 'it took too long'}") from error
        self._metrics.workers.set(len(self._all))
        self._idle.put_nowait(worker)

    async def _spawn(self) -> asyncio.subprocess.Process:
        environment = {name: value for name, value in os.environ.items() if name != "KG_TOKEN"}
        arguments = (str(self._store), self._base, str(self._limits.max_memory))
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kg.serve.worker",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**environment, "RUST_BACKTRACE": "0"},
            limit=_PIPE,
        )
