"""Which values reach Streamlit's Markdown or HTML on a page, and whether each is harmless there.

Read from the source, so that a page nobody opened in a test is read too. A value is harmless if it
was written in the source, if it is a number or a date (its format says so: a text has no such
format), or if it went through `plain` or `escape`. What else is harmless is named by hand in the
test that asks.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# Streamlit's calls whose arguments are read as Markdown (or HTML): by place and by name.
_FIRST: Final = ((0,), ("body", "label", "text", "help"))
MARKDOWN_CALLS: Final = {
    **dict.fromkeys(
        (
            *("markdown", "write", "caption", "title", "header", "subheader", "html"),
            *("info", "warning", "error", "success", "toast", "spinner", "status"),
            *("button", "form_submit_button", "download_button", "link_button", "menu_button"),
            *("checkbox", "toggle", "text_input", "text_area", "number_input", "date_input"),
            *("time_input", "datetime_input", "slider", "select_slider", "selectbox"),
            *("multiselect", "file_uploader", "expander", "popover", "color_picker", "dialog"),
            *("chat_message", "feedback", "camera_input", "audio_input", "badge"),
        ),
        _FIRST,
    ),
    "radio": ((0, 1), ("label", "help", "options", "captions", "format_func")),
    "pills": ((0, 1), ("label", "help", "options", "format_func")),
    "segmented_control": ((0, 1), ("label", "help", "options", "format_func")),
    "tabs": ((0,), ("tabs",)),
    "metric": ((0, 1, 2), ("label", "value", "delta", "help")),
    "page_link": ((), ("label", "help")),
    "progress": ((1,), ("text",)),
    "image": ((), ("caption",)),
    "set_page_config": ((), ("page_title", "menu_items")),
    "table": ((0,), ("data",)),
    **{
        f"{kind}Column": ((), ("help",))
        for kind in ("Text", "Number", "Date", "Datetime", "Time", "Checkbox", "Selectbox", "Link")
    },
}
OWN_MODULES: Final = ("ranked", "propose_here", "sys.stderr")  # their calls are not Streamlit's
_CLEANERS: Final = {"plain", "plain_lines", "escape", "len", "sum"}
_COUNTED: Final = "counted"  # geo.counting: a number, and nouns that are harmless if written here
_OF_FIRST: Final = {"capitalize", "lower", "upper", "strip", "rstrip", "removesuffix"}
_NUMBER_OR_DATE: Final = re.compile(r"[,%]|\d*[dfeg]$|^\+")
_DEEPEST: Final = 12


@dataclass(frozen=True)
class Value:
    """One value that a page gives to Markdown or HTML."""

    line: int
    call: str
    source: str


@dataclass(frozen=True)
class Module:
    """One page's source."""

    tree: ast.Module
    own: frozenset[str]  # what is harmless by decree, as it is written

    def values(self) -> Iterator[Value]:
        """Yield every value that may be harmful."""
        for call, scope in _calls(self.tree):
            name = _name(call.func)
            for value in _arguments(call):
                if not self.harmless(value, scope):
                    yield Value(value.lineno, name, ast.unparse(value))

    def harmless(self, value: ast.expr | None, scope: ast.AST, *, depth: int = 0) -> bool:
        """Tell whether a value is harmless as Markdown and as HTML."""
        if value is None or depth > _DEEPEST:
            return False
        written = value.func if isinstance(value, ast.Call) else value
        if ast.unparse(value) in self.own or ast.unparse(written) in self.own:
            return True
        parts = self._parts(value, scope)
        return parts is not None and all(
            self.harmless(part, scope, depth=depth + 1) for part in parts
        )

    def _parts(  # noqa: C901 - one line a kind of expression
        self, value: ast.expr, scope: ast.AST
    ) -> list[ast.expr | None] | None:
        """Return what has to be harmless for a value to be; None where it never is."""
        match value:
            case ast.Constant() | ast.Compare():
                return []
            case ast.JoinedStr(values) | ast.BoolOp(values=values):
                return list(values)
            case ast.FormattedValue(format_spec=ast.JoinedStr() as spec) if _counts(spec):
                return []
            case ast.FormattedValue(value=inner) | ast.Starred(value=inner):
                return [inner]
            case ast.IfExp(body=one, orelse=other):
                return [one, other]
            case ast.BinOp(left=one, op=ast.Mult()):
                return [one]
            case ast.BinOp(left=one, right=other):
                return [one, other]
            case ast.Tuple(elts) | ast.List(elts):
                return list(elts)
            case ast.Dict(keys=keys, values=values):
                return [*keys, *values]
            case ast.GeneratorExp(elt=each) | ast.ListComp(elt=each) | ast.Lambda(body=each):
                return [each]
            case ast.Subscript(value=inner) | ast.Attribute(value=inner, attr="__getitem__"):
                return [inner]
            case ast.Call():
                return self._returned(value)
            case ast.Name(id=name):
                return self._assigned(name, scope)
        return None

    def _returned(self, call: ast.Call) -> list[ast.expr | None] | None:
        name = _name(call.func)
        if name in _CLEANERS:
            return []
        if name == _COUNTED:
            return list(call.args[1:])
        if name in {"list", "dict"}:
            return list(call.args)
        if isinstance(call.func, ast.Attribute):
            inner = call.func.value
            if name == "join":
                return [inner, *call.args]
            if name in _OF_FIRST:
                return [inner]
            return [inner, *call.args[1:]] if name == "get" else None
        for each in self.tree.body:
            if isinstance(each, ast.FunctionDef) and each.name == name:
                answers = [node.value for node in ast.walk(each) if isinstance(node, ast.Return)]
                return [] if all(self.harmless(answer, each) for answer in answers) else None
        return None

    def _assigned(self, name: str, scope: ast.AST) -> list[ast.expr | None] | None:
        if name in _CLEANERS or _constant(name):
            return []
        return [*_bound(name, scope)] or ([*_bound(name, self.tree)] or None)


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, ast.AST]]:
    """Yield Streamlit's calls, each with the outermost function in which it is made."""
    for outer in tree.body:
        for node in ast.walk(outer):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in MARKDOWN_CALLS
                and ast.unparse(node.func.value) not in OWN_MODULES
            ):
                scope = outer if isinstance(outer, (ast.FunctionDef, ast.ClassDef)) else tree
                yield node, scope


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    places, names = MARKDOWN_CALLS[_name(call.func)]
    given = {each.arg: each.value for each in call.keywords}
    asked_in_words = "format_func" in given  # then the options themselves are not shown
    for place in places:
        if place < len(call.args) and not (place and asked_in_words):
            yield call.args[place]
    for name in names:
        if name in given and not (name == "options" and asked_in_words):
            yield given[name]


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _constant(name: str) -> bool:
    return name.strip("_").isupper()


def _counts(spec: ast.JoinedStr) -> bool:
    written = "".join(str(each.value) for each in spec.values if isinstance(each, ast.Constant))
    return bool(_NUMBER_OR_DATE.search(written))


def _bound(name: str, scope: ast.AST) -> Iterator[ast.expr | None]:
    """Yield each value that a name is given in a scope; None for one that cannot be told."""
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _matched(target, [value], name)
            case (
                ast.AnnAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
            ):
                yield from _matched(target, [value], name)
            case ast.AugAssign(target=target, value=value):
                yield from _matched(target, [value], name)
            case (
                ast.For(target=target, iter=source) | ast.comprehension(target=target, iter=source)
            ):
                yield from _looped(target, source, name)
            case ast.withitem(optional_vars=ast.Name(id=found)) if found == name:
                yield None


def _matched(
    target: ast.expr, values: list[ast.expr | None], name: str
) -> Iterator[ast.expr | None]:
    if isinstance(target, ast.Name) and target.id == name:
        yield from values
    elif isinstance(target, ast.Tuple):
        for at, each in enumerate(target.elts):
            inner = [
                value.elts[at]
                if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
                else None
                for value in values
            ]
            yield from _matched(each, inner, name)


def _looped(target: ast.expr, source: ast.expr, name: str) -> Iterator[ast.expr | None]:
    """Yield what a loop gives a name: written-out rows place by place, whole constants as such."""
    match source:
        case ast.Tuple(elts) | ast.List(elts):
            yield from _matched(target, list(elts), name)
        case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
            if isinstance(target, ast.Tuple):
                yield from _looped(target.elts[1], inner, name)
        case ast.Call(func=ast.Name(id="zip"), args=sources):
            if isinstance(target, ast.Tuple):
                for each, inner in zip(target.elts, sources, strict=False):
                    yield from _looped(each, inner, name)
        case (
            ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr="items")) | ast.Name(id=of)
        ) if _constant(of):
            yield from (ast.Constant("") for node in ast.walk(target) if _is(node, name))
        case ast.Name():
            yield from (source for node in ast.walk(target) if _is(node, name))
        case _:
            yield from (None for node in ast.walk(target) if _is(node, name))


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
