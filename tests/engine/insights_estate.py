"""The events behind insights_estate.case: what services and applications write, by formulas to count along."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.queries_support.estate import APPLICATION, Estate, Kind, Pod, Written

START = 1_767_571_200_000
"""2026-01-05 00:00:00 UTC."""
END = START + 3_600_000 - 1
LAMBDA, FLOW, DNS, TRAIL = "/aws/lambda/checkout", "/vpc/flow", "/dns/public", "/trail"
SHAPES, LISTS, ACCESS, LEFT, RIGHT = "/app/json", "/app/lists", "/app/access", "/app/a", "/app/b"
GROUPS = (LAMBDA, FLOW, DNS, TRAIL, SHAPES, LISTS, ACCESS, LEFT, RIGHT)
ESTATE = Estate((*((name, Kind.LINES) for name in GROUPS), (APPLICATION, Kind.CONTAINER)))
TABLES = {
    "STAFF": "dept,role,office\neng,dev,S1\neng,ops,S2\nhr,ops,S3\n",
    "DEPTS": "name,boss\neng,ann\nhr,bob\n",
    "HOSTS": "order,host\no1,x1\no2,x2\no3,x3\n",
}


def events() -> Iterator[Iterator[Written]]:
    """Group by group."""
    yield from (function_calls(), flows(), names(), api_calls(), shapes(), lists(), requests(), twins(), containers())


def _written(group: str, milliseconds: int, text: str, stream: str, nanoseconds: int = 0) -> Written:
    return Written((START + milliseconds) * 1_000_000 + nanoseconds, text, group, log_stream=stream)


def function_calls() -> Iterator[Written]:
    """Ten invocations of a Lambda function, one a minute, with four lines each."""
    for i in range(10):
        request, at = f"0000000{i}-aaaa-bbbb-cccc-00000000000{i}", i * 60_000
        stamp = f"2026-01-05T00:0{i}:00.010Z"
        order = f"{stamp}\t{request}\tINFO\t" + json.dumps({"orderId": i, "amount": 10 * i})
        lines = (
            (0, f"START RequestId: {request} Version: $LATEST"),
            (10, f"{stamp} {request} ERROR Task timed out" if i % 2 else order),
            (100, f"END RequestId: {request}"),
            (101, _report(i, request)),
        )
        for after, line in lines:
            yield _written(LAMBDA, at + after, line, "2026/01/05/[$LATEST]abc")


def _report(i: int, request: str) -> str:
    trace = "\nXRAY TraceId: 1-5e34a614-10bdd7b0b9b2fb8c1d5a2e3f\tSegmentId: 4a1b2c3d4e5f6a7b\tSampled: true\t"
    return (
        f"REPORT RequestId: {request}\tDuration: {100 * i}.50 ms\tBilled Duration: {100 * i + 1} ms\t"
        f"Memory Size: 512 MB\tMax Memory Used: {64 + i} MB\t"
        f"{'Init Duration: 250.25 ms' + chr(9) if i in (0, 5) else ''}{trace if i == 9 else ''}"
    )


def flows() -> Iterator[Written]:
    """Nineteen records of a VPC flow log, and one without data."""
    start = "2 123456789010 eni-1235b8ca123456789"
    for i in range(19):
        line = (
            f"{start} 172.31.16.{i % 4} 172.31.16.21 {20641 + i} {22 if i % 2 else 443} 6 {20 + i} {1000 * (i + 1)} "
            f"1418530010 1418530070 {'ACCEPT' if i % 5 else 'REJECT'} OK"
        )
        yield _written(FLOW, i * 1000, line, "eni-1235b8ca123456789-all")
    nothing = f"{start} - - - - - - - 1431280876 1431280934 - NODATA"
    yield _written(FLOW, 19000, nothing, "eni-1235b8ca123456789-all")


def names() -> Iterator[Written]:
    """Eight lines of a Route 53 query log."""
    for i in range(8):
        line = (
            f"1.0 2026-01-05T00:00:0{i}Z Z123412341234 {'api' if i % 2 else 'www'}.example.com "
            f"{'A' if i < 4 else 'AAAA'} {'NXDOMAIN' if i in (3, 7) else 'NOERROR'} UDP {'FRA6' if i < 6 else 'ICN50'} "
            f"192.168.1.{i} {'-' if i % 2 else '192.0.2.0/24'}"
        )
        yield _written(DNS, i * 1000, line, "Z123412341234/FRA6")


def api_calls() -> Iterator[Written]:
    """Six events of CloudTrail."""
    for i in range(6):
        identity: dict[str, object] = {
            "type": "IAMUser" if i % 3 else "Root",
            "sessionContext": {"attributes": {"mfaAuthenticated": "false"}},
        }
        call: dict[str, object] = {
            "eventVersion": "1.08",
            "userIdentity": identity,
            "eventTime": f"2026-01-05T00:00:0{i}Z",
            "eventName": "DeleteBucket" if i % 2 else "RunInstances",
            "awsRegion": "us-east-1" if i < 3 else "eu-west-1",
            "requestParameters": {
                "instancesSet": {"items": [{"instanceId": f"i-0{i}"}, {"instanceId": f"i-1{i}"}]},
            },
            "responseElements": None,
            "readOnly": False,
        }
        if i in (1, 4):
            call["errorCode"] = "AccessDenied"
        yield _written(TRAIL, i * 1000, json.dumps(call), "trail")


_SHAPES = (
    '{"id":0,"a":{"b":{"c":"deep"}},"list":[{"x":1},{"x":2}],"tags":["red","green"],"k.with.dot":"dotted",'
    '"k-dash":"dashed","@at":"atval","b":true,"n":null,"empty":"","z":1.50}',
    '{"id":1,"a":{"b":"shallow"},"list":[],"tags":"red","b":false,"num":"007","exp":"1e3","big":12345678901234567890}',
    "plain text id=2",
    '{"id":3,"a":"cut off he',
    '{"id":4} trailing',
    'prefix {"id":5,"v":"embedded"} suffix {"id":55}',
    json.dumps({"id": 6, **{f"f{i}": i for i in range(250)}}),
    '{"id":7,"dup":1,"dup":2}',
    '[{"id":8}]',
    '{"id":9,"name":"서울","esc":"\\uc11c\\uc6b8","emoji":"😀","q":"say \\"hi\\"","nl":"a\\nb","tab":"a\\tb",'
    '"bs":"c:\\\\dir","slash":"a\\/b"}',
    '{"id":10,"s":"500","f":500.0,"e":5e2,"neg":-3,"t":"abc","inf":"Infinity","nan":"NaN","sp":" 500 "}',
    ' {"id" : 11 , "spaced" : { "x" : "y" } } ',
)


def shapes() -> Iterator[Written]:
    """JSON of all kinds, and what only looks like it."""
    for i, text in enumerate(_SHAPES):
        yield _written(SHAPES, i * 1000, text, "j")


_LISTS = (
    '{"order":"o1","items":[{"sku":"a","qty":2},{"sku":"b","qty":3}],"codes":[10,20,30],"dept":"eng","role":"dev",'
    '"host":""}',
    '{"order":"o2","items":[{"sku":"a","qty":5}],"codes":[],"dept":"eng","role":"ops","host":"h2"}',
    '{"order":"o3","items":{"sku":"c","qty":7},"codes":[20],"dept":"hr","role":"dev"}',
    '{"order":"o4","payload":"{\\"n\\":1,\\"in\\":{\\"deep\\":[\\"x\\",\\"y\\"]}}","codes":[[1,2],[3]]}',
    "text",
)


def lists() -> Iterator[Written]:
    """Lists, keys of lookup tables, and JSON inside a text."""
    for i, text in enumerate(_LISTS):
        yield _written(LISTS, i * 1000, text, "l")


def twins() -> Iterator[Written]:
    """Two groups that write in the same milliseconds, in turns."""
    for i in range(5):
        at = 1000 + 5 * (i // 3)
        yield _written(LEFT, at, json.dumps({"i": i, "g": "a"}), "sa", 1000 * i)
        yield _written(RIGHT, at, json.dumps({"i": i + 10, "g": "b"}), "sb", 1000 * i + 500)


def requests() -> Iterator[Written]:
    """Thirty lines of a web server, one each ten seconds."""
    for i in range(30):
        line = (
            f"10.1.{i % 3}.{i} - bob [05/Jan/2026:00:00:{i:02d} +0000] "
            f'"GET /shop/{i % 4}?q={i} HTTP/1.1" {(200, 200, 301, 404, 500)[i % 5]} {100 * i} "-" "curl/8.{i % 2}"'
        )
        yield _written(ACCESS, i * 10_000, line, "acc")


def containers() -> Iterator[Written]:
    """6,000 lines, one each half second: JSON of web, text of api, CoreDNS."""
    for n in range(6000):
        pod, text = (_web, _api, _coredns)[n % 3](n)
        yield Written((START + n * 500) * 1_000_000 + 137 * n, text, pod=pod)


def _web(n: int) -> tuple[Pod, str]:
    line = {
        "level": "info" if n % 12 else "error",
        "ms": n % 100,
        "msg": f"request {n}",
        "req": {"path": f"/p{n % 5}", "id": f"r{n}"},
    }
    return Pod("web-1", "shop", "web"), json.dumps(line)


def _api(n: int) -> tuple[Pod, str]:
    return Pod("api-1", "shop", "api"), f"2026-01-05 INFO [worker-{n % 4}] handled order={n} in {n % 50}ms"


def _coredns(n: int) -> tuple[Pod, str]:
    line = (
        f'[INFO] 10.0.0.{n % 8}:5353 - {n} "A IN svc-{n // 3 % 3}.local. udp 40 false 512" NOERROR qr,rd,ra 120 '
        f"0.000{n % 10}s"
    )
    return Pod("coredns-x", "kube-system", "coredns", stream="stderr" if n % 6 == 5 else "stdout"), line
