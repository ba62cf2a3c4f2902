"""Templates that nobody has rendered yet: what they will become cannot be known from their text."""

from __future__ import annotations

import re

from translators.diagnostics import Refused
from translators.source import Source

_HELM = re.compile(r"\{\{-?\s*(?:[A-Za-z.$/\"(])|\{%-?\s*(?:if|for|end|include|set)\b")
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
