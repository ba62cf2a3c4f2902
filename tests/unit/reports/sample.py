"""A report with one of everything, for the tests of its looks."""

from __future__ import annotations

from migrate.reports.model import Difference, Headline, Kept, LabelNote, Node, Report, Row, Tone, Track
from translators.diagnostics import Agent, Fidelity, Finding, PerAgent
from translators.source import Span

FILE = "fluent-bit.yaml#application-log.conf"


def finding(line: int, subject: str, promtail: Fidelity, alloy: Fidelity, message: str, remedy: str = "") -> Row:
    rule = "fluentbit/" + subject.split()[0].lower().replace(".", "-").replace("_", "-")
    found = Finding(rule, Span(FILE, line, 5), subject, PerAgent(promtail, alloy), message, remedy)
    return Row(found, "    " + subject)


ROWS = (
    finding(3, "Name tail", Fidelity.EXACT, Fidelity.EXACT, "Read by `kubernetes_sd` under the same file names."),
    finding(
        5, "Exclude_Path /var/log/containers/aws-node*", Fidelity.EXACT, Fidelity.EXACT, "Dropped by relabel rules."
    ),
    finding(
        8,
        "multiline.parser docker, cri",
        Fidelity.EQUIVALENT,
        Fidelity.EQUIVALENT,
        "Joined by the `cri` stage; the same while every partial line is finished.",
    ),
    finding(
        9,
        "DB /var/fluent-bit/state/flb_container.db",
        Fidelity.APPROXIMATE,
        Fidelity.APPROXIMATE,
        "The agent keeps its own positions.",
        "Convert them once per node with `logmig positions`.",
    ),
    finding(10, "Mem_Buf_Limit 50MB", Fidelity.HARMLESS, Fidelity.HARMLESS, "A cap on memory changes no entry."),
    finding(
        12,
        "Skip_Long_Lines On",
        Fidelity.APPROXIMATE,
        Fidelity.APPROXIMATE,
        "Lines over 32 KB, which Fluent Bit skips, arrive in Loki.",
    ),
    finding(
        15,
        "Parser syslog",
        Fidelity.APPROXIMATE,
        Fidelity.EQUIVALENT,
        "Times of one second: Promtail gives equal lines one time and Loki keeps one of them.",
    ),
    finding(
        31,
        "log_format json/emf",
        Fidelity.MANUAL,
        Fidelity.MANUAL,
        "CloudWatch makes metrics of these lines; Loki does not: 주문 지표가 사라집니다.",
        "Make recording rules of them, or send them to Prometheus, before the switch.",
    ),
)


def sample() -> Report:
    application = Track(
        Node("tail", "/var/log/containers/*.log", Fidelity.EXACT, f"{FILE}:2"),
        (
            Node("multiline", "docker, cri", Fidelity.EQUIVALENT, f"{FILE}:8"),
            Node("kubernetes", "Merge_Log → log_processed", Fidelity.EXACT, f"{FILE}:22"),
            Node("grep", "Exclude log healthz", Fidelity.EXACT, f"{FILE}:41"),
        ),
        (
            Node("cloudwatch_logs", "/aws/containerinsights/prod/application", None, f"{FILE}:50"),
            Node("s3", "archive bucket (stays)", None, f"{FILE}:60"),
        ),
        Node("Loki", '{cluster="prod", log_type="application", namespace, app, container, stream}'),
    )
    journal = Track(
        Node("systemd", "_SYSTEMD_UNIT=kubelet.service …", Fidelity.EQUIVALENT, "fluent-bit.yaml#dataplane-log.conf:2"),
        (Node("modify", "Rename MESSAGE message", Fidelity.EXACT, "fluent-bit.yaml#dataplane-log.conf:20"),),
        (
            Node(
                "cloudwatch_logs",
                "/aws/containerinsights/prod/dataplane",
                None,
                "fluent-bit.yaml#dataplane-log.conf:33",
            ),
        ),
        Node("Loki", '{cluster="prod", log_type="dataplane", unit}'),
    )
    return Report(
        cluster="prod",
        agent=Agent.PROMTAIL,
        source="a Kubernetes manifest (ConfigMap and DaemonSet), Fluent Bit 1.9",
        inputs=(("fluent-bit.yaml", "sha256 1f0a3c…"),),
        headlines=(
            Headline(
                Tone.WARNING, "Metrics from EMF lines vanish", "1 output sends `json/emf`: make recording rules first."
            ),
            Headline(
                Tone.NOTE,
                "Fluent Bit keeps running",
                "1 output (`s3`) is not CloudWatch; only the CloudWatch outputs go.",
            ),
            Headline(Tone.GOOD, "Every line moves", "No construct that selects lines needs a person."),
        ),
        tracks=(application, journal),
        rows=ROWS,
        differences=(
            Difference(
                "the line",
                "a JSON wrapper around the text, `log` inside",
                "the text alone; fields are labels or metadata",
            ),
            Difference(
                "log stream",
                "`<node>-application.var.log.containers.<pod>…`",
                "`{pod=…}` and `{node_name=…}` as structured metadata",
            ),
            Difference("a JSON line's fields", "`log_processed.level`", "`| json | level=…`"),
        ),
        labels=(
            LabelNote("namespace", "label", "kubernetes.namespace_name", "few values, in nearly every query"),
            LabelNote(
                "pod", "structured metadata", "kubernetes.pod_name", "one value a pod would make a stream of each"
            ),
        ),
        kept=(Kept("/aws/containerinsights/prod/application", 30, ('{cluster="prod", log_type="application"}',)),),
        next_steps=(
            "Read the findings marked manual.",
            "`kubectl apply -k promtail`",
            "Convert the positions on each node with `logmig positions`.",
        ),
        files=(("promtail/promtail.yaml", "ab" * 32),),
        streams="212 pods make about 640 streams, well below the limit of 5,000.",
    )
