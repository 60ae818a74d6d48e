"""The rule engine: what a rule is, how rules are found, how records are judged."""
