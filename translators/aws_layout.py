"""The catalog of a cluster that runs the AWS Container Insights manifest, for when nobody has planned yet."""

from __future__ import annotations

from translators.catalog import (
    Catalog,
    Field,
    InJson,
    InLabel,
    InMetadata,
    IsGone,
    IsLine,
    IsTime,
    LogGroup,
    Matcher,
    MatchOperator,
    Place,
    Presence,
    RecordKind,
    Shape,
    StreamForm,
    StreamPart,
)

_HASH = "the Kubernetes API does not give the image's digest to the agents"
_IMAGE = "the image is not copied to every entry; look at the pod"
_FLAG = "it only said that the line was complete (F) or a part (P)"

KUBERNETES: tuple[tuple[str, Place], ...] = (
    ("pod_name", InMetadata("pod")),
    ("namespace_name", InLabel("namespace")),
    ("pod_id", InMetadata("pod_uid")),
    ("host", InMetadata("node_name")),
    ("pod_ip", InMetadata("pod_ip")),
    ("container_name", InLabel("container")),
    ("docker_id", InMetadata("container_id")),
    ("container_hash", IsGone(_HASH)),
    ("container_image", IsGone(_IMAGE)),
)
"""What the kubernetes filter adds under ``kubernetes``, in its order, and where the agents put it."""

CRI: tuple[Field, ...] = (
    Field(("time",), IsTime("rfc3339nano")),
    Field(("stream",), InLabel("stream")),
    Field(("_p",), IsGone(_FLAG)),
    Field(("log",), IsLine()),
)
"""What Fluent Bit's ``cri`` parser makes of a container's line."""

_AWS = (Field(("az",), InMetadata("az")), Field(("ec2_instance_id",), InMetadata("ec2_instance_id")))
_NODE = StreamPart(place=InMetadata("node_name"))
_FILE = StreamPart(place=InMetadata("filename"), form=StreamForm.TAG)


def aws_layout(cluster: str) -> Catalog:
    """The log groups application, dataplane and host of ``cluster`` (fluent-bit.md 3.4 and 3.5)."""
    return Catalog((_application(cluster), _dataplane(cluster), _host(cluster)), cluster)


def _group(cluster: str, suffix: str, *shapes: Shape) -> LogGroup:
    return LogGroup(f"/aws/containerinsights/{cluster}/{suffix}", shapes)


def _selector(cluster: str, log_type: str, *more: Matcher) -> tuple[Matcher, ...]:
    named = (("cluster", cluster), ("log_type", log_type))
    return (*(Matcher(label, MatchOperator.EQUAL, value) for label, value in named), *more)


def _application(cluster: str) -> LogGroup:
    fields = (
        *CRI,
        Field(("log_processed",), InJson(())),
        *(Field(("kubernetes", key), place) for key, place in KUBERNETES),
        Field(("kubernetes", "labels", "app"), InLabel("app")),
    )
    stream = (_NODE, StreamPart("-application."), _FILE)
    shape = Shape("application", _selector(cluster, "application"), RecordKind.KUBERNETES, fields, stream)
    return _group(cluster, "application", shape)


def _dataplane(cluster: str) -> LogGroup:
    tail = _selector(cluster, "dataplane", Matcher("unit", MatchOperator.EQUAL, ""))
    journal = _selector(cluster, "dataplane", Matcher("unit", MatchOperator.NOT_EQUAL, ""))
    journal_fields = (
        Field(("hostname",), InMetadata("hostname")),
        Field(("systemd_unit",), InLabel("unit")),
        Field(("message",), IsLine()),
        *_AWS,
    )
    unit = StreamPart(place=InLabel("unit"))
    return _group(
        cluster,
        "dataplane",
        Shape(
            "dataplane-tail",
            tail,
            RecordKind.KUBERNETES,
            (*CRI, *_AWS),
            (_NODE, StreamPart("-dataplane.tail."), _FILE),
        ),
        Shape(
            "dataplane-systemd",
            journal,
            RecordKind.SYSTEMD,
            journal_fields,
            (_NODE, StreamPart("-dataplane.systemd."), unit),
        ),
    )


def _host(cluster: str) -> LogGroup:
    source = StreamPart(place=InLabel("source"))
    stream = (_NODE, StreamPart(".host."), source)
    dmesg = _selector(cluster, "host", Matcher("source", MatchOperator.EQUAL, "dmesg"))
    syslog = _selector(cluster, "host", Matcher("source", MatchOperator.NOT_EQUAL, "dmesg"))
    parsed = tuple(Field((key,), InMetadata(key), Presence.PARSED) for key in ("host", "ident", "pid", "message"))
    return _group(
        cluster,
        "host",
        Shape("host-dmesg", dmesg, RecordKind.RECORD, (Field(("message",), IsLine()), *_AWS), stream),
        Shape(
            "host-syslog",
            syslog,
            RecordKind.RECORD,
            (*parsed, Field(("log",), IsLine(), Presence.UNPARSED), *_AWS),
            stream,
        ),
    )
