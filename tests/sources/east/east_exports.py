"""Small exports of shops that do not exist, in the forms of the tools that would have written them."""

from __future__ import annotations

from pathlib import Path

#: Stand in the exports; must be nowhere but in the vault.
NAME = "蓝小雨"
PHONE = "13800138000"
ALIPAY = "lan.xiaoyu@example.com"
ADDRESS = "浙江省杭州市文三路9号"
MESSAGE = "请放门卫处"
CONTACTS = (NAME, PHONE, ALIPAY, ADDRESS, MESSAGE, "Ann Teak", "1 High Street")

_POS_HEADER = "商品ID,类别ID,门店编号,单价,销量,成交时间,订单ID"
_POS_WEIGHT = "30006206,915000003,CDNL,25.23,0.328,2017/1/3 9:56,20170103CDNL01"
_POS_TIN = "30163281,914010000,CDNL,2.00,2,2017/1/3 9:56,20170103CDNL01"
_POS_RETURN = "30163281,914010000,CDNL,2.00,-1,2017/1/4 10:05,20170104CDNL02"
_POS_NO_TIME = "30029254,920090000,CDNL,18.00,1,稍后,20170105CDNL04"
CHINESE_POS = [_POS_HEADER, _POS_WEIGHT, _POS_TIN, _POS_TIN, _POS_RETURN, _POS_NO_TIME]
#: The same till exported again: columns in another order, one inserted among them, a line new.
CHINESE_POS_LATER = [
    "订单ID,会员卡号,成交时间,销量,单价,门店编号,类别ID,商品ID",
    "20170103CDNL01,,2017/1/3 9:56,2,2.00,CDNL,914010000,30163281",
    "20170103CDNL01,,2017/1/3 9:56,2,2.00,CDNL,914010000,30163281",
    "20170105CDNL03,M1,2017年1月5日 0时10分,１,19.62,CDNL,922000000,30200518",
]
#: And again, when the till had learned whose card it was; numbers as a spreadsheet writes them.
CHINESE_POS_WITH_CARDS = [
    f"{_POS_HEADER},会员卡号",
    "30006206,915000009,CDNL,25.230,0.328,2017-01-03 09:56:00,20170103CDNL01,M2",
]

#: As Taobao heads them, with the spaces behind two of them.
_TAOBAO_HEADER = (
    "订单编号,买家会员名,买家支付宝账号,总金额,买家实际支付金额,订单状态,买家留言,收货人姓名,"
    "收货地址 ,联系电话,联系手机,订单创建时间,订单付款时间 ,宝贝标题,宝贝总数量,订单备注"
)
_TAOBAO_PERSON = f"tb_lan,{ALIPAY}"
_TAOBAO_ORDER = (
    '="{number}",{person},{total},{paid},{status},{message},{name},{address},'
    ",{phone},{created},{paid_at},手冲壶,1,"
)


def _order(number: str, paid: str, status: str, created: str, paid_at: str, phone: str = f"'{PHONE}") -> str:
    return _TAOBAO_ORDER.format(
        number=number,
        person=_TAOBAO_PERSON,
        total="90.00",
        paid=paid,
        status=status,
        message=MESSAGE,
        name=NAME,
        address=ADDRESS,
        phone=phone,
        created=created,
        paid_at=paid_at,
    )


_PAID = '"买家已付款，等待卖家发货"'
TAOBAO = [
    _TAOBAO_HEADER,
    _order("2026050112345678901", "88.50", "交易成功", "2026-05-01 00:30:00", "2026-05-01 00:31:00"),
    _order("2026050112345678902", "10.00", _PAID, "2026/5/1 9:05", "2026/5/1 9:06", phone=PHONE),
    _order("2026050112345678903", "0.00", "等待买家付款", "2026-05-01 10:00:00", ""),
    _order("2026050112345678904", "5.00", "交易关闭", "2026-05-01 11:00:00", "2026-05-01 11:01:00"),
    _order("2026050112345678905", "7.00", "状态不明", "2026-05-01 12:00:00", "2026-05-01 12:01:00"),
]
#: The report of the next day: 902 was refunded and closed, 903 paid.
TAOBAO_LATER = [
    _TAOBAO_HEADER,
    _order("2026050112345678902", "0.00", "交易关闭", "2026/5/1 9:05", "2026/5/1 9:06", phone=PHONE),
    _order("2026050112345678903", "60.00", "交易成功", "2026-05-01 10:00:00", "2026-05-02 08:00:00"),
]
#: A report cut down to what may be shown around.
TMALL = [
    "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额",
    "1,178.8,0.0,上海,2020/2/21 0:00,,0.0",
    "2,21.0,21.0,内蒙古自治区,2020/2/20 23:59:54,2020/2/21 0:00:02,0.0",
    "3,37.0,0.0,安徽省,2020/2/20 23:59:35,2020/2/20 23:59:40,37.0",
]

TA_FENG = [
    "日期;會員卡號;年齡;區域;商品分類;商品編碼;數量;成本;銷售",
    "2001-01-01 00:00:00;\t00141833;\tF;\tF;\t130207;\t4710105011011;2;44;52",
    "2001-01-01 00:00:00;\t00141833;\tF;\tF;\t100205;\t4710085120628;1;30;35",
    "2001-01-02 00:00:00;\t00141833;\tF;\tF;\t100205;\t4710085120628;1;30;35",
    "2001-01-02 00:00:00;\t00020459;\tB;\tC;\t100205;\t4710085120628;\t1;\t30;\t35",
    "2001-01-02 00:00:00;\t00020459;\tB;\tC;\t100205;\t4710085120628;1;30;?",
]
#: The first of them exported again: without tabs, its buyer a band older, its cost corrected.
TA_FENG_LATER = [TA_FENG[0], "2001-01-01 00:00:00;00141833;G;F;130207;4710105011011;2;45;52"]

_OLIST_ORDERS_HEADER = (
    "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
    "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date"
)
OLIST = {
    "olist_order_items_dataset.csv": [
        "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
        "o1,1,p1,s1,2018-07-05 10:00:00,58.90,13.29",
        "o1,2,p1,s1,2018-07-05 10:00:00,58.90,13.29",
        "o2,1,p2,s2,2018-07-06 10:00:00,10.00,8.00",
        "o3,1,p2,s2,2018-07-07 10:00:00,20.00,8.00",
        "o9,1,p2,s2,2018-07-07 10:00:00,30.00,8.00",
    ],
    "olist_orders_dataset.csv": [
        _OLIST_ORDERS_HEADER,
        "o1,c1,delivered,2018-07-01 10:56:33,2018-07-01 11:07:15,,,2018-07-18 00:00:00",
        "o2,c2,canceled,2018-07-02 10:56:33,,,,2018-07-18 00:00:00",
        "o3,c3,shipped,2018-07-03 10:56:33,2018-07-03 11:07:15,,,2018-07-18 00:00:00",
    ],
    "olist_customers_dataset.csv": [
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state",
        "c1,person_1,14409,franca,SP",
        "c2,person_2,09790,sao bernardo do campo,SP",
        "c3,person_1,14409,franca,SP",
    ],
    "olist_order_payments_dataset.csv": [
        "order_id,payment_sequential,payment_type,payment_installments,payment_value",
        "o1,2,voucher,1,44.38",
        "o1,1,credit_card,3,100.00",
        "o3,1,boleto,1,28.00",
    ],
}

CDNOW = [
    " customer_id  date number_of_cds  dollar_value",
    " 90001 19970101  1   11.77",
    " 90002 19970112  1   12.00",
    " 90002 19970112  5   77.00",
    " 90002 19970112  1   12.00",
    " 90003 19970113  2    0.00",
    " 90003 19970199  2   10.00",
]

#: The first is a purchase that the list of all has as well.
CDNOW_SAMPLE = [
    " 90001 0001 19970101  1   11.77",
    " 90004 0002 19970302 12 1234.56",
]

_POSLOG_TRANSACTION = """
  <Transaction>
    <BusinessUnit><UnitID Name="HIGH STREET">0001</UnitID></BusinessUnit>
    <WorkstationID>7</WorkstationID>
    <SequenceNumber>{number}</SequenceNumber>
    <TransactionID>T{number}</TransactionID>
    <RetailTransaction{attributes}>
      {lines}
      <Total CurrencyCode="GBP">0</Total>
      <Total CurrencyCode="GBP" TotalType="TransactionNetAmount">0</Total>
      <LoyaltyAccount><LoyaltyAccountID>L77</LoyaltyAccountID></LoyaltyAccount>
      <Customer><Name>Ann Teak</Name><Address>1 High Street</Address></Customer>
    </RetailTransaction>
    <BusinessDayDate>2016-08-22</BusinessDayDate>
    <EndDateTime>2016-08-22T15:21:54.4833703+01:00</EndDateTime>
  </Transaction>"""
_POSLOG_ARTICLE = """<LineItem{attributes}><{kind}>
        <ItemID>{article}</ItemID><ExtendedAmount Currency="GBP">{amount}</ExtendedAmount>
        <Quantity UnitOfMeasureCode="EA">1</Quantity>{link}</{kind}>
        <SequenceNumber>{number}</SequenceNumber></LineItem>"""


def _article(number: int, article: str, amount: str, voids: int | None = None, kind: str = "Sale") -> str:
    return _POSLOG_ARTICLE.format(
        kind=kind,
        number=number,
        article=article,
        amount=amount,
        attributes="" if voids is None else ' VoidFlag="true"',
        link="" if voids is None else f"<ItemLink>{voids}</ItemLink>",
    )


def _transaction(number: int, *lines: str, attributes: str = "") -> str:
    return _POSLOG_TRANSACTION.format(number=number, lines="\n      ".join(lines), attributes=attributes)


_CASH = (
    '<LineItem><Tender TenderType="Cash"><Amount Currency="GBP">2.59</Amount></Tender>'
    "<SequenceNumber>9</SequenceNumber></LineItem>"
)
_DISCOUNT = (
    '<LineItem><Discount><Amount Currency="GBP">0.09</Amount></Discount>'
    "<SequenceNumber>8</SequenceNumber></LineItem>"
)
_RETURN = _article(1, "48", "2.59", kind="Return").replace(
    "</Return>", "<TransactionLink><TransactionID>T1</TransactionID></TransactionLink></Return>"
)
POSLOG = "".join(
    [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/">',
        _transaction(
            1,
            _article(1, "48", "2.59"),
            _article(2, "123", "1.99"),
            _article(3, "123", "1.99", 2),
            _DISCOUNT,
            _CASH,
        ),
        _transaction(2, _RETURN),
        _transaction(3, _article(1, "48", "2.59"), attributes=' TransactionStatus="Suspended"'),
        "\n</POSLog>\n",
    ]
)


def write_exports(landing: Path) -> None:
    """Put every export into its folder of ``landing``, in the encoding its tool uses."""
    files = {
        "chinese_pos/chinese_pos_1.csv": (CHINESE_POS, "gbk", "\r\n"),
        "chinese_pos/chinese_pos_2.csv": (CHINESE_POS_LATER, "utf-8-sig", "\n"),
        "chinese_pos/chinese_pos_3.csv": (CHINESE_POS_WITH_CARDS, "utf-8", "\n"),
        "taobao/taobao_0501.csv": (TAOBAO, "gbk", "\r\n"),
        "taobao/taobao_0502.csv": (TAOBAO_LATER, "utf-8-sig", "\n"),
        "taobao/tmall_order_report.csv": (TMALL, "utf-8", "\n"),
        "ta_feng/ta_feng.csv": (TA_FENG, "big5", "\r\n"),
        "ta_feng/ta_feng_later.csv": (TA_FENG_LATER, "utf-8", "\n"),
        "cdnow/cdnow_master_small.txt": (CDNOW, "ascii", "\r\n"),
        "cdnow/cdnow_sample_small.txt": (CDNOW_SAMPLE, "ascii", "\r\n"),
        **{f"olist/{name}": (lines, "utf-8", "\n") for name, lines in OLIST.items()},
    }
    for name, (lines, encoding, line_break) in files.items():
        path = landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("".join(line + line_break for line in lines).encode(encoding))
    (landing / "poslog").mkdir()
    (landing / "poslog" / "till_7.xml").write_text(POSLOG, encoding="utf-8")
