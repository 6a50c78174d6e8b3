"""Words that say nothing about whose matter an appeal is: talk, courtesy, pronouns, and what takes it down.

They may weigh in a router, because habits of speech go with matters; to a dispatcher they are no reason.
"""

from __future__ import annotations

_TALK = """
那个 这个 那些 这些 那种 这种 那样 这样 那么 这么 这边 那边 这里 那里 这儿 那儿 这块 那块 就是 就是说 也就是
也就是说 然后 完了 反正 其实 的话 话说 一下 一个 一些 一点 一点儿 一直 一样 一般 一种 有点 有些 有个 有没有 是不是
能不能 可不可以 要不要 会不会 对不对 好不好 行不行 什么 什么样 怎么 怎么样 怎么办 怎样 如何 为什么 为何 哪个 哪些
哪里 哪儿 哪边 多少 多久 几个 现在 目前 刚才 刚刚 已经 以后 以前 之后 之前 后来 当时 时候 的时候 每次 马上 立刻 又是
还是 还有 还要 还没 就要 只有 只是 只能 都是 都有 也是 也有 不是 不要 不能 不会 不到 没有 没人 可以 可能 应该 需要
必须 能够 想要 愿意 觉得 感觉 认为 知道 不知道 听说 看到 看看 看一下 说一下 问一下 问问 想问 想问一下 了解 了解一下
因为 所以 但是 可是 不过 而且 并且 或者 如果 要是 假如 虽然 即使 由于 因此 于是 另外 此外 同时 以及 关于 对于 按照
根据 通过 比较 非常 特别 真的 确实 肯定 好像 大概 左右 差不多 基本 基本上 总是 经常 老是 到底 究竟
"""
_COURTESY = """
您好 你好 喂喂 请问 麻烦 麻烦你 麻烦您 谢谢 谢谢你 谢谢您 多谢 感谢 不好意思 辛苦 再见 拜拜 好的 好吧 好了 行吧 对吧
是吧 是的 对的 可以吗 对了 嗯嗯 哦哦 啊啊 师傅 同志 小姐 先生 女士 姑娘 我们 你们 他们 她们 它们 咱们 大家 自己 别人
人家 有人 某人 本人
"""
_TAKEN_DOWN = """
市民 来电 来电人 致电 反映 反映称 咨询 投诉 举报 求助 建议 诉求 诉求人 表示 称其 其称 认为 希望 要求 请求 恳请
请相关 相关 有关 相关部门 有关部门 部门 单位 尽快 及时 核实 处理 解决 答复 回复 回访 反馈 协调 调查 跟进 落实 给予
予以 进行 事情 事项 问题 情况 原因 方面 事宜 工单 电话 热线 工作人员
"""
SHORTEST = 2  # characters: a single one tells a reader nothing
EMPTY_WORDS = frozenset((_TALK + _COURTESY + _TAKEN_DOWN).split())


def says_something(word: str) -> bool:
    """Whether a word may be given as a reason: at least two characters, a letter among them, and not an empty word."""
    return len(word) >= SHORTEST and word not in EMPTY_WORDS and any(letter.isalpha() for letter in word)
