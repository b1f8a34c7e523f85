"""The table of rules is whole, and codes are selected by their beginning."""

from __future__ import annotations

import re

import pytest

from verax.property_tests.laws import LAWS
from verax.property_tests.rules import FAMILIES, RULES, Rule, selected


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.code)
def test_a_rule_says_what_why_and_how_to_mend(rule: Rule) -> None:
    assert re.fullmatch(r"VX[1-9]\d\d", rule.code)
    assert rule.code[:3] in FAMILIES
    for text in (rule.title, rule.explanation, rule.example, rule.mend):
        assert text.strip() == text != ""
    assert rule.code in str(rule)


def test_every_family_has_a_rule() -> None:
    assert {code[:3] for code in RULES} == set(FAMILIES)


def test_every_code_of_a_law_has_a_rule() -> None:
    assert {code for law in LAWS.values() for code in law.codes} <= set(RULES)


def test_laws_are_named_once_and_claim_something() -> None:
    assert [law.name for law in LAWS.values()] == list(LAWS)
    assert all(law.claim.endswith(".") for law in LAWS.values())


def test_codes_are_selected_by_prefix() -> None:
    assert selected(["VX7"]) == {"VX701", "VX702", "VX703"}
    assert selected(["VX101", "VX102"]) == {"VX101", "VX102"}
    assert selected(["VX"]) == set(RULES)


@pytest.mark.parametrize("prefix", ["VX1010", "vx1", "", "XX"])
def test_an_unknown_code_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="A code must be one of VX1, VX2"):
        selected([prefix])
