"""What a page does behind the reader's back."""

from types import TracebackType

from playwright.async_api import ConsoleMessage, Error, Page, Request


class Watch:
    """Listens at one page for a while: requests to strangers, and complaints of the browser."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.files: set[str] = set()
        self.strangers: list[str] = []
        self.complaints: list[str] = []

    def __enter__(self) -> "Watch":
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", self._failed)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.page.remove_listener("request", self._asked)
        self.page.remove_listener("console", self._said)
        self.page.remove_listener("pageerror", self._failed)

    def _asked(self, request: Request) -> None:
        if not request.is_navigation_request():
            self.files.add(request.url)
        if not request.url.startswith((f"{self.origin}/", "data:")):
            self.strangers.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _failed(self, error: Error) -> None:
        self.complaints.append(str(error))
