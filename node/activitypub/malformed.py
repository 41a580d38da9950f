"""What is said of a document that cannot be read, without the library that reads activities."""

from little_boxes.errors import BadActivityError

from node.errors import Refusal


class MalformedActivity(Refusal, BadActivityError):  # type: ignore[misc]
    """What arrived cannot be read, or not in one way only; it is the sender's fault."""

    status = 400
    status_code = 400
    code = "malformed"
    payload = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.args = (message,)
        self.message = message
