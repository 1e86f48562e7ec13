"""Bodies that are too long are refused before they are read whole."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from examples.marketplace_backend.problem_documents import answer


class _TooLongError(Exception):
    pass


class BodyLimit:
    """Counts what comes in, whatever Content-Length says."""

    def __init__(self, app: ASGIApp, *, largest_bytes: int) -> None:
        self._app, self._largest = app, largest_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413 in its place."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0
        begun = False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._largest:
                raise _TooLongError
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLongError:
            if begun:
                raise
            refusal = answer("too-large", f"At most {self._largest} bytes.")
            await refusal(scope, receive, send)
