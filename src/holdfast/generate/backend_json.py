"""A component's backend as JSON: a `backend.tf.json` for the engine, and a document for everybody else. Pure.

The document is version 1 and has a structure of its own, which may only grow. `schemas/backend-v1.json` describes
it, and a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from holdfast.generate.backend_arguments import ArgumentValue
from holdfast.generate.backend_settings import NOTICE, BackendSettings

JsonValue: TypeAlias = "str | int | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"

DOCUMENT = "holdfast-backend"
LIST_DOCUMENT = "holdfast-backends"
DOCUMENT_VERSION = 1
COMMENT_KEY = "//"  # Terraform and OpenTofu leave it out (JSON configuration syntax)


def backend_tf_json_text(settings: BackendSettings) -> str:
    """Return a `backend.tf.json` with the whole block."""
    arguments = _arguments(settings.arguments.values)
    return _text({COMMENT_KEY: NOTICE, "terraform": {"backend": {"s3": arguments}}})


def backend_json_text(settings: BackendSettings) -> str:
    """Return the document of one component."""
    return _text(_document(settings))


def backend_list_json_text(every: Sequence[BackendSettings]) -> str:
    """Return one document of several components."""
    return _text(
        {
            "document": LIST_DOCUMENT,
            "version": DOCUMENT_VERSION,
            "generated": NOTICE,
            "components": [_document(each) for each in every],
        }
    )


def _document(settings: BackendSettings) -> Mapping[str, JsonValue]:
    component = settings.component
    backend = component.backend
    return {
        "document": DOCUMENT,
        "version": DOCUMENT_VERSION,
        "generated": NOTICE,
        "bucket": backend.bucket,
        "key": component.key,
        "region": backend.region,
        "lock_table": backend.table,
        "locking": backend.locking.value,
        "encrypt": True,
        "pipeline": component.pipeline,
        "arguments": _arguments(settings.arguments.values),
        "metadata": {
            "account_id": backend.account.account,
            "account_type": backend.account.name,
            "backend": backend.name,
            "root": component.root,
            "fields": dict(component.fields),
        },
    }


def _arguments(values: Mapping[str, ArgumentValue]) -> Mapping[str, JsonValue]:
    return dict(values.items())


def _text(document: Mapping[str, JsonValue]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
