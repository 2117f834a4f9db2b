"""Translates rules and label texts into QGIS expressions of the same meaning."""

from __future__ import annotations

from layers.vector.expression.language import Call, ColumnName, Literal, Node, ShapeMeasure, quoted_column, quoted_text
from layers.vector.style.rules import check_rule
from layers.vector.style.template import template_of

_INFIX = {"=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||", "^", "like", "ilike", "and", "or"}
_NAMES = {"abs", "round", "floor", "ceil", "sqrt", "lower", "upper", "trim", "length", "year", "month", "coalesce",
          "min", "max"}  # fmt: skip
_MEASURES = {"$length": "$length", "$area": "$area", "$fid": "$id"}


def rule_expression(rule: str) -> str:
    """A rule for QGIS; empty for one that is always true. Raises InvalidValue."""
    expression = check_rule(rule)
    return "" if expression is None else node_expression(expression.root)


def exclusive_filters(rules: list[str]) -> list[str]:
    """Filters of which one at most is true. QGIS draws a feature by every true rule, we by the first: each filter
    excludes those before it.
    """
    filters, previous_rules = [], list[str]()
    for rule in rules:
        own = rule_expression(rule)
        before = [f"not coalesce(({previous}), false)" for previous in previous_rules]
        filters.append(" and ".join([*before, *([f"({own})"] if own else [])]) or "true")
        previous_rules.append(own or "true")
    return filters


def label_expression(text: str) -> tuple[str, bool]:
    """(column or expression, whether it is an expression) for a label's text. Raises InvalidValue."""
    template = template_of(text)
    if "{" not in text and "}" not in text:
        return text, False
    parts = []
    for part in template.parts:
        if isinstance(part, str):
            parts.append(quoted_text(part))
        elif part[1] is None:
            parts.append(f"coalesce(to_string({quoted_column(part[0])}), '')")
        else:
            parts.append(f"coalesce(format_number({quoted_column(part[0])}, {part[1]}), '')")
    columns = ", ".join(quoted_column(name) for name in template.columns)
    joined = " || ".join(parts) or "''"
    return (f"if(coalesce({columns}) is null, '', {joined})" if columns else joined), True


def node_expression(node: Node) -> str:
    """A parsed expression for QGIS."""
    match node:
        case Literal(value):
            return _literal(value)
        case ColumnName(name):
            return quoted_column(name)
        case ShapeMeasure(name):
            return _MEASURES[name]
        case Call(name, arguments):
            return _call(name, [node_expression(argument) for argument in arguments])
    raise TypeError(f"no node: {node!r}")


def _call(name: str, parts: list[str]) -> str:
    if name in _INFIX:
        return "(" + f" {name} ".join(parts) + ")"
    first = parts[0]
    match name:
        case "not":
            return f"(not {first})"
        case "negative":
            return f"(-{first})"
        case "is null":
            return f"({first} is null)"
        case "in":
            return f"({first} in ({', '.join(parts[1:])}))"
        case "contains":
            return f"(strpos(lower({first}), lower({parts[1]})) > 0)"
        case "starts":
            return f"(left(lower({first}), length({parts[1]})) = lower({parts[1]}))"
        case "ends":
            return f"(right(lower({first}), length({parts[1]})) = lower({parts[1]}))"
    if name not in _NAMES:
        raise TypeError(f"no function of QGIS: {name}")
    return f"{name}({', '.join(parts)})"


def _literal(value: int | float | str | bool | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted_text(value).replace("\\", "\\\\") if isinstance(value, str) else f"{value!r}"
