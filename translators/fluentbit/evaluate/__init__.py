"""The Fluent Bit evaluator: log lines in, the records and CloudWatch events of each output out."""

from __future__ import annotations

from translators.fluentbit.evaluate.records import Event, Json, Map, Sent, Value, pairs, plain, repeats_a_key
from translators.fluentbit.evaluate.run import evaluate, inputs_not_read

__all__ = ["Event", "Json", "Map", "Sent", "Value", "evaluate", "inputs_not_read", "pairs", "plain", "repeats_a_key"]
