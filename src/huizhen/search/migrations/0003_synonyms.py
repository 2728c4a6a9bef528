"""Words of the trade that mean the same, to begin with. The coordinator changes them as she likes."""

from datetime import UTC, datetime

from django.db import migrations

GROUPS = """
携转 携号转网 转网
宽带 家宽 家庭宽带
政企 集团客户 集客
专线 电路专线 政企专线
物联网 IoT
故障 障碍 告警
中断 断网 阻断
掉线 掉话 断线
光缆 光纤
基站 宏站 站点
退服 断站
直放站 中继站
室分 室内分布 室内覆盖
弱覆盖 覆盖差 信号弱 信号差
干扰 外部干扰
上行干扰 底噪抬升
越区覆盖 过覆盖
切换失败 切换差
上网慢 网速慢 宽带慢
VoLTE 高清语音
VoNR 5G语音
5G-A 5.5G
FTTR 全屋光宽 全屋光纤
光猫 ONU ONT
OLT 光线路终端
分光器 分路器
装机 安装 开通
装维 装机维护
移机 宽带移机
满意度 客户满意度
投诉 客诉 客户投诉
越级投诉 工信部投诉 申诉
离网 流失 销户
拉新 发展新用户
套餐 资费
合约 合约机
实名 实名制 实名登记
涉诈 诈骗 反诈 骚扰电话 垃圾电话
无人机 无人飞机
靓号 吉祥号
营业厅 厅店 门店
渠道 代理商
客户经理 客户代表
外呼 电话营销 电销
欠费 拖欠
停机 停复机
充值 缴费
账单 话单
发票 电子发票
工单 派单
超时 逾期
割接 迁改
扩容 增容
节能 节电 省电
电费 用电成本
动环 动力环境
蓄电池 电池组
油机 发电机
机房 汇聚机房
IDC 数据中心
云主机 云服务器
时延 延迟 延时
丢包 丢包率
带宽 速率
测速 网速 速率测试
路由器 家庭网关
机顶盒 IPTV
魔百和 互联网电视
对讲 集群对讲
定位 北斗定位
卫星 天通卫星
数字化转型 数智化转型
大模型 人工智能 AI
自动化 RPA
党支部 支部
""".strip().splitlines()
MOMENT = datetime(2026, 11, 1, tzinfo=UTC)


def add(apps, schema_editor):
    Synonym = apps.get_model("search", "Synonym")
    if not Synonym.objects.exists():
        Synonym.objects.bulk_create(
            Synonym(code=f"s{number:03d}", words=line.split(), changed_at=MOMENT) for number, line in enumerate(GROUPS, 1)
        )


class Migration(migrations.Migration):
    dependencies = [("search", "0002_lexemes")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
