import pytest

from holdfast.core.access import access_of
from holdfast.core.backends import Access, Endpoints
from holdfast.core.repository import Computed
from tests.core.configurations import Given, configuration


@pytest.mark.parametrize(
    ("values", "access"),
    [
        ({"profile": "dev"}, Access(profile="dev")),
        (
            {"assume_role": {"role_arn": "r", "external_id": "e", "session_name": "s"}},
            Access(role_arn="r", external_id="e", session_name="s"),
        ),
        (
            {"role_arn": "r", "external_id": "e", "session_name": "s"},
            Access(role_arn="r", external_id="e", session_name="s"),
        ),
        (
            {"assume_role_with_web_identity": {"role_arn": "r", "web_identity_token_file": "/t"}},
            Access(role_arn="r", web_identity_token_file="/t"),
        ),
        (
            {"shared_config_files": ("a", "b"), "shared_credentials_file": "c"},
            Access(shared_config_files=("a", "b"), shared_credentials_files=("c",)),
        ),
        (
            {
                "endpoints": {"s3": "s", "dynamodb": "d", "sts": "t", "iam": "i"},
                "use_path_style": True,
            },
            Access(endpoints=Endpoints(s3="s", dynamodb="d", sts="t", iam="i"), path_style=True),
        ),
        (
            {"endpoint": "s", "dynamodb_endpoint": "d", "force_path_style": "true"},
            Access(endpoints=Endpoints(s3="s", dynamodb="d"), path_style=True),
        ),
        (
            {
                "use_fips_endpoint": True,
                "use_dualstack_endpoint": True,
                "insecure": True,
                "custom_ca_bundle": "/ca",
            },
            Access(fips=True, dual_stack=True, insecure=True, ca_bundle="/ca"),
        ),
        ({"profile": Computed("var.profile"), "access_key": "(sensitive)"}, Access()),
    ],
)
def test_the_way_to_a_backend_is_read_from_its_arguments(values: Given, access: Access) -> None:
    assert access_of(configuration(values)) == access
