"""Markdown as WhatsApp writes it: *bold*, _italic_, ~struck~, lists and quotes; a link is its text and its address."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_INDENT = "  "
_MARKS = {"strong": "*", "em": "_", "s": "~"}
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")


def to_whatsapp(markdown: str) -> str:
    """`markdown` in WhatsApp's own marks; "" of nothing."""
    return _blocks(SyntaxTreeNode(_PARSER.parse(markdown)).children)


def _blocks(nodes: Iterable[SyntaxTreeNode], joint: str = "\n\n") -> str:
    return joint.join(filter(None, map(_block, nodes)))


def _block(node: SyntaxTreeNode) -> str:
    if node.type == "heading":
        # WhatsApp has one size of letters, and no bold inside bold.
        return f"*{_inline(node, without='*')}*"
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node)
    if node.type == "blockquote":
        return "\n".join(f"> {line}" for line in _blocks(node.children).split("\n"))
    if node.type in ("fence", "code_block"):
        return f"```{node.content.strip()}```"
    if node.type == "hr":
        return ""
    return _inline(node)


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1))
    lines = []
    for number, item in enumerate(node.children, first):
        sign = f"{number}." if node.type == "ordered_list" else "•"
        lines.append(f"{sign} " + _blocks(item.children, "\n").replace("\n", f"\n{_INDENT}"))
    return "\n".join(lines)


def _inline(node: SyntaxTreeNode, without: str = "") -> str:
    """The text inside `node`; the mark in `without` stands around it already."""
    return "".join(_part(child, without) for child in node.children)


def _part(node: SyntaxTreeNode, without: str) -> str:
    if node.type == "text":
        return node.content
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    if node.type == "code_inline":
        return f"`{node.content}`"
    if node.type == "image":
        return node.content
    inner = _inline(node, without)
    if node.type == "link":
        address = str(node.attrs.get("href", "")).removeprefix("mailto:").removeprefix("tel:")
        return inner if inner == address else f"{inner}: {address}"
    mark = _MARKS.get(node.type, "")
    return inner if mark == without else f"{mark}{inner}{mark}"
