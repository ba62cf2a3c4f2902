"""The reference semantics of Logs Insights: a plan over events gives the rows that Insights would give."""
