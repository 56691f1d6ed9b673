"""The configuration of pre-commit: what can be checked before anything leaves the machine. Pure.

The hooks need no credentials and no network once they are installed. They look at the whole tree: two files that
each look right may name one state.
"""

from __future__ import annotations

from holdfast.core.generated import MARK, GeneratedFile
from holdfast.generate.ci_targets import CiSettings
from holdfast.generate.yaml_text import YamlValue, yaml_comment, yaml_text

PATH = ".pre-commit-config.yaml"
FILES = r"(\.(tf|tf\.json|hcl|tfbackend)|(^|/)holdfast\.yaml)$"
NOTICE = f"{MARK} (`holdfast generate ci --system pre-commit`)."


def pre_commit_file(settings: CiSettings) -> GeneratedFile:
    """Return the configuration."""
    check = "holdfast generate backend --check"
    hooks = [
        _hook("holdfast-audit", "audit state backends", "holdfast audit --offline", settings),
        _hook("holdfast-generated", "check generated backends", check, settings),
    ]
    document: dict[str, YamlValue] = {"repos": [{"repo": "local", "hooks": hooks}]}
    return GeneratedFile(path=PATH, text=yaml_comment(NOTICE) + yaml_text(document))


def _hook(name: str, title: str, entry: str, settings: CiSettings) -> YamlValue:
    return {
        "id": name,
        "name": title,
        "language": "python",
        "additional_dependencies": (settings.holdfast,),
        "entry": entry,
        "pass_filenames": False,
        "files": FILES,
    }
