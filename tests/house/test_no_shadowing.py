"""A package defines no function or class with the name of one of its modules: the order of imports would decide which
of the two an import returns."""

import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

import signatures

PACKAGES = ["signatures"] + [
    info.name for info in pkgutil.walk_packages(signatures.__path__, "signatures.") if info.ispkg
]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_submodule_is_what_its_package_holds_under_its_name(package):
    module = import_module(package)
    names = [info.name for info in pkgutil.iter_modules(module.__path__)]
    held = {name: getattr(module, name, None) for name in names}
    assert [name for name, value in held.items() if value is not None and not isinstance(value, ModuleType)] == []
