"""Reports: the findings of a check as JSON, SARIF, text and one HTML page."""
