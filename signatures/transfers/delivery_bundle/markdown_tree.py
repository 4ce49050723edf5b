"""Turns the text of a statement into a tree that the Typst script renders, so that no word of it becomes code."""

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from signatures.transfers.delivery_bundle.fonts import printable_form

Node = list[Any]  # its kind, and a text or a list of child nodes

BLOCKS = {
    "paragraph": "p", "heading": "h", "blockquote": "quote", "bullet_list": "ul", "ordered_list": "ol",
    "list_item": "li", "hr": "hr", "fence": "code", "code_block": "code",
}  # fmt: skip
INLINE = {"em": "em", "strong": "strong", "link": "link", "code_inline": "t", "text": "t"}


def markdown_tree(text: str) -> list[Node]:
    return _children(SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).parse(text)))


def _children(node: SyntaxTreeNode) -> list[Node]:
    return [inner for child in node.children for inner in _node(child)]


def _node(node: SyntaxTreeNode) -> list[Node]:
    if node.type == "inline":
        return _children(node)
    if node.type in ("softbreak", "hardbreak"):
        return [["t", " "]] if node.type == "softbreak" else [["br", ""]]
    kind = BLOCKS.get(node.type) or INLINE.get(node.type)
    if kind in ("t", "code"):
        return [[kind, printable_form(node.content)[0]]] if node.content else []
    return [[kind, _children(node)]] if kind else _children(node)
