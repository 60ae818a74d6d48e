"""One file per rule. To add a rule, add a file; see CONTRIBUTING.md."""
