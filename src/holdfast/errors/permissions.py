"""Policies that cannot be written and roles that cannot be checked: errors of permissions."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError


class PolicyIncompleteError(HoldfastError):
    """A policy would have to name a table or key whose account or region nobody has named.

    An ARN with a wildcard in their place would reach tables of the same name that are not meant, so none is
    written. Say which account it is: `--account ID`, `allowed_account_ids` in the backend block, or `accounts:`
    in `holdfast.yaml`. A region stands in the backend block, in the declaration or in `AWS_REGION`.
    """

    slug = "policy-incomplete"
    exit_code = ExitCode.USAGE

    def __init__(self, backend: str, *, missing: Sequence[str]) -> None:
        words = " and ".join(missing)
        hints = {
            "account": "add `--account ID`, or `allowed_account_ids` to the backend block",
            "region": "set the region in the backend block, or `AWS_REGION`",
        }
        super().__init__(
            f"the {words} of backend `{backend}` {'are' if len(missing) > 1 else 'is'} not known",
            world="nothing was written",
            hints=[hints[each] for each in missing],
        )


class PolicyTooLargeError(HoldfastError):
    """IAM would refuse a policy for its size, and it cannot be divided into policies that a role can hold.

    A managed policy has at most 6144 characters and a trust policy 2048, white space not counted; a role
    holds at most ten managed policies. Make a role for fewer states: name components, or one backend.
    """

    slug = "policy-too-large"
    exit_code = ExitCode.USAGE

    def __init__(
        self, name: str, *, what: str, size: int, size_max: int, unit: str = "characters"
    ) -> None:
        super().__init__(
            f"policy `{name}` would be too large for IAM",
            facts=(
                ("for", what),
                ("needed", f"at least {size} {unit}"),
                ("allowed", f"{size_max} {unit}"),
            ),
            world="nothing was written",
            hints=("name fewer components or one backend, and make a role for each",),
        )


class RoleArnError(HoldfastError):
    """What was named is not the ARN of a role.

    It looks like `arn:aws:iam::111111111111:role/NAME`; that of a session, as GetCallerIdentity tells it, will do too.
    """

    slug = "role-arn"
    exit_code = ExitCode.USAGE

    def __init__(self, text: str) -> None:
        super().__init__(
            f"`{text}` is not the ARN of a role",
            world="nothing was read",
            hints=("give it as `arn:aws:iam::111111111111:role/NAME`",),
        )


class RoleUnknownError(HoldfastError):
    """IAM says that there is no role of that name in the account."""

    slug = "role-unknown"
    exit_code = ExitCode.USAGE

    def __init__(self, arn: str) -> None:
        super().__init__(
            f"there is no role `{arn}`",
            world="nothing was changed",
            hints=("`aws iam list-roles` shows what there is",),
        )
