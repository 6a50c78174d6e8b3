"""What is masked on the way to a screen, and what is public."""

from __future__ import annotations

from api import wire
from copilot.suggestion import Reason


def test_the_number_that_a_rule_hands_calls_over_to_can_be_dialled():
    rule = Reason("rule", "可直接转接：燃气抢修 0999-6009003", "《城镇燃气管理条例》第五条")
    assert wire.masked(rule)["text"] == rule.text


def test_a_past_order_that_serves_as_a_reason_is_masked():
    shown = wire.masked(Reason("similar", "市民反映停气，电话13812345678。", "YC-20261103-0012"))
    assert shown["text"] == "市民反映停气，电话138****5678。"
