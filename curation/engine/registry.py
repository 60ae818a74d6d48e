"""Finding the rules: every file in curation/rules is one rule; a folder of your own rules can be added."""

from __future__ import annotations

import graphlib
import importlib
import importlib.util
import pkgutil
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import curation.rules
from curation.engine.rule import MalformedRule, Rule


@lru_cache(maxsize=8)
def rules(*folders: Path) -> tuple[Rule, ...]:
    """Every rule, prerequisites first. Raises MalformedRule for a file that does not hold exactly one rule."""
    found = [_only_rule(importlib.import_module(f"curation.rules.{name}"), name) for name in sorted(_bundled())]
    for folder in folders:
        found += [_only_rule(_load(file), file.stem) for file in sorted(folder.glob("*.py")) if file.stem != "__init__"]
    return _ordered(found)


def select(chosen: Sequence[Rule], wanted: Sequence[str]) -> tuple[Rule, ...]:
    """The rules whose id, name or family is wanted; all of them if nothing is. Raises KeyError for an unknown word."""
    if not wanted:
        return tuple(chosen)
    known = {word for each in chosen for word in (each.id, each.name, each.family)}
    unknown = [word for word in wanted if word not in known and word.upper() not in known]
    if unknown:
        families = sorted({each.family for each in chosen})
        raise KeyError(f"no rule or family is called {', '.join(unknown)}; families are {', '.join(families)}")
    words = {word for given in wanted for word in (given, given.upper())}
    return tuple(each for each in chosen if {each.id, each.name, each.family} & words)


def _bundled() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(curation.rules.__path__)]


def _load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"curation_rules_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise MalformedRule(f"{file} cannot be read as Python")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _only_rule(module: ModuleType, stem: str) -> Rule:
    found = [value for value in vars(module).values() if isinstance(value, Rule)]
    if len(found) != 1:
        raise MalformedRule(f"{module.__file__} holds {len(found)} rules; a rule file holds one")
    if found[0].name != stem:
        raise MalformedRule(
            f"{module.__file__} holds the rule {found[0].name!r}; name the function after the file: {stem!r}"
        )
    return found[0]


def _ordered(found: list[Rule]) -> tuple[Rule, ...]:
    by_id: dict[str, Rule] = {}
    for each in found:
        if each.id in by_id:
            raise MalformedRule(
                f"{each.name} and {by_id[each.id].name} both call themselves {each.id}; ids are never reused"
            )
        by_id[each.id] = each
    for each in found:
        for prerequisite in each.after:
            if prerequisite not in by_id:
                raise MalformedRule(f"{each.id} comes after {prerequisite}, which is no rule")
    try:
        order = list(graphlib.TopologicalSorter({each.id: sorted(each.after) for each in found}).static_order())
    except graphlib.CycleError as error:
        raise MalformedRule(f"rules wait for each other: {' after '.join(error.args[1])}") from error
    return tuple(by_id[each] for each in order)
