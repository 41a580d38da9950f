"""Import every module of a package, so that what registers itself is registered."""

import importlib
import pkgutil
from types import ModuleType


def autoload(package: ModuleType) -> list[ModuleType]:
    """Import the direct modules of the package and return them in order of name."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]
