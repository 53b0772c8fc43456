"""Every module here adds its adapters to the registry when it is imported."""

import importlib
import pkgutil

from adapters.registry import ADAPTERS

for module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{module.name}")

__all__ = ["ADAPTERS"]
