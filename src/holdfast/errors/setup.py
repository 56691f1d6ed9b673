"""Setup modules: what keeps one from being made."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError


class SetupNotPossibleError(HoldfastError):
    """The setup of a backend cannot be made: something is not known, or a module by hand is in its place.

    A region comes from the backend's code, its declaration or `AWS_REGION`; the place from the directory that is
    there, `layout.setup`, or the modules of other backends. A module is never written into one by hand: both
    would create the same bucket.
    """

    slug = "setup-not-possible"
    exit_code = ExitCode.USAGE

    def __init__(
        self,
        backend: str,
        problem: str,
        *,
        facts: Sequence[tuple[str, str]] = (),
        hints: Sequence[str] = (),
    ) -> None:
        super().__init__(
            f"the setup of `{backend}` cannot be made: {problem}",
            facts=facts,
            world="nothing was written",
            hints=hints
            or ("declare it in `holdfast.yaml`, or set `AWS_REGION` where the code names none",),
        )
