"""The package's public surface."""

import ast
import pathlib
import sys

import checks


def test_exports_are_complete_and_sorted() -> None:
    public = {
        name
        for name, value in vars(checks).items()
        if not name.startswith("_") and type(value).__name__ != "module"
    }
    assert set(checks.__all__) == public
    assert len(checks.__all__) == len(set(checks.__all__))


def test_every_public_value_of_the_grammar_is_exported() -> None:
    from checks import values

    own = {name for name, value in vars(values).items() if _is_own_class(value)}
    assert own <= set(checks.__all__)


def test_the_package_imports_only_itself_and_pure_parts_of_the_standard_library() -> None:
    impure = {"time", "datetime", "socket", "http", "urllib.request", "asyncio", "random", "os"}
    for path in pathlib.Path(checks.__file__).parent.glob("*.py"):
        for module in _imports(path):
            assert module not in impure, path.name
            top = module.split(".")[0]
            assert top == "checks" or top in sys.stdlib_module_names, (path.name, module)


def _is_own_class(value: object) -> bool:
    return isinstance(value, type) and value.__module__ == "checks.values"


def _imports(path: pathlib.Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found
