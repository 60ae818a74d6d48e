"""Limits that are judgement: declared with a source, set by a review, and refused when they cannot be."""

import json

import pytest
from click.testing import CliRunner
from of_text import table

from curation.cli import curation
from curation.engine.registry import rules
from schemas import thresholds
from schemas.kinds.entities import Setting
from schemas.thresholds import UnknownSetting, settings_in, threshold, using

SHARE = threshold("test_share", 0.15, meaning="a share", source="this test", least=0, most=1)


def test_a_review_sets_another_value_for_as_long_as_it_is_judged():
    assert SHARE.value == 0.15
    with using({"test_share": 0.3}):
        assert SHARE.value == 0.3
    assert SHARE.value == 0.15


def test_settings_come_from_rows_of_a_review():
    rows = [{"setting": "test_share", "value": "0.2", "reason": "protocol"}]
    assert settings_in(table(Setting.kind, rows)) == {"test_share": 0.2}
    assert settings_in(None) == {}


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"test_shard": 0.2}, "no rule reads it"), ({"test_share": 3.0}, "expected a number from 0 to 1")],
)
def test_a_setting_that_cannot_be_is_refused_in_a_sentence(settings, says):
    with pytest.raises(UnknownSetting, match=says), using(settings):
        pass


def test_a_setting_without_a_number_is_refused_in_a_sentence():
    rows = [{"setting": "test_share", "value": "NR", "reason": "protocol"}]
    with pytest.raises(UnknownSetting, match="found 'NR', expected a number"):
        settings_in(table(Setting.kind, rows))


def test_every_threshold_of_a_rule_names_its_source_and_holds_its_own_default():
    for rule in rules():
        for each in rule.thresholds:
            assert thresholds.DECLARED[each.name] is each
            assert each.least <= each.default <= each.most
            assert each.meaning
            assert each.source


def test_a_review_sets_a_limit_and_the_report_says_so(tmp_path):
    (tmp_path / "setting.csv").write_text("setting,value,reason\nregistry_size_gap,0.10,protocol\n", encoding="utf-8")
    (tmp_path / "source.csv").write_text("source,title,type\na,A,article\n", encoding="utf-8")
    done = CliRunner().invoke(curation, ["check", str(tmp_path), "--format", "json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["summary"]["settings"] == {"registry_size_gap": 0.1}


def test_a_limit_that_no_rule_reads_ends_the_check_in_one_sentence(tmp_path):
    (tmp_path / "setting.csv").write_text("setting,value,reason\nregistry_gap,0.10,protocol\n", encoding="utf-8")
    (tmp_path / "source.csv").write_text("source,title,type\na,A,article\n", encoding="utf-8")
    done = CliRunner().invoke(curation, ["check", str(tmp_path)])
    assert done.exit_code == 2
    assert "setting 'registry_gap': no rule reads it" in done.stderr
