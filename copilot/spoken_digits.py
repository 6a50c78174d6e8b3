"""Digits as people say them one by one over the telephone: 洞 for 零, 幺 for 一, 拐 for 七, 勾 for 九."""

from __future__ import annotations

SAID = "零\u3007洞幺一二两三四五六七八九拐勾"
AS_DIGITS = str.maketrans(SAID, "0001122345678979")
