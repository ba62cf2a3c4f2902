"""The events behind the cases of insights_unseen: every kind of record of a cluster, by formulas to count along."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from migrate.ports import Entry, Stream
from tests.queries_support.estate import APPLICATION, CLUSTER, Estate, Kind, Pod, Written
from tests.queries_support.suite import Case, cases_of
from translators.aws_layout import aws_layout
from translators.catalog import Catalog
from translators.insights.evaluate.event import Event
from translators.query.rebuild import format_time

START = 1_767_571_200_000
"""2026-01-05 00:00:00 UTC."""
END = START + 3_600_000 - 1
_INSIGHTS = f"/aws/containerinsights/{CLUSTER}"
EVENTS, ODD, SORT, TEXT, TIES, CALLS, FLOW, TRAIL = (
    "/app/events",
    "/app/odd",
    "/app/sort",
    "/app/text",
    "/app/ties",
    "/aws/lambda/pay",
    "/vpc/flow",
    "/trail",
)
ESTATE = Estate(
    (
        *((name, Kind.LINES) for name in (EVENTS, ODD, SORT, TEXT, TIES, CALLS, FLOW, TRAIL)),
        (APPLICATION, Kind.CONTAINER),
    )
)
_, *NODE_GROUPS = aws_layout(CLUSTER).groups
_DATAPLANE, _HOST = (group.name for group in NODE_GROUPS)
CATALOG = Catalog((*ESTATE.catalog.groups, *NODE_GROUPS), CLUSTER)
FOLDER = Path(__file__).with_name("insights_unseen")
TABLES = {
    "TEAMS": "svc,tier,owner,pager\napi,1,ann,555\nweb,1,bob,\nweb,2,eve,777\n",
    "CODES": "code,text\n200,fine\n404,absent\n0500,broken\n",
    "NODES": '"ip","rack, row"\n"10.0.0.1","r1, 2"\n"10.0.0.2","r""9"""\n',
}


GROUPS = {
    "containers": f"{_INSIGHTS}/application",
    "events": "/app/events",
    "node": f"{_INSIGHTS}/dataplane",
    "odd": "/app/odd",
    "policies": "/app/odd",
    "services": "/aws/lambda/pay",
    "sort": "/app/sort",
    "tables": "/app/events",
    "text": "/app/text",
}
"""The log group of the cases of a file that name none."""


def _case(stem: str, case: Case) -> Case:
    named = "--log-group" in case.arguments or case.query.lstrip().upper().startswith("SOURCE")
    group = () if named else ("--log-group", GROUPS[stem])
    return replace(case, name=f"{stem}-{case.name}", arguments=(*case.arguments, *group))


CASES = [_case(path.stem, case) for path in sorted(FOLDER.glob("*.case")) for case in cases_of(path)]


def written() -> Iterator[Iterator[Written]]:
    """What the groups of ESTATE hold, group by group."""
    yield from (events(), lines(ODD, 10_000), lines(SORT, 1_000), lines(TEXT, 15_000), ties(), calls(), flows())
    yield from (trail(), containers())


def streams() -> Sequence[Stream]:
    """Everything that the agents pushed."""
    return [*(one for part in written() for one in ESTATE.streams(part)), *journal(), *tailed(), *host()]


def cloudwatch() -> Sequence[Event]:
    """What CloudWatch has of the same lines, in the order in which they were written."""
    node = (*_records(journal(), _DATAPLANE), *_records(tailed(), _DATAPLANE), *_records(host(), _HOST))
    found = [*(ESTATE.event(one)._replace(nanoseconds=one.nanoseconds) for part in written() for one in part), *node]
    return [one._replace(nanoseconds=one.nanoseconds % 10**6) for one in sorted(found, key=lambda one: one.nanoseconds)]


def _records(streams: Iterable[Stream], group: str) -> Iterator[Event]:
    for stream in streams:
        for entry in stream.entries:
            name, record = _record(stream.labels, entry)
            at = entry.nanoseconds
            yield Event(at // 10**6, json.dumps(record, separators=(",", ":")), name, group, nanoseconds=at)


def _record(labels: Mapping[str, str], entry: Entry) -> tuple[str, dict[str, str]]:
    """The log stream and the record of a node's line, as Fluent Bit with the AWS manifest writes them."""
    node, place = entry.metadata["node_name"], {key: entry.metadata[key] for key in ("az", "ec2_instance_id")}
    if "unit" in labels:
        record = {"hostname": entry.metadata["hostname"], "systemd_unit": labels["unit"], "message": entry.line}
        return f"{node}-dataplane.systemd.{labels['unit']}", {**record, **place}
    if "container" in labels:
        file = entry.metadata["filename"].strip("/").replace("/", ".")
        time = format_time(entry.nanoseconds, "rfc3339nano")
        return f"{node}-dataplane.tail.{file}", {"time": time, "stream": labels["stream"], "log": entry.line, **place}
    parsed = {key: entry.metadata[key] for key in ("host", "ident", "pid", "message") if key in entry.metadata}
    text = parsed or {"message" if labels["source"] == "dmesg" else "log": entry.line}
    return f"{node}.host.{labels['source']}", {**text, **place}


def _written(group: str, milliseconds: int, text: str, stream: str, nanoseconds: int = 0) -> Written:
    return Written((START + milliseconds) * 1_000_000 + nanoseconds, text, group, log_stream=stream)


def events() -> Iterator[Written]:
    """1,200 events, one each three seconds.

    ``ms`` is 7i modulo 100, and a text in each fiftieth; each tenth has no tenant.
    """
    for i in range(1200):
        event: dict[str, object] = {
            "i": i,
            "svc": ("api", "web", "job")[i % 3],
            "code": (200, 200, 404, 500)[i % 4],
            "ms": "n/a" if i % 50 == 49 else i * 7 % 100,
            "tag": f"v{i % 15}",
            "req": {"id": f"r-{i:04d}", "hdr": {"x-user": f"u{i % 7}", "x.trace": f"{i % 11:x}"}},
            "ok": i % 4 < 2,
        }
        if i % 10 != 9:
            event["tenant"] = f"t{i % 5}"
        yield _written(EVENTS, i * 3000, json.dumps(event), f"ev-{i % 4}", i % 5 * 199_999)


def lines(group: str, every: int) -> Iterator[Written]:
    """The lines of a file, ``every`` so many milliseconds, to three log streams in turn."""
    name = group.rpartition("/")[2]
    for i, text in enumerate((FOLDER / f"{name}.txt").read_text("utf-8").splitlines()):
        yield _written(group, i * every, text.replace("⏎", "\n"), f"{name}-{i % 3}")


def ties() -> Iterator[Written]:
    """Twenty-four lines on four milliseconds; within one of them the nanoseconds rise with i, or are the same."""
    for i in range(24):
        nanoseconds = (i % 6) * 1000 if i < 12 else 500
        yield _written(TIES, 1000 + i // 6, json.dumps({"i": i, "half": i % 2}), f"s{i % 2}", nanoseconds)


def calls() -> Iterator[Written]:
    """Twelve invocations of a function that logs JSON, one in five minutes; every third starts cold."""
    for i in range(12):
        request, at = f"{i:08x}-1111-2222-3333-{i:012x}", i * 300_000
        cold = "Init Duration: 100.00 ms\t" if i % 3 == 0 else ""
        said = {"level": "ERROR" if i % 4 == 3 else "INFO", "order": {"id": i, "total": i * 2.5}}
        for after, line in (
            (0, f"START RequestId: {request} Version: {i % 2 + 1}"),
            (5, f"2026-01-05T00:00:00.005Z\t{request}\t{said['level']}\t{json.dumps(said)}"),
            (40, f"END RequestId: {request}"),
            (
                41,
                f"REPORT RequestId: {request}\tDuration: {10 + i}.25 ms\tBilled Duration: {11 + i} ms\t"
                f"Memory Size: 256 MB\tMax Memory Used: {100 + i} MB\t{cold}",
            ),
        ):
            yield _written(CALLS, at + after, line, f"2026/01/05/[{i % 2 + 1}]f00")


def flows() -> Iterator[Written]:
    """Forty records of a VPC flow log, in IPv4 and IPv6, and one that was skipped."""
    for i in range(40):
        source = f"2001:db8::{i % 4:x}" if i % 5 == 4 else f"10.0.{i % 3}.{i}"
        line = (
            f"2 123456789012 eni-0{i % 2} {source} 10.9.9.9 {49152 + i} {(443, 53, 22)[i % 3]} {(6, 17)[i % 2]} "
            f"{i + 1} {100 * (i + 1)} 1767571200 1767571260 {'REJECT' if i % 8 == 7 else 'ACCEPT'} OK"
        )
        yield _written(FLOW, i * 60_000, line, f"eni-0{i % 2}-all")
    yield _written(
        FLOW, 2_400_000, "2 123456789012 eni-00 - - - - - - - 1767571200 1767571260 - SKIPDATA", "eni-00-all"
    )


def trail() -> Iterator[Written]:
    """Sixteen events of CloudTrail."""
    for i in range(16):
        call: dict[str, object] = {
            "eventVersion": "1.08",
            "userIdentity": {
                "type": "AssumedRole" if i % 2 else "IAMUser",
                "arn": f"arn:aws:iam::123456789012:user/u{i % 3}",
            },
            "eventSource": ("ec2", "s3", "iam")[i % 3] + ".amazonaws.com",
            "eventName": ("RunInstances", "GetObject", "CreateUser", "ConsoleLogin")[i % 4],
            "sourceIPAddress": f"203.0.113.{i}" if i % 4 else "ec2.amazonaws.com",
            "requestParameters": {"tagSet": {"items": [{"key": f"k{j}", "value": j} for j in range(i % 3)]}},
            "additionalEventData": {"MFAUsed": "No" if i % 8 == 3 else "Yes"},
        }
        if i % 5 == 0:
            call["errorCode"], call["errorMessage"] = "Client.UnauthorizedOperation", f"not allowed: {i}"
        yield _written(TRAIL, i * 200_000, json.dumps(call, separators=(",", ":")), "123456789012_CloudTrail")


def containers() -> Iterator[Written]:
    """900 lines, one each four seconds: JSON of cart, text of pay (every fiftieth with a stack trace), CoreDNS."""
    for n in range(900):
        pod, text = (_cart, _pay, _dns)[n % 3](n)
        yield Written((START + n * 4000) * 1_000_000 + 123_456, text, pod=pod)


def _cart(n: int) -> tuple[Pod, str]:
    line = {
        "level": "error" if n % 9 == 0 else "info",
        "ms": n,
        "trace": {"id": f"t{n % 6}"},
        "msg": f'user "u{n % 4}" took {n} items',
    }
    return Pod("cart-7d4f-aaaaa", "shop", "cart", "ip-10-0-1-1.ec2.internal", uid="a" * 36), json.dumps(line)


def _pay(n: int) -> tuple[Pod, str]:
    stack = f"\n\tat com.shop.Pay.run(Pay.java:{n})\n\tat Main.main(Main.java:1)" if n % 150 == 1 else ""
    line = f"00:00:00,{n:03d} WARN [main] Payment {n} failed: code={n % 7} amount=${n}.50{stack}"
    return Pod("pay-5c6d-bbbbb", "shop", "pay", "ip-10-0-1-2.ec2.internal", uid="b" * 36), line


def _dns(n: int) -> tuple[Pod, str]:
    code = "NXDOMAIN" if n % 5 == 2 else "NOERROR"
    line = f'[INFO] 10.1.{n % 4}.9:5{n % 10}53 - {n} "AAAA IN host{n % 5}.svc. udp 60 false 1232" {code} 0.00{n % 9}s'
    stream = "stderr" if n % 2 else "stdout"
    return Pod("coredns-1", "kube-system", "coredns", "ip-10-0-1-1.ec2.internal", stream, uid="c" * 36), line


_NODE = {"node_name": "ip-10-0-1-1", "az": "us-east-1a", "ec2_instance_id": "i-0abc"}


def journal() -> Iterator[Stream]:
    """120 lines of the journal, one each thirty seconds, kubelet and containerd in turn."""
    for unit, odd in (("kubelet.service", 0), ("containerd.service", 1)):
        entries = tuple(
            Entry((START + i * 30_000) * 1_000_000 + 7, _unit_line(i), {**_NODE, "hostname": "ip-10-0-1-1"})
            for i in range(odd, 120, 2)
        )
        yield Stream({"cluster": CLUSTER, "log_type": "dataplane", "unit": unit}, entries)


def _unit_line(i: int) -> str:
    if i % 2:
        return f'time="2026-01-05T00:00:00Z" level={"error" if i % 6 == 1 else "info"} msg="pull image {i % 8}"'
    return f'E0105 00:00:00.{i:06d}   1 kubelet.go:{i % 10}] "Failed pod" err="code {i % 3}" node="ip-{i % 4}"'


def tailed() -> Iterator[Stream]:
    """Sixty lines of aws-node, one a minute, as JSON that Fluent Bit does not merge in the dataplane."""
    file = "/var/log/containers/aws-node-x_kube-system_aws-node-" + "d" * 64 + ".log"
    labels = {"cluster": CLUSTER, "log_type": "dataplane", "namespace": "kube-system", "container": "aws-node"}
    entries = tuple(
        Entry(
            (START + i * 60_000) * 1_000_000 + 9,
            json.dumps({"level": ("debug", "warn")[i % 2], "msg": f"ip {i}", "n": i}),
            {**_NODE, "filename": file},
        )
        for i in range(60)
    )
    yield Stream({**labels, "stream": "stdout"}, entries)


def host() -> Iterator[Stream]:
    """Forty lines of dmesg and sixty of syslog, of which every sixth was not understood."""
    base = {"cluster": CLUSTER, "log_type": "host"}
    at = [(START + i * 45_000) * 1_000_000 + 11 for i in range(60)]
    kernel = tuple(
        Entry(at[i], f"[{i:5d}.000000] eth{i % 2}: link {'down' if i % 5 == 0 else 'up'}", _NODE) for i in range(40)
    )
    yield Stream({**base, "source": "dmesg"}, kernel)
    yield Stream({**base, "source": "messages"}, tuple(_syslog(i, at[i]) for i in range(60)))


def _syslog(i: int, nanoseconds: int) -> Entry:
    if i % 6 == 5:
        return Entry(nanoseconds, f"-- MARK {i} --", _NODE)
    ident, message = ("sshd", "cron", "dhclient")[i % 3], f"job {i} from 10.2.0.{i}"
    parsed = {"host": "ip-10-0-1-1", "ident": ident, "pid": str(100 + i), "message": message}
    return Entry(nanoseconds, f"Jan  5 00:00:00 ip-10-0-1-1 {ident}[{100 + i}]: {message}", {**_NODE, **parsed})
