"""The reader of config.alloy, as our printer writes it: components that feed each other into jobs that run."""

from __future__ import annotations

from collections.abc import Iterable

from translators.alloy.parse import parse
from translators.alloy.read_stages import RULE, only, pairs, read_stages, text, texts
from translators.alloy.syntax import Block, Map, Raw, Value
from translators.diagnostics import Agent, Refused
from translators.pipeline.model import Relabel, RelabelAction
from translators.pipeline.run_jobs import FixedTargets, JournalTarget, PodTargets, Run, RunJob
from translators.pipeline.stages import Stage
from translators.source import Source

_RULE_ATTRIBUTES = ("source_labels", "separator", "regex", "target_label", "replacement", "action")


def read(config: str, name: str = "config.alloy") -> Run:
    """One job for each source; Refused names what has no meaning here."""
    return _Components(parse(Source(name, config))).run()


class _Components:
    """Components by their names, and the ways between them."""

    def __init__(self, statements: Iterable[object]) -> None:
        self._blocks = [statement for statement in statements if isinstance(statement, Block)]
        self._by_name = {f"{block.name}.{block.label}": block for block in self._blocks}

    def run(self) -> Run:
        jobs: list[RunJob] = []
        external: dict[str, str] = {}
        for block in self._blocks:
            match block.name:
                case "loki.source.file":
                    jobs.append(self._files(block))
                case "loki.source.journal":
                    jobs.append(self._journal(block))
                case "loki.write":
                    only(block, ("external_labels", "max_streams"), ("endpoint", "wal"))
                    value = block.value("external_labels")
                    external |= dict(pairs(value, block)) if value is not None else {}
                case "loki.process" | "loki.relabel" | "local.file_match" | "discovery.kubernetes":
                    pass
                case "discovery.relabel" | "logging" | "livedebugging":
                    pass
                case _:
                    raise Refused(RULE, f"the component {block.name} is not evaluated", block.span)
        return Run(Agent.ALLOY, tuple(jobs), external)

    def _component(self, reference: Value, export: str, block: Block) -> Block:
        """The component that an expression such as ``loki.process.x.receiver`` means."""
        name = reference.text.removesuffix(f".{export}") if isinstance(reference, Raw) else ""
        if name not in self._by_name or not isinstance(reference, Raw) or not reference.text.endswith(f".{export}"):
            raise Refused(RULE, f"{block.name} wants a reference to a component's {export}", block.span)
        return self._by_name[name]

    def _files(self, block: Block) -> RunJob:
        only(block, ("targets", "forward_to", "tail_from_end", "legacy_positions_file"), ("file_match",))
        matched = self._component(block.value("targets"), "targets", block)
        if matched.name != "local.file_match":
            raise Refused(RULE, f"targets of {matched.name} are not evaluated", block.span)
        targets, rules = self._targets(matched.value("path_targets"), matched)
        return RunJob(block.label, targets, rules, self._stages(block), block.value("tail_from_end") is True)

    def _targets(self, value: Value, block: Block) -> tuple[PodTargets | FixedTargets, tuple[Relabel, ...]]:
        if isinstance(value, tuple):
            return FixedTargets(tuple(_target(item, block) for item in value)), ()
        if isinstance(value, Raw) and value.text.startswith("discovery.relabel."):
            relabel = self._component(value, "output", block)
            targets, before = self._targets(relabel.value("targets"), relabel)
            return targets, (*before, *_rules(relabel))
        found = self._component(value, "targets", block)
        if found.name != "discovery.kubernetes" or text(found, "role") != "pod":
            raise Refused(RULE, f"targets of {found.name} are not evaluated", block.span)
        return PodTargets(), ()

    def _journal(self, block: Block) -> RunJob:
        known = ("path", "max_age", "matches", "format_as_json", "labels", "relabel_rules", "forward_to")
        only(block, known, ("legacy_position",))
        labels = {"job": f"loki.source.journal.{block.label}"}
        labels |= dict(pairs(block.value("labels"), block)) if block.value("labels") is not None else {}
        terms = tuple(text(block, "matches").split())
        as_json = block.value("format_as_json") is True
        rules: tuple[Relabel, ...] = ()
        if block.value("relabel_rules") is not None:
            rules = _rules(self._component(block.value("relabel_rules"), "rules", block))
        target = JournalTarget(labels, terms, as_json, text(block, "max_age"))
        return RunJob(block.label, target, rules, self._stages(block))

    def _stages(self, block: Block) -> tuple[Stage, ...]:
        """The stages on the way to loki.write."""
        value = block.value("forward_to")
        if not isinstance(value, tuple) or len(value) != 1:
            raise Refused(RULE, f"{block.name} must forward to exactly one receiver to be evaluated", block.span)
        following = self._component(value[0], "receiver", block)
        match following.name:
            case "loki.write":
                return ()
            case "loki.process":
                only(following, ("forward_to",), ("stage.",))
                return (*read_stages(following.blocks()), *self._stages(following))
            case _:
                raise Refused(RULE, f"{following.name} on the way to loki.write is not evaluated", following.span)


def _target(value: Value, block: Block) -> dict[str, str]:
    if not isinstance(value, Map):
        raise Refused(RULE, f"a target of {block.name} is not evaluated: a map is wanted", block.span)
    return dict(pairs(value, block))


def _rules(block: Block) -> tuple[Relabel, ...]:
    return tuple(_rule(rule) for rule in block.blocks("rule"))


def _rule(rule: Block) -> Relabel:
    only(rule, _RULE_ATTRIBUTES)
    action = text(rule, "action", "replace")
    if action not in tuple(RelabelAction):
        raise Refused(RULE, f"the relabel action `{action}` is not evaluated", rule.span)
    return Relabel(
        texts(rule.value("source_labels"), rule),
        text(rule, "target_label"),
        text(rule, "regex", "(.*)"),
        text(rule, "replacement", "$1"),
        text(rule, "separator", ";"),
        RelabelAction(action),
    )
