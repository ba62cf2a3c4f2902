"""What stops Fluent Bit before a plugin looks at its options, and the filters that few configurations have."""

from __future__ import annotations

import pytest

from tests.unit.fluentbit_read.test_judgement import INPUT, OUTPUT, engine, filter_of, read_texts
from translators.diagnostics import Refused

ABORTING = "configuration file contains errors, aborting."
UNKNOWN = "[config] section 'nothing' tried to instance a plugin name that doesn't exist"
SERVICE = "[SERVICE]\n    Flush 1\n"
STORED = "    storage.type filesystem\n"
REWRITE = "Name rewrite_tag", "Match *", "Rule $log x new false"


def second(kind: str, name: str, *lines: str) -> str:
    return engine(kind, name, *lines).replace(f"{name}.0", f"{name}.1")


def not_set(key: str, kind: str, name: str) -> str:
    return f"[config] could not configure property '{key}' on {kind} plugin with section name '{name}'\n{ABORTING}"


@pytest.mark.parametrize(
    ("main", "message"),
    [
        (INPUT + "    Log_Level loud\n" + OUTPUT, not_set("log_level", "input", "tail")),
        (INPUT + "    Mem_Buf_Limit 5 MB\n" + OUTPUT, not_set("mem_buf_limit", "input", "tail")),
        (INPUT + "    Mem_Buf_Limit 5MiB\n" + OUTPUT, not_set("mem_buf_limit", "input", "tail")),
        (INPUT + "    storage.type disk\n" + OUTPUT, not_set("storage.type", "input", "tail")),
        (INPUT + "    Threaded maybe\n" + OUTPUT, not_set("threaded", "input", "tail")),
        (
            INPUT + OUTPUT + "    storage.total_limit_size much\n",
            not_set("storage.total_limit_size", "output", "stdout"),
        ),
        ("[SERVICE]\n    Flush 0\n" + INPUT + OUTPUT, "invalid flush value, aborting."),
        ("[SERVICE]\n    Flush often\n    storage.sync fast\n" + INPUT + OUTPUT, "invalid flush value, aborting."),
        (SERVICE + "    Coro_Stack_Size 1024\n" + INPUT + OUTPUT, "invalid coroutine stack size, aborting."),
        ("[SERVICE]\n    Flush 0\n" + INPUT + OUTPUT.replace("stdout", "nothing"), f"{UNKNOWN}\n{ABORTING}"),
        (
            SERVICE + INPUT + STORED + OUTPUT,
            "[storage] instance 'tail.0' requested filesystem storage but no filesystem path was defined.\n"
            "[storage] could not create storage for instance: tail.0\n[engine] storage creation failed",
        ),
        (
            SERVICE + "    storage.sync fast\n" + INPUT + OUTPUT,
            "[storage] invalid synchronization mode\n[engine] storage creation failed",
        ),
        (
            filter_of(*REWRITE, "Emitter_Name tail.0"),
            engine("filter", "rewrite_tag", "emitter_name 'tail.0' already exists"),
        ),
        (
            filter_of(*REWRITE, "Emitter_Name again") + filter_of(*REWRITE, "Emitter_Name again")[len(INPUT) :],
            second("filter", "rewrite_tag", "emitter_name 'again' already exists"),
        ),
        (
            filter_of(*REWRITE, "Emitter_Storage.type disk"),
            engine(
                "filter",
                "rewrite_tag",
                "invalid 'emitter_storage.type' value. Only 'memory' or 'filesystem' types are allowed",
            ),
        ),
        (
            SERVICE + filter_of(*REWRITE, "Emitter_Storage.type filesystem"),
            "[storage] instance 'emitter_for_rewrite_tag.0' requested filesystem storage but no filesystem path was "
            "defined.\n"
            + engine("filter", "rewrite_tag", "cannot initialize storage for stream 'emitter_for_rewrite_tag.0'"),
        ),
    ],
)
def test_the_engine_refuses_in_fluent_bits_words(main: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_texts(main)
    assert refusal.value.message == message
    assert refusal.value.span is not None
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "main",
    [
        INPUT + "    Mem_Buf_Limit 5mb\n    Log_Level Debug\n    storage.type memrb\n    Threaded on\n" + OUTPUT,
        INPUT + OUTPUT + "    storage.total_limit_size off\n    Log_Level warning\n",
        INPUT + STORED + OUTPUT,
        "[SERVICE]\n    Flush .2\n    Coro_Stack_Size 24576\n" + INPUT + OUTPUT,
        "[SERVICE]\n    Flush ${NOBODY_SETS_IT}\n" + INPUT + OUTPUT,
        SERVICE + "    storage.path /var/x\n" + INPUT + STORED + OUTPUT,
        filter_of(*REWRITE) + filter_of(*REWRITE)[len(INPUT) :],
        filter_of("Name multiline", "Match *", "multiline.parser go", "Buffer Off", "Emitter_Name tail.0"),
    ],
)
def test_what_the_engine_takes_starts(main: str) -> None:
    """Storage without a [SERVICE]: the file is a part of a configuration, and the folder may stand in another."""
    assert read_texts(main).configuration.outputs


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ("Name record_modifier", "Remove_key a", "Whitelist_key b"),
            ["remove_keys and allowlist_keys are exclusive with each other."],
        ),
        (("Name type_converter",), ["no rules", "configuration error"]),
        (("Name expect", "action shout"), ["unexpected 'action' value 'shout'"]),
        (("Name log_to_metrics", "metric_mode counter"), ["Metric tag is not set"]),
        (("Name log_to_metrics", "tag m"), ["metric_description is not set"]),
        (("Name log_to_metrics", "tag m", "metric_description d", "metric_mode gauge"), ["value_field is not set"]),
        (
            ("Name log_to_metrics", "tag m", "metric_mode sum"),
            ["invalid 'mode' value. Only 'counter', 'gauge' or 'histogram' types are allowed"],
        ),
        (("Name alter_size", "add 1", "remove 1"), ["cannot use 'add' and 'remove' at the same time"]),
        (("Name geoip2", "lookup_key ip"), ["no geoip2 database has been loaded"]),
    ],
)
def test_a_rare_filter_refuses_in_its_own_words(lines: tuple[str, ...], told: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        read_texts(filter_of(*lines, "Match *"))
    assert refusal.value.message == engine("filter", lines[0].split()[1], *told)


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (("Name lua", "call f"), "no script path defined\n[filter_lua] filter cannot be loaded"),
        (("Name lua", "code x"), "function name defined by 'call' is not set\n[filter_lua] filter cannot be loaded"),
        (("Name expect", "key_exists $a-b"), "error processing accessor key '$a-b'"),
    ],
)
def test_a_rare_filter_names_what_is_missing(lines: tuple[str, ...], first: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_texts(filter_of(*lines, "Match *"))
    name = lines[0].split()[1]
    assert refusal.value.message.startswith(f"[filter:{name}:{name}.0] {first}\n")


def test_a_type_that_nobody_knows_leaves_the_filter_without_rules() -> None:
    with pytest.raises(Refused) as refusal:
        read_texts(filter_of("Name type_converter", "Match *", "str_key a b word"))
    told = engine(
        "filter", "type_converter", "configuration error. ignore the key=a", "no rules", "configuration error"
    )
    assert refusal.value.message == f"flb_typecast_rule_create: unknown to str word\n{told}"
    read_texts(filter_of("Name type_converter", "Match *", "str_key a b word", "str_key a b int"))


def test_instances_are_counted_over_all_plugins_of_their_kind() -> None:
    main = filter_of("Name stdout", "Match *") + "[FILTER]\n    Name nest\n    Match *\n" + OUTPUT
    with pytest.raises(Refused) as caught:
        read_texts(main)
    assert caught.value.message == second("filter", "nest", "Operation can only be NEST or LIFT")


def test_two_inputs_and_two_outputs_are_counted_over_their_plugins() -> None:
    systemd = "[INPUT]\n    Name systemd\n    Tag a\n"
    with pytest.raises(Refused, match=r"\[input:tail:tail\.1\]"):
        read_texts(systemd + "[INPUT]\n    Name tail\n    Tag b\n" + OUTPUT)
    nowhere = "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region r\n"
    with pytest.raises(Refused, match=r"\[output:cloudwatch_logs:cloudwatch_logs\.1\]"):
        read_texts(INPUT + OUTPUT + nowhere)


@pytest.mark.parametrize(
    ("main", "way_out"),
    [
        (INPUT + "[OUTPUT]\n    Name newrelic\n    Match *\n", True),
        (filter_of("Name newrelic", "Match *"), False),
    ],
)
def test_an_output_that_only_an_image_has_can_be_left_out(main: str, way_out: bool) -> None:
    """Without a filter or an input records would change; without an output none do."""
    with pytest.raises(Refused) as refusal:
        read_texts(main)
    assert refusal.value.rule == "fluentbit/unknown-plugin"
    assert ("without this section" in refusal.value.remedy) is way_out
