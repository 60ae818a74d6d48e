"""VOCABULARY-004. The confidence level by its name."""

from curation.engine.rule import rule
from schemas.registry import RECORD_MODELS
from schemas.verdicts import Verdicts
from schemas.vocabulary import LEVEL, LEVEL_AFTER, WORDS, literal

_LIMITS = {
    model.kind: next(name for name in ("lower", "rate_lower") if name in model.model_fields)
    for model in RECORD_MODELS
    if "level" in model.model_fields
}
_ENTERED = " UNION ALL ".join(
    f"""SELECT '{kind}' AS kind, record, "{lower}" AS lower, level, {WORDS} AS words FROM "{kind}"
        WHERE "{lower}" IS NOT NULL"""
    for kind, lower in _LIMITS.items()
)


def _levels(pattern):
    return f"list_transform(regexp_extract_all(words, {literal(pattern)}, 1), lambda one: TRY_CAST(replace(one, '·', '.') AS DOUBLE))"


@rule(
    "VOCABULARY-004",
    severity="warning",
    source="an interval is entered with its level; a blank level stands for 95%",
    field="lower",
    oracle="brute force: test_rules_vocabulary.py",
    rows=f"""
        WITH read AS (
            SELECT *, list_distinct({_levels(LEVEL)}) AS named, {_levels(LEVEL_AFTER)} AS behind,
                   CASE WHEN level.value <= 1 THEN 100 * level.value ELSE coalesce(level.value, 95) END AS entered
            FROM ({_ENTERED}) WHERE level IS NULL OR level.value IS NOT NULL
        )
        SELECT kind, record, 'level' AS field, lower, level, words, format('{{:g}}%', named[1]) AS other,
               CASE WHEN len(list_filter(list_concat(named, behind), lambda one: abs(one - entered) < 0.01)) > 0 THEN 'own'
                    WHEN len(named) = 1 THEN 'other' ELSE 'several' END AS said
        FROM read WHERE len(named) > 0 OR len(list_filter(behind, lambda one: abs(one - entered) < 0.01)) > 0
    """,
    consistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84", quote="0.66 (95% CI 0.52-0.84)"),
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84", level="90%", column="HR (90% CI)"),
        dict(kind="count", percent="42%", lower="29%", upper="57%", level="0.95", quote="42% (CI 95%: 29% to 57%)"),
    ],
    inconsistent=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84", quote="0.66 (90% CI 0.52-0.84)"),
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84", level="99%", quote="0.66 (95% confidence interval, 0.52-0.84)"),
    ],
    cannot_tell=[
        dict(kind="effect", measure="HR", estimate="0.66", lower="0.52", upper="0.84", quote="90% CI 0.52-0.84, 99% CI 0.48-0.91"),
    ],
    limits="Where the words name several levels and none is the entered one, nothing is said.",
    look="which interval the two limits are",
)  # fmt: skip
def words_say_other_level(lower, level=None, said=None):
    """The words beside the interval name another confidence level than the one it is entered with.

    A blank level stands for 95%.
    """
    return Verdicts.of(said.is_("other"), lower.known & ~said.is_("several"))


@words_say_other_level.expects
def the_level(row):
    return f"level {row.code('other')}, as written beside it"
