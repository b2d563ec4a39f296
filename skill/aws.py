"""AWS: one session, and clients made when they are first used, each with short time-outs."""

import threading
from typing import Any

from botocore.config import Config
from botocore.session import Session

CONNECT_TIMEOUT = 1.0  # seconds; botocore's own 60 do not fit into the 8 of a voice turn
READ_TIMEOUT = 1.5
SEND_TIMEOUT = 5.0  # for those who carry messages
ATTEMPTS = 2


class Aws:
    """The way to AWS. Credentials, and the region unless one is given, come from where botocore finds them.

    botocore's own session, not boto3's: that one loads resources and transfers, 60 ms of every cold
    start, and makes the very same clients. ``endpoint``: where every service answers instead, for a
    server on this machine. ``session``: with credentials of its own. May be shared between threads.
    """

    def __init__(
        self, *, region: str | None = None, endpoint: str | None = None, session: Session | None = None
    ) -> None:
        self._region = region
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._session = session
        self._clients: dict[tuple[str, float, int], Any] = {}

    def client(self, service: str, *, read_timeout: float = READ_TIMEOUT, attempts: int = ATTEMPTS) -> Any:  # noqa: ANN401 - botocore's
        """The one client of ``service`` with this time-out, in seconds; its calls raise botocore's errors.

        ``attempts`` of one call, the first included.
        """
        with self._lock:
            kind = (service, read_timeout, attempts)
            made = self._clients.get(kind)
            if made is None:
                made = self._clients[kind] = self._make(*kind)
            return made

    def _make(self, service: str, read_timeout: float, attempts: int) -> Any:  # noqa: ANN401 - botocore's
        if self._session is None:
            self._session = Session()
        config = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            user_agent_appid="dosekeeper",
        )
        return self._session.create_client(
            service, region_name=self._region, endpoint_url=self._endpoint, config=config
        )
