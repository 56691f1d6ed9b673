"""The fleet: code, declaration and cloud side by side, which is what the audit rules look at."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.backends import Backend
from holdfast.core.cloud import ObservedBackend
from holdfast.core.components import Components
from holdfast.core.declaration import Declaration
from holdfast.core.generated import ComparedFile
from holdfast.core.observed_states import FleetStates
from holdfast.core.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Everything known in one run. `observed` has one entry per chosen backend, withheld facts included.

    `online` is False with `--offline`: rules over cloud facts are then not run, and the report says so.
    `chosen` names the backends that were asked for, and is empty when all were. The others stay in
    `backends`, so that what is said of a chosen one does not depend on the choice. `components` are those of the
    declaration and of the roots, and `generated` the backend files that they yield beside what is on disk;
    without a declaration in the scanned directory there is neither. `states` is None where nobody asked for them: rules
    over states are then not run, and the report says so.
    """

    repository: Repository
    declaration: Declaration | None
    backends: tuple[Backend, ...]
    observed: tuple[ObservedBackend, ...]
    online: bool
    chosen: frozenset[str] = frozenset()
    components: Components | None = None
    generated: tuple[ComparedFile, ...] = ()
    states: FleetStates | None = None

    @property
    def backends_chosen(self) -> tuple[Backend, ...]:
        """Return the backends that were asked for, in the order of `backends`."""
        return tuple(each for each in self.backends if not self.chosen or each.name in self.chosen)

    def observation_of(self, backend: Backend) -> ObservedBackend | None:
        """Return what was observed of a backend; None when the cloud was not read."""
        return next((each for each in self.observed if each.backend.name == backend.name), None)
