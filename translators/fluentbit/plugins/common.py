"""Options that every filter or output has."""

from __future__ import annotations

from translators.fluentbit.ledger import Options, equivalent, exact, harmless

COMMON: Options = {
    "match": exact("decides which records come here"),
    "match_regex": equivalent("decides which records come here, for tags that look as these files make them"),
    "alias": harmless("a name in Fluent Bit's own log and metrics"),
    "log_level": harmless("Fluent Bit's own log"),
    "log_suppress_interval": harmless("Fluent Bit's own log"),
}
