"""The OpenAPI document of the control interface, made from its operations."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, TypeAdapter

from osa_cam.control.operations import OPERATIONS, Operation

REFERENCES = "#/components/schemas/{model}"
EVENTS = "/v1/events"
DOCUMENT = "/v1/openapi.json"
DESCRIPTION = """Control of the avatar that runs on this machine. The address and the token stand in `control.json` beside the program's
settings; `osa-cam ctl access` prints both. Only programs on this machine are answered, and no page in a browser."""


class Problem(BaseModel):
    """What went wrong. Source: RFC 9457."""

    title: str
    status: int
    detail: str = Field(description="a sentence that says what to do")


PROBLEMS = {
    "400": "The request is no HTTP that can be read, or no WebSocket where one is.",
    "401": "The token is missing or wrong.",
    "403": "The request came through another name than this machine's own, or from a page in the browser.",
    "409": "It can't be done now.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "A value can't be used.",
}


def openapi(version: str) -> dict[str, Any]:
    """OpenAPI 3.1; version: the program's."""
    adapters = {operation.id: operation.gives for operation in OPERATIONS} | {"problem": TypeAdapter(Problem)}
    adapters |= {f"{operation.id} takes": TypeAdapter(operation.takes) for operation in OPERATIONS if operation.takes}
    schemas, shared = TypeAdapter.json_schemas(
        [(name, "serialization", adapter) for name, adapter in adapters.items()], ref_template=REFERENCES
    )
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        answer = schemas[(operation.id, "serialization")]
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, answer)
    paths[EVENTS] = {"get": _events(schemas[("get_status", "serialization")])}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OSA Cam",
            "version": version,
            "description": DESCRIPTION,
        },
        "servers": [{"url": "http://127.0.0.1:8026"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": shared["$defs"],
            "responses": {code: _problem(description) for code, description in PROBLEMS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(operation: Operation, answer: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": operation.id, "summary": operation.summary}
    codes = ["401", "403", "409", "422"]
    if operation.takes:
        schema = {"$ref": REFERENCES.format(model=operation.takes.__name__)}
        described["requestBody"] = {"content": {"application/json": {"schema": schema}}}
        codes += ["400", "413", "415"]
    ok = {"description": "Done.", "content": {"application/json": {"schema": answer}}}
    return {**described, "responses": {"200": ok, **_problems(*codes)}}


def _events(status: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": "get_events",
        "summary": "A WebSocket: the status as JSON, four times a second.",
        "responses": {
            "101": {"description": "Each message is one status.", "content": {"application/json": {"schema": status}}},
            **_problems("400", "401", "403"),
        },
    }


def _problems(*codes: str) -> dict[str, Any]:
    return {code: {"$ref": f"#/components/responses/{code}"} for code in sorted(codes)}


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": REFERENCES.format(model="Problem")}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}
