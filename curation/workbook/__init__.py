"""Workbooks that curation writes: the template to type into, and the checked copy with what was found."""
