"""Whatever is sent, the service answers with one of the responses it documents, and never with a 5xx."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from examples.marketplace_backend import rate_limits
from examples.marketplace_backend.app import create_app
from examples.marketplace_backend.credentials import matches, parted
from examples.marketplace_backend.offers import opened
from examples.marketplace_backend.problem_documents import KINDS, ServiceError
from examples.marketplace_backend.tests.conftest import Office

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def test_every_operation_answers_as_documented(planned: Office) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", planned.client.app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 30
    for operation in operations:
        # Keys are revoked by a test of their own: here it would end the key that asks.
        if operation.path != "/v1/keys/{key_id}":
            asked(operation, planned.cooperative)


def asked(operation: Any, headers: dict[str, str]) -> None:
    """Send what the document allows and what it does not; the answer must be one that it lists."""

    @FEW
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE) | negative(operation))
    def answered(case: Any) -> None:
        # Limits have tests of their own: here thousands of calls and of wrong keys come from one address.
        rate_limits.forget()
        # What the schema allows may still not fit what is stored (an unknown order): that is not checked.
        # Nor that what it forbids is refused: the key given here mends a case whose fault was to have none.
        passed_over = [positive_data_acceptance, negative_data_rejection, unsupported_method]
        case.call_and_validate(headers=headers, excluded_checks=passed_over)

    answered()


def negative(operation: Any) -> Any:
    """What the document does not allow; nothing where an operation takes nothing."""
    takes = operation.body or operation.query or operation.path_parameters
    return operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) if takes else st.nothing()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@MANY
@given(body=st.binary(max_size=400) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_as_a_body_are_refused_by_name_or_understood(planned: Office, body: bytes) -> None:
    for method, path in (("POST", "/v1/orders"), ("POST", "/v1/orders/exports"), ("POST", "/v1/quotes"),
                         ("PUT", "/v1/orchard"), ("POST", "/v1/reservations"), ("POST", "/v1/replans")):  # fmt: skip
        answer = planned.client.request(method, path, content=body, headers=planned.cooperative)
        assert answer.status_code < 300 or answer.json()["type"] in KINDS
        assert answer.status_code < 500, (path, body)


@MANY
@given(token=st.text(max_size=80) | st.binary(max_size=60).map(lambda raw: raw.hex() + "." + raw.hex()))
def test_any_token_is_opened_or_refused_by_name(planned: Office, token: str) -> None:
    with pytest.raises(ServiceError):
        opened(token)
    key_id, secret = parted(token)
    assert not matches(secret, None)
    assert key_id == "" or token.startswith(key_id)


def test_every_kind_of_problem_is_in_the_readme() -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


def test_the_document_names_no_route_without_responses() -> None:
    document = create_app().openapi()
    for path, methods in document["paths"].items():
        if path in ("/health",):
            continue
        for operation in methods.values():
            assert {"429", "503"} <= operation["responses"].keys(), path
