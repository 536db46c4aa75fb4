"""Asks the running OSA Cam."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from osa_cam.control.access import Access, access_path, read_access
from osa_cam.errors import InputError, OsaCamError

ANSWERS_WITHIN_S = 10.0  # a sound system that is asked for its devices takes its time
UNPROCESSABLE, MISTAKE = 422, 500

NOT_RUNNING = "OSA Cam is not running: start it with osa-cam app or osa-cam run"


def find(path: Path | None = None) -> Access:
    """Raises OsaCamError when OSA Cam never ran, or was closed."""
    access = read_access(path or access_path())
    if access is None or not access.url:
        raise OsaCamError(NOT_RUNNING)
    return access


def ask(access: Access, method: str, path: str, values: dict[str, Any] | None = None) -> Any:
    """The answer's JSON; values: what the body says.

    Raises InputError for what was asked wrongly, OsaCamError for what can't be done or nobody who answers.
    """
    connection = http.client.HTTPConnection(urlsplit(access.url).netloc, timeout=ANSWERS_WITHIN_S)
    headers = {"Authorization": f"Bearer {access.token}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, None if values is None else json.dumps(values), headers)
        response = connection.getresponse()
        status, body = response.status, response.read()
        if status == MISTAKE:
            raise OsaCamError("OSA Cam made a mistake: its log says more; please report it")
        said = json.loads(body)
    except (OSError, http.client.HTTPException) as error:
        raise OsaCamError(f"{NOT_RUNNING} ({access.url} does not answer)") from error
    except ValueError as error:
        raise OsaCamError(f"something else than OSA Cam answers on {access.url}: end it, or start OSA Cam anew") from error
    finally:
        connection.close()
    if status == UNPROCESSABLE:
        raise InputError(said["detail"])
    if status >= 400:
        raise OsaCamError(said["detail"])
    return said
