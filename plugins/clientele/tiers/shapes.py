"""The plain values of a scheme file: texts, exact numbers, names."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

#: dbt renders Jinja in model files, so its delimiters would be code.
_JINJA = re.compile(r"\{\{|\{%|\{#")
_PERCENTAGE = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,4})?%$"
#: Beyond this many digits a number in YAML is no longer exact.
_EXACT_DIGITS = 15


def _text(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise ValueError("is empty")
    if isinstance(value, str) and (_JINJA.search(value) or not value.isprintable()):
        raise ValueError("is plain text on one line, without {{, {% or {#")
    return value


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("should be a number, without quotes or a unit")  # noqa: TRY004 (pydantic wants ValueError)
    number = Decimal(str(value))
    if (
        not number.is_finite()
        or len(number.as_tuple().digits) > _EXACT_DIGITS
        or abs(number) >= Decimal("1e14")
    ):
        raise ValueError(
            f"should be a finite number of at most {_EXACT_DIGITS} digits, under 100 million million"
        )
    return number


def _percentage(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not re.match(_PERCENTAGE, value):
        raise ValueError("should be a percentage with its sign, such as 70%")
    return Decimal(value.removesuffix("%"))


Text = Annotated[str, BeforeValidator(_text), StringConstraints(strict=True, strip_whitespace=True)]
Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Percentage = Annotated[
    Decimal, BeforeValidator(_percentage), WithJsonSchema({"type": "string", "pattern": _PERCENTAGE})
]
PositiveInteger = Annotated[int, Field(strict=True, ge=1)]
Count = Annotated[int, Field(strict=True, ge=0)]
Identifier = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]


class Shape(BaseModel):
    """A mapping of a scheme file: unknown keys are refused, and it does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Translated(Shape):
    """The same in Chinese and in English."""

    zh: Text
    en: Text
