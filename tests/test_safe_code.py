"""What the code may not do, read from its syntax trees: queries put together from input, and calls that run text."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from sql_parts import PACKAGES, ROOT, Project, called

SPARK = "curation.spark."
"""Names files and kinds of a folder that the person gave, in connections without a review; its own tests hold it."""
EXPLAINED = {
    "store.restore": "a type that is none of store.contents.TYPES is refused when the backup is opened",
    "store.stream": "words that the file holds are parameters: _Words.select gives them beside the query",
}
"""Files with a query of which a part looks as if it came from data, and why it does not."""

FORBIDDEN_CALLS = {
    "eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec",
    "os.system", "os.popen", "os.execv", "os.execvp", "os.spawnl", "os.spawnv",
    "pickle.load", "pickle.loads", "marshal.load", "marshal.loads", "shelve.open",
    "yaml.load", "yaml.unsafe_load", "yaml.full_load", "pandas.read_pickle", "joblib.load",
    "tempfile.mktemp", "os.tempnam", "random.seed",
    "lxml.etree.parse", "lxml.etree.fromstring", "xml.etree.ElementTree.parse", "xml.etree.ElementTree.fromstring",
}  # fmt: skip
FORBIDDEN_MODULES = {
    "pickle",
    "marshal",
    "shelve",
    "yaml",
    "subprocess",
    "pty",
    "telnetlib",
    "ftplib",
    "xml.sax",
    "xml.dom",
}
ALLOWED = {
    ("curation.engine.registry", "exec"): "a rule file that the person names with --rules is their own program",
}


@cache
def project():
    return Project()


def test_every_query_is_a_constant_or_put_together_from_declared_names():
    assert sum(1 for _ in project().queries()) > 150
    strange = [each for each in project().undeclared() if not each.startswith(SPARK)]
    assert {each.split(":")[0] for each in strange} == EXPLAINED.keys(), strange


CASES = {
    'def one(c, name):\n    c.execute(f"SELECT * FROM {name}")\none(c, input())': "input()",
    'def one(c, text):\n    c.execute("SELECT " + text)\none(c, text=request.form)': "request (as text of one",
    'def one(c):\n    q = "SELECT 1"\n    q += argv[1]\n    c.execute(q)': "argv",
    'def one(c):\n    parts = []\n    parts.append(file.read())\n    c.execute(" UNION ".join(parts))': "file",
    'def one(c):\n    c.execute("SELECT {}".format(typed()))': "typed()",
    'def one(c):\n    c.sql("SELECT %s" % row["name"])': "row",
    'def one(c):\n    for name, in c.execute("SELECT name FROM t").fetchall():\n        c.execute(f"DROP TABLE {name}")': "c.execute",
    'class A:\n    def one(self, c, where):\n        c.execute(f"SELECT 1 {where}")\nA().one(c, typed())': "typed()",
    "def one(c, text):\n    c.execute(text)": "nobody calls",
}


@pytest.mark.parametrize("code", CASES)
def test_a_query_with_input_in_it_is_noticed(tmp_path, code):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "bad.py").write_text(f"import duckdb\n{code}\n")
    (found,) = Project(tmp_path, ("store",)).undeclared()
    assert CASES[code] in found


def test_what_is_declared_is_not_noticed(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "ddl.py").write_text("def quoted(name):\n    return name\n")
    (tmp_path / "store" / "good.py").write_text(
        "import duckdb\nfrom store import ddl\nKEYS = ('a', 'b')\n"
        "def one(c, name, wanted):\n"
        "    more = 'AND x = ?' if wanted else ''\n"
        "    c.execute(f\"SELECT {', '.join(KEYS)} FROM {ddl.quoted(name)} WHERE 1 {more}\", [wanted])\n"
    )
    assert Project(tmp_path, ("store",)).undeclared() == []


def whole_name(module, node):
    """The whole name of what is called, as far as imports tell."""
    if isinstance(node.func, ast.Name):
        return module.imports.get(node.func.id, node.func.id)
    base = ast.unparse(node.func).split(".")
    return ".".join([module.imports.get(base[0], base[0]), *base[1:]])


def test_nothing_is_evaluated_unpickled_or_handed_to_a_shell():
    found = set()
    for module in project().modules.values():
        assert not FORBIDDEN_MODULES & set(module.imports.values()), module.name
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                name = whole_name(module, node)
                if name in FORBIDDEN_CALLS or any(each.arg == "shell" for each in node.keywords):
                    found.add((module.name, name))
                if name.endswith(".exec_module"):
                    found.add((module.name, "exec"))
    assert found == ALLOWED.keys(), found


def test_templates_escape_what_they_show():
    made = [(module, node) for module in project().modules.values() for node in ast.walk(module.tree) if isinstance(node, ast.Call) and called(node) == "Environment"]  # fmt: skip
    assert made
    for module, node in made:
        given = {each.arg: ast.unparse(each.value) for each in node.keywords}
        assert given.get("autoescape") not in (None, "False"), module.name


def test_no_file_is_made_under_a_name_that_others_can_foresee():
    """Temporary files are those of ``tempfile`` (0600, in folders of 0700); no path leads to where all may write."""
    for module in project().modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not node.value.startswith(("/tmp", "/var/tmp")), f"{module.name}:{node.lineno}"  # noqa: S108 - looked for


def test_the_packages_are_all_there():
    assert {each.split(".")[0] for each in project().modules} == set(PACKAGES)
    assert (ROOT / "pyproject.toml").is_file()
