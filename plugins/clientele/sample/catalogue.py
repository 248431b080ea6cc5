"""What the sample shop sells and where: stores, products, prices in fen (1/100 CNY)."""

from __future__ import annotations

from dataclasses import dataclass

CURRENCY = "CNY"
STORES = ("S01", "S02", "S03", "S04", "S05")
#: The till system of this store exports no updated_at.
STORE_WITHOUT_UPDATE_TIMES = 4
PAYMENT_METHODS = ("wechat_pay", "alipay", "bank_card", "cash", "stored_value")
STORED_VALUE = PAYMENT_METHODS.index("stored_value")
DISCOUNT_LINE = 'DISC-01,"整单优惠, 店长核准",优惠'


@dataclass(frozen=True)
class Product:
    """``price`` in fen, per kilogram where ``is_weighed``; ``text`` is sku, name and category as CSV."""

    price: int
    is_weighed: bool
    text: str


#: Category and prefix of its article numbers, then its products with prices in CNY.
_ASSORTMENT = (
    ("生鲜", "FR", "苹果 14 橙子 12 猪肉 38 牛肉 96 番茄 9 三文鱼 158"),
    ("零食饮料", "SN", "矿泉水 3 绿茶 5 坚果 39 巧克力 28 饼干 12 咖啡豆 69"),
    ("日用百货", "HO", "牙膏 15 洗衣液 45 抽纸 22 保温杯 89 毛巾 25 雨伞 59"),
    ("母婴", "BA", "纸尿裤 129 奶粉 298 婴儿湿巾 35 奶瓶 99 童装 139 绘本 48"),
    ("服饰鞋包", "CL", "衬衫 199 牛仔裤 269 羽绒服 899 运动鞋 529 皮包 760 袜子 29"),
    ("美妆护肤", "BE", "面霜 320 口红 230 精华液 680 面膜 99 香水 890 防晒霜 128"),
    ("数码", "DI", "耳机 499 手机 3999 平板电脑 2899 充电器 99 相机 6299 手表 1599"),
    ("家电", "AP", "电饭煲 399 洗衣机 2799 冰箱 4599 空调 3699 吸尘器 1299 电视 5999"),
)
_WEIGHED_CATEGORY = 0
PRODUCTS_PER_CATEGORY = 6


def _products(number: int, category: str, prefix: str, priced_names: str) -> list[Product]:
    words = priced_names.split()
    is_weighed = number == _WEIGHED_CATEGORY
    return [
        Product(
            price=int(price) * 100 - (0 if is_weighed else 10),
            is_weighed=is_weighed,
            text=f"{prefix}-{place:03d},{name},{category}",
        )
        for place, (name, price) in enumerate(zip(words[::2], words[1::2], strict=True), start=1)
    ]


PRODUCTS: tuple[Product, ...] = tuple(
    product for number, row in enumerate(_ASSORTMENT) for product in _products(number, *row)
)
#: How often each category is bought, in a thousand, by how well off the customer is.
CATEGORY_WEIGHTS: tuple[tuple[int, ...], ...] = (
    (330, 300, 223, 50, 60, 30, 5, 2),
    (250, 230, 190, 80, 135, 90, 15, 10),
    (180, 150, 130, 80, 200, 180, 50, 30),
    (120, 100, 100, 60, 220, 220, 100, 80),
)
