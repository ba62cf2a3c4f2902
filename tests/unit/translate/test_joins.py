"""What is said of lines that are joined, and of lines that are not."""

from __future__ import annotations

from tests.unit.translate.test_collection import CONTAINERS, OUTPUT, finding, translated
from translators.diagnostics import Fidelity

PARSERS = (
    '[MULTILINE_PARSER]\n    Name own\n    Type regex\n    Rule "start_state" "/^\\d/" "cont"\n'
    '    Rule "cont" "/^ /" "cont"\n'
)


def joined(key: str) -> str:
    text = f"[FILTER]\n    Name multiline\n    Match *\n    multiline.key_content {key}\n    multiline.parser own\n"
    return CONTAINERS + text + OUTPUT


def test_nothing_is_called_exact_of_lines_that_are_not_joined() -> None:
    collection = translated(joined("message"), PARSERS)
    said = {found.rule: found.fidelity.alloy for found in collection.findings if "multiline" in found.rule}
    assert said["fluentbit/multiline-multiline-parser"] is Fidelity.MANUAL
    own = [fidelity for rule, fidelity in said.items() if rule.startswith(("fluentbit/multiline-parser",))]
    assert set(own) == {Fidelity.HARMLESS}
    assert "nothing is joined" in finding(collection, "fluentbit/multiline").message


def test_joined_lines_are_said_to_be() -> None:
    assert "joined before" in finding(translated(joined("log"), PARSERS), "fluentbit/multiline").message


def test_the_case_of_a_multiline_parser_s_name_does_not_count() -> None:
    collection = translated(joined("log").replace("parser own", "parser OWN"), PARSERS.replace("own", "Own"))
    assert finding(collection, "fluentbit/multiline-multiline-parser").fidelity.alloy is Fidelity.APPROXIMATE
    assert not any(found.rule == "fluentbit/unused-parser" for found in collection.findings)


def test_lines_that_a_parser_reads_before_the_rules_are_not_joined_by_the_raw_line() -> None:
    parsers = "[PARSER]\n    Name j\n    Format json\n\n" + PARSERS.replace("regex\n", "regex\n    Parser j\n", 1)
    found = finding(translated(joined("log"), parsers), "fluentbit/multiline-multiline-parser")
    assert found.fidelity.alloy is Fidelity.MANUAL
    assert "what the parser j makes of a line" in found.message
