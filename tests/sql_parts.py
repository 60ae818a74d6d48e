"""Where the text of a query comes from: read from the syntax trees of the project, never from its words.

A text is *declared* if it is a constant, or is put together from constants, quoted identifiers and the names that the
models declare. What somebody typed, a file or a request can only come in as a parameter's value.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("schemas", "store", "pooling", "curation")
RUNS = {"execute", "executemany", "sql", "query"}
"""Methods of a connection whose first argument is a query."""
QUOTES = {"store.ddl.quoted"}
"""Functions whose answer is an identifier in quotes, whatever they are given."""
DECLARED_TYPES = {"type[Declared]", "type[Record]", "Declared", "FieldFacts", "Rule", "int", "bool", "Model"}
"""Annotations of what holds declared names, or a number."""
NUMBERS = {"len", "int", "ord", "any", "all"}
"""Functions of Python whose answer is a number, or yes or no."""
PLAIN = {"sorted", "list", "tuple", "dict", "set", "frozenset", "zip", "enumerate", "map", "reversed", "range", "str", "filter", "iter", "next", "min", "max", "repr", "chr"}  # fmt: skip
"""Functions of Python that put together what they are given."""

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Binding = tuple[ast.expr, int | None]


@dataclass
class Module:
    """One file, with what it defines and imports."""

    name: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    @cached_property
    def imports(self) -> dict[str, str]:
        """What a name stands for in this file, by its whole name."""
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {each.asname or each.name: each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        return found

    @cached_property
    def functions(self) -> dict[str, list[Function]]:
        """Functions and methods by name."""
        found = defaultdict(list)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.name].append(node)
        return found

    @cached_property
    def classes(self) -> set[str]:
        """Classes by name."""
        return {node.name for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)}

    def comprehension_of(self, node: ast.Name, function: Function | None) -> list[Binding] | None:
        """What a comprehension around a name binds it to; None where none does."""
        below: ast.AST = node
        while (above := self.parents.get(below)) is not None and above is not function:
            if isinstance(above, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                own = (
                    above.generators
                    if below not in above.generators
                    else above.generators[: above.generators.index(below)]
                )  # type: ignore[arg-type]  # a generator of it
                for each in own:
                    if found := list(taken(each.target, each.iter, node.id)):
                        return found
            below = above
        return None

    def function_of(self, node: ast.AST) -> Function | None:
        """The function around a node."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, Function):
            above = self.parents.get(above)
        return above


class Project:
    """All files, and what is known of their texts."""

    def __init__(self, root: Path = ROOT, packages: tuple[str, ...] = PACKAGES) -> None:
        self.modules: dict[str, Module] = {}
        for package in packages:
            for path in sorted((root / package).rglob("*.py")):
                name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
                self.modules[name] = Module(name, ast.parse(path.read_text(encoding="utf-8")))
        self._asked: set[tuple[int, str]] = set()

    @cached_property
    def calls(self) -> dict[str, list[tuple[Module, ast.Call]]]:
        """Every call by the last part of what is called."""
        found = defaultdict(list)
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call):
                    found[called(node)].append((module, node))
        return found

    def queries(self) -> Iterator[tuple[Module, ast.expr]]:
        """Every text that reaches DuckDB: of calls on connections, and the queries of rules."""
        for module in self.modules.values():
            speaks = any(each.split(".")[0] == "duckdb" for each in module.imports.values())
            for node in ast.walk(module.tree):
                if not isinstance(node, ast.Call):
                    continue
                if speaks and isinstance(node.func, ast.Attribute) and node.func.attr in RUNS and node.args:
                    yield module, node.args[0]
                elif module.name.startswith("curation.rules.") and called(node) == "rule":
                    yield from ((module, each.value) for each in node.keywords if each.arg == "rows")

    def undeclared(self) -> list[str]:
        """Where a query has a part that is not declared: file, line, and the part."""
        found = []
        for module, node in self.queries():
            self._asked.clear()
            if (part := self.strange(module, node)) is not None:
                found.append(f"{module.name}:{node.lineno}: {part}")
        return found

    def strange(self, module: Module, node: ast.expr) -> str | None:  # noqa: C901, PLR0911, PLR0912 - one line for each kind of expression
        """The first part of a text that is not declared; None where all of it is."""
        match node:
            case ast.Constant() | ast.Slice():
                return None
            case ast.JoinedStr():
                return self._first(module, [each.value for each in node.values if isinstance(each, ast.FormattedValue)])
            case ast.BinOp() if _is_literal(node):
                return None
            case ast.BinOp():
                return self._first(module, [node.left, node.right])
            case ast.BoolOp():
                return self._first(module, node.values)
            case ast.IfExp():
                return self._first(module, [node.body, node.orelse])
            case ast.Starred() | ast.NamedExpr() | ast.Await():
                return self.strange(module, node.value)
            case ast.List() | ast.Tuple() | ast.Set():
                return self._first(module, node.elts)
            case ast.Dict():
                return self._first(module, [each for each in (*node.keys, *node.values) if each is not None])
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self.strange(module, node.elt)
            case ast.DictComp():
                return self._first(module, [node.key, node.value])
            case ast.Subscript():
                return self._entry(module, node.value)
            case ast.Name():
                return self._name(module, node)
            case ast.Attribute():
                return self._attribute(module, node)
            case ast.Call():
                return self._call(module, node)
        return ast.unparse(node)

    def _first(self, module: Module, nodes: list[ast.expr]) -> str | None:
        return next((found for each in nodes if (found := self.strange(module, each)) is not None), None)

    def _name(self, module: Module, node: ast.Name) -> str | None:
        function = module.function_of(node)
        if (around := module.comprehension_of(node, function)) is not None:
            return next((found for each in around if (found := self._bound(module, each)) is not None), None)
        while function is not None:
            key = (id(function), node.id)
            bound = list(bindings(function, node.id))
            argument = parameter(function, node.id)
            if bound or argument is not None:
                if key in self._asked:
                    return None  # asked already, by the question that this answers
                self._asked.add(key)
                wrong = next((found for each in bound if (found := self._bound(module, each)) is not None), None)
                return wrong or (None if argument is None else self._argument(module, function, argument))
            function = module.function_of(function)
        return self._whole(module, node.id, node)

    def _bound(self, module: Module, bound: Binding) -> str | None:
        value, at = bound
        return self.strange(module, value) if at is None else self._part(module, value, at)

    def _part(self, module: Module, value: ast.expr, at: int) -> str | None:
        """One place of a tuple, or of the tuples that are gone through."""
        match value:
            case ast.Tuple() if at < len(value.elts):
                return self.strange(module, value.elts[at])
            case ast.IfExp():
                return self._part(module, value.body, at) or self._part(module, value.orelse, at)
            case ast.Call(func=ast.Attribute(value=held, attr="items"), args=[]) if at == 0:
                return self._keys(module, held)
            case ast.Call():
                home, _, short = self._target(module, value.func).rpartition(".")
                if home in self.modules and (known := self.modules[home].functions.get(short)):
                    wrong = (self._part(self.modules[home], each, at) for one in known for each in returned(one))
                    return next((each for each in wrong if each is not None), None)
        return self.strange(module, value)

    def _entry(self, module: Module, held: ast.expr) -> str | None:
        """An entry of a list or dictionary."""
        if isinstance(held, ast.Name) and (top := [each for each, _ in bindings(module.tree, held.id)]):
            return self._first(module, [one for each in top for one in (each.values if isinstance(each, ast.Dict) else [each])])  # fmt: skip
        return self.strange(module, held)

    def _keys(self, module: Module, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name) and (function := module.function_of(node)) is not None:
            for value, at in bindings(function, node.id):
                if at is None and isinstance(value, ast.DictComp):
                    return self.strange(module, value.key)
        return self.strange(module, node)

    def _argument(self, module: Module, function: Function, argument: ast.arg) -> str | None:
        """A parameter: it holds declared names by its type, or every caller gives a declared text."""
        said = ast.unparse(argument.annotation) if argument.annotation else ""
        if (
            set(said.replace("Sequence[", "").replace("Iterable[", "").rstrip("]").split(" | ")) <= DECLARED_TYPES
            or said in DECLARED_TYPES
        ):
            return None
        if isinstance(function, ast.Lambda):
            return None if said else f"{argument.arg} of a lambda"
        callers = [each for each in self.calls[function.name] if self._is(each[0], each[1], module, function)]
        if not callers:
            return f"{argument.arg} of {function.name}, which nobody calls"
        for there, call in callers:
            given = passed(function, argument.arg, call)
            if given is not None and (found := self.strange(there, given)) is not None:
                return f"{found} (as {argument.arg} of {function.name}, line {call.lineno} of {there.name})"
        return None

    def _is(self, there: Module, call: ast.Call, module: Module, function: Function) -> bool:
        """Whether a call of this name may mean this function."""
        name = function.name
        if isinstance(call.func, ast.Name):
            return (
                there is module or there.imports.get(name, there.imports.get(call.func.id)) == f"{module.name}.{name}"
            )
        base = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(base, ast.Name) and base.id in there.imports:
            return there.imports[base.id] == module.name
        return isinstance(module.parents.get(function), ast.ClassDef)

    def _attribute(self, module: Module, node: ast.Attribute) -> str | None:
        if isinstance(node.value, ast.Name) and node.value.id in module.imports:
            whole = f"{module.imports[node.value.id]}.{node.attr}"
            return self._constant(whole, node)
        return self.strange(module, node.value)

    def _call(self, module: Module, node: ast.Call) -> str | None:  # noqa: PLR0911 - one line for each kind of call
        name = self._target(module, node.func)
        if name in QUOTES or name in NUMBERS:
            return None
        if name == "map":
            return self._call(module, ast.Call(node.args[0], node.args[1:], []))
        if isinstance(node.func, ast.Attribute) and node.func.attr in RUNS:
            return ast.unparse(node)  # what a review holds is typed by somebody
        home, _, short = name.rpartition(".")
        if home in self.modules and (known := self.modules[home].functions.get(short)):
            return next(
                (found for each in known if (found := self._returns(self.modules[home], each)) is not None), None
            )
        given = [*node.args, *(each.value for each in node.keywords)]
        if home in self.modules and short in self.modules[home].classes:
            return self._first(module, given)
        if name in PLAIN:
            return self._first(module, [each for each in given if not isinstance(each, ast.Lambda)])
        if isinstance(node.func, ast.Attribute):  # a method of what is declared, such as join, format, items, fields
            return self.strange(module, node.func.value) or self._first(module, given)
        return ast.unparse(node)

    def _target(self, module: Module, function: ast.expr) -> str:
        if isinstance(function, ast.Name):
            if function.id in module.functions or function.id in module.classes:
                return f"{module.name}.{function.id}"
            return module.imports.get(function.id, function.id)
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return f"{module.imports.get(function.value.id, function.value.id)}.{function.attr}"
        return ""

    def _returns(self, module: Module, function: Function) -> str | None:
        key = (id(function), "return")
        if key in self._asked:
            return None
        self._asked.add(key)
        return self._first(module, returned(function))

    def _whole(self, module: Module, name: str, node: ast.expr) -> str | None:
        bound = list(bindings(module.tree, name))
        if bound:
            return next((found for each in bound if (found := self._bound(module, each)) is not None), None)
        if name in module.functions or name in PLAIN:
            return None
        return self._constant(module.imports.get(name, name), node)

    def _constant(self, whole: str, node: ast.expr) -> str | None:
        home, _, name = whole.rpartition(".")
        if home.split(".")[0] == "schemas":
            return None  # models, their fields and code lists: what is declared
        if home in self.modules:
            return self._whole(self.modules[home], name, node)
        return ast.unparse(node)


def _is_literal(node: ast.BinOp) -> bool:
    """Whether this is a text in quotes, with the quotes in it doubled: ``"'" + text.replace("'", "''") + "'"``."""
    match node:
        case ast.BinOp(
            left=ast.BinOp(
                left=ast.Constant(value="'"),
                right=ast.Call(
                    func=ast.Attribute(attr="replace"), args=[ast.Constant(value="'"), ast.Constant(value="''")]
                ),
            ),
            right=ast.Constant(value="'"),
        ):
            return True
    return False


def called(node: ast.Call) -> str:
    """The last part of what is called."""
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def parameter(function: Function, name: str) -> ast.arg | None:
    """The parameter of this name."""
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, [given.vararg, given.kwarg])]
    return next((each for each in every if each.arg == name), None)


def passed(function: Function, name: str, call: ast.Call) -> ast.expr | None:
    """What a call passes for a parameter; None where its default holds."""
    named = next((each.value for each in call.keywords if each.arg == name), None)
    if named is not None:
        return named
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    if names and names[0] in ("self", "cls"):
        names = names[1:]
    at = names.index(name) if name in names else None
    return call.args[at] if at is not None and at < len(call.args) else None


def bindings(scope: ast.AST, name: str) -> Iterator[Binding]:
    """What a name is bound to in a function or at the top of a file, with its place where a tuple is taken apart."""
    for node in within(scope):
        pairs: list[tuple[ast.expr, ast.expr]] = []
        match node:
            case ast.Assign():
                pairs = [(each, node.value) for each in node.targets]
            case ast.AnnAssign() if node.value is not None:
                pairs = [(node.target, node.value)]
            case ast.AugAssign() | ast.NamedExpr():
                pairs = [(node.target, node.value)]
            case ast.For() | ast.comprehension():
                pairs = [(node.target, node.iter)]
            case ast.withitem() if node.optional_vars is not None:
                pairs = [(node.optional_vars, node.context_expr)]
            case ast.Call(func=ast.Attribute(value=ast.Name(id=held), attr="append" | "extend" | "add")) if (
                held == name
            ):
                yield node.args[0], None
        for target, value in pairs:
            yield from taken(target, value, name)


def taken(target: ast.expr, value: ast.expr, name: str) -> Iterator[Binding]:
    """What a name gets where a value is bound to a target."""
    if isinstance(target, ast.Subscript):
        target = target.value
    if isinstance(target, ast.Name) and target.id == name:
        yield value, None
    elif isinstance(target, ast.Tuple | ast.List):
        for at, each in enumerate(target.elts):
            if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(each)):
                yield value, at


def returned(function: Function) -> list[ast.expr]:
    """What a function returns or yields."""
    if isinstance(function, ast.Lambda):
        return [function.body]
    return [
        each.value
        for each in within(function)
        if isinstance(each, ast.Return | ast.Yield | ast.YieldFrom) and each.value is not None
    ]


def within(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of the functions in it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function):
            waiting += ast.iter_child_nodes(node)
