"""What hostile and careless input is made of: signs, numbers, words, markup, and the ends of what a reader expects."""

from __future__ import annotations

NUMBERS = (
    "0", "-0", "00", "1", "22", "52", "42.3%", "0.390", ".5", "5.", "1,623", "1.623,5", "1 234", "1\u202f234", "−0.5", "‑3",
    "1e5", "1E-9", "1e99", "-1e-99", "1.5 × 10⁻³", "1x10^-3", "1×10⁻", "<0.001", "P = 0.049", "≤ 0.05", ">.99", "~7", "about 5", "1·5",
    "9" * 15, "9" * 16, "9" * 17, "9" * 40, "9" * 79, "9" * 81, "0." + "0" * 60 + "1", "1" + ",000" * 12, "NaN", "Infinity",
    "-Infinity", "inf", "nan", "1e400", "1" + "0" * 400, "0x1F", "1_000", "١٢", "１２", "½", "2²", "12:30", "2021-05-06", "1/2", "1/0",
    "24|9?", "?", "|?", "1|?", "24|9|x?", "NR", "n.s.", "NE", "not reached", "-", "–", "79.0 (68-91)", "22/52 (42.3%)",
    "0.303 to 0.480", "12.5 months", "3 mg/m²", "7 y", "5 %", "100%", "101%", "-5%", "1.0E+0000001", "4294967296", "-2147483649",
    "9007199254740993", "18446744073709551616", "1e-320", "2.2250738585072011e-308",
)  # fmt: skip
SIGNS = (
    "\0", "\x01", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\x85", "\u00a0", "\u00ad", "\u0130", "\u200b", "\u200e", "\u2028", "\u2029",
    "\u202e", "\ufeff", "\ufffe", "\uffff", "\ud800", "\udfff", "\U0001f9ec", "\U0010ffff", "e\u0301", "ß", "ﬁ", "İ", "\r", "\n", "\r\n", "\t", '"', "'", "`",
    "\\", "/", "=", "=1+1", "@", "+", "-", "<", ">", "&", ";", ",", ".", "|", "%", "(", ")", "[", "]", "{", "}", "^", "_", "±", "×", "·",
    "χ²", "≤", "…", "’",
)  # fmt: skip
WORDS = (
    "count", "events", "total", "percent", "source", "study", "arm", "outcome", "record", "printed", "decimal_mark", "comma", "point",
    "mean", "SD", "SE", "95% CI", "CI", "hazard ratio", "HR", "OR", "odds ratio", "p", "P =", "t(28) =", "F(1, 28) <", "I2", "I² =",
    "Q =", "df", "median", "range", "IQR", "versus", "vs", "of", "out of", "patients", "months", "Table 1", "Table 2.", "Figure",
    "Results", "null", "true", "None", "kaplan_meier", "zhong-2021", "..", "../../etc/passwd", "http://[", "C:\\", "con",
)  # fmt: skip
PROSE = (
    "The hazard ratio was 0.79 (95% CI 0.66–0.94, p = 0.009). ", "22 of 52 patients (42.3%) had a response. ", "t(28) = 2.20, p = .036; ",
    "mean age 61.5 ± 9.2 years, ", "median 24.9 months (95% CI 20.1–not reached) ", "χ2(1, N = 90) = 3.84, p < .05 ",
    "I² = 79.1%, Q = 28.7, df = 6 ", "F(1, 28) = 8.24 ", "(n = 12/30; 40%) ", "OR 1.5 [1.1; 2.0] ", "risk ratio, 0·49 (0·34–0·70) ",
    "10 (33.3%) vs 12 (40%) ", "r(48) = −.31 ", "one-tailed p = .025, ", "M = 3.45, SD = 1.20, N = 28 ", "p < .001 ",
)  # fmt: skip
MARKUP = (
    "<p>", "</p>", "<td colspan='9' rowspan='0'>", "<td colspan='99999'>", "<tr>", "</table>", "<table>", "<sup>2</sup>", "<sec>", "</sec>",
    "<xref ref-type='bibr' rid='x'>", "<table-wrap><label>Table 1</label><table>", "&nbsp;", "&bogus;", "&#0;", "&#x110000;", "&l9;", "<![CDATA[", "]]>",
    "<!--", "-->", "<?x?>", "<script>", "<math>", "<mml:math>", "<disp-formula>", "<!DOCTYPE a [<!ENTITY l '&l;'>]>", "xmlns:a='b'", "<a:b/>",
    "<body>", "</body>", "<article>", "</article>", "<title>", "<li>", "<br/>", "<h2>Results</h2>", " ID='x' ", "NAME=''", "<svg>",
)  # fmt: skip
PARTS_OF_FILES = (
    "%PDF-1.7\n", "obj\n", "endobj\n", "stream\n", "endstream\n", "xref\n", "trailer\n", "/Length 99999999", "<</Type/Page>>", "BT (6 of 60) Tj ET",
    "PK\x03\x04", "PK\x05\x06", "[", "]", "{", "}", ":", "[[[[", '{"a":', "1e999", "-", '"\\ud800"', '"\\u0000"', "NaN", "Infinity", "null",
)  # fmt: skip
EVERYTHING = (*NUMBERS, *SIGNS, *WORDS, *PROSE, *MARKUP, *PARTS_OF_FILES)
