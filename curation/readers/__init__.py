"""Readers of published documents: JATS, HTML, PDF, DOCX, plain text and tables become paragraphs and tables with places."""
