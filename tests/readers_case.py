"""Small published documents for the tests of the readers, and what is asked of what was read."""

from __future__ import annotations

from curation.readers.document import Document, Paragraph, Table

JATS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD Journal Archiving and Interchange DTD v3.0 20080202//EN" "archivearticle3.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML">
<front><journal-meta><journal-title-group><journal-title>Journal of Examples</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="doi">10.1234/example.1</article-id>
<title-group><article-title>Walking for knee pain<xref ref-type="fn" rid="f1">*</xref></article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Doe</surname><given-names>Jane Ann</given-names></name></contrib>
<contrib contrib-type="author"><name><surname>Roe</surname><given-names>R.</given-names></name></contrib>
<contrib contrib-type="author"><name><surname>Poe</surname><given-names>E</given-names></name></contrib></contrib-group>
<aff id="a1">Department of Joints, 17 Street</aff>
<pub-date pub-type="epub"><year>2018</year></pub-date><pub-date pub-type="ppub"><year>2019</year></pub-date>
<volume>4</volume><fpage>17</fpage><lpage>25</lpage>
<permissions><license xlink:href="http://creativecommons.org/licenses/by/4.0/"><license-p>Open.</license-p></license></permissions>
<abstract><sec><title>Results</title><p>Pain fell by 1.3 points.</p></sec></abstract></article-meta></front>
<body>%s</body>
<back><ack><p>Thanks to 12 helpers.</p></ack><ref-list><ref><mixed-citation>Doe J. 1999;3:12.</mixed-citation></ref></ref-list></back>
</article>"""


def jats(body: str) -> bytes:
    """An article with this body."""
    return (JATS % body).encode()


def wrapped(table: str, foot: str = "") -> str:
    """A table in its wrapper, with a label and a caption."""
    notes = f"<table-wrap-foot>{foot}</table-wrap-foot>" if foot else ""
    caption = "<label>Table 1.</label><caption><p>Outcomes</p></caption>"
    return f"<sec><title>Results</title><table-wrap>{caption}{table}{notes}</table-wrap></sec>"


def tables(document: Document) -> list[Table]:
    """The tables of a document."""
    return [part for part in document.parts if isinstance(part, Table)]


def texts(document: Document, role: str = "paragraph") -> list[str]:
    """The paragraphs of one role."""
    return [part.text for part in document.parts if isinstance(part, Paragraph) and part.role == role]


def sections(document: Document) -> dict[str, str]:
    """Each paragraph's section by its text."""
    return {part.text: part.section for part in document.parts if isinstance(part, Paragraph)}


def grid(table: Table) -> list[list[str]]:
    """The texts of a table, a spanning cell's wherever it reaches."""
    return [["" if cell is None else cell.text for cell in row] for row in table.grid()]
