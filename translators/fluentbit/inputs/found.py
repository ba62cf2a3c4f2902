"""What every form of input comes down to: files as the pod sees them, a main file, variables and a workload."""

from __future__ import annotations

from dataclasses import dataclass, field

from translators.diagnostics import Finding
from translators.fluentbit.configuration import Section
from translators.fluentbit.files import ConfigFile, FileTree
from translators.fluentbit.variables import Variables
from translators.fluentbit.workload import Workload


@dataclass(slots=True)
class Found:
    """One configuration that was found in the inputs.

    ``before`` are sections that run before the file's own (the input of Fargate's log router, for example);
    ``parsers`` are files of parsers that the form brings without a ``Parsers_File``. ``texts`` are those that stand
    inside an input and have places of their own.
    """

    kind: str
    main: ConfigFile
    tree: FileTree
    variables: Variables
    workload: Workload | None = None
    findings: list[Finding] = field(default_factory=list)
    before: list[Section] = field(default_factory=list)
    parsers: list[ConfigFile] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
