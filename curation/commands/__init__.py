"""The commands, one small module per task. Each turns a refusal into one clear line and exit code 2."""
