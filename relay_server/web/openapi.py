# SPDX-License-Identifier: AGPL-3.0-or-later
"""OpenAPI 3.1 of the endpoints, with the shapes of bodies read from the wire types.

A CBOR body is the array of an object's fields in order; JSON Schema can say that with `prefixItems`. Byte
strings are described as strings with `contentEncoding`, which a CBOR serializer turns into bytes.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.relay_api import CBOR, PROBLEM, ProblemCode
from relay_server.errors import STATUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relay_server.web.endpoints import Endpoint, Parameter

Schema = dict[str, Any]

BYTES: Final = "base64"
"""`contentEncoding` of what is a byte string in CBOR."""

BOUNDS: Final = "x-bytes"
"""Least and greatest length of a byte string, which JSON Schema cannot say."""

_MAX_INT: Final = 2**63 - 1
_ALWAYS: Final = (
    ProblemCode.MALFORMED,
    ProblemCode.NOT_FOUND,
    ProblemCode.METHOD_NOT_ALLOWED,
    ProblemCode.TOO_MANY_REQUESTS,
    ProblemCode.UNAVAILABLE,
    ProblemCode.INTERNAL,
)
_AUTHENTICATED: Final = (
    ProblemCode.UNAUTHENTICATED,
    ProblemCode.PROOF_REPLAYED,
    ProblemCode.CLOCK_SKEW,
)
_WITH_BODY: Final = (ProblemCode.UNSUPPORTED_MEDIA_TYPE, ProblemCode.TOO_LARGE)


def describe(endpoints: Sequence[Endpoint]) -> Schema:
    """Return the OpenAPI document."""
    schemas: dict[str, Schema] = {"Problem": _problem_schema()}
    paths: dict[str, dict[str, Schema]] = {}
    for endpoint in endpoints:
        path = endpoint.path.replace(":path}", "}")
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "U-HealthSec relay",
            "version": "1",
            "description": "Bodies are deterministic CBOR (RFC 8949 section 4.2): an object is the array of its "
            "fields in order. Errors are application/problem+json with a stable code.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "proof": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "DPoP",
                    "description": "Proof of possession of the device's request key (RFC 9449), alg Ed25519.",
                },
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "DPoP and the access token (RFC 9449 section 7.1), which the proof names in ath.",
                },
            },
        },
    }


def _operation(endpoint: Endpoint, schemas: dict[str, Schema]) -> Schema:
    codes = _ALWAYS + endpoint.problems
    if endpoint.is_authenticated:
        codes += _AUTHENTICATED
        if endpoint.is_session_needed:
            codes += (ProblemCode.SIGN_IN_NEEDED, ProblemCode.FORBIDDEN)
        if endpoint.is_step_up_needed:
            codes += (ProblemCode.STEP_UP_NEEDED,)
    if endpoint.takes is not None:
        codes += _WITH_BODY
    success = "200" if endpoint.gives is not None else "204"
    operation: Schema = {
        "summary": endpoint.summary,
        "parameters": [
            *(_parameter(each, "path") for each in endpoint.path_parameters),
            *(_parameter(each, "query") for each in endpoint.query),
        ],
        "responses": {success: _content(endpoint.gives, schemas)} | _refusals(endpoint, codes),
    }
    if endpoint.form:
        operation["requestBody"] = {"required": True, "content": _form(endpoint)}
    elif endpoint.takes is not None:
        operation["requestBody"] = _content(endpoint.takes, schemas) | {"required": True}
        del operation["requestBody"]["description"]
    if endpoint.is_authenticated:
        needed: Schema = {"proof": []}
        operation["security"] = [needed | {"token": []} if endpoint.is_session_needed else needed]
    return operation


def _content(kind: type | str | None, schemas: dict[str, Schema]) -> Schema:
    if kind is None:
        return {"description": "Done."}
    if isinstance(kind, str):
        return {"description": "Done.", "content": {kind: {}}}
    return {"description": "Done.", "content": {CBOR: {"schema": _schema(kind, (), schemas)}}}


def _form(endpoint: Endpoint) -> Schema:
    properties = {each.name: {"type": "string"} for each in endpoint.form}
    return {str(endpoint.takes): {"schema": {"type": "object", "properties": properties}}}


def _refusals(endpoint: Endpoint, codes: Sequence[ProblemCode]) -> dict[str, Schema]:
    if endpoint.refuses == PROBLEM:
        return _problems(codes)
    # What comes before the endpoint is refused as everywhere else.
    schema = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
    refusal = {"description": "An OAuth error.", "content": {endpoint.refuses: {"schema": schema}}}
    both = _problems((ProblemCode.TOO_MANY_REQUESTS, ProblemCode.UNAVAILABLE))
    for described in both.values():
        described["content"][endpoint.refuses] = {"schema": schema}
    others = (ProblemCode.NOT_FOUND, ProblemCode.METHOD_NOT_ALLOWED, ProblemCode.INTERNAL)
    return {"400": refusal} | both | _problems(others)


def _problems(codes: Sequence[ProblemCode]) -> dict[str, Schema]:
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(STATUS[code], []).append(code.value)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        str(status): {"description": " or ".join(values), "content": {PROBLEM: {"schema": schema}}}
        for status, values in sorted(by_status.items())
    }


def _problem_schema() -> Schema:
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string", "enum": [code.value for code in ProblemCode]},
        },
    }


def _parameter(parameter: Parameter, place: str) -> Schema:
    if parameter.pattern is not None:
        schema: Schema = {"type": "string", "pattern": parameter.pattern}
    else:
        schema = {"type": "integer", "minimum": parameter.least, "maximum": parameter.most}
    return {
        "name": parameter.name,
        "in": place,
        "required": parameter.is_required or place == "path",
        "schema": schema,
    }


def _schema(hint: Any, bounds: tuple[Any, ...], schemas: dict[str, Schema]) -> Schema:  # noqa: ANN401, PLR0911 - an annotation can be anything
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        return _schema(inner, tuple(extras) + bounds, schemas)
    supertype = getattr(hint, "__supertype__", None)
    if supertype is not None:
        return _schema(supertype, bounds, schemas)
    if get_origin(hint) in {typing.Union, types.UnionType}:
        options = [each for each in get_args(hint) if each is not types.NoneType]
        return {"anyOf": [_schema(options[0], bounds, schemas), {"type": "null"}]}
    size = next((each for each in bounds if isinstance(each, Size)), None)
    if get_origin(hint) is tuple and size is not None:
        items = _schema(get_args(hint)[0], (), schemas)
        return {"type": "array", "items": items, "minItems": size.least, "maxItems": size.most}
    if hint is bytes and size is not None:
        return {
            "type": "string",
            "contentEncoding": BYTES,
            "description": f"byte string of {size.least} to {size.most} bytes",
            BOUNDS: [size.least, size.most],
        }
    if hint is str and size is not None:
        return {"type": "string", "minLength": min(size.least, 1), "maxLength": size.most}
    if hint is bool:
        return {"type": "boolean"}
    if hint is int:
        span = next((each for each in bounds if isinstance(each, Range)), Range(0, _MAX_INT))
        return {"type": "integer", "minimum": span.least, "maximum": span.most}
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return {"type": "integer", "enum": [member.value for member in hint]}
    return _object_schema(hint, schemas)


def _object_schema(cls: type, schemas: dict[str, Schema]) -> Schema:
    name = cls.__name__
    if name not in schemas:
        fields = dataclasses.fields(cls)
        hints = typing.get_type_hints(cls, include_extras=True)
        schemas[name] = {}  # seen, should a type ever contain itself
        schemas[name] = {
            "type": "array",
            "title": name,
            "description": (cls.__doc__ or "").strip(),
            "prefixItems": [
                {"title": field.name} | _schema(hints[field.name], (), schemas) for field in fields
            ],
            "items": False,
            "minItems": len(fields),
            "maxItems": len(fields),
        }
    return {"$ref": f"#/components/schemas/{name}"}
