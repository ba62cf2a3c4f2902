"""A command for each rule that only a command says: of its options, its files, and the logs that it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.docs.fluentbit_samples import INPUT, OUTPUT

Files = Mapping[str, str | bytes]
DEMO = "migrate/lab/demo/fluent-bit.yaml"
PLAN = f"plan --fluent-bit {DEMO} --out plan"
LOG = "var/log/app/web.log"


@dataclass(frozen=True, slots=True)
class Command:
    """Commands whose last one makes the rule appear, the files that they find, and the reader's questions."""

    lines: tuple[str, ...]
    summary: str
    why: str
    files: Files = field(default_factory=dict)
    todo: str = ""


def _simulated(summary: str, why: str, conf: str, **more: str) -> Command:
    """A configuration that Fluent Bit runs, and the simulation cannot follow."""
    files = {"fluent-bit.conf": conf, f"node/{LOG}": "one line\n", **{k.replace("__", "."): v for k, v in more.items()}}
    return Command(("simulate fluent-bit.conf --logs node",), summary, why, files)


def _filtered(*lines: str) -> str:
    return INPUT + "\n[FILTER]\n" + "".join(f"    {line}\n" for line in lines) + "\n" + OUTPUT


def _processed(*lines: str) -> str:
    return (
        "pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/app/*.log\n      tag: kube.app\n"
        "      processors:\n        logs:\n" + "".join(f"          {line}\n" for line in lines) + "  outputs:\n"
        "    - name: cloudwatch_logs\n      match: '*'\n      region: ap-northeast-2\n"
        "      log_group_name: /shop/app\n      log_stream_prefix: node-\n"
    )


_PLAN_FOLDER = "A plan folder is only read and replaced as a whole: what steps do is decided by its hash."
_SIMULATION = "`logmig simulate` only shows what it can know; a guess would look like a proof."

_PLANS = {
    "plan/changed-by-hand": Command(
        (PLAN, f"{PLAN}/mine", PLAN),
        "Something in the plan folder was changed or added since the plan was written.",
        "A plan folder is replaced as a whole; work of a person in it would be lost.",
    ),
    "plan/edited": Command(
        ("positions state --plan plan --out positions.yaml",),
        "The plan was changed by hand after `logmig plan` wrote it.",
        _PLAN_FOLDER,
        {"plan/plan.json": '{"schema": "logmig.io/plan", "version": 1, "hash": "0", "agent": "alloy"}\n'},
    ),
    "plan/foreign-folder": Command(
        (PLAN,),
        "The folder of `--out` holds files that no plan wrote.",
        "`logmig plan` replaces the folder as a whole: what else is in it would be lost.",
        {"plan/notes.txt": "keep me\n"},
    ),
    "plan/no-plan": Command(
        ("positions state --plan empty --out positions.yaml",),
        "The folder of `--plan` holds no plan.json.",
        "The agent, its jobs and the catalog are read from the plan, so that no step can differ from it.",
    ),
    "plan/not-a-plan": Command(
        ("positions state --plan plan --out positions.yaml",),
        "A plan.json that another program wrote.",
        _PLAN_FOLDER,
        {"plan/plan.json": '{"name": "something else"}\n'},
    ),
    "plan/not-writable": Command(
        (f"plan --fluent-bit {DEMO} --out notes.txt/plan",),
        "The folder of `--out` cannot be made.",
        "A plan is written beside its place and then renamed, so there is never half a plan.",
        {"notes.txt": "a file\n"},
    ),
    "plan/other-version": Command(
        ("positions state --plan plan --out positions.yaml",),
        "Another version of logmig wrote the plan.",
        "The schema of plan.json is versioned; a plan of another version may mean something else.",
        {"plan/plan.json": '{"schema": "logmig.io/plan", "version": 99}\n'},
    ),
    "plan/unreadable": Command(
        ("positions state --plan plan --out positions.yaml",),
        "The plan.json cannot be read.",
        _PLAN_FOLDER,
        {"plan/plan.json": '{"schema": "logmig.io/plan",\n'},
    ),
    "labels/invalid": Command(
        (f"{PLAN} --labels labels.yaml",),
        "The labels file (`--labels`) says something that the label scheme does not have.",
        "A label that is misspelt would be missing in Loki, and nobody would be told.",
        {"labels.yaml": "labels:\n  team: {kind: tag, from: pod-label/team}\n"},
    ),
    "catalog/invalid": Command(
        ("catalog check catalog.json",),
        "The catalog.json is none: the sentence says at which key.",
        "Queries are translated with the catalog; a wrong one gives wrong rows.",
        {"catalog.json": '{"schema": "logmig/catalog", "version": 1, "groups": "all"}\n'},
    ),
    "catalog/no-such-file": Command(
        ("catalog show plan",),
        "There is no catalog.json at that place.",
        "The catalog says for each log group which Loki streams its lines went to.",
    ),
    "cli/path": Command(
        (PLAN, "positions migrate --plan plan --out plan"),
        "A path on the command line cannot be used.",
        "What the system says about it stands in the sentence.",
    ),
    "cli/env": Command(
        (f"{PLAN} --env AWS_REGION",),
        "An `--env` without `=`.",
        "A variable may be set and empty, so the equals sign is not guessed.",
    ),
    "cli/env-file": Command(
        (f"{PLAN} --env-file production.env",),
        "The file of `--env-file` cannot be read, or a line of it is not KEY=VALUE.",
        "Its variables are those of Fluent Bit's container; without them the configuration means something else.",
    ),
    "cli/loki-url": Command(
        (f"{PLAN} --loki-url loki:3100",),
        "The address of `--loki-url` is not one that agents can push to, or it holds a password.",
        "The address stands in the agent's configuration. A password there could be read by everyone who may read a "
        "ConfigMap.",
    ),
    "cli/tenant": Command(
        (f"{PLAN} --tenant a/b",),
        "`--tenant` is no name that Loki takes for a tenant.",
        "Loki would answer each push with an error, so it is said before anything is written.",
    ),
    "cli/auth-secret": Command(
        (f"{PLAN} --auth-secret Loki_Password",),
        "`--auth-secret` is no name that a Secret of Kubernetes can have.",
        "The agents' pods would never start; the password itself belongs into the Secret, not on the command line.",
    ),
}
_NODE = {
    "positions/no-such-path": Command(
        (PLAN, "positions state --plan plan --out positions.yaml"),
        "The state folder, or the database, is not there.",
        "Fluent Bit keeps its positions in the files that the `DB` options name; they are on the node.",
    ),
    "positions/no-database": Command(
        (PLAN, "positions state --plan plan --out positions.yaml"),
        "There is no SQLite database in the folder.",
        "Fluent Bit keeps its positions in the files that the `DB` options name. An input without `DB` keeps none.",
        {"state/readme.txt": "no database\n"},
    ),
    "positions/unreadable-database": Command(
        (PLAN, "positions state --plan plan --out positions.yaml"),
        "SQLite cannot read the database.",
        "A database that was copied while Fluent Bit wrote it, or without its `-wal` file, may be broken.",
        {"state/flb_container.db": b"SQLite format 3\0" + b"x" * 200},
    ),
    "simulate/no-logs": Command(
        (f"simulate {DEMO} --logs logs",),
        "The folder of `--logs` is none, or holds no log files.",
        "Paths of the configuration (`/var/log/containers/*.log`) are looked for below this folder, as on a node.",
    ),
    "simulate/no-pods": Command(
        (f"simulate {DEMO} --logs migrate/lab/demo/node --pods pods.yaml",),
        "The file or folder of `--pods` is none that holds Pods.",
        "Labels and annotations of pods decide what both sides do; a wrong file would change both.",
        {"pods.yaml": "kind: Deployment\nmetadata: {name: web}\n"},
    ),
    "fluentbit/empty-folder": Command(
        ("translate-pipeline conf",),
        "The folder holds no file that Fluent Bit or Kubernetes reads.",
        "Only files with these endings are looked at: a folder may hold logs, scripts and more beside them.",
        {"conf/readme.rst": "nothing here\n"},
    ),
    "fluentbit/not-readable": Command(
        ("translate-pipeline fluent-bit.yaml",),
        "The file cannot be read, or its indentation is lost and cannot be put back.",
        "A manifest that lost its indentation is put back in shape by its words; where that fails, nothing is guessed.",
    ),
}
_SIMULATED = {
    "fluentbit/cloudwatch-uuid": _simulated(
        "`$(uuid)` in a name is a new random text at each start.",
        _SIMULATION,
        INPUT + "\n[OUTPUT]\n    Name cloudwatch\n    Match *\n    region ap-northeast-2\n"
        "    log_group_name /shop/app\n    log_stream_name node-$(uuid)\n",
    ),
    "fluentbit/dummy-endless": _simulated(
        "An input `dummy` without `Samples` goes on for ever.",
        _SIMULATION,
        "[INPUT]\n    Name dummy\n    Tag kube.dummy\n\n" + OUTPUT,
    ),
    "fluentbit/expect-exit": _simulated(
        "A record does not meet what `expect` asks for, and `action exit` stops Fluent Bit.",
        "After that record real Fluent Bit sends nothing more.",
        _filtered("Name expect", "Match *", "key_exists level", "action exit"),
    ),
    "fluentbit/filter-not-simulated": _simulated(
        "What this filter does depends on something outside of the log lines.",
        _SIMULATION,
        _filtered("Name geoip2", "Match *", "Database /geo.mmdb", "Lookup_key ip", "Record country ip %{country}"),
    ),
    "fluentbit/lua-script-missing": _simulated(
        "The Lua script is not among the files that were given.",
        "Fluent Bit does not start without it. `logmig simulate` runs the script on your lines.",
        _filtered("Name lua", "Match *", "script add.lua", "call add"),
    ),
    "fluentbit/lua-syntax": _simulated(
        "The Lua script is not Lua.",
        "Fluent Bit does not start with it. `logmig simulate` runs the script on your lines.",
        _filtered("Name lua", "Match *", "code function add(tag, time", "call add"),
    ),
    "fluentbit/record-modifier-uuid": _simulated(
        "`Uuid_key` makes a new random text for each record.",
        _SIMULATION,
        _filtered("Name record_modifier", "Match *", "Uuid_key id"),
    ),
    "fluentbit/rewrite-tag-cycle": _simulated(
        "New tags match the filter that makes them: a record goes round for ever.",
        "Fluent Bit fills its memory with such records; none of them comes out.",
        INPUT + "\n[FILTER]\n    Name rewrite_tag\n    Match kube.*\n    Rule $log . other.app false\n"
        "\n[FILTER]\n    Name rewrite_tag\n    Match other.*\n    Rule $log . kube.again false\n\n" + OUTPUT,
    ),
    "fluentbit/processor-not-simulated": Command(
        ("simulate fluent-bit.yaml --logs node",),
        "What this processor does depends on something outside of the log lines.",
        _SIMULATION,
        {"fluent-bit.yaml": _processed("- name: sql", "  query: SELECT log FROM STREAM;"), f"node/{LOG}": "one line\n"},
    ),
    "fluentbit/conditional-routes": Command(
        ("simulate fluent-bit.yaml --logs node",),
        "An input of Fluent Bit's YAML that chooses its outputs by conditions (`routes`).",
        _SIMULATION,
        {
            "fluent-bit.yaml": _processed().replace(
                "      processors:\n        logs:\n", "      routes: {logs: [{name: all, to: {outputs: [cw]}}]}\n"
            ),
            f"node/{LOG}": "one line\n",
        },
    ),
    "fluentbit/stream-task": _simulated(
        "A stream task: SQL over the records, from `Streams_File`.",
        _SIMULATION,
        "[SERVICE]\n    Streams_File streams.conf\n\n" + INPUT + "\n" + OUTPUT,
        streams__conf="[STREAM_TASK]\n    Name errors\n    Exec SELECT * FROM TAG:'kube.*';\n",
    ),
    "fluentbit/aws-entity": _simulated(
        "The keys of CloudWatch's entity stay in what this output sends.",
        "The CloudWatch agent on the node gives these keys; nobody else knows their values.",
        _filtered(
            "Name kubernetes", "Match *", "Kube_Tag_Prefix kube.var.log.app.", "Use_Pod_Association On",
        ),
    ),
    "fluentbit/condition": Command(
        ("simulate fluent-bit.yaml --logs node",),
        "A condition of a processor that Fluent Bit does not read as it was meant.",
        "YAML makes numbers and booleans of words without quotes, and Fluent Bit's conditions take them apart.",
        {
            "fluent-bit.yaml": _processed(
                "- name: content_modifier", "  action: delete", "  key: log", "  condition:", "    op: and",
                "    rules:", '      - {field: "$ok", op: eq, value: true}',
            ),
            f"node/{LOG}": "one line\n",
        },
    ),
}  # fmt: skip
CASES: Mapping[str, Command] = {**_PLANS, **_NODE, **_SIMULATED}
