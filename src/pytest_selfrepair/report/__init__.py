"""Report records and estimates: terminal, Markdown, HTML, JSON, tables and figures."""
