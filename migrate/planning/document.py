"""Plans as JSON: a versioned schema, the same bytes for the same plan, and a hash that shows every change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, assert_never

from migrate.planning.model import SCHEMA, VERSION, Destination, Hashed, Plan, Retention, Source
from translators.diagnostics import Agent, Fidelity, Finding, PerAgent, Refused
from translators.positions import FileReader, JournalReader, Reader
from translators.source import Span

Json = Mapping[str, Any]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def print_plan(plan: Plan) -> str:
    """The plan as JSON with sorted keys; ``hash`` is over everything else in it."""
    body = {"schema": SCHEMA, "version": VERSION, **_plan(plan)}
    return _dump({**body, "hash": sha256(_dump(body).encode())})


def parse_plan(text: str, name: str = "plan.json") -> Plan:
    """The plan of a plan.json. Refuses another schema, another version, an edited file and missing keys."""
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise Refused(
                "plan/not-a-plan",
                f"{name}: its schema is not {SCHEMA}",
                remedy="give a folder that `logmig plan` wrote",
            )
        if document.get("version") != VERSION:
            message = f"{name}: its version is {document.get('version')}, this logmig reads {VERSION}"
            raise Refused("plan/other-version", message, remedy="run `logmig plan` again with this logmig")
        claimed = document.pop("hash", "")
        if claimed != sha256(_dump(document).encode()):
            raise Refused(
                "plan/edited", f"{name}: it was changed after `logmig plan` wrote it", remedy="run `logmig plan` again"
            )
        return _read_plan(document)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise Refused("plan/unreadable", f"{name}: not a plan ({error})", remedy="run `logmig plan` again") from error


def _dump(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _plan(plan: Plan) -> Json:
    return {
        "cluster": plan.cluster,
        "source": {
            "kind": plan.source.kind,
            "fluent_bit_version": plan.source.fluent_bit_version,
            "inputs": [_hashed(item) for item in plan.source.inputs],
        },
        "destination": {
            "agent": str(plan.destination.agent),
            "loki_url": plan.destination.loki_url,
            "tenant": plan.destination.tenant,
            "auth_secret": plan.destination.auth_secret,
            "discovery": plan.destination.discovery,
        },
        "readers": [_reader(reader) for reader in plan.readers],
        "retention": [
            {"log_group": item.log_group, "days": item.days, "selectors": list(item.selectors)}
            for item in plan.retention
        ],
        "keeps_fluent_bit": list(plan.keeps_fluent_bit),
        "findings": [finding_as_json(finding) for finding in plan.findings],
        "files": [_hashed(item) for item in plan.files],
    }


def _hashed(item: Hashed) -> Json:
    return {"name": item.name, "sha256": item.sha256}


def _reader(reader: Reader) -> Json:
    match reader:
        case FileReader():
            return {
                "kind": "files",
                "name": reader.name,
                "include": list(reader.include),
                "exclude": list(reader.exclude),
                "joins_partials": reader.joins_partials,
                **({"root": reader.root} if reader.root else {}),
            }
        case JournalReader():
            return {"kind": "journal", "name": reader.name, "databases": list(reader.databases)}
        case _:
            assert_never(reader)


def finding_as_json(finding: Finding) -> Json:
    """One finding, as every verb prints it with ``--format json``."""
    return {
        "rule": finding.rule,
        "source": finding.span.source,
        "line": finding.span.line,
        "column": finding.span.column,
        "subject": finding.subject,
        "fidelity": {"promtail": str(finding.fidelity.promtail), "alloy": str(finding.fidelity.alloy)},
        "message": finding.message,
        "remedy": finding.remedy,
    }


def _read_plan(document: Json) -> Plan:
    source, destination = document["source"], document["destination"]
    return Plan(
        cluster=document["cluster"],
        source=Source(source["kind"], source["fluent_bit_version"], _read_hashes(source["inputs"])),
        destination=Destination(
            Agent(destination["agent"]),
            destination["loki_url"],
            destination["tenant"],
            destination["auth_secret"],
            destination["discovery"],
        ),
        readers=tuple(_read_reader(item) for item in document["readers"]),
        retention=tuple(
            Retention(item["log_group"], item["days"], tuple(item["selectors"])) for item in document["retention"]
        ),
        keeps_fluent_bit=tuple(document["keeps_fluent_bit"]),
        findings=tuple(_read_finding(item) for item in document["findings"]),
        files=_read_hashes(document["files"]),
    )


def _read_hashes(items: list[Json]) -> tuple[Hashed, ...]:
    return tuple(Hashed(item["name"], item["sha256"]) for item in items)


def _read_reader(item: Json) -> Reader:
    if item["kind"] == "journal":
        return JournalReader(item["name"], tuple(item["databases"]))
    globs = tuple(item["include"]), tuple(item["exclude"])
    return FileReader(item["name"], *globs, item["joins_partials"], item.get("root", ""))


def _read_finding(item: Json) -> Finding:
    fidelity = PerAgent(Fidelity(item["fidelity"]["promtail"]), Fidelity(item["fidelity"]["alloy"]))
    span = Span(item["source"], item["line"], item["column"])
    return Finding(item["rule"], span, item["subject"], fidelity, item["message"], item["remedy"])
