"""What a person adds to the generated pages: reasons and advice that no finding can hold."""

from __future__ import annotations

from tests.docs.pages import Extra

REFERENCES = {
    "output/cloudwatch_logs": "cloudwatch",
    "output/cloudwatch": "cloudwatch",
    "output/es": "elasticsearch",
    "filter/aws": "aws-metadata",
    "filter/multiline": "multiline-stacktrace",
    "filter/ecs": "ecs-metadata",
    "processor/content_modifier": "content-modifier",
}
"""The name of a plugin's page in Fluent Bit's manual, where it is not the plugin's own."""
_INNER = (
    "The evaluator reads what logmig itself printed. It stops at anything else rather than guess what an agent does."
)
_ONLY_READ = "Give it the file that `logmig plan` wrote. To try another one, start the agent itself."
_GUARD = "Reading a configuration refuses it in Fluent Bit's own words; a simulation that meets it stops here."
_UNKNOWN_WORK = "A file of this size is none that people configure Fluent Bit with; reading it would only take memory."
EXTRAS: dict[str, Extra] = {
    "alloy/not-evaluated": Extra(_INNER, _ONLY_READ),
    "alloy/syntax": Extra(_INNER, "Look at the line with `alloy fmt`."),
    "promtail/not-evaluated": Extra(_INNER, _ONLY_READ),
    "promtail/yaml": Extra(_INNER, _ONLY_READ),
    "cli/system": Extra(
        "The machine could not do it: exit code 3, since no input is to blame.",
        "Put right what the system says (a full disk?), then run it again: nothing was left half written.",
    ),
    "plan/disk": Extra("The disk is full, over its quota or broken: exit code 3, since no input is to blame."),
    "fluentbit/env-from-elsewhere": Extra(
        "What the variable holds decides what the configuration means; nothing is put in its place.",
    ),
    "fluentbit/file-not-given": Extra(
        "What the file defines may change every record; without it the plan says only what the rest does.",
    ),
    "fluentbit/fargate": Extra("Pods on Fargate run on nodes of their own, on which no DaemonSet can run."),
    "fluentbit/windows-nodes": Extra("Paths, the runtime's log format and the agents' images differ on Windows nodes."),
    "fluentbit/fargate-size": Extra(
        "The log router of Fargate refuses the ConfigMap, so nothing of it runs today.",
        "Check whether the pods on Fargate have logs in CloudWatch at all, and shorten the ConfigMap if they should.",
    ),
    "fluentbit/ignored-group": Extra(
        "A group of keys has a meaning in YAML only, and there by its name.", "Take it out."
    ),
    "fluentbit/lost-line": Extra(
        "Text whose indentation was lost is put back in shape by its words. This line could stand in several places.",
        "Give the manifest with its indentation, if the line matters.",
    ),
    "fluentbit/lua-unavailable": Extra(
        "`logmig simulate` runs Lua filters on your lines with LuaJIT, as Fluent Bit does."
    ),
    "fluentbit/multiline-parser-undefined": Extra(_GUARD, "Define the parser in a file that `Parsers_File` names."),
    "fluentbit/multiline-parser-undefined-parser": Extra(
        _GUARD, "Define the parser in a file that `Parsers_File` names."
    ),
    "fluentbit/multiline-rule": Extra(_GUARD, 'Write `Rule "state" "/regex/" "next state"`.'),
    "fluentbit/parser-undefined": Extra(_GUARD, "Define the parser in a file that `Parsers_File` names."),
    "fluentbit/regex": Extra(_GUARD, "Correct the regular expression."),
    "fluentbit/too-large": Extra(_UNKNOWN_WORK),
    "fluentbit/too-many-files": Extra(_UNKNOWN_WORK, "Name the main file: its includes and parsers are found from it."),
    "fluentbit/too-many-keys": Extra(
        _UNKNOWN_WORK, "Split the ConfigMap, or give only the one that Fluent Bit mounts."
    ),
    "insights/memory": Extra(
        "Sorting, grouping and joining hold rows. Each has a cap, so that a query ends with a sentence and not with "
        "the machine.",
        "Narrow the window, filter before `stats`, or group by a field with fewer values.",
    ),
    "insights/subquery-columns": Extra(
        "`in` compares one value with a list, so the subquery has to give exactly one field.",
        "End the subquery in `| fields name`.",
    ),
    "lab/build-failed": Extra(
        "Engines that are not on the machine are built from their public source.",
        "Read the last lines of the build, which are shown. A build that broke off is begun anew by the next run.",
    ),
    "lab/engine-missing": Extra(
        "Tests and the demo run real engines. They are looked for in PATH, in the cache and in Docker, then built.",
        "Install one of what the sentence lists. `logmig doctor` shows what is there.",
    ),
    "lab/no-cases": Extra(
        "`make goldens CASES=DIR` runs recorded cases; each is a folder with `case.json`.",
        "Give the folder that holds them.",
    ),
    "lab/no-cluster": Extra(
        "The one-node cluster needs Linux, root, cgroups and network namespaces.",
        "Run it as root in a virtual machine; on a laptop its tests are skipped.",
    ),
    "logql/condition": Extra("LogQL has no words for it; `logmig query` computes it from the lines that Loki returns."),
    "logql/join": Extra(
        "A query of LogQL reads one set of streams.", "Run it with `logmig query`, which joins the rows."
    ),
    "logql/no-scan": Extra("What reads no log group has nothing to ask Loki for.", "Run it with `logmig query`."),
    "logql/syntax": Extra(
        "logmig reads the LogQL that it prints back, to prove that it means the same.",
        "Report the query: it is a fault of logmig.",
    ),
    "positions/changing-database": Extra(
        "The database is copied with its write-ahead log; a copy during which either changed may be torn.",
    ),
    "prove/cloudwatch-refuses": Extra(
        "The query is wrong to CloudWatch itself; the sentence behind the colon is its own.",
        "Correct the query, or the log group's name.",
    ),
    "queries/too-large": Extra(
        "Nobody keeps queries in files of this size; it is a dump of something else.",
        "Give the part of it that holds the queries; each may have 10,000 letters.",
    ),
    "query/aws-layout": Extra(
        "Without a catalog logmig assumes what the Fluent Bit manifest of AWS's documentation writes: the log groups "
        "application, dataplane and host of one cluster.",
        "Give `--catalog plan`, the folder that `logmig plan` wrote for your configuration.",
    ),
    "query/discovered-field": Extra(
        "Insights looks into JSON, and into the formats of a few AWS services. In Loki only JSON is looked into.",
        "Nothing, if this log group holds no VPC flow logs and no logs of Route 53.",
    ),
    "query/limit-bytes": Extra("Loki is asked first how much a query would read."),
    "query/log-stream": Extra(
        "`@logStream` is put together of labels and metadata by the template that the catalog has.",
        "Add `stream` to the shape in catalog.json, or write the catalog anew with `logmig plan`.",
    ),
    "query/loki-limit": Extra(
        "Each tenant of Loki has limits. logmig asks in smaller pieces where that helps; here it does not.",
        "Raise the limit that the sentence names, or narrow the query.",
    ),
    "query/no-events": Extra(
        "`\\show` and `\\context` show the events behind the rows, and these rows are computed of many.",
        "Ask again without `stats`, or without `dedup`.",
    ),
    "query/one-nanosecond": Extra("Loki pages by time: entries with one nanosecond come in one page or not at all."),
    "query/prompt": Extra(
        "What begins with a backslash is for the prompt, not for CloudWatch.", "`\\help` lists what there is."
    ),
    "query/template": Extra(
        "A dashboard or saved query in CloudFormation or Terraform may hold values that only the deployment knows.",
        "Translate what was deployed (`aws logs describe-query-definitions`), or give `--parameter NAME=VALUE`.",
    ),
    "query/template-default": Extra(
        "The template has a default for this parameter; a deployment may have been given another value.",
        "Translate what was deployed, if it has another value.",
    ),
    "simulate/not-readable": Extra(
        "Scripts and lists beside the configuration are read, since Lua filters and checklists name them.",
        "Put the configuration into a folder that you may read.",
    ),
}
WHERE = {
    "fluentbit": "logmig says this while it reads, translates or simulates a Fluent Bit configuration.",
    "workload": "logmig says this when it carries the settings of Fluent Bit's pod over to the agent's.",
    "labels": "logmig says this of the labels file (`--labels`).",
    "positions": "`logmig positions` says this when it cannot use Fluent Bit's position databases.",
    "plan": "logmig says this of a plan folder.",
    "catalog": "logmig says this of catalog.json.",
    "simulate": "`logmig simulate` says this of the logs or the pods that it was given.",
    "insights": "logmig says this of a Logs Insights query.",
    "logql": "logmig says this when a query cannot become LogQL as it stands.",
    "query": "logmig says this of a query that is to run on Loki.",
    "queries": "logmig says this of the files that queries are kept in.",
    "prove": "`logmig prove` says this of the events or the answers that it compares.",
    "promtail": "The evaluator of Promtail's configuration says this: it stops rather than guess.",
    "alloy": "The evaluator of Alloy's configuration says this: it stops rather than guess.",
    "cli": "logmig says this of an option on the command line.",
    "usage": "logmig says this of an option on the command line.",
    "lab": "The engines of `make demo` and `make test` say this.",
}
"""Who speaks in a rule's language."""
