"""The environment in which Terraform, boto3 and the aws CLI reach the embedded AWS, and nothing else.

No backend block has to be changed for it. Every service but S3 is simply at `http://127.0.0.1:PORT`. S3 needs
more: Terraform (1.11.4 and 1.15.5, measured) puts the bucket in front of the host whatever the endpoint is,
unless the block says `use_path_style`, and `BUCKET.127.0.0.1` or `BUCKET.localhost` does not resolve. So S3 is
given a name below `.test`, which RFC 6761 keeps from ever existing, and the server is made the proxy for plain
HTTP: a proxy resolves names itself. boto3 and the aws CLI go the same way. HTTPS is not touched, so providers
are downloaded as ever; names and addresses of this machine are excepted.
"""

import configparser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DOMAIN = "sandbox.holdfast.test"
S3_HOST = f"s3.{DOMAIN}"
S3_CONTROL_HOST = f"s3-control.{DOMAIN}"
SERVICES = ("DYNAMODB", "IAM", "KMS", "ORGANIZATIONS", "SSO", "STS")
LOCAL = "127.0.0.1,::1,localhost"
SECRET_KEY = "test"  # noqa: S105 - the embedded AWS's own word, known to everybody


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A named profile of the sandbox: what `profile = "…"` in a backend block or a declaration means."""

    name: str
    account: str
    region: str


def client_settings(
    url: str, directory: Path, *, account: str, region: str, secret_key: str = SECRET_KEY
) -> Mapping[str, str]:
    """Return the variables that make the clients of AWS use the server at `url`.

    `account` is an access key id: 12 digits are the account itself. `directory` holds the two configuration
    files that take the place of the user's own.
    """
    return {
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": secret_key,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": str(directory / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(directory / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "AWS_ENDPOINT_URL": url,
        **{f"AWS_ENDPOINT_URL_{service}": url for service in SERVICES},
        "AWS_ENDPOINT_URL_S3": f"http://{S3_HOST}",
        "AWS_ENDPOINT_URL_S3_CONTROL": f"http://{S3_CONTROL_HOST}",
        "HTTP_PROXY": url,
        "http_proxy": url,
        "NO_PROXY": LOCAL,
        "no_proxy": LOCAL,
    }


def without_foreign_aws(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment without any AWS setting: no profile, token or role of the user leaks in."""
    return {name: value for name, value in environ.items() if not name.startswith("AWS_")}


def write_profiles(directory: Path, profiles: tuple[Profile, ...]) -> None:
    """Write the `config` and `credentials` files that `client_settings` points to."""
    config = configparser.RawConfigParser(default_section="")
    credentials = configparser.RawConfigParser(default_section="")
    for profile in profiles:
        config[f"profile {profile.name}"] = {"region": profile.region}
        credentials[profile.name] = {
            "aws_access_key_id": profile.account,
            "aws_secret_access_key": SECRET_KEY,
        }
    for name, content in (("config", config), ("credentials", credentials)):
        with (directory / name).open("w", encoding="utf-8") as file:
            content.write(file)
