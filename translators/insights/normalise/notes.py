"""What a query's meaning cost: the diagnostics and the policies that a plan depends on."""

from __future__ import annotations

from collections.abc import Iterable

from translators.diagnostics import Diagnostic, Fidelity
from translators.query.policies import Policies, Policy, PolicyUse
from translators.source import Span

_OF_WARNINGS = {f"insights/{policy.value}": policy for policy in Policy}


class Notes:
    """Collects, each thing once."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self.diagnostics: dict[Diagnostic, None] = {}
        """In their order."""
        self.uses: dict[Policy, PolicyUse] = {}

    def value(self, policy: Policy) -> str:
        return self.policies.value(policy)

    def use(self, policy: Policy, reason: str) -> str:
        """The policy's value, and a note that the answer depends on it."""
        known = self.uses.get(policy)
        if known is None:
            known = self.uses[policy] = self.policies.use(policy, reason)
        return known.value

    def say(self, rule: str, fidelity: Fidelity, message: str, span: Span | None = None, remedy: str = "") -> None:
        found = Diagnostic(f"insights/{rule}", fidelity, message, span, remedy)
        self.diagnostics[found] = None

    def heard(self, warnings: Iterable[Diagnostic]) -> None:
        """The parser's warnings; some of them are policies."""
        for warning in warnings:
            self.diagnostics[warning] = None
            policy = _OF_WARNINGS.get(warning.rule)
            if policy is not None:
                self.use(policy, warning.message)
