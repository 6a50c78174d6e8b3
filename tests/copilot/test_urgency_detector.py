from __future__ import annotations

import re
from pathlib import Path

import pytest

from copilot.appeal import Urgency
from copilot.errors import BadInput
from copilot.urgency_detector import UrgencyDetector

EMERGENCIES = {
    "燃气泄漏": """
        我们楼道里有煤气味
        煤气味
        喂喂我们楼道里有煤气
        喂！喂！我们楼道里有没气味好浓啊
        有煤汽味，特别浓
        厨房天然气味很大怎么办啊
        家里天燃气泄漏了
        燃气泄露了快来人
        施工把燃气管道挖断了
        煤气罐漏气了
        闻到燃气的味道了
        屋里一股煤气味，我头晕
        从昨天开始楼道就一直有煤气味
        我想问一下楼道里现在有煤气味怎么办
        昨天开始屋里有一股臭鸡蛋味，我怀疑是燃气管道漏了
        液化气在漏，呲呲响
        楼下饭店煤气泄漏啦
    """,
    "火灾": """
        着火
        着火了
        着火了快来
        楼上着火了怎么办啊
        我家厨房起火了
        隔壁失火了
        三楼窗户冒浓烟
        对面楼在冒黑烟
        地下车库里电动车烧起来了
        电表箱冒烟了
        火越来越大了
        仓库里发生火灾
        我看见火苗了
        起大火了
        不好了着火啦，快点
        车子冒火了
    """,
    "轻生": """
        我不想活了
        我想自杀
        有人要跳楼
        她站在楼顶上要跳
        活不下去了我
        我女儿割腕了
        他喝农药了
        桥上有人要跳河
        我真的活着没意思
        跳楼了
        楼上有个人说要往下跳
    """,
    "被困": """
        我被困电梯里了
        电梯里困了三个人
        我们困在里面出不来
        有人困在屋里
        电梯突然停了，我被困在里面了
        小孩关在车里了，锁住了
        洪水淹到二楼了我们在屋顶
        我们被困在山上了
        电梯困人了
        孩子手指卡在栏杆里拔不出来
        还有人在里面出不来
    """,
    "暴力伤害": """
        有人拿刀
        他正在打我
        楼下打群架了
        我被打了，头流血
        他动刀了快来
        我老公在家暴我，救救我
        外面打起来了
        有人砍人了
        有人抢劫
        有人尾随我，我好怕
        他们几个人围着一个打人
    """,
    "交通事故伤人": """
        路口撞倒一个老人
        出车祸了
        两车相撞了，撞到人了
        发生车祸有人躺在地上
        小孩被车撞了
        货车翻车了，司机压在下面起不来
        追尾了，后面那个人流血了
    """,
    "危重伤病": """
        我爸昏迷了
        老人没有呼吸了
        我胸口疼得厉害
        他晕倒了，叫不醒
        我老伴喘不上气
        流了好多血
        孩子噎住了
        工人触电了
        我老婆要生了
        他从脚手架上掉下来了
        心脏病犯了
        救命啊
    """,
    "溺水": """
        有人掉河里了
        小孩掉进湖里了
        有人溺水
        有人落水了快来
        孩子掉到井里了
    """,
    "爆炸": """
        工厂爆炸了
        爆炸了
        刚才楼上煤气罐炸了
    """,
    "坍塌": """
        房子塌了
        脚手架倒塌了
        工地坍塌了，有人埋在下面
        墙要塌了
    """,
    "电力险情": """
        电线掉下来了
        高压线断了掉在路上
        积水里有电
        路灯漏电
    """,
    "走失": """
        我孩子走丢了
        小孩不见了
        孩子在商场里丢了
        老人走失了
        我妈早上出去到现在没有回来
    """,
    "危险化学品": """
        液氨泄漏了
        槽罐车侧翻了
    """,
}

NO_EMERGENCIES = """
    停气了
    我们小区停气了什么时候来气
    停水了
    从早上就停水了
    煤气费怎么交
    燃气表要换新的
    着火点
    消防通道被占
    消防通道天天被车堵死，万一着火怎么办
    预防煤气中毒宣传
    社区搞消防演练，演练着火怎么逃生
    以前着过火
    没有着火
    没着火，就是有点糊味
    不是着火
    着火了怎么办保险赔吗
    去年家里着火了，保险赔多少
    昨天楼上着火了，已经灭了
    火已经扑灭了，没事了
    如果着火了消防车进不来
    电动车在楼道充电太容易着火
    我怕着火
    担心起火
    坐着火车来的
    我跟着火车跑
    吃着火锅
    火气很大
    生意红火
    灭火器过期了
    火灾隐患很大
    有没有煤气味
    没有煤气味
    没闻到煤气味
    没有气味
    这个水没气味
    煤气味是什么味
    怎么办理煤气开户
    天然气多少钱一方
    跳楼价大甩卖
    热得我都想死
    没有人受伤
    我想问一下被打了怎么做伤情鉴定
    物业天天打电话
    他打我电话
    被打扰得睡不着
    总是被打断
    骚扰电话把我手机打爆了
    动手术要多少钱
    电梯老是坏
    燃气灶打不着火
    请问小孩打疫苗的本子丢了怎么补
    电梯年检过期了
    困难补助怎么申请
    我被这个问题困扰很久
    资金困在里面了
    电动车被撞坏了
    护栏被撞坏了
    上班路上被车撞了算不算工伤
    共享单车倒了
    手机掉河里了
    河里漂着垃圾
    信息爆炸
    水管爆了
    业主群里都炸了
    床塌了
    电线太乱了
    把电线埋到地下
    老人的卡丢了
    孩子的疫苗本丢了
    老板联系不上了
    孩子的学籍找不到了
    烧秸秆浓烟滚滚
    烧烤摊烟大得很
    工厂往外冒黑烟
    楼下饭店油烟特别大
    抽油烟机冒烟
    前几天有个老太太掉水里，被救了
    我要表扬救护车司机
    救护车进不来
    叫救护车收了我八百块
    急救知识培训在哪里报名
    看电影里着火的镜头
    有人说话
    我被他骂了
    我想办居住证
    那个
    喂
    嗯
"""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def detector() -> UrgencyDetector:
    return UrgencyDetector()


@pytest.mark.parametrize(("category", "said"), [(c, s) for c, text in EMERGENCIES.items() for s in _lines(text)])
def test_an_emergency_is_heard_even_in_a_fragment(detector: UrgencyDetector, category: str, said: str) -> None:
    sign = detector.detect(said)
    assert sign is not None
    assert sign.category == category
    assert sign.phrase in said
    assert sign.urgency is Urgency.EMERGENCY
    assert re.search(r"\d{3}", sign.transfer_to)
    assert sign.advice


@pytest.mark.parametrize("said", _lines(NO_EMERGENCIES))
def test_what_only_sounds_like_one_raises_no_banner(detector: UrgencyDetector, said: str) -> None:
    assert detector.detect(said) is None


def test_a_gas_smell_is_an_emergency_as_soon_as_it_is_named_in_interim_text(detector: UrgencyDetector) -> None:
    said = "喂喂我们楼道里有煤气味好浓啊"
    first = next(n for n in range(len(said) + 1) if detector.detect(said[:n]) is not None)
    assert said[:first].endswith(("煤气", "煤气味"))


def test_the_most_pressing_of_two_is_named(detector: UrgencyDetector) -> None:
    sign = detector.detect("电线断了。屋里还有很浓的煤气味")
    assert sign is not None
    assert sign.category == "燃气泄漏"


@pytest.mark.parametrize(
    ("said", "categories"),
    [
        ("我家有煤气味，我妈昏迷了", ["燃气泄漏", "危重伤病"]),
        ("有没气味，好浓，我爸没有意识了", ["燃气泄漏", "危重伤病"]),
        ("垃圾站的气味熏得我喘不过气来", []),
        ("楼下着火了，老人叫不醒", ["火灾", "危重伤病"]),
        ("有人拿刀砍人。地上的人没有呼吸了", ["危重伤病", "暴力伤害"]),
        ("着火了，我困在屋里出不来", ["火灾"]),  # the same service comes for both
        ("煤气中毒了", ["燃气泄漏"]),
        ("煤气味好浓啊，煤气味", ["燃气泄漏"]),
        ("今天天气不错", []),
    ],
)
def test_whoever_else_must_be_told_is_named_behind_the_most_pressing(
    detector: UrgencyDetector, said: str, categories: list[str]
) -> None:
    assert [sign.category for sign in detector.signs(said)] == categories


@pytest.mark.parametrize("said", [s for text in EMERGENCIES.values() for s in _lines(text)])
def test_no_service_is_named_twice(detector: UrgencyDetector, said: str) -> None:
    services = [set(re.findall(r"\d{3,}", sign.transfer_to)) for sign in detector.signs(said)]
    for n, named in enumerate(services[1:], start=1):
        assert not named <= set().union(*services[:n])


def test_the_long_list_is_long_enough() -> None:
    assert sum(len(_lines(text)) for text in EMERGENCIES.values()) + len(_lines(NO_EMERGENCIES)) >= 120


def test_rules_that_cannot_be_read_are_refused_with_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "urgency.toml"
    broken.write_text("[guards]\nnegated = '('\n", encoding="utf-8")
    with pytest.raises(BadInput, match="Correct it"):
        UrgencyDetector(broken)
