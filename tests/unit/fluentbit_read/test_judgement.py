"""What stops Fluent Bit, in its own words, and what it leaves unsaid."""

from __future__ import annotations

import pytest

from translators.diagnostics import Fidelity, Refused
from translators.fluentbit.read import Reading, ReadOptions, read

INPUT = "[INPUT]\n    Name tail\n    Tag app\n    Path /x\n"
OUTPUT = "[OUTPUT]\n    Name stdout\n    Match *\n"
SERVICE = "[SERVICE]\n    Parsers_File parsers.conf\n"
PARSER = "[PARSER]\n    Name good\n    Format json\n"


def read_texts(main: str, parsers: str = "", **environment: str) -> Reading:
    inputs = {"fluent-bit.conf": main.encode(), **({"parsers.conf": parsers.encode()} if parsers else {})}
    return read(inputs, ReadOptions(environment=environment))


def filter_of(*lines: str) -> str:
    return INPUT + "[FILTER]\n" + "".join(f"    {line}\n" for line in lines) + OUTPUT


def engine(kind: str, name: str, *lines: str) -> str:
    number = f"{name}.0"
    own = [f"[{kind}:{name}:{number}] {line}" for line in lines]
    failed = "failed" if kind == "input" else "Failed"
    return "\n".join([*own, f"{failed} initialize {kind} {number}", f"[engine] {kind} initialization failed"])


@pytest.mark.parametrize(
    ("main", "message"),
    [
        (
            "[INPUT]\n    Name tial\n" + OUTPUT,
            "[config] section 'tial' tried to instance a plugin name that doesn't exist\n"
            "configuration file contains errors, aborting.",
        ),
        ("[INPUT]\n    Name tail\n    Tag x\n" + OUTPUT, engine("input", "tail", "no input 'path' was given")),
        (
            INPUT + "    Buffer_Max_Size 16k\n" + OUTPUT,
            engine("input", "tail", "buffer_max_size must be >= buffer_chunk"),
        ),
        *(
            (
                INPUT + f"    Refresh_Interval {value}\n" + OUTPUT,
                engine("input", "tail", f"invalid 'refresh_interval' config value ({value})"),
            )
            for value in ("0", "0.0", "soon", "5.")
        ),
        (INPUT + "    Rotate_Wait 0\n" + OUTPUT, engine("input", "tail", "invalid 'rotate_wait' config value")),
        (
            INPUT + "    DB /x.db\n    DB.journal_mode fast\n" + OUTPUT,
            engine("input", "tail", "invalid db.journal_mode=fast"),
        ),
        (
            filter_of("Name multiline", "Match *", "multiline.parser java", "flush_ms 100"),
            "[multiline] flush timeout '100' is too low\n" + engine("filter", "multiline"),
        ),
        (
            INPUT + "    Multiline On\n" + OUTPUT,
            engine("input", "tail", "multiline: no parser defined for firstline"),
        ),
        (
            INPUT + "    multiline.parser docker, nowhere\n" + OUTPUT,
            "[multiline] parser 'nowhere' not registered\n"
            + engine("input", "tail", "could not load multiline parsers"),
        ),
        (
            INPUT + "    Skip_Long_Lines perhaps\n" + OUTPUT,
            "[config map] invalid value for boolean property 'skip_long_lines=perhaps'\n" + engine("input", "tail"),
        ),
        (
            filter_of("Name grep", "Match *", "Regex log-level ^e"),
            "[record accessor] bad input character '-' at line 0\n"
            "[record accessor] syntax error, unexpected IDENTIFIER, expecting end of file at '$log-level'\n"
            + engine("filter", "grep", "invalid record accessor? '$log-level'"),
        ),
        (
            filter_of("Name grep", "Match *", "Logical_Op AND", "Regex a b", "Exclude a c"),
            engine("filter", "grep", "Both 'regex' and 'exclude' are set."),
        ),
        (
            filter_of("Name rewrite_tag", "Match *", "Rule $a .* x.$a-$TAG false"),
            "[record accessor] bad input character '-' at line 0\n"
            "[record accessor] syntax error, unexpected '$', expecting end of file at '$a-$TAG'\n"
            + engine("filter", "rewrite_tag", "could not compose tag: x.$a-$TAG"),
        ),
        (
            filter_of("Name record_modifier", "Match *", "Record alone"),
            "[config map] property 'record' expects 2 values (only 1 were found)\n"
            + engine("filter", "record_modifier", "configuration error"),
        ),
        (
            filter_of("Name parser", "Match *", "Parser json"),
            engine("filter", "parser", "missing 'key_name'"),
        ),
        (
            filter_of("Name grep", "Match *", "Regex log ("),
            engine("filter", "grep", "could not compile regex pattern '('"),
        ),
        (
            filter_of("Name grep", "Match *", "Regex log"),
            engine("filter", "grep", "invalid regex, expected field and regular expression"),
        ),
        (
            filter_of("Name modify", "Match *", "Set card ***"),
            engine("filter", "modify", "Unable to create regex(val) from ***"),
        ),
        (
            filter_of("Name modify", "Match *", "Set a b c d"),
            engine("filter", "modify", "Invalid config for set"),
        ),
        (
            filter_of("Name modify", "Match *", "Rename alone"),
            engine("filter", "modify", "Invalid operation rename : alone in configuration"),
        ),
        (
            filter_of("Name nest", "Match *", "Wildcard a*"),
            engine("filter", "nest", "Operation can only be NEST or LIFT"),
        ),
        (
            filter_of("Name kubernetes", "Match *", "Merge_Parser gone", "Regex_Parser nowhere"),
            engine("filter", "kubernetes", "parser 'gone' is not registered", "invalid parser 'nowhere'"),
        ),
        (
            filter_of("Name kubernetes", "Match *", "Kube_URL kubernetes.default.svc:443"),
            engine("filter", "kubernetes"),
        ),
        (
            filter_of("Name rewrite_tag", "Match *", "Rule $log ^( new false"),
            engine("filter", "rewrite_tag", "could not compile regex pattern '^('"),
        ),
        (
            filter_of("Name multiline", "Match *"),
            engine("filter", "multiline", "The default 'Mode' 'parser' requires at least one 'multiline.parser'"),
        ),
    ],
)
def test_a_refusal_has_fluent_bits_words_a_place_and_a_way_out(main: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_texts(main)

    assert refusal.value.message == message
    assert refusal.value.span is not None
    assert refusal.value.remedy


def test_a_wait_below_a_second_starts() -> None:
    assert not read_texts(INPUT + "    Refresh_Interval 0.5\n" + OUTPUT).findings


def test_the_second_instance_of_a_plugin_and_an_alias_are_named_so() -> None:
    with pytest.raises(Refused, match=r"\[filter:grep:grep\.1\] could not compile"):
        read_texts(
            filter_of("Name grep", "Match *", "Regex a b", "[FILTER]")
            .replace("    [F", "[F")
            .replace("[FILTER]\n[OUT", "[FILTER]\n    Name grep\n    Match *\n    Regex log (\n[OUT")
        )
    with pytest.raises(Refused, match=r"\[filter:grep:mine\] could not compile"):
        read_texts(filter_of("Name grep", "Match *", "Alias mine", "Regex log ("))


def test_an_undefined_parser_of_tail_is_only_reported() -> None:
    reading = read_texts(INPUT + "    Parser nowhere\n" + OUTPUT)

    assert [(f.rule, f.fidelity.alloy) for f in reading.findings] == [("fluentbit/undefined-parser", Fidelity.EXACT)]


def test_an_error_that_was_logged_before_stands_before_the_refusal() -> None:
    with pytest.raises(Refused) as refusal:
        read_texts(INPUT + "    Parser nowhere\n[FILTER]\n    Name stdout\n" + OUTPUT)

    assert refusal.value.message == (
        "[input:tail:tail.0] parser 'nowhere' is not registered\n[engine] filter initialization failed"
    )


def test_one_parser_of_several_may_be_undefined() -> None:
    main = SERVICE + filter_of("Name parser", "Match *", "Key_Name log", "Parser nowhere", "Parser good")

    assert [finding.subject for finding in read_texts(main, PARSER).findings] == ["Parser nowhere"]


def test_a_broken_regex_of_a_parser_is_refused_at_its_definition() -> None:
    main = SERVICE + filter_of("Name parser", "Match *", "Key_Name log", "Parser bad")

    with pytest.raises(Refused) as refusal:
        read_texts(main, PARSER + "[PARSER]\n    Name bad\n    Format regex\n    Regex ^(?<a>\n")

    assert refusal.value.rule == "fluentbit/broken-regex"
    assert refusal.value.message.startswith(
        "[parser:bad] Invalid regex pattern ^(?<a>\n[filter:parser:parser.0] requested"
    )
    assert str(refusal.value.span) == "parsers.conf:7:5"


def test_a_parser_that_exists_already_hides_those_after_it() -> None:
    reading = read_texts(SERVICE + INPUT + OUTPUT, PARSER + PARSER + PARSER.replace("good", "after"))

    assert [section.name for section in reading.configuration.parsers] == ["good"]
    finding = next(f for f in reading.findings if f.rule == "fluentbit/parser-not-loaded")
    assert finding.subject == "[parser] parser named 'good' already exists, skip."
    assert "after" in finding.message


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("Time_Zone Asia/Seoul", "time_zone requires time_format"),
        ("Time_Zone Mars/Base\n    Time_Format %s", "invalid or unavailable time_zone 'Mars/Base'"),
        ("Time_Zone Asia/Seoul\n    Time_Format %s\n    Time_Offset Z", "cannot be combined with time_offset"),
        ("Time_Zone Asia/Seoul\n    Time_Format %s\n    Time_System_Timezone On", "with time_system_timezone"),
        ("Time_Format %s\n    Time_Offset JST", "the time_offset 'JST' is none"),
    ],
)
def test_a_parser_with_times_that_fluent_bit_does_not_take_is_not_loaded(options: str, said: str) -> None:
    other = f"[PARSER]\n    Name other\n    Format json\n    {options}\n"
    reading = read_texts(SERVICE + INPUT + OUTPUT, PARSER + other)

    assert [section.name for section in reading.configuration.parsers] == ["good"]
    assert said in next(f for f in reading.findings if f.rule == "fluentbit/parser-not-loaded").subject


def test_a_required_value_that_a_variable_leaves_empty_names_all_the_flags() -> None:
    output = "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region ${REGION}\n    log_group_name ${GROUP}\n"

    with pytest.raises(Refused) as refusal:
        read_texts(INPUT + output + "    log_stream_prefix a-\n")

    assert "'log_group_name' is a required field" in refusal.value.message
    assert "--env REGION=VALUE --env GROUP=VALUE" in refusal.value.remedy


def test_a_file_that_was_not_given_makes_its_parsers_a_persons_matter() -> None:
    main = "[SERVICE]\n    Parsers_File /mine.conf\n" + filter_of(
        "Name parser", "Match *", "Key_Name log", "Parser mine"
    )
    reading = read_texts(main)

    assert reading.missing_files == ("/mine.conf",)
    assert {finding.rule for finding in reading.findings if finding.fidelity.alloy is Fidelity.MANUAL} == {
        "fluentbit/file-not-given",
        "fluentbit/undefined-parser",
    }


def test_the_parsers_of_the_image_are_known() -> None:
    main = "[SERVICE]\n    Parsers_File /fluent-bit/etc/parsers.conf\n" + INPUT + "    Parser nginx\n" + OUTPUT
    reading = read_texts(main)

    assert "nginx" in {section.name for section in reading.configuration.parsers}
    assert [finding.rule for finding in reading.findings] == ["fluentbit/parsers-of-the-image"]
    assert all(section.span.source in reading.sources for section in reading.configuration.parsers)


def test_go_plugins_accept_any_key() -> None:
    output = "[OUTPUT]\n    Name cloudwatch\n    Match *\n    log_group_name /a/$(tag[4])\n    some_key x\n"

    assert read_texts(INPUT + output).configuration.outputs[0].value("some_key") == "x"


@pytest.mark.parametrize("plugin", ["http", "opentelemetry", "prometheus_remote_write"])
def test_the_keys_of_signed_requests_are_known(plugin: str) -> None:
    keys = "".join(f"    aws_{key} x\n" for key in ("region", "sts_endpoint", "role_arn", "external_id", "profile"))
    assert read_texts(INPUT + f"[OUTPUT]\n    Name {plugin}\n    Match *\n    aws_auth On\n{keys}").findings == ()


def test_what_nobody_reads_is_reported() -> None:
    main = (
        "[SERVICE]\n    Flsh 5\n    Parsers_File parsers.conf\n"
        + INPUT
        + "[OUPUT]\n    Name x\n"
        + OUTPUT
        + OUTPUT.replace("    Match *\n", "")
    )

    assert {finding.rule for finding in read_texts(main, PARSER).findings} == {
        "fluentbit/unknown-service-key",
        "fluentbit/ignored-section",
        "fluentbit/no-match",
        "fluentbit/unused-parser",
    }


def test_the_only_output_beside_the_only_input_takes_everything() -> None:
    finding = read_texts(INPUT + "[OUTPUT]\n    Name stdout\n").findings[0]

    assert (finding.rule, finding.fidelity.promtail) == ("fluentbit/no-match", Fidelity.EXACT)


def test_an_extra_file_of_firelens_gets_its_forward_input() -> None:
    reading = read_texts("[FILTER]\n    Name parser\n    Match *\n    Key_Name log\n    Parser json\n" + OUTPUT)

    assert reading.kind == "firelens"
    assert [section.name for section in reading.configuration.inputs] == ["forward"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("^${A}-${B}$", "^a-$"),
        (r"\d{3} ${A}", r"\d{3} ${A}"),
        (r"${A} \d{3} ${A}x", "a ${A}x"),
        ("${A} ${B", "a"),
        ("x{}y", "x{}y"),
    ],
)
def test_variables_are_put_in_up_to_a_brace_that_stands_before_the_next(text: str, value: str) -> None:
    reading = read_texts(INPUT + f"[FILTER]\n    Name grep\n    Match *\n    Regex log {text}\n" + OUTPUT, A="a")
    (rule,) = reading.configuration.filters[0].every("regex")
    assert rule.value == f"log {value}"


def test_an_empty_variable_on_the_refused_line_is_named_with_its_flag() -> None:
    with pytest.raises(Refused) as refusal:
        read_texts(filter_of("Name record_modifier", "Match *", "Record cluster ${CLUSTER}"))

    assert refusal.value.rule == "fluentbit/too-few-words"
    assert "--env CLUSTER=VALUE. Or: " in refusal.value.remedy


WAITS = '[MULTILINE_PARSER]\n    Name quick\n    Type regex\n    Flush_Timeout 100\n    Rule "start_state" "/^x/" ""\n'


def test_a_message_that_may_not_wait_long_enough_stops_the_input() -> None:
    with pytest.raises(Refused) as stopped:
        read_texts(SERVICE + INPUT + "    multiline.parser quick\n" + OUTPUT, WAITS)
    said = "[multiline] flush timeout '100' is too low\n"
    assert stopped.value.message == said + engine("input", "tail", "could not start multiline auto-flush")


@pytest.mark.parametrize("names", ["quick, CRI", "Docker"])
def test_the_longest_wait_of_the_parsers_counts_and_case_does_not(names: str) -> None:
    assert read_texts(SERVICE + INPUT + f"    multiline.parser {names}\n" + OUTPUT, WAITS).configuration.inputs


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Systemd_Filter_Type both", "systemd_filter_type must be 'and' or 'or'. Got both"),
        ("Systemd_Filter unit=x", "systemd_filter error: invalid input 'unit=x'"),
        ("Systemd_Filter __CURSOR=x", "systemd_filter error: invalid input '__CURSOR=x'"),
        ("Systemd_Filter _SYSTEMD_UNIT", "systemd_filter error: invalid input '_SYSTEMD_UNIT'"),
    ],
)
def test_filters_of_the_journal_that_stop_the_input(line: str, said: str) -> None:
    with pytest.raises(Refused) as stopped:
        read_texts(f"[INPUT]\n    Name systemd\n    Tag x\n    {line}\n" + OUTPUT)
    assert stopped.value.message == engine("input", "systemd", said, "cannot initialize")


def rules_of(*rules: str) -> str:
    return "[MULTILINE_PARSER]\n    Name m\n    Type regex\n" + "".join(f"    Rule {rule}\n" for rule in rules)


def test_a_rule_may_be_for_several_states() -> None:
    parsers = rules_of('"start_state" "/a/" "cont"', '"cont, more" "/b/" "more"')
    assert read_texts(SERVICE + INPUT + "    multiline.parser m\n" + OUTPUT, parsers).configuration.multiline_parsers


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            ('"cont" "/b/" "cont"', '"start_state" "/a/" "cont"'),
            "[multiline] rule don't contain a 'start_state'\n[multiline parser: m] error creating rule",
        ),
        (
            ('"start_state" "/a/" "cont"', '"other" "/b/" "other"'),
            "[multiline parser: m] to_state='cont' is not registered\n"
            "[multiline parser: m] invalid mapping rules, check the states",
        ),
    ],
)
def test_rules_that_make_no_parser(rules: tuple[str, ...], said: str) -> None:
    with pytest.raises(Refused) as stopped:
        read_texts(SERVICE + INPUT + "    multiline.parser m\n" + OUTPUT, rules_of(*rules))
    missing = "[multiline] parser 'm' not registered\n"
    assert stopped.value.message == f"{said}\n{missing}" + engine("input", "tail", "could not load multiline parsers")


@pytest.mark.parametrize("line", ["Match * # all", "Alias a  #one", "Match * ## 全部"])
def test_a_comment_behind_a_value_is_told_to_be_no_comment(line: str) -> None:
    reading = read_texts(INPUT + "[OUTPUT]\n    Name stdout\n    " + line + "\n")
    (found,) = (found for found in reading.findings if found.rule == "fluentbit/comment-in-value")
    assert (found.subject, found.span.line) == (line.split()[0], 7)
    assert reading.configuration.outputs[0].properties[-1].value == line.partition(" ")[2]


@pytest.mark.parametrize("line", ["Regex log ^ # (a|b)$", "Regex log #tag", "Exclude log ^#+ x$"])
def test_a_number_sign_in_a_regular_expression_is_no_comment(line: str) -> None:
    reading = read_texts(filter_of("Name grep", "Match *", line))
    assert "fluentbit/comment-in-value" not in {found.rule for found in reading.findings}


def test_a_refusal_of_a_value_with_a_comment_says_where_comments_stand() -> None:
    with pytest.raises(Refused) as refused:
        read_texts("[INPUT]\n    Name tail # the files\n" + OUTPUT)
    assert refused.value.rule == "fluentbit/unknown-plugin"
    assert refused.value.remedy.startswith("If what begins with # is a comment, put it on a line of its own")


@pytest.mark.parametrize(("conf", "told"), [(OUTPUT, True), (INPUT + OUTPUT, False)])
def test_half_a_configuration_is_said_to_read_nothing(conf: str, told: bool) -> None:
    rows = "".join(f"    {line}\n" for line in conf.splitlines())
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  fluent-bit.conf: |\n{rows}"
    found = {one.rule: one for one in read({"a.yaml": text.encode()}, ReadOptions()).findings}
    assert ("fluentbit/no-input" in found) is told
