"""Fluent Bit's YAML format: lists repeat keys, processors and rules are groups, mistakes are refused in place."""

from __future__ import annotations

import pytest

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Kind
from translators.fluentbit.read import Reading, ReadOptions, read

PIPELINE = "pipeline:\n  inputs:\n    - name: tail\n      path: /x\n  outputs:\n    - name: stdout\n      match: '*'\n"


def read_texts(main: str, **others: str) -> Reading:
    inputs = {"etc/fluent-bit.yaml": main, **{f"etc/{name}.yaml": text for name, text in others.items()}}
    return read({name: text.encode() for name, text in inputs.items()}, ReadOptions())


def test_keys_may_be_camel_case_and_lists_repeat_them() -> None:
    text = PIPELINE.replace("path: /x", "path: /x\n      refreshInterval: 5\n      multiline.parser: [docker, cri]")
    section = read_texts(text).configuration.inputs[0]

    assert section.value("refresh_interval") == "5"
    assert [item.value for item in section.every("multiline.parser")] == ["docker", "cri"]
    assert str(next(section.every("refresh_interval")).span) == "etc/fluent-bit.yaml:5:7"


def test_variables_come_from_env_as_a_map_or_as_a_list() -> None:
    text = "env:\n  - name: a\n    value: one\n" + PIPELINE.replace("/x", "/${a}")

    assert read_texts(text).configuration.inputs[0].value("path") == "/one"
    assert (
        read_texts(text.replace("- name: a\n    value: one", "a: one")).configuration.inputs[0].value("path") == "/one"
    )


def test_processors_and_rules_are_groups() -> None:
    text = (
        "multiline_parsers:\n  - name: dated\n    type: regex\n    rules:\n"
        "      - state: start_state\n        regex: '/^\\d/'\n        next_state: cont\n"
        "      - state: cont\n        regex: '/^ /'\n        next_state: cont\n"
        + PIPELINE.replace(
            "path: /x",
            "path: /x\n      processors:\n        logs:\n          - name: content_modifier\n"
            "            action: delete\n"
            "            key: a\n            condition:\n              op: and\n              rules:\n"
            "                - field: $b\n                  op: eq\n                  value: c",
        )
    )
    configuration = read_texts(text).configuration
    processor = configuration.inputs[0].groups[0]

    assert [group.value("state") for group in configuration.multiline_parsers[0].groups] == ["start_state", "cont"]
    assert (processor.kind, processor.name) == (Kind.PROCESSOR, "content_modifier")
    assert processor.groups[0].groups[0].value("field") == "$b"


def test_includes_are_relative_to_the_file_that_has_them() -> None:
    reading = read_texts(
        "includes:\n  - parsers.yaml\n" + PIPELINE, parsers="parsers:\n  - name: a\n    format: json\n"
    )

    assert [section.name for section in reading.configuration.parsers] == ["a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [\n" + PIPELINE, "[config] invalid YAML format in file etc/fluent-bit.yaml"),
        (
            "service:\n  flush: 1\nservice:\n  flush: 2\n" + PIPELINE,
            "YAML error found in file \"fluent-bit.yaml\", line 3, column 0: duplicated definition of 'service'",
        ),
        (PIPELINE.replace("inputs:", "input:"), "the pipeline component 'input' is not valid."),
        ("includes:\n  - gone.yaml\n" + PIPELINE, "[config] including file 'gone.yaml' at etc/fluent-bit.yaml:2"),
        (PIPELINE.replace("path: /x", "path: [/a, /b]"), "[config] tail: configuration property 'path' is set 2 times"),
        (
            "parsers:\n  - name: a\n    format: regex\n    regex: '('\n" + PIPELINE,
            "[parser:a] Invalid regex pattern (",
        ),
    ],
)
def test_mistakes_are_refused(text: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_texts(text)

    assert message in refusal.value.message
    assert refusal.value.span is not None


CONDITIONED = """pipeline:
  inputs:
    - name: tail
      path: /var/log/a.log
      processors:
        logs:
          - name: content_modifier
            action: delete
            key: log
            condition:
              JOINT
              rules:
                - { field: "$ok", RULE }
  outputs:
    - name: stdout
      match: "*"
"""


@pytest.mark.parametrize(
    ("joint", "rule", "told"),
    [
        ("op: xor", 'op: eq, value: "1"', "invalid condition operator 'xor', must be 'and' or 'or'"),
        ("op: and", 'op: equals, value: "1"', "invalid rule operator 'equals'"),
        ("op: and", "op: eq", "rule missing 'value' property"),
        ("op: or", "op: eq, value: true", "unsupported value type"),
        ("op: or", 'op: in, value: ["a", 5]', "array values must be strings"),
    ],
)
def test_conditions_that_stop_fluent_bit_are_refused_before_anything_is_translated(
    joint: str, rule: str, told: str
) -> None:
    text = CONDITIONED.replace("JOINT", joint).replace("RULE", rule)
    with pytest.raises(Refused, match=told) as refusal:
        read({"fluent-bit.yaml": text.encode()}, ReadOptions())
    assert refusal.value.message.split("\n")[1:] == [
        "[processor] failed to set condition for processor 'content_modifier'",
        "failed to load 'logs' processors",
        "configuration file contains errors, aborting.",
    ]
    assert refusal.value.rule == "fluentbit/condition"
    assert refusal.value.remedy


MODIFIER = "[processor:content_modifier:content_modifier.0] "
NATIVE = """[processor] failed initialize processor content_modifier.0
[processor] error initializing unit native processor content_modifier
[processor] initialization of processor unit 'content_modifier' failed
"""
OF_INPUT = "failed initialize processors for input tail.0\n[engine] input initialization failed"


@pytest.mark.parametrize(
    ("processor", "told"),
    [
        ("name: content_modifier, key: a", f"{MODIFIER}no 'action' defined\n{NATIVE}{OF_INPUT}"),
        ("name: content_modifier, action: put", f"{MODIFIER}unknown action 'put'\n{NATIVE}{OF_INPUT}"),
        (
            "name: content_modifier, action: insert, key: a",
            f"{MODIFIER}value is required for action 'insert'\n{NATIVE}{OF_INPUT}",
        ),
        (
            "name: content_modifier, action: extract, key: a",
            f"{MODIFIER}for 'extract' action, a regular expression in 'pattern' is required\n{NATIVE}{OF_INPUT}",
        ),
        (
            "name: content_modifier, action: convert, key: a, converted_type: text",
            f"{MODIFIER}unsupported converted_type 'text'\n{MODIFIER}cannot set converted_type 'text'\n"
            f"{NATIVE}{OF_INPUT}",
        ),
        (
            "name: grep, regex: log (",
            "[filter:grep:grep.0] could not compile regex pattern '('\nFailed initialize filter grep.0\n"
            "[processor] error initializing unit filter grep\n"
            f"[processor] initialization of processor unit 'grep' failed\n{OF_INPUT}",
        ),
        (
            "name: Unheard",
            "[processor] error creating processor 'Unheard': plugin doesn't exist or failed to initialize\n"
            "failed to load 'logs' processors\nconfiguration file contains errors, aborting.",
        ),
        (
            "action: insert",
            "[processor] configuration missing required 'name' field\n"
            "failed to load 'logs' processors\nconfiguration file contains errors, aborting.",
        ),
    ],
)
def test_a_processor_that_does_not_start_is_refused_in_fluent_bits_words(processor: str, told: str) -> None:
    before, _, after = CONDITIONED.partition("          - name")
    text = f"{before}          - {{{processor}}}\n{after[after.index('  outputs') :]}"
    with pytest.raises(Refused) as refusal:
        read({"fluent-bit.yaml": text.encode()}, ReadOptions())
    assert refusal.value.message == told
    assert refusal.value.remedy


def test_a_processor_of_an_output_is_counted_behind_the_filters() -> None:
    text = CONDITIONED.replace("              JOINT\n              rules:\n", "").replace(
        '                - { field: "$ok", RULE }\n', ""
    )
    text = text.replace("            condition:\n", "")
    text += "      processors:\n        logs:\n          - {name: parser, key_name: log, parser: nobody}\n"
    text += "  filters:\n    - {name: stdout, match: a}\n"
    with pytest.raises(Refused) as refusal:
        read({"fluent-bit.yaml": text.encode()}, ReadOptions())
    assert refusal.value.message.split("\n") == [
        "[filter:parser:parser.1] requested parser 'nobody' not found",
        "[filter:parser:parser.1] Invalid 'parser'",
        "Failed initialize filter parser.1",
        "[processor] error initializing unit filter parser",
        "[processor] initialization of processor unit 'parser' failed",
        "[output stdout.0] error initializing processor, aborting startup",
        "[engine] output initialization failed",
    ]


def test_a_condition_that_compares_with_a_text_as_a_number_starts() -> None:
    text = CONDITIONED.replace("JOINT", "op: and").replace("RULE", 'op: gt, value: "5"')
    assert read({"fluent-bit.yaml": text.encode()}, ReadOptions()).configuration.inputs


def test_a_control_character_behind_letters_of_several_bytes_has_its_place() -> None:
    with pytest.raises(Refused) as refusal:
        read_texts("service:\n  log_level: info\npipeline: 주문 \x01\n")

    assert str(refusal.value.span) == "etc/fluent-bit.yaml:3:14"
