"""What must be known before the database opens; read once, then passed on."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from node.errors import WrongSettings


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one node. A node with only `url` set runs."""

    url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    data: str = "data"
    database_url: str = ""
    allow_loopback: bool = False
    engine: str = "auto"
    trusted_proxies: str = "127.0.0.1"
    log: str = "info"

    @property
    def origin(self) -> str:
        """Scheme and host under which everybody knows this node."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def domain(self) -> str:
        """The part of our addresses after the @."""
        return urlsplit(self.url).netloc.lower()

    @property
    def folder(self) -> Path:
        """Where the node keeps its files."""
        return Path(self.data)

    @property
    def database(self) -> str:
        """Where the node remembers: PostgreSQL when asked for, else a file in the data folder."""
        return self.database_url or f"sqlite:///{self.folder / 'palabre.db'}"


FILE = "palabre.toml"
ENGINES = ("auto", "httpx", "fast")
LOG_LEVELS = ("debug", "info", "warning", "error")


def load(given: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Settings:
    """Put together flags, environment and `palabre.toml` of the data folder, in that order.

    Raise WrongSettings.
    """
    environment = os.environ if environment is None else environment
    from_environment = _from_environment(environment)
    flags = {name: value for name, value in given.items() if value is not None}
    data = Path(str(flags.get("data") or from_environment.get("data") or Settings().data))
    values = {**_from_file(data / FILE), **from_environment, **flags}
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise WrongSettings("setting-malformed", reason=error) from error
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    parts = urlsplit(settings.url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.path not in ("", "/"):
        raise WrongSettings("setting-url", found=settings.url)
    if not 0 < settings.port < 65536:
        raise WrongSettings("setting-port", found=settings.port)
    if settings.log not in LOG_LEVELS:
        raise _no_choice("log", LOG_LEVELS, settings.log)
    if settings.engine not in ENGINES:
        raise _no_choice("engine", ENGINES, settings.engine)


def _no_choice(name: str, choices: Sequence[str], found: str) -> WrongSettings:
    return WrongSettings("setting-choice", name=name, choices=", ".join(choices), found=found)


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as error:
        raise WrongSettings("setting-file-forbidden", path=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSettings("setting-file-malformed", path=path, reason=error) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in Settings.__struct_fields__:
        key = f"PALABRE_{name.upper()}"
        if path := environment.get(f"{key}_FILE"):
            try:
                found[name] = Path(path).read_text("utf-8").strip()
            except OSError as error:
                code = "setting-secret-unreadable"
                raise WrongSettings(code, name=f"{key}_FILE", path=path) from error
        elif key in environment:
            found[name] = environment[key]
    return found
