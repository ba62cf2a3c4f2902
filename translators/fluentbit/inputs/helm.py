"""Values of the three charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from translators.diagnostics import Refused
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.variables import Variables

if TYPE_CHECKING:
    from yaml import Node


def is_values(document: Node) -> bool:
    return False


def find(name: str, text: str, document: Node, variables: Variables, cluster: str) -> Found:
    raise Refused("fluentbit/x", "later")
