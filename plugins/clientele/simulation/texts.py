"""What the page of a simulation says, in both languages."""

from __future__ import annotations

from typing import Final

from clientele.report.words import Texts, Words

TEXTS: Final[Texts] = {
    "page_title": Words("方案模拟：{title}", "Simulation: {title}"),
    "subtitle": Words(
        "{scheme_id} 版本 {version}，{first} 至 {last}，对照 {against} 的实际等级（发布 {release}）",
        "{scheme_id} version {version}, {first} to {last}, against what happened under {against}"
        " (release {release})",
    ),
    "contents": Words("目录", "Contents"),
    "chart_data": Words("图表数据", "Chart data"),
    "other_language": Words("English", "中文"),
    "overview": Words("概览", "Overview"),
    "sizes": Words("各等级的客户", "The tiers"),
    "movement": Words("与实际等级的差别", "Where customers would have been"),
    "flapping": Words("等级变动的频繁程度", "How restless the tiers are"),
    "costs": Words("权益成本", "Cost of benefits"),
    "sensitivity": Words("门槛的敏感度", "Sensitivity to the thresholds"),
    "about": Words("关于本模拟", "About this simulation"),
    "happened": Words("实际", "Happened"),
    "simulated": Words("模拟", "Simulated"),
    "difference": Words("差额", "Difference"),
    "placed": Words("模拟方案中的客户", "Customers placed"),
    "higher": Words("等级高于实际", "Higher than they were"),
    "lower": Words("等级低于实际", "Lower than they were"),
    "flapping_ratio": Words("降后又升的客户", "Down and up again"),
    "costs_a_month": Words("月度权益成本", "Benefits, a month"),
    "in_reality": Words("实际 {figure}", "happened: {figure}"),
    "with_sales": Words("近12个月净销售额 {figure}", "net sales of 12 months {figure}"),
    "not_known": Words("没有可对照的事实", "not known what happened"),
    "shares": Words("各等级的客户占比：{side}", "Share of customers in each tier: {side}"),
    "sizes_at": Words("{side}，截至 {date}", "{side}, as of {date}"),
    "yearly_cost": Words("每客年成本", "Cost a year for one"),
    "monthly_cost": Words("月度成本", "Cost a month"),
    "matrix_at": Words(
        "截至 {date}：实际（行）与模拟（列）", "As of {date}: happened (rows), simulated (columns)"
    ),
    "no_tier": Words("无等级", "No tier"),
    "happened_tier": Words("实际等级", "Tier that was"),
    "simulated_tier": Words("模拟等级", "Tier simulated"),
    "risers": Words("等级高于实际的客户", "Customers who would be higher"),
    "fallers": Words("等级低于实际的客户", "Customers who would be lower"),
    "by_month": Words("逐月对照", "Month by month"),
    "other": Words("不可比", "Not comparable"),
    "up_net_sales": Words("升级者净销售额", "Net sales of the higher"),
    "down_net_sales": Words("降级者净销售额", "Net sales of the lower"),
    "flow": Words("从实际等级到模拟等级", "From the tier that was to the tier simulated"),
    "nothing_compared": Words("没有可对照的月份。", "No month can be held against what happened."),
    "changes_count": Words("等级变动次数", "Changes of tier"),
    "customer_years": Words("客户年数", "Customer years"),
    "changes_per_year": Words("每客每年变动", "Changes per customer and year"),
    "flapping_customers": Words("六个月内降后又升的客户", "Customers down and up again within six months"),
    "flapping_share": Words("占比", "Share"),
    "flapping_note": Words(
        "自 {first} 至 {last}；客户年数是客户处于任一等级的天数除以 365。",
        "From {first} to {last}; customer years are the days that customers spent in a tier, by 365.",
    ),
    "costs_by_tier": Words("各等级每月的权益成本：{side}", "Cost of benefits by tier and month: {side}"),
    "costs_note": Words(
        "每月成本 = 月末客户数 × 每客年成本 ÷ 12；合计只含可对照的月末。",
        "A month costs its customers at the end times the yearly cost of one, by 12; the totals count the"
        " compared month ends alone.",
    ),
    "no_costs": Words(
        "没有等级写明权益成本（cost_amount）。", "No tier states what its benefits cost (cost_amount)."
    ),
    "threshold": Words("门槛", "Threshold"),
    "about_whom": Words("涉及", "About"),
    "from_value": Words("原值", "From"),
    "to_value": Words("改为", "To"),
    "up_count": Words("升", "Up"),
    "down_count": Words("降", "Down"),
    "moved_net_sales": Words("变动者净销售额", "Net sales moved"),
    "tiers_then": Words("各等级客户数的变化", "Change of the tiers' customers"),
    "unchanged": Words("无变化", "none"),
    "sensitivity_note": Words(
        "每次只移动一个门槛：数值 ±10%（至少一个单位），占比 ±2 个百分点。只按规则计算 {date} 的等级，"
        "不计评审周期、保级和人工指定。",
        "One threshold is moved at a time: figures by 10% (by one unit at least), shares by 2 points. The"
        " tiers are those that the rules alone give at {date}, without reviews, holds and overrides.",
    ),
    "not_moved": Words("未能移动的门槛", "Thresholds that could not be moved"),
    "why_not": Words("原因", "Why not"),
    "no_thresholds": Words("该方案没有可移动的门槛。", "The scheme has no threshold to move."),
    "definitions": Words(
        "同样的模型和数据：模拟只知道发布 {release} 所知的数据（至第 {load} 次装载）。"
        "升降按模拟方案的等级高低判断。"
        "客户只以内部编号出现，全部见 movers.csv。",
        "The models and the data are those of production: the simulation knows what release {release} knew,"
        " up to load {load}. Up and down go by the ranks of the simulated scheme. Customers appear by their"
        " keys only; movers.csv has them all.",
    ),
}
