"""Go's templates as translations write them; what stands here is what Go 1.26 prints."""

from __future__ import annotations

import pytest

from translators.pipeline.go_template import parse_template
from translators.pipeline.go_template_functions import Failed
from translators.pipeline.go_values import Unsupported

VALUES = {"a": "x\ny", "b": "", "c": "2026-x"}


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("{{ .a }}", "x\ny"),
        ("{{.missing}}", "<no value>"),
        ("{{ and .a .b }}|{{ and .a .c }}", "|2026-x"),
        ('{{ or .b "d" }}|{{ or .a "d" }}', "d|x\ny"),
        ("{{ not .b }} {{ not .a }} {{ not .missing }}", "true false true"),
        ('{{ eq .a "b" "x\\ny" }} {{ eq .a "b" }} {{ eq .missing "b" }}', "true false false"),
        ('{{ ne .c "2026-x" }} {{ ne .c "" }}', "false true"),
        ('{{ if hasKey . "b" }}yes{{ end }} {{ hasKey . "missing" }}', "yes false"),
        ("{{ . }}", "map[a:x\ny b: c:2026-x]"),
        ('{{ contains "26" .c }} {{ contains "x26" .c }}', "true false"),
        ('{{ hasPrefix "20" .c }} {{ hasPrefix "x" .c }}', "true false"),
        ('{{ hasSuffix "-x" .c }} {{ hasSuffix "20" .c }}', "true false"),
        ('{{ trimPrefix "2026" .c }} {{ trimPrefix "x" .c }}', "-x 2026-x"),
        ('{{ trimSuffix "-x" .c }} {{ .c | trimSuffix "2026" }}', "2026 2026-x"),
        ('{{ regexReplaceAll "([0-9]+)-" .c "<$1>" }}', "<2026>x"),
        ('{{ env "NODE" }}|{{ env "NOT_SET" }}', "node-1|"),
        ("{{ `raw\\n` }}", "raw\\n"),
        ('{{ if .b }}1{{ else if eq .c "2026-x" }}2{{ else }}3{{ end }}', "2"),
        ("{{ if .b }}1{{ else if .b }}2{{ else }}3{{ end }}", "3"),
        ("{{ if .missing }}1{{ end }}", ""),
        ("{{ if .a }}1{{ if .b }}2{{ end }}3{{ end }}4", "134"),
        ('a {{- "b" -}} \n c', "abc"),
        ('a {{ "b" }} c', "a b c"),
        ('{{ if and (not .b) (eq (trimSuffix "x" .c) "2026-") }}yes{{ end }}', "yes"),
        ('{{ .c | trimPrefix "20" | trimSuffix "x" }}', "26-"),
        ('{{ "a}}b" }}', "a}}b"),
    ],
)
def test_templates_print_what_go_prints(template: str, printed: str) -> None:
    assert parse_template(template, {"NODE": "node-1"}).run(VALUES) == printed


@pytest.mark.parametrize(
    "template",
    ['{{ hasPrefix "x" .missing }}', '{{ eq (not .a) "x" }}', '{{ hasKey .a "b" }}', "{{ and }}", "{{ not }}"],
)
def test_what_stops_go_stops_the_template(template: str) -> None:
    with pytest.raises(Failed):
        parse_template(template).run(VALUES)


@pytest.mark.parametrize(
    "template",
    [
        "{{ range .a }}{{ end }}",
        "{{ if .a }}",
        "{{ if .a }}1{{ else }}2",
        "{{ .a",
        "{{ .a.b }}",
        "{{ fromJson .a }}",
        "{{ $x := .a }}",
        '{{ "a" | .b }}',
        "{{ (.a }}",
        "{{ .a .b }}",
        "{{ 1 }}",
        "{{ }}",
    ],
)
def test_what_no_translation_writes_is_refused(template: str) -> None:
    with pytest.raises(Unsupported):
        parse_template(template)
