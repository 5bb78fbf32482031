"""`/docs`: the OpenAPI document as one plain page; no script, nothing from elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response

from service.web.render import render

router = APIRouter(include_in_schema=False)
_METHODS = ("get", "post", "put", "patch", "delete")


@router.get("/docs")
def docs_page(request: Request) -> Response:
    """Every operation with its parameters, bodies, answers and examples."""
    document = request.app.openapi()
    schemas = document.get("components", {}).get("schemas", {})
    return render(
        request,
        "docs.html",
        info=document["info"],
        groups=_groups(document),
        schemas=[_schema(name, schema) for name, schema in sorted(schemas.items())],
    )


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    operations: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                described = _operation(path, method, methods[method])
                operations.setdefault(described["tag"], []).append(described)
    told = {tag["name"]: tag["description"] for tag in document.get("tags", [])}
    order = [*told, *(tag for tag in operations if tag not in told)]
    return [
        {"name": tag, "description": told.get(tag, ""), "operations": operations[tag]}
        for tag in order
        if tag in operations
    ]


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": operation["operationId"],
        "tag": operation.get("tags", ["other"])[0],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "open": not operation.get("security"),
        "parameters": [_parameter(each) for each in operation.get("parameters", [])],
        "bodies": list(_contents(operation.get("requestBody", {}).get("content", {}))),
        "answers": [
            {
                "status": status,
                "description": answer.get("description", ""),
                "contents": list(_contents(answer.get("content", {}))),
            }
            for status, answer in operation["responses"].items()
        ],
    }


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "required": parameter.get("required", False),
        "description": parameter.get("description", ""),
        "kind": _kind(parameter.get("schema", {})),
    }


def _contents(contents: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for media_type, content in contents.items():
        schema = content.get("schema", {})
        yield {
            "media_type": media_type,
            "kind": _kind(schema),
            "reference": _reference(schema),
            "example": _example(content, schema),
        }


def _example(content: dict[str, Any], schema: dict[str, Any]) -> str | None:
    named = [each.get("value") for each in content.get("examples", {}).values()]
    for example in (content.get("example"), *named, *schema.get("examples", [])):
        if example is not None:
            return example if isinstance(example, str) else _spell(example)
    return None


def _schema(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", [])
    examples = schema.get("examples", [])
    return {
        "name": name,
        "description": schema.get("description", ""),
        "kind": _kind(schema),
        "fields": [
            {
                "name": field,
                "kind": _kind(inner),
                "reference": _reference(inner),
                "required": field in required,
                "description": inner.get("description", ""),
            }
            for field, inner in schema.get("properties", {}).items()
        ],
        "example": _spell(examples[0]) if examples else None,
    }


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words: `array of string`, `integer ≥ 1 ≤ 200`, `string or null`."""
    if "$ref" in schema:
        return _name(schema["$ref"])
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " or ".join(dict.fromkeys(_kind(each) for each in schema[choice]))
    if "enum" in schema:
        return ", ".join(_spell(value) for value in schema["enum"])
    if "const" in schema:
        return _spell(schema["const"])
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"array of {_kind(schema.get('items', {}))}"
    return " ".join([kind, *_limits(schema)])


def _limits(schema: dict[str, Any]) -> Iterator[str]:
    if "format" in schema:
        yield f"({schema['format']})"
    for key, sign in (("minimum", "≥"), ("maximum", "≤"), ("exclusiveMinimum", ">")):
        if key in schema:
            yield f"{sign} {schema[key]}"
    if "maxLength" in schema:
        yield f"up to {schema['maxLength']} characters"


def _reference(schema: dict[str, Any]) -> str | None:
    if "$ref" in schema:
        return _name(schema["$ref"])
    inner = [schema.get("items", {}), *schema.get("anyOf", []), *schema.get("oneOf", [])]
    return next((_name(each["$ref"]) for each in inner if "$ref" in each), None)


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _spell(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
