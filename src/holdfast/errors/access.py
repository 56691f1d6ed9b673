"""Credentials, permissions, accounts and endpoints: errors on the way to AWS."""

from __future__ import annotations

from holdfast.errors.model import ExitCode, HoldfastError


class CredentialsError(HoldfastError):
    """There are no usable credentials: none were found, or they are expired or not valid.

    Sign in again (`aws sso login`, a new token) or name a profile. In a region that must be enabled
    first, AWS answers with the same words when the account has not opted in.
    """

    slug = "credentials"

    def __init__(
        self, subject: str, detail: str, *, hint: str = "", world: str = "nothing was changed"
    ) -> None:
        super().__init__(
            f"AWS does not accept the credentials for {subject}",
            facts=(("AWS says", detail),),
            world=world,
            hints=(hint or "sign in again, or set AWS_PROFILE; then repeat the command",),
        )


class PermissionMissingError(HoldfastError):
    """AWS refused a call that the command cannot do without.

    The message names the action, the resource and the caller. A refusal is never taken as "it is not there".
    """

    slug = "permission-missing"

    def __init__(
        self, permission: str, resource: str, *, detail: str, world: str = "nothing was changed"
    ) -> None:
        super().__init__(
            f"AWS does not allow `{permission}` on {resource}",
            facts=(("AWS says", detail),),
            world=world,
            hints=(f"grant `{permission}` to the caller, then repeat the command",),
        )


class EndpointUnreachableError(HoldfastError):
    """The service's endpoint gave no answer: name, route, proxy, TLS or time-out."""

    slug = "endpoint-unreachable"

    def __init__(self, endpoint: str, detail: str, *, world: str = "nothing was changed") -> None:
        super().__init__(
            f"no answer from {endpoint}",
            facts=(("cause", detail),),
            world=world,
            hints=("check the endpoint, the network and the proxy settings",),
        )


class ServiceError(HoldfastError):
    """AWS answered with an error that Holdfast does not know how to handle."""

    slug = "service-error"

    def __init__(
        self,
        operation: str,
        resource: str,
        *,
        code: str,
        detail: str,
        request_id: str = "",
        world: str = "",
    ) -> None:
        identified = (("request ID", request_id),) if request_id else ()
        super().__init__(
            f"`{operation}` on {resource} failed: {code}",
            facts=(("AWS says", detail), *identified),
            world=world,
        )


class AccountMismatchError(HoldfastError):
    """The credentials belong to an account that is not the declared one.

    The declared account is `accounts:` in `holdfast.yaml`; the code names the right ones by
    `allowed_account_ids` and `forbidden_account_ids` in the backend block. Nothing is changed in any other
    account. Where roots that share a bucket allow different accounts, each of these is right.
    """

    slug = "account-mismatch"

    def __init__(self, backend: str, *, expected: str, actual: str, caller: str) -> None:
        forbidden = not expected  # then every account but this one may be right
        super().__init__(
            f"the credentials for backend `{backend}` are of account {actual}, "
            + ("which the code forbids" if forbidden else f"not {expected}"),
            facts=(
                ("caller", caller),
                ("forbidden", actual) if forbidden else ("declared", expected),
            ),
            world="nothing was changed",
            hints=("use the profile or role of the declared account",),
        )


class AccountUndeclaredError(HoldfastError):
    """Something would be created in an account that neither the code nor a declaration names alone.

    Say which account is meant: `--account ID`, `allowed_account_ids` in the backend block, or `accounts:`
    in `holdfast.yaml`.
    """

    slug = "account-undeclared"
    exit_code = ExitCode.USAGE

    def __init__(self, backend: str, *, account: str, region: str) -> None:
        super().__init__(
            f"backend `{backend}` would get a new bucket or table in an account nobody declared",
            facts=(("account", account), ("region", region)),
            world="nothing was changed",
            hints=(f"if that is the right account, add `--account {account}`",),
        )
