"""Text whose indentation was lost when it was pasted from a web page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.files import FileTree
from translators.fluentbit.inputs import commands, manifest
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.indentation import Restored, restore, restore_classic
from translators.fluentbit.inputs.manifest import Manifest
from translators.fluentbit.inputs.objects import KubeObject, objects_of
from translators.fluentbit.variables import Variables
from translators.fluentbit.yaml_syntax import NotYaml, compose
from translators.source import Span

_MARKERS = re.compile(r"(?m)^\s*apiVersion: *\S|^\s*kind: *[A-Z]|^\s*[\w.-]+\.(?:conf|ya?ml): *[|>]")

_INDENTED = re.compile(r"(?m)^ +[\w./-]+:(?: |$)")
"""A key below another one: what a paste loses."""


def has_markers(text: str) -> bool:
    """Whether the text shows that it was a manifest."""
    return _MARKERS.search(text) is not None


def find(texts: Mapping[str, str], variables: Variables, beside: Manifest) -> Found:
    """The configuration of pasted manifests. ``beside`` is what was given in good order next to them."""
    objects: list[KubeObject] = []
    outside: list[tuple[int, str]] = []
    findings: list[Finding] = []
    for name, text in texts.items():
        restored = restore(text)
        objects.extend(_objects(name, text, restored))
        outside.extend(restored.outside)
        findings.extend(_findings(name, text, restored))
    if not objects:
        raise _not_readable(next(iter(texts)), 1, "no object and no file was found in it")
    created = commands.find(outside, variables.given)
    together = replace(
        beside,
        objects=[*objects, *beside.objects],
        values={**created.values, **beside.values},
        hints={**created.hints, **beside.hints},
    )
    found = manifest.find(together, variables)
    found.kind = "pasted"
    found.findings[:0] = findings
    return found


def straighten(found: Found) -> None:
    """Give the classic files of a configuration a regular indentation, and say so where it had none."""
    tree = FileTree(aliases=found.tree.aliases)
    for file in found.tree.files.values():
        text, added = restore_classic(file.text)
        is_classic = not file.path.lower().endswith((".yaml", ".yml", ".lua", ".json"))
        if is_classic and any(added):
            tree.add(replace(file, text=text, added=added))
            found.findings.append(_lost(file.span(1, 0, 1)))
        else:
            tree.add(file)
    found.tree = tree
    found.main = tree.files[found.main.path]


def _objects(name: str, text: str, restored: Restored) -> list[KubeObject]:
    try:
        documents = compose(restored.text, name)
    except NotYaml as problem:
        if _INDENTED.search(text):
            _refuse_mistake(name, text)
        raise _not_readable(name, problem.line, problem.problem) from None
    return list(objects_of(documents, name, restored.text, tuple(restored.added)))


def _refuse_mistake(name: str, text: str) -> None:
    """Refuse a manifest that still has its indentation for the mistake that it has, not for a loss."""
    try:
        compose(text, name)
    except NotYaml as problem:
        raise Refused(
            "fluentbit/not-yaml",
            f"this manifest is not YAML: {problem.problem}",
            Span(name, problem.line, problem.column),
            "Correct the YAML at this place; reading it without its indentation fails too.",
        ) from None


def _not_readable(name: str, line: int, why: str) -> Refused:
    return Refused(
        "fluentbit/not-readable",
        f"the indentation is lost, and reading without it fails here: {why}",
        Span(name, line, 1),
        "Take the manifest from the cluster: kubectl get configmap,daemonset -n NAMESPACE -o yaml.",
    )


def _findings(name: str, text: str, restored: Restored) -> list[Finding]:
    first = _MARKERS.search(text)
    line = text.count("\n", 0, first.start()) + 1 if first else 1
    found = [_lost(Span(name, line, 1, line, 2))]
    for number, words in restored.unknown:
        found.append(
            Finding(
                "fluentbit/lost-line",
                Span(name, number, 1, number, len(words) + 1),
                words,
                PerAgent.same(Fidelity.APPROXIMATE),
                "Without its indentation it is not known what this line belongs to; it was left out.",
                "Give the manifest with its indentation if the line matters.",
            )
        )
    return found


def _lost(span: Span) -> Finding:
    return Finding(
        "fluentbit/lost-indentation",
        span,
        "indentation",
        PerAgent.same(Fidelity.EQUIVALENT),
        "The indentation was lost; the text was read leniently, which holds while it is the manifest it looks like. "
        "Fluent Bit and kubectl would refuse it as it stands.",
        "Compare with the cluster: kubectl get configmap,daemonset -n NAMESPACE -o yaml.",
    )
