"""Templates that nobody has rendered yet: what they will become cannot be known from their text."""

from __future__ import annotations

import re

from translators.diagnostics import Refused
from translators.source import Source

_HELM = re.compile(r"\{\{-?\s*(?:[A-Za-z.$/\"(])|\{%-?\s*(?:if|for|end|include|set)\b")
_PROGRAM = re.compile(r"\.(?:java|kts?|scala|[cm]?[jt]sx?|py|go|cs|rb|rs|php)$", re.IGNORECASE)
_QUOTED = re.compile(r"[\"'`](?:\\n)*\[(?:SERVICE|INPUT|FILTER|OUTPUT|PARSER)\]")
_HEADER = re.compile(r"(?im)^[ \t]*\[\w+\]")
_PLACEHOLDER = re.compile(r"\{\{ ?\w+ ?\}\}")
_TERRAFORM = re.compile(
    r"\$\{(?:var|local|data|module|each|path|self|aws_[a-z_]+)\.|%\{\s*(?:if|for|endif|endfor)\b|=\s*<<-?[A-Z]+\s*$"
    r"|^\s*(?:resource|variable|locals|module|data|output|provider)\s+(?:\"|\{)",
    re.MULTILINE,
)


def refuse_template(name: str, text: str) -> None:
    """Refuse Helm's, Jinja's and Terraform's marks; Fluent Bit itself has none of them."""
    refuse_terraform(name, text)
    found = _HELM.search(text)
    placeholder = _PLACEHOLDER.match(text, found.start()) if found else None
    if placeholder:
        raise Refused(
            "fluentbit/template",
            f"the placeholder {placeholder[0]} was not replaced",
            Source(name, text).span(placeholder.start(), placeholder.end()),
            "Replace the placeholders as the guide does (sed), or take what the cluster has: "
            "`kubectl get configmap,daemonset -n NAMESPACE -o yaml`.",
        )
    if found:
        raise Refused(
            "fluentbit/template",
            "this is a template that was not rendered",
            Source(name, text).span(found.start(), found.end()),
            "Render first: `helm template RELEASE CHART -f values.yaml > rendered.yaml`, or take what the cluster has: "
            "`kubectl get configmap,daemonset -n NAMESPACE -o yaml`.",
        )


def refuse_terraform(name: str, text: str) -> None:
    """Refuse Terraform, whose ``${var.x}`` looks like a variable of Fluent Bit."""
    found = _TERRAFORM.search(text)
    if found:
        raise Refused(
            "fluentbit/template",
            "this is Terraform that was not rendered",
            Source(name, text).span(found.start(), max(found.end(), found.start() + 1)),
            "Render first: take what the cluster has, `kubectl get configmap NAME -n NAMESPACE -o yaml`.",
        )


def refuse_program(name: str, text: str) -> None:
    """Refuse source code, which has the sections in its strings: what it makes of them shows when it runs."""
    quoted = None if text.lstrip().startswith("{") else _QUOTED.search(text)
    if _PROGRAM.search(name) or (quoted and not _HEADER.search(text)):
        start, end = (quoted.start() + 1, quoted.end()) if quoted else (0, 1)
        raise Refused(
            "fluentbit/template",
            "this is a program that writes a configuration, not the configuration",
            Source(name, text).span(start, end),
            "Give what it wrote: `kubectl get configmap,daemonset -n NAMESPACE -o yaml`.",
        )
