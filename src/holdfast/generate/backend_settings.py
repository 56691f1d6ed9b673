"""What every format of a component's backend is made from, and the line that says where it comes from. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.components import Component
from holdfast.core.generated import MARK
from holdfast.generate.backend_arguments import BackendArguments

NOTICE = f"{MARK} with `holdfast generate backend`: change the declaration, not this file."


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSettings:
    """A component, and the arguments of the backend that keeps its state."""

    component: Component
    arguments: BackendArguments
