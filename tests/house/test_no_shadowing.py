"""A package holds no function or class under the name of one of its modules: which of the two an import found would
depend on the order of other imports."""

import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

import signatures

PACKAGES = ["signatures"] + [
    found.name for found in pkgutil.walk_packages(signatures.__path__, "signatures.") if found.ispkg
]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_submodule_is_what_its_package_holds_under_its_name(package):
    found = import_module(package)
    names = [module.name for module in pkgutil.iter_modules(found.__path__)]
    held = {name: getattr(found, name, None) for name in names}
    assert [name for name, value in held.items() if value is not None and not isinstance(value, ModuleType)] == []
